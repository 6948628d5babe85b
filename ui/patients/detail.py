"""One patient: header with state and next step, the form on tabs, course and consents."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.history import patient_history
from domain.casework.searches import start_search
from domain.database import Session
from domain.errors import PlatzlotseError
from domain.matching.states import PatientState
from domain.patients import service
from domain.patients.queries import PatientDetail, list_persons, open_patient
from ui import formats
from ui.errors import describe
from ui.labels import label
from ui.patients.consents import ConsentsTab
from ui.patients.exclusions import ExclusionsCard
from ui.patients.form import PatientFormView, empty_form
from ui.patients.record_actions import RecordActions
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.chips import PATIENT_STATES, Chip
from ui.widgets.forms import button, column, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.timeline import Timeline

RECORD_TABS = (3, 4, 5)  # tabs of a record that exists: course, consents, exclusions


class PatientDetailView(QWidget):
    """Shows and edits one record; what was typed stays until it is saved or dropped by hand."""

    created = Signal(int)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._patient: PatientDetail | None = None
        self._dirty = False
        self._name = words("", "title")
        self._chip = Chip()
        self._facts = words("", "muted")
        self._missing = words("", "muted")
        self._save = button(tr("&Speichern"), self.save, role="primary", icon="save")
        self._drop = button(tr("&Verwerfen"), self._drop_edits, icon="undo-2")
        self._step = button(tr("Suche &beginnen"), self._next_step, role="primary", icon="play")
        self._form = PatientFormView()
        self._form.edited.connect(self._on_edit)
        self._record = RecordActions(ui)
        self._exclusions = ExclusionsCard(ui)
        self._course = Timeline(tr("Verlauf"))
        self._consents = ConsentsTab(ui)
        self._form.addTab(self._course, tr("Verlauf"))
        self._form.addTab(scrolled(self._consents), tr("Einwilligungen"))
        self._form.addTab(scrolled(column(self._exclusions, margin=4)), tr("Ausschlüsse"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(row(self._name, self._chip))
        outer.addWidget(self._facts)
        outer.addWidget(self._missing)
        outer.addWidget(self._form, 1)
        outer.addWidget(row(self._save, self._drop, self._step, self._record))
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)
        ui.background.read(self, list_persons, self._form.show_persons)

    def begin_new(self) -> None:
        """An empty form for a new record."""
        self._patient = None
        self._form.show_form(empty_form(self._ui.today()))
        self._name.setText(tr("Neuer Patient"))
        self._chip.show_state("", "neutral")
        self._facts.setText(tr("Nachname genügt zum Speichern; die Checkliste zeigt dann, was für die Suche fehlt."))
        self._missing.setText("")
        self._set_dirty(dirty=False)
        self._step.hide()
        self._form.setCurrentIndex(0)
        self._record.show_patient(None, None)
        for tab in RECORD_TABS:
            self._form.setTabEnabled(tab, False)
        self._form.fields["first_name"].control.setFocus()

    def show_patient(self, patient_id: int) -> None:
        """Load a record (the reading is logged)."""
        if self._dirty and (self._patient is None or self._patient.patient_id != patient_id):
            self._ui.messages.warning(
                tr("Ihre Änderungen sind noch nicht gespeichert."), tr("Verwerfen"), lambda: self._switch(patient_id)
            )
            return
        self._switch(patient_id)

    def _switch(self, patient_id: int) -> None:
        self._set_dirty(dirty=False)
        self._load(patient_id)

    def refresh(self) -> None:
        """Load again; what is being typed is not overwritten."""
        if self._patient is not None:
            self._load(self._patient.patient_id)

    def _load(self, patient_id: int) -> None:
        today = self._ui.today()
        self._ui.background.write(self, lambda s: open_patient(s, patient_id, today=today), self._show, key="patient")
        self._ui.background.read(
            self, lambda s: patient_history(s, patient_id), self._course.show_entries, key="history"
        )

    def _show(self, patient: PatientDetail) -> None:
        form = patient.form
        self._consents.show_patient(patient)
        self._exclusions.show_patient(patient.patient_id)
        self._record.show_patient(patient.patient_id, PatientState(patient.state))
        for tab in RECORD_TABS:
            self._form.setTabEnabled(tab, True)
        self._name.setText(f"{form.first_name} {form.last_name}".strip())
        self._chip.show_state(label("patient_state", patient.state), PATIENT_STATES[patient.state])
        facts = [formats.age(patient.age), formats.waiting(form.registered_on, self._ui.today())]
        if patient.geo_quality == "none":
            facts.append(tr("Ort unbekannt"))
        self._facts.setText(" · ".join(facts))
        self._form.age.setText(formats.age(patient.age))
        missing = ", ".join(label("checklist", code) for code in patient.missing)
        waiting = patient.state in {"intake", "ready"}
        self._missing.setText(
            tr("Bereit für die Suche: alles vollständig.")
            if not missing
            else tr("Für die Suche fehlt: {what}").format(what=missing)
        )
        self._missing.setVisible(waiting)
        self._step.setVisible(waiting or patient.search_id is not None)
        self._step.setText(tr("Suche &beginnen") if waiting else tr("Zur &Vermittlung"))
        self._step.setAccessibleName(self._step.text().replace("&", ""))
        self._step.setEnabled(not (waiting and missing))
        if self._dirty and self._patient is not None:
            return  # somebody typed meanwhile: the version they saw decides when they save
        self._patient = patient
        self._form.show_form(form)
        self._set_dirty(dirty=False)

    def _on_edit(self) -> None:
        self._set_dirty(dirty=True)

    def _set_dirty(self, *, dirty: bool) -> None:
        self._dirty = dirty
        self._save.setEnabled(dirty)
        self._drop.setEnabled(dirty)

    def _drop_edits(self) -> None:
        self._set_dirty(dirty=False)
        if self._patient is None:
            self.begin_new()
        else:
            self._load(self._patient.patient_id)

    def save(self) -> None:
        """Save the form (Strg+S); a namesake is asked about first."""
        if not self._dirty:
            return
        form = self._form.form()
        if form is None:
            return
        today, patient = self._ui.today(), self._patient
        if patient is not None:
            self._ui.background.write(
                self,
                lambda s: service.update_patient(s, patient.patient_id, patient.version, form, today=today),
                lambda _: self._saved(patient.patient_id),
                self._refused,
            )
            return

        def check(found: tuple[service.Namesake, ...]) -> None:
            if found:
                twin = found[0]
                self._ui.messages.warning(
                    tr("{name} gibt es schon ({day}, {city}). Ist es derselbe Mensch?").format(
                        name=twin.name, day=formats.day(twin.birth_date) or "–", city=twin.city
                    ),
                    tr("Trotzdem anlegen"),
                    create,
                )
            else:
                create()

        def create() -> None:
            self._ui.background.write(
                self, lambda s: service.create_patient(s, form, today=today), self._created, self._refused
            )

        self._ui.background.read(
            self,
            lambda s: service.find_duplicates(
                s, last_name=form.last_name, first_name=form.first_name, birth_date=form.birth_date
            ),
            check,
        )

    def _created(self, patient_id: int) -> None:
        self._set_dirty(dirty=False)
        self._ui.messages.success(tr("Angelegt."))
        self.created.emit(patient_id)

    def _saved(self, patient_id: int) -> None:
        self._set_dirty(dirty=False)
        self._ui.messages.success(tr("Gespeichert."))
        self._load(patient_id)

    def _refused(self, error: Exception) -> None:
        words_ = describe(error)
        if isinstance(error, PlatzlotseError) and error.field in self._form.fields:
            self._form.fields[error.field].complain(words_)
            return
        action = error.kind == "conflict" if isinstance(error, PlatzlotseError) else False
        self._ui.messages.error(words_, tr("Neu laden") if action else "", self._drop_edits if action else None)

    def _next_step(self) -> None:
        patient = self._patient
        if patient is None:
            return
        if patient.search_id is not None:
            self._ui.navigate("matching", patient.search_id)
            return
        now = self._ui.now()

        def work(session: Session) -> int:
            service.mark_ready(session, patient.patient_id, now=now)
            return start_search(session, patient.patient_id)

        def done(search_id: int) -> None:
            self._ui.messages.success(tr("Die Suche hat begonnen."))
            self._ui.navigate("matching", search_id)

        self._ui.background.write(self, work, done)
