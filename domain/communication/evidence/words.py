"""The German words of an evidence, on paper and on the screen."""

from datetime import date, datetime

from domain.communication.evidence.facts import OPEN, REFUSED, Attempt, Evidence, Outcome, Step
from domain.communication.evidence.vocabulary import COUNT_BY, DECISIONS, PAPERS, TSS_RESULTS, URGENCY
from domain.communication.wording import METHODS
from domain.matching.reimbursement import CaseForm
from domain.matching.reimbursement_clocks import OPINION_WEEKS, Clock, ClockState
from domain.weektime import BERLIN

OUTCOMES = {
    Outcome.REJECTION_CAPACITY: "Absage am {until}: kein freier Platz",
    Outcome.REJECTION_UNSUITABLE: "Absage am {until}: hier nicht zu behandeln",
    Outcome.REJECTION_OTHER: "Absage am {until}",
    Outcome.WAITLISTED: "am {until}: nur Warteliste",
    Outcome.CONSULTATION_ONLY: "am {until}: nur Sprechstunde, kein Therapieplatz",
    Outcome.NO_RESPONSE: "keine Antwort bis {until}",
    Outcome.UNREACHED: "niemand erreicht",
    Outcome.WRONG_NUMBER: "falsche Nummer, die Praxis wurde nicht angerufen",
    Outcome.TRYING: "bisher niemand erreicht, weitere Anrufe sind geplant",
    Outcome.PENDING: "noch ohne Antwort",
    Outcome.UNREAD: "Antwort liegt ungelesen vor",
    Outcome.NEEDS_INFO: "Rückfrage der Praxis, noch offen",
    Outcome.UNDELIVERABLE: "nicht zustellbar",
    Outcome.WITHDRAWN: "Anfrage zurückgezogen",
    Outcome.PLACE: "Zusage am {until}",
    Outcome.PLACE_FAILED: "Zusage, aus der keine Behandlung wurde",
}
# every outcome stands in one of these, so that the parts are the whole
PARTS = (
    (REFUSED, "abgesagt"),
    ({Outcome.WAITLISTED}, "nur Warteliste"),
    ({Outcome.NO_RESPONSE}, "ohne Antwort geblieben"),
    ({Outcome.UNREACHED}, "telefonisch niemand erreicht"),
    ({Outcome.WRONG_NUMBER}, "mit falscher Nummer"),
    (OPEN, "noch offen"),
    ({Outcome.UNDELIVERABLE}, "nicht zustellbar"),
    ({Outcome.WITHDRAWN}, "zurückgezogen"),
    ({Outcome.PLACE, Outcome.PLACE_FAILED}, "zugesagt"),
)
# outgoing first; what came back is named by what the practice said
_SENT = {"inquiry": "Anfrage", "reminder": "Erinnerung"}
_CALLS = {
    "reached": "Gespräch",
    "no_answer": "Anruf, niemand nahm ab",
    "busy": "Anruf, besetzt",
    "voicemail_left": "Anruf, auf den Anrufbeantworter gesprochen",
    "wrong_number": "Anruf, falsche Nummer",
    "phone_tag": "Rückruf der Praxis, hier niemand da",
}
_ANSWERS = {
    "bounce": "E-Mail kam zurück",
    "rejection_capacity": "Antwort: kein Platz",
    "rejection_unsuitable": "Antwort: hier nicht zu behandeln",
    "rejection_other": "Antwort: Absage",
    "waitlisted": "Antwort: Warteliste",
    "consultation_only": "Antwort: nur Sprechstunde",
    "needs_info": "Rückfrage der Praxis",
    "accepted": "Antwort: Zusage",
    "in_trial_sessions": "Probesitzungen begonnen",
    "in_therapy": "Behandlung begonnen",
    "no_show": "Erstgespräch fand nicht statt",
    "not_continued": "nach Probesitzungen nicht fortgesetzt",
}
# by the days of a clock, what they are made of
OF_TSS = {
    35: "eine Woche zum Vermitteln, dann bis zu vier Wochen bis zum Termin, § 75 Abs. 1a SGB V",
    14: "höchstens zwei Wochen bei Akutbehandlung, § 75 Abs. 1a SGB V",
}
CONTRACT = (
    "Für nicht gesetzlich Versicherte gilt, was ihr Vertrag oder ihre Beihilfe vorsieht; Fristen werden hier nicht"
    " berechnet."
)
APPROVED = (
    "Nach § 13 Abs. 3a Satz 6 SGB V kann die Leistung als genehmigt gelten; nach der Rechtsprechung (BSG, 26.05.2020,"
    " B 1 KR 9/18 R) wäre das ein vorläufiges Recht, sie sich selbst zu beschaffen. Ob die Voraussetzungen vorliegen,"
    " wurde hier nicht geprüft; bitte rechtlich prüfen lassen."
)


def day(value: date | None) -> str:
    """23.11.2026."""
    return "" if value is None else f"{value:%d.%m.%Y}"


def moment(value: datetime) -> str:
    """23.11.2026, 14:05 in the office's time."""
    return f"{value.astimezone(BERLIN):%d.%m.%Y, %H:%M}"


def many(count: int, one: str, more: str) -> str:
    """1 Anfrage, 2 Anfragen."""
    return f"{count} {one if count == 1 else more}"


def step_words(step: Step) -> str:
    """What one contact was."""
    return _SENT.get(step.kind) or _CALLS.get(step.kind) or _ANSWERS.get(step.kind, "Kontakt")


def outcome_words(attempt: Attempt) -> str:
    """What became of an attempt, with the wait the practice named."""
    said = [OUTCOMES[attempt.outcome].format(until=day(attempt.until))]
    if attempt.waitlisted_until is not None:
        said.append(f"Warteliste bis {day(attempt.waitlisted_until)}")
    if attempt.stated_wait:
        said.append(f"genannte Wartezeit: {attempt.stated_wait}")
    return "; ".join(said)


def methods_words(evidence: Evidence) -> str:
    """Which methods were asked for."""
    return ", ".join(METHODS[code] for code in evidence.person.methods) or "alle Richtlinienverfahren"


def counted_words(evidence: Evidence) -> str:
    """How many failed attempts there are, against those the insurer wants."""
    wanted = evidence.profile.form.attempts_wanted
    return f"{evidence.counted} (gewünscht: {wanted})"


def total_words(evidence: Evidence) -> str:
    """How many inquiries there are, what became of them, and since when silence is taken for an answer.

    An inquiry that was made and not answered is open until the office's days are over (domain.md: 21 unless the office
    says otherwise; `expire_due`): counted as silence before, the paper would say more than anybody knows.
    """
    outcomes = [attempt.outcome for attempt in evidence.attempts]
    counts = [(sum(outcome in part for outcome in outcomes), said) for part, said in PARTS]
    parts = ", ".join(f"{count} {said}" for count, said in counts if count)
    if not parts:
        return "0"
    said = f"{len(outcomes)}, davon {parts}."
    if not (OPEN - {Outcome.TRYING, Outcome.UNREAD} | {Outcome.NO_RESPONSE}).isdisjoint(outcomes):
        said += (
            f" Als unbeantwortet gilt hier eine Anfrage {evidence.silent_after} Tage, nachdem sie gestellt wurde"
            " (ist die Praxis abwesend oder bat sie um einen Rückruf, entsprechend später); bis dahin ist sie offen"
            " und zählt nicht."
        )
    return said


def consent_words(evidence: Evidence) -> str:
    """The consent without which no paper goes to the insurer."""
    where = "die Krankenkasse" if evidence.person.statutory else "die Versicherung"
    return f"Einwilligung zur Weitergabe der Unterlagen an {where}"


def missing_words(evidence: Evidence) -> str:
    """Everything that is missing before the papers may go to the insurer: their consent, too."""
    missing = [PAPERS[paper.kind] for paper in evidence.missing]
    return ", ".join(missing + ([] if evidence.consent_to_insurer else [consent_words(evidence)])) or "keine"


def counting_words(evidence: Evidence) -> str:
    """How they were counted."""
    form = evidence.profile.form
    each = COUNT_BY[form.count_by]
    silent = "ausbleibende Antworten zählen" if form.silence_counts else "ausbleibende Antworten zählen nicht"
    waiting = "Wartelisten zählen" if form.waiting_list_counts else "Wartelisten zählen nicht"
    return f"Gezählt wird {each}; {silent}; {waiting}."


def tss_words(evidence: Evidence) -> str:
    """How the appointment service's clock stands; nothing where it does not hold.

    Source: § 75 Abs. 1a SGB V with Anlage 28 BMV-Ä § 2a: an appointment is mediated within a week and lies at most four
    weeks off, for acute treatment at most two weeks. What is promised is an appointment, not a course of therapy, and
    that nothing came of it is only known as far as somebody noted it.
    """
    if not evidence.person.statutory:
        return ""
    case, clock = evidence.case, evidence.tss
    if clock is None:
        return "Die Terminservicestelle (TSS) wurde noch nicht angefragt."
    said = [f"Bei der Terminservicestelle angefragt am {day(clock.begins)} ({URGENCY[case.urgency]})."]
    if case.tss_result:
        said.append(f"Ergebnis am {day(case.tss_result_on)}: {TSS_RESULTS[case.tss_result]}.")
    if case.tss_appointment_on is not None:
        said.append(f"Angebotener Termin: {day(case.tss_appointment_on)}; ein Termin ist noch kein Therapieplatz.")
    source = OF_TSS[clock.days]
    stands = {
        ClockState.RUNNING: f"Die Frist von {clock.days} Tagen ({source}) läuft bis {day(clock.ends)}.",
        ClockState.OVER: (
            f"Die Frist von {clock.days} Tagen ({source}) endete am {day(clock.ends)}; ein Ergebnis ist nicht vermerkt."
        ),
        ClockState.STOPPED: f"Das war innerhalb der Frist von {clock.days} Tagen ({source}, bis {day(clock.ends)}).",
        ClockState.LATE: f"Das war nach der Frist von {clock.days} Tagen ({source}, bis {day(clock.ends)}).",
    }
    said.append(stands[clock.state])
    return " ".join(said)


def insurer_words(evidence: Evidence) -> str:
    """How the insurer's clock stands, without saying more than the law does.

    Sources: § 13 Abs. 3a SGB V: Satz 1 (three weeks from receipt, five with an opinion), Satz 2 (the insured person is
    told of the opinion), Satz 5 (reasons for a delay, told in time), Satz 6 (approved where no sufficient reason was
    told). That the five weeks want the notice within the three is no word of the law but of the courts (BSG,
    08.03.2016, B 1 KR 25/15 R), and what an approval by silence is worth, too (`APPROVED`): so the paper
    says it as theirs. Whether Abs. 3a holds for an application at all nobody judges here.
    """
    case, clock = evidence.case, evidence.insurer
    if not evidence.person.statutory:
        return " ".join([*_applied(case, "Versicherung"), CONTRACT])
    if clock is None:
        return "Ein Antrag bei der Krankenkasse ist noch nicht vermerkt."
    weeks = "fünf Wochen, da ein Gutachten eingeholt wird" if clock.days == 7 * OPINION_WEEKS else "drei Wochen"
    said = [
        *_applied(case, "Krankenkasse"),
        f"Frist nach § 13 Abs. 3a Satz 1 SGB V ({weeks}): bis {day(clock.ends)}.",
        _opinion(case, clock),
        _insurer_state(case, clock),
    ]
    return " ".join(part for part in said if part)


def _applied(case: CaseForm, where: str) -> list[str]:
    said = [] if case.applied_on is None else [f"Antrag bei der {where} eingegangen am {day(case.applied_on)}."]
    if case.decision:
        said.append(f"Entscheidung am {day(case.decided_on)}: {DECISIONS[case.decision]}.")
    return said


def _opinion(case: CaseForm, clock: Clock) -> str:
    """Why an opinion does not make it five weeks (the source stands at `insurer_words`)."""
    if not case.opinion_asked or clock.days == 7 * OPINION_WEEKS:
        return ""
    source = "§ 13 Abs. 3a Satz 2 SGB V"
    if case.opinion_told_on is None:
        return (
            "Die Kasse holt ein Gutachten ein; wann sie das der versicherten Person mitgeteilt hat, ist nicht vermerkt."
            f" Nach der Rechtsprechung gelten fünf Wochen nur, wenn sie es binnen drei Wochen mitteilt ({source})."
        )
    return f"Dass ein Gutachten eingeholt wird, teilte die Kasse erst am {day(case.opinion_told_on)} mit ({source})."


def _insurer_state(case: CaseForm, clock: Clock) -> str:
    told, until = day(case.delay_told_on), day(clock.excused_until)
    if clock.state is ClockState.OVER:
        if clock.excused_until is not None:
            past = (
                f"Die Kasse nannte am {told} Gründe und den {until} als neuen Tag; auch er verging ohne Entscheidung."
            )
        else:
            past = (
                "Diese Frist ist abgelaufen; bis dahin sind weder eine Entscheidung noch mitgeteilte Gründe vermerkt."
            )
            if told:
                past += f" Die Kasse nannte erst am {told}, nach dem Ende der Frist, Gründe."
        return f"{past} {APPROVED}"
    if clock.state is ClockState.EXCUSED:
        named = f"und den {until} als neuen Tag" if until else "und keinen neuen Tag"
        return f"Die Kasse hat am {told} Gründe genannt, warum sie die Frist nicht einhalten kann, {named}."
    return {
        ClockState.RUNNING: "Die Frist läuft.",
        ClockState.LATE: "Die Entscheidung kam nach dem Ende der Frist.",
    }.get(clock.state, "")


def hash_groups(value: bytes) -> str:
    """A hash in groups of eight, so that a person can type it."""
    digits = value.hex()
    return " ".join(digits[place : place + 8] for place in range(0, len(digits), 8))
