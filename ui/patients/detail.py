"""One patient: header with state and next step, the form on tabs, course and consents."""

from collections.abc import Callable
from functools import partial

from domain.casework.placing import PlaceState, patient_place
from domain.casework.searches import start_search
from domain.database import Session
from domain.errors import NotFound
from domain.matching.states import PatientState
from domain.patients import service
from domain.patients.queries import PatientDetail, get_patient, list_persons, open_patient
from domain.patients.service import PatientForm
from ui import formats
from ui.labels import label
from ui.patients.consents import ConsentsTab
from ui.patients.course import CourseTab
from ui.patients.evidence import EvidenceTab
from ui.patients.exclusions import ExclusionsCard
from ui.patients.files import FilesTab
from ui.patients.form import PatientFormView, empty_form
from ui.patients.letters import PatientLetters
from ui.patients.record_actions import RecordActions
from ui.place_words import place_words
from ui.ports import UiContext
from ui.record_detail import RecordDetail
from ui.translation import tr
from ui.widgets.chips import PATIENT_STATES
from ui.widgets.forms import button, scrolled


class PatientDetailView(RecordDetail[PatientDetail, PatientForm]):
    """A patient's record; reading it is logged."""

    def __init__(self, ui: UiContext) -> None:
        form = PatientFormView()
        super().__init__(ui, form)
        self._view = form
        form.help_with_address(ui.background, of_patient=True)
        self._step = button(tr("Suche &beginnen"), self._next_step, role="primary", icon="play")
        self._age = form.age
        self._noted: int | None = None  # whose record was noted as read by this person
        self._course = CourseTab(ui)
        self._consents = ConsentsTab(ui)
        self._exclusions = ExclusionsCard(ui)
        self._evidence = EvidenceTab(ui)
        self._files = FilesTab(ui)
        self._actions = RecordActions(ui)
        form.places["course"] = self._course.search
        form.places["consent"] = self._consents
        form.places["evidence"] = self._evidence
        form.places["papers"] = self._files
        wishes = form.wishes.layout()
        assert wishes is not None
        wishes.addWidget(self._exclusions)
        self._of_saved = (
            form.addTab(self._course, tr("Verlauf")),
            form.addTab(scrolled(self._consents), tr("Einwilligungen")),
            form.addTab(self._evidence, tr("Nachweis")),
            form.addTab(self._files, tr("Dateien")),
        )
        self._letters = PatientLetters(ui)
        self._lay_out(self._step, self._letters, self._actions)
        self._offer_own()

    def show_record(self, record_id: int) -> None:
        """Load a record; a reimbursement case that is being typed is asked about first."""
        show = super().show_record
        if self._evidence.unsaved and self._wanted != record_id:
            self._ask_to_drop(lambda: self._drop_case_and(lambda: show(record_id)))
            return
        show(record_id)

    def save(self) -> None:
        """Save what was typed (Strg+S), the reimbursement case, too."""
        if self._evidence.unsaved:
            self._evidence.save()
        super().save()

    def begin_new(self) -> None:
        """An empty form for a new record; a reimbursement case that is being typed is asked about first."""
        begin = super().begin_new
        if self._evidence.unsaved:
            self._ask_to_drop(lambda: self._drop_case_and(begin))
            return
        begin()

    def _drop_case_and(self, go_on: Callable[[], None]) -> None:
        self._evidence.drop()
        go_on()

    def _id(self, record: PatientDetail) -> int:
        return record.patient_id

    def _empty(self) -> None:
        self._form.show_form(empty_form(self._ui.today()))
        self._offer_own()
        self._name.setText(tr("Neuer Patient"))
        self._facts.setText(tr("Nachname genügt zum Speichern; die Checkliste zeigt dann, was für die Suche fehlt."))
        self._more.setText("")
        self._step.hide()
        self._letters.show_patient(None)
        self._actions.show_patient(None, None)
        self._exclusions.hide()
        self._evidence.show_patient(None)
        self._enable_tabs(enabled=False)
        self._form.focus("first_name")

    def _enable_tabs(self, *, enabled: bool) -> None:
        for tab in self._of_saved:
            self._form.setTabEnabled(tab, enabled)

    def _load(self, record_id: int) -> None:
        today, failed = self._ui.today(), partial(self._not_read, record_id)
        if self._noted == record_id:
            # somebody reads it already: looking again is not another reading
            self._ui.background.read(
                self, lambda s: get_patient(s, record_id, today=today), self._arrive, failed, key="patient"
            )
        else:
            self._noted = record_id
            self._ui.background.write(
                self, lambda s: open_patient(s, record_id, today=today), self._arrive, failed, changes=False
            )
        self._course.show_patient(record_id)

    def _offer_own(self) -> None:
        """Who may be responsible for somebody new; a record that is shown brings its own with it."""
        self._ui.background.read(self, list_persons, self._offer_for_new, key="persons")

    def _offer_for_new(self, persons: tuple[tuple[int, str], ...]) -> None:
        if self._record is None:
            self._view.show_persons(persons)

    def _search_course(self, words: str) -> None:
        self._course.search.setText(words)

    def _not_read(self, record_id: int, error: Exception) -> None:
        if self._noted == record_id:
            self._noted = None
        if not isinstance(error, NotFound):
            self._ui.background.failed.emit(error)
            return
        if record_id != self._wanted:
            return  # somebody has moved on, or types in another one
        # nothing of somebody who is no longer to be seen stays on the screen, nor what was typed: nobody can save it
        said = tr("Diese Akte ist gelöscht, oder sie gehört jetzt zu einem anderen Team.")
        lost = self._dirty or self._evidence.unsaved
        self._start_new()
        self.gone.emit()
        if lost:
            said = f"{said} {tr('Was Sie darin geändert hatten, ließ sich nicht mehr speichern.')}"
            self._ui.messages.warning(said, lasting=True)
        elif record_id == self._actions.erasing:
            self._ui.messages.success(tr("Diese Akte ist gelöscht."))
        else:
            self._ui.messages.info(said)

    def _show_head(self, record: PatientDetail) -> None:
        form = record.form
        self._consents.show_patient(record)
        self._exclusions.show_patient(record.patient_id)
        self._exclusions.show()
        self._course.show_rules(record.consents, restricted=record.state == PatientState.RESTRICTED)
        self._evidence.show_patient(record.patient_id)
        self._files.show_patient(record.patient_id, restricted=record.state == PatientState.RESTRICTED)
        self._enable_tabs(enabled=True)
        self._letters.show_patient(record)
        self._name.setText(f"{form.first_name} {form.last_name}".strip())
        self._actions.show_patient(record.patient_id, PatientState(record.state), self._name.text())
        self._chip.show_state(label("patient_state", record.state), PATIENT_STATES[record.state])
        facts = [formats.age(record.age), formats.waiting(form.registered_on, self._ui.today()), *_team(record)]
        self._facts.setText(" · ".join(facts))
        self._ui.background.read(
            self,
            lambda s: patient_place(s, record.patient_id),
            lambda state: self._facts.setText(" · ".join([*facts, *_place(record, state)])),
            key="place",
        )
        self._age.setText(formats.age(record.age))
        missing = ", ".join(label("checklist", code) for code in record.missing)
        waiting = record.state in {"intake", "ready"}
        self._more.setText(
            tr("Bereit für die Suche: alles vollständig.")
            if not missing
            else tr("Für die Suche fehlt: {what}").format(what=missing)
        )
        self._more.setVisible(waiting)
        self._step.setVisible(waiting or record.search_id is not None)
        step = tr("Suche &beginnen") if waiting else tr("Zur &Vermittlung")
        self._step.setText(f" {step}")  # the space stands between icon and text
        self._step.setAccessibleName(step.replace("&", ""))
        self._step.setEnabled(not (waiting and missing))

    def _fill(self, record: PatientDetail) -> None:
        self._view.show_persons(record.persons)
        self._form.show_form(record.form)

    def _create(self, session: Session, form: PatientForm) -> int:
        return service.create_patient(session, form, today=self._ui.today())

    def _update(self, session: Session, record: PatientDetail, form: PatientForm) -> None:
        service.update_patient(session, record.patient_id, record.version, form, today=self._ui.today())

    def _write_new(self, form: PatientForm) -> None:
        create = super()._write_new

        def check(found: tuple[service.Namesake, ...]) -> None:
            if not found:
                create(form)
                return
            twin = found[0]
            self._ui.messages.warning(
                tr("{name} gibt es schon ({day}, {city}). Ist es derselbe Mensch?").format(
                    name=twin.name, day=formats.day(twin.birth_date) or "–", city=twin.city
                ),
                tr("Trotzdem anlegen"),
                lambda: create(form),
            )

        self._ui.background.read(
            self,
            lambda s: service.find_duplicates(
                s, last_name=form.last_name, first_name=form.first_name, birth_date=form.birth_date
            ),
            check,
        )

    def _next_step(self) -> None:
        patient = self._record
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


def _team(record: PatientDetail) -> list[str]:
    """Whose it is, in an office that has teams."""
    if record.team:
        return [tr("Team {name}").format(name=record.team)]
    return [tr("ohne Team")] if record.has_teams else []


def _place(record: PatientDetail, state: PlaceState | None) -> list[str]:
    """What is worth a word of where somebody lives: that it is not known, or how exactly."""
    if record.geo_quality == "none" and state is None:
        return [tr("Ort unbekannt")]
    return [place_words(record.geo_quality, by_hand=record.geo_locked, state=state)]
