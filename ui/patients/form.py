"""The fields of a patient's record, on three tabs; turns a PatientForm into controls and back."""

from collections.abc import Iterable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCompleter, QGridLayout, QLineEdit, QWidget

from domain.communication.wording import COMPLAINT_WORDS
from domain.languages import LANGUAGES, unknown
from domain.patients.service import PatientForm
from ui import formats
from ui.errors import describe_code
from ui.labels import labels
from ui.translation import tr
from ui.widgets.forms import Choice, Field, column, scrolled
from ui.widgets.forms import label as words
from ui.widgets.record_form import RecordForm, grid, listed
from ui.widgets.week_grid import WeekGrid


class PatientFormView(RecordForm[PatientForm]):
    """Stammdaten, Anliegen, Wünsche (with the hours somebody has)."""

    def __init__(self) -> None:
        super().__init__(tr("Angaben zum Patienten"))
        self._profile()
        self._needs()
        self._wishes()

    def _profile(self) -> None:
        self.age = words("", "muted")
        body = grid(
            (self._text("first_name", tr("Vorname")), self._text("last_name", tr("Nachname"))),
            (
                self._day("birth_date", tr("Geburtsdatum")),
                self._choice("sex", tr("Geschlecht"), labels("sex")),
                self.age,
            ),
            (self._text("street", tr("Straße")), self._text("house_number", tr("Hausnummer"))),
            (self._text("plz", tr("PLZ"), "52062"), self._text("city", tr("Ort"))),
            (self._text("phone", tr("Telefon")), self._text("email", tr("E-Mail"))),
            (
                self._choice("insurance_kind", tr("Versicherung"), labels("insurance")),
                self._text("insurer", tr("Krankenkasse")),
                self._text("insurance_number", tr("Versichertennummer")),
            ),
            (
                self._day("registered_on", tr("Angemeldet am")),
                self._choice("responsible_id", tr("Verantwortlich"), {"": "–"}),
                self._choice("deputy_id", tr("Vertretung"), {"": "–"}),
            ),
            (
                self._day("resubmission_on", tr("Wiedervorlage am")),
                self._text("resubmission_note", tr("Wiedervorlage wozu")),
            ),
        )
        self.wants_status = self._check(tr("Möchte jede Woche per E-Mail hören, wie die Suche steht"))
        self._note = self._lines(70)
        whole = column(body, self.wants_status, Field(tr("Notiz"), self._note), margin=4)
        self.addTab(scrolled(whole), tr("Stammdaten"))

    def _needs(self) -> None:
        self._complaints = {word: self._check(word) for word in sorted(COMPLAINT_WORDS)}
        boxes = QWidget()
        layout = QGridLayout(boxes)
        layout.setContentsMargins(0, 0, 0, 0)
        for number, box in enumerate(self._complaints.values()):
            layout.addWidget(box, number // 3, number % 3)
        self._complaint_note = self._lines(90)
        self.timely = self._check(tr("Zeitnahe Behandlung empfohlen (PTV 11)"))
        body = grid(
            (
                self._text("diagnoses", tr("Diagnosen (ICD-10)"), "F32.1, F40.1"),
                self._day("previous_therapy_end", tr("Letzte Therapie bis")),
            ),
            (self._day("consultation_on", tr("Sprechstunde am")), self._text("ptv11_code", tr("Vermittlungscode"))),
        )
        note = Field(tr("Notiz zum Anliegen (bleibt im Büro)"), self._complaint_note)
        page = column(
            words(tr("Anliegen"), "heading"),
            words(tr("Diese Stichworte dürfen in einer Anfrage ohne Namensnennung stehen."), "muted"),
            boxes,
            body,
            self.timely,
            note,
            margin=4,
        )
        self.addTab(scrolled(page), tr("Anliegen"))

    def _wishes(self) -> None:
        self._methods = {code: self._check(word) for code, word in labels("method").items()}
        self.group = self._check(tr("Gruppentherapie ist auch recht"))
        self.access = self._check(tr("Barrierefreier Zugang nötig"))
        self.reimbursement = self._check(tr("Privatpraxis mit Kostenerstattung möglich"))
        self.week = WeekGrid(tr("Verfügbarkeit in der Woche"))
        self.week.changed.connect(self._touched)
        body = grid(
            (
                self._choice("therapist_sex", tr("Therapeutin oder Therapeut"), labels("sex_wish")),
                self._text("radius_km", tr("Höchstens km"), "25"),
                self._choice("travel_mode", tr("Verkehrsmittel"), {"": "–", **labels("travel_mode")}),
            ),
            (self._text("languages", tr("Therapie nur in dieser Sprache"), tr("leer: Deutsch")),),
        )
        languages = self.fields["languages"].control
        if isinstance(languages, QLineEdit):
            completer = QCompleter(LANGUAGES, languages)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            languages.setCompleter(completer)
        self.wishes = column(
            words(tr("Verfahren (keines gewählt: jedes ist recht)"), "fieldlabel"),
            grid(tuple(self._methods.values())[:2], tuple(self._methods.values())[2:]),
            body,
            grid((self.group, self.access), (self.reimbursement,)),
            words(tr("Verfügbarkeit (leer: noch nicht gefragt)"), "fieldlabel"),
            self.week,
            margin=4,
        )
        self.addTab(scrolled(self.wishes), tr("Wünsche"))

    def show_persons(self, persons: tuple[tuple[int, str], ...]) -> None:
        """Who may be responsible or deputy."""
        with self._filling():
            for name in ("responsible_id", "deputy_id"):
                control = self.fields[name].control
                assert isinstance(control, Choice)
                chosen = control.code()
                control.clear()
                control.addItem("–", "")
                for person_id, shown in persons:
                    control.addItem(shown, str(person_id))
                control.choose(chosen)

    def show_form(self, form: PatientForm) -> None:
        """Fill the controls."""
        with self._filling():
            self._show(form)

    def _show(self, form: PatientForm) -> None:
        values = {name: getattr(form, name) for name in self.fields}
        self._fill(values | {"phone": formats.phone(form.phone)})
        self._note.setPlainText(form.note)
        self.wants_status.setChecked(form.wants_status)
        self._complaint_note.setPlainText(form.complaint_note)
        for word, box in self._complaints.items():
            box.setChecked(word in form.complaints)
        self._other_complaints = tuple(word for word in form.complaints if word not in self._complaints)
        for code, box in self._methods.items():
            box.setChecked(code in form.methods)
        self.timely.setChecked(form.timely_needed)
        self.group.setChecked(form.group_ok)
        self.access.setChecked(form.accessibility_needed)
        self.reimbursement.setChecked(form.reimbursement_ok)
        self.week.show_value(form.availability)
        if wrong := unknown(form.languages):  # from before the list; the letters leave it out
            self._tell_languages(wrong)

    def _tell_languages(self, wrong: Iterable[str]) -> None:
        self.fields["languages"].complain(describe_code("patient.language", codes=list(wrong)))

    _other_complaints: tuple[str, ...] = ()

    def form(self) -> PatientForm | None:
        """What the controls say; None after marking a field that cannot be read."""
        values = self._read()
        if values is None:
            return None
        radius = values["radius_km"]
        if radius and not (radius.isdigit() and 1 <= int(radius) <= 500):
            self.fields["radius_km"].complain(tr("Eine Zahl von 1 bis 500."))
            return None
        if values["registered_on"] is None:
            self.fields["registered_on"].complain(tr("Das Datum der Anmeldung fehlt."))
            return None
        values["radius_km"] = int(radius) if radius else None
        for name in ("responsible_id", "deputy_id"):
            values[name] = int(values[name]) if values[name] else None
        values["travel_mode"] = values["travel_mode"] or None
        for name in ("diagnoses", "languages"):
            values[name] = listed(values[name])
        complaints = tuple(word for word, box in self._complaints.items() if box.isChecked()) + self._other_complaints
        return PatientForm(
            **values,
            note=self._note.toPlainText(),
            wants_status=self.wants_status.isChecked(),
            complaints=complaints,
            complaint_note=self._complaint_note.toPlainText(),
            timely_needed=self.timely.isChecked(),
            methods=tuple(code for code, box in self._methods.items() if box.isChecked()),
            group_ok=self.group.isChecked(),
            accessibility_needed=self.access.isChecked(),
            reimbursement_ok=self.reimbursement.isChecked(),
            availability=self.week.value(),
        )


def empty_form(today: date) -> PatientForm:
    """A new record's form."""
    return PatientForm(
        first_name="", last_name="", birth_date=None, sex="not_stated", street="", house_number="", plz="", city="",
        email="", phone="", insurer="", insurance_kind="statutory", insurance_number="", registered_on=today,
        responsible_id=None, deputy_id=None, resubmission_on=None, resubmission_note="", note="", wants_status=False, complaints=(),
        diagnoses=(), complaint_note="", previous_therapy_end=None, consultation_on=None, timely_needed=False,
        ptv11_code="", methods=(), group_ok=False, therapist_sex="any", radius_km=None, travel_mode=None,
        languages=(), accessibility_needed=False, reimbursement_ok=False, availability=None,
    )  # fmt: skip
