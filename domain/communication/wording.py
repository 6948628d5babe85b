"""Words of letters that are not layout: salutations, numbers of patients, crisis lines. German documents only."""

from dataclasses import dataclass

# Telefonseelsorge (two lines), the Europe-wide number, emergency, medical on-call service (domain.md).
CRISIS_NUMBERS = ("0800 111 0 111", "0800 111 0 222", "116 123")
EMERGENCY_NUMBER = "112"
ON_CALL_NUMBER = "116 117"

METHODS = {
    "cbt": "Verhaltenstherapie",
    "psychodynamic": "tiefenpsychologisch fundierte Psychotherapie",
    "analytic": "analytische Psychotherapie",
    "systemic": "systemische Therapie",
}
SEXES = {"female": "weiblich", "male": "männlich", "diverse": "divers", "not_stated": "keine Angabe"}
INSURANCE = {"statutory": "gesetzlich", "private": "privat", "self_pay": "selbst zahlend", "unknown": "noch offen"}
WEEKDAYS = ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So")

# What a patient is asked for before a search can begin (codes of the checklist).
MISSING = {
    "name": "Ihr vollständiger Name",
    "birth_date": "Ihr Geburtsdatum",
    "place": "Ihre Anschrift oder Postleitzahl",
    "insurance": "wie Sie krankenversichert sind",
    "complaint": "kurz, worum es Ihnen geht",
    "consent_storage": "Ihre Einwilligung, dass wir Ihre Angaben speichern",
    "consent_pseudonymous_inquiry": "Ihre Einwilligung, dass wir ohne Ihren Namen bei Praxen anfragen",
    "guardian": "Name und Anschrift einer sorgeberechtigten Person",
    "guardian_consent": "die Einwilligung der Sorgeberechtigten",
}

# Complaints that may be named to a practice: a fixed list of coarse words. Free text is never passed on.
COMPLAINT_WORDS = frozenset(
    {
        "Angst", "Panikattacken", "Depression", "Burnout", "Schlafstörung", "Essstörung", "Trauma", "Trauer",
        "Zwang", "Sucht", "Schmerzen", "Persönlichkeitsstörung", "ADHS", "Autismus", "Psychose", "Erschöpfung",
        "Soziale Angst", "Selbstwert", "Beziehungsprobleme", "Belastungsreaktion",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a letter addresses. An unknown salutation stays unknown: it is never guessed from name or sex."""

    salutation: str
    title: str
    first_name: str
    last_name: str
    is_institution: bool

    @property
    def full_name(self) -> str:
        """Title, first name and surname."""
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)


def greeting(recipient: Recipient) -> str:
    """The first line: by the given salutation, else neutral with the full name."""
    if recipient.is_institution or not recipient.last_name.strip():
        return "Sehr geehrte Damen und Herren"
    # in a greeting only these titles are said: "Frau Dr. Müller", not "Frau Dr. phil. Müller"
    spoken = [word for word in recipient.title.split() if word in {"Prof.", "Dr."}]
    surname = " ".join([*spoken, recipient.last_name])
    if recipient.salutation == "Frau":
        return f"Sehr geehrte Frau {surname}"
    if recipient.salutation == "Herr":
        return f"Sehr geehrter Herr {surname}"
    return f"Guten Tag {recipient.full_name}"


def patients_in_words(count: int) -> str:
    """One person or a number of them: a count that reads right for any number and sex."""
    return "eine Person" if count == 1 else f"{count} Personen"


def practices_in_words(count: int) -> str:
    """How many practices were asked."""
    return "noch keine Praxis" if count == 0 else "eine Praxis" if count == 1 else f"{count} Praxen"


def weeks_in_words(weeks: int) -> str:
    """How long somebody has been waiting, in weeks."""
    if weeks < 1:
        return "seit dieser Woche"
    return "seit 1 Woche" if weeks == 1 else f"seit {weeks} Wochen"


def age_band(age: int | None) -> str:
    """A band of about ten years, so that nobody is recognised by the age."""
    if age is None:
        return "noch offen"
    if age < 14:
        return "unter 14 Jahre"
    if age < 18:
        return "14 bis 17 Jahre"
    if age < 21:
        return "18 bis 20 Jahre"
    if age < 30:
        return "21 bis 29 Jahre"
    decade = min(age // 10 * 10, 80)
    return "80 Jahre oder älter" if decade == 80 else f"{decade} bis {decade + 9} Jahre"
