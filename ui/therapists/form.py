"""The fields of a therapist's record; turns a record into controls and back."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.therapists.capacity_age import Said
from domain.therapists.queries import TherapistDetail
from domain.therapists.service import TherapistForm
from ui import formats
from ui.labels import labels
from ui.therapists.phone_hours import PhoneHoursEdit
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.forms import Field, column, scrolled
from ui.widgets.forms import label as words
from ui.widgets.method_grid import MethodGrid
from ui.widgets.record_form import RecordForm, grid, listed
from ui.widgets.week_grid import WeekGrid

LISTS = ("languages", "specialties", "qualifications", "diagnoses_preferred", "diagnoses_excluded")
AGES = ("age_min", "age_max")


class TherapistFormView(RecordForm[TherapistForm]):
    """Person & Praxis, Angebot, Zeiten."""

    def __init__(self) -> None:
        super().__init__(tr("Angaben zum Therapeuten"))
        self._person()
        self._offer()
        page = QWidget()
        self.hours = QVBoxLayout(page)
        self.treatment = WeekGrid(tr("Behandlungszeiten"))
        self.treatment.changed.connect(self._touched)
        self.phone_hours = PhoneHoursEdit()
        self.phone_hours.changed.connect(self._touched)
        self.places["phone_hours"] = self.phone_hours.line
        self.hours.addWidget(words(tr("Telefonzeiten (leer: unbekannt)"), "heading"))
        self.hours.addWidget(self.phone_hours)
        self.hours.addWidget(self._day("hours_as_of", tr("Telefonzeiten: Stand vom")))
        self.hours.addWidget(words(tr("Behandlungszeiten (leer: unbekannt)"), "heading"))
        self.hours.addWidget(self.treatment)
        self.addTab(scrolled(page), tr("Zeiten"))

    def _person(self) -> None:
        body = grid(
            (
                self._choice("salutation", tr("Anrede"), {"": "–", "Frau": tr("Frau"), "Herr": tr("Herr")}),
                self._text("title", tr("Titel")),
                self._choice("sex", tr("Geschlecht"), labels("sex")),
            ),
            (self._text("first_name", tr("Vorname")), self._text("last_name", tr("Nachname"))),
            (self._text("practice", tr("Praxis")), self._choice("seat", tr("Zulassung"), labels("seat"))),
            (self._text("street", tr("Straße")), self._text("house_number", tr("Hausnummer"))),
            (
                self._text("plz", tr("PLZ")),
                self._text("city", tr("Ort")),
                self._choice(
                    "accessible", tr("Barrierefrei"), {"": tr("unbekannt"), "yes": tr("ja"), "no": tr("nein")}
                ),
            ),
            (self._text("phone", tr("Telefon")), self._text("mobile", tr("Mobil"))),
            (self._text("email", tr("E-Mail")), self._text("web", tr("Webseite"))),
        )
        self._note = self._lines(70)
        capacity = grid(
            (
                self._choice("capacity", tr("Freie Plätze"), labels("capacity")),
                self._day("capacity_from", tr("Plätze ab")),
                self._text("capacity_note", tr("Notiz zu freien Plätzen")),
            )
        )
        self.capacity_words = words("", "muted")
        self.capacity_words.setAccessibleName(tr("Stand der freien Plätze"))
        self.addTab(
            scrolled(column(body, capacity, self.capacity_words, Field(tr("Notiz"), self._note), margin=4)),
            tr("Person und Praxis"),
        )

    def _offer(self) -> None:
        self.methods = MethodGrid(tr("Verfahren, Altersgruppe und Setting"))
        self.methods.changed.connect(self._touched)
        self.places["offers"] = self.methods
        body = grid(
            (
                self._choice("licence", tr("Zulassung als"), labels("licence")),
                self._choice(
                    "patient_sex",
                    tr("Geschlecht der Patienten"),
                    {"any": tr("alle"), "female": tr("Frauen"), "male": tr("Männer")},
                ),
            ),
            (
                self._text("age_min", tr("Mindestalter"), tr("keines")),
                self._text("age_max", tr("Höchstalter"), tr("keines")),
                self._text("languages", tr("Sprachen außer Deutsch")),
            ),
            (
                self._text("specialties", tr("Fachgebiete"), tr("Psychotherapie")),
                self._text("qualifications", tr("Zusatzqualifikationen"), tr("Hypnose, EMDR")),
            ),
            (
                self._text("diagnoses_preferred", tr("Nimmt nur (ICD-10)"), "F32, F40"),
                self._text("diagnoses_excluded", tr("Nimmt nicht (ICD-10)")),
            ),
        )
        self.addTab(scrolled(column(words(tr("Verfahren"), "heading"), self.methods, body, margin=4)), tr("Angebot"))

    def show_therapist(self, t: TherapistDetail) -> None:
        """Fill the controls from a record."""
        self._show({name: getattr(t, name) for name in TherapistForm.__slots__})

    def say_capacity(self, t: TherapistDetail | None, *, today: date) -> None:
        """How old it is what the practice said of its places, and whether it wants to be asked again."""
        said = None if t is None else Said(t.capacity, t.capacity_as_of, t.capacity_from, t.capacity_note)
        stale = t is not None and said is not None and said.is_stale(today=today, stale_days=t.capacity_stale_days)
        shown = said is not None and not said.is_nothing
        words = formats.stand(said.as_of, today) if said is not None and shown else ""
        if stale:
            words += " · " + tr("veraltet: bitte die Praxis nach freien Plätzen fragen")
        self.capacity_words.setText(words)
        self.capacity_words.setProperty("role", "error" if stale else "muted")
        self.capacity_words.style().unpolish(self.capacity_words)
        self.capacity_words.style().polish(self.capacity_words)
        self.capacity_words.setVisible(shown)

    def show_form(self, form: TherapistForm) -> None:
        """Fill the controls from a form."""
        values = {name: getattr(form, name) for name in TherapistForm.__slots__}
        self._show(values | {"offers": [offer.code for offer in form.offers]})
        self.capacity_words.hide()

    def _show(self, values: Mapping[str, Any]) -> None:
        written = {name: formats.phone(values[name]) for name in ("phone", "mobile")}
        written["accessible"] = {True: "yes", False: "no"}.get(values["accessible"], "")
        with self._filling():
            self._fill({**values, **written})
            self.methods.show_offers(values["offers"])
            self.treatment.show_value(values["treatment_hours"])
            self.phone_hours.show_value(values["phone_hours"])
            self._note.setPlainText(values["note"])

    def form(self) -> TherapistForm | None:
        """What the controls say; None after marking a field that cannot be read."""
        values = self._read()
        if values is None:
            return None
        for name in AGES:
            if values[name] and not (values[name].isdigit() and int(values[name]) < 120):
                self.fields[name].complain(tr("Eine Zahl von 0 bis 119."))
                return None
            values[name] = int(values[name] or 0)
        for name in LISTS:
            values[name] = listed(values[name])
        for name in ("diagnoses_preferred", "diagnoses_excluded"):
            values[name] = tuple(code.upper() for code in values[name])
        values["accessible"] = {"yes": True, "no": False}.get(values["accessible"])
        try:
            phone_hours = self.phone_hours.value()
        except Unreadable as wrong:
            self.phone_hours.written.complain(str(wrong))
            return None
        return TherapistForm(
            **values,
            offers=self.methods.offers(),
            phone_hours=phone_hours,
            treatment_hours=self.treatment.value(),
            note=self._note.toPlainText(),
        )


def empty_form() -> TherapistForm:
    """A new record's form."""
    return TherapistForm(
        practice="", seat="statutory", salutation="", title="", first_name="", last_name="", sex="not_stated",
        licence="psychological", offers=frozenset(), age_min=0, age_max=0, patient_sex="any", languages=(), specialties=(),
        qualifications=(),
        diagnoses_preferred=(), diagnoses_excluded=(), email="", phone="", mobile="", web="", street="",
        house_number="", plz="", city="", accessible=None, phone_hours=None, hours_as_of=None,
        treatment_hours=None,
        capacity="unknown", capacity_from=None, capacity_note="", note="",
    )  # fmt: skip
