"""One call: number and window, what to say, the patients, and what comes of it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework import calling
from domain.casework.phone_queue import QueuedCall
from domain.communication.contacts import CallResult
from domain.communication.states import CallStatus
from domain.database import Session
from domain.errors import PlatzlotseError
from domain.matching.listing import InquiryDetail, get_inquiry
from domain.matching.states import OPEN_ITEM, ItemStatus
from ui.errors import describe
from ui.inquiries.answer_rows import AnswerRows, Asked
from ui.phone import call_words
from ui.phone.call_acts import CallActs
from ui.phone.call_keys import CallKeys
from ui.phone.call_notes import CallNotes
from ui.phone.callbacks import refused_day
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Card, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.read_text import ReadText
from ui.widgets.reason import ReasonDialog

C = CallStatus
LOWEST_SCRIPT = 112


class CallPanel(QWidget):
    """`finished` and `taken_back` carry the id of a call whose result was written or taken back; `refused`: look again."""

    finished = Signal(int)
    taken_back = Signal(int)
    refused = Signal()

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._call: QueuedCall | None = None
        self._acts = CallActs(self, ui)
        self._acts.settled.connect(self._on_settled)
        self._acts.taken_back.connect(self._on_taken_back)
        self._acts.refused.connect(self._on_refused)
        self._head = words("", "heading")
        self._facts = words("", "muted")
        self._facts.setMinimumWidth(100)
        self._facts.setWordWrap(True)
        self._warning = words("")
        self._warning.setWordWrap(True)
        self._dial = button(tr("An&rufen"), self.dial, role="primary", icon="phone")
        self._desk = button(tr("Anderes &Telefon"), self._on_desk, name=tr("Mit anderem Telefon angerufen"))
        self._desk.setToolTip(
            tr("Sie wählen selbst: Der Anruf läuft ab jetzt, seine Minuten zählen, und eine Taste genügt am Ende.")
        )
        self._back = button(
            tr("&Nicht angerufen"), self._on_put_back, icon="undo-2", name=tr("Anruf zurück in die Liste")
        )
        self._take = button(tr("Über&nehmen"), self._on_take, icon="user-plus")
        self._practice = button(tr("Zur &Praxis"), self._open_practice, role="link")
        self._inquiry = button(tr("Zur An&frage"), self._open_inquiry, role="link")
        self._script = ReadText(tr("Gesprächsleitfaden"), LOWEST_SCRIPT)
        self._answers = AnswerRows()
        self._notes = CallNotes()
        self._keys = CallKeys(self)
        self._keys.result.connect(self._finish)
        self._keys.callback.connect(self._on_callback)
        self._keys.tag.connect(self._on_tag)
        people = Card(tr("Was sagt die Praxis?"))
        people.add(self._answers)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 0, 8, 0)
        column.addWidget(self._head)
        column.addWidget(self._facts)
        column.addWidget(self._warning)
        column.addWidget(row(self._dial, self._desk, self._back, self._take, self._practice, self._inquiry))
        column.addWidget(self._script, 1)
        column.addWidget(people)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(content), 1)
        outer.addWidget(self._notes)
        outer.addWidget(self._keys)
        self.hide()

    def show_call(self, call: QueuedCall | None) -> None:
        """Another call, the same with news, or none."""
        same = self._call is not None and call is not None and self._call.call_id == call.call_id
        self._notes.show_of(None if call is None else call.call_id)
        self._call = call
        self.setVisible(call is not None)
        if call is None:
            return
        self._head.setText(call.practice)
        self._facts.setText(call_words.facts(call))
        self._warn(call_words.warning(call))
        running = call.status is C.IN_PROGRESS
        self._dial.setText(" " + (tr("Anruf läuft") if running else tr("An&rufen")))
        self._dial.setEnabled(not running and bool(call.phone))
        self._desk.setVisible(not running)
        self._desk.setEnabled(bool(call.phone))
        left = running and call.started_at is not None and call.started_at < self._ui.now() - calling.LEFT_AFTER
        for made in (self._back, self._take):
            made.setEnabled(True)
        self._back.setVisible(running and call.mine)
        self._take.setVisible(not call.mine and (left or not running))
        self._inquiry.setVisible(call.inquiry_id is not None)
        self._keys.fit(mine=call.mine, running=running, tagged=call.phone_tag)
        if not same:
            self._answers.show_items([])
            self._script.clear()
        self._load(call, keep=same)

    def show_gone(self, fate: calling.Fate) -> bool:
        """The call shown left the list; stays to be read while something is typed. Tells whether it stays."""
        said = call_words.gone(fate)
        typed = any(part.strip() for part in self._notes.typed())
        if typed:
            self._warn(
                said + " " + tr("Was Sie geschrieben haben, steht noch hier; wählen Sie dann den nächsten Anruf.")
            )
            self._keys.lock()
            for made in (self._dial, self._desk, self._back, self._take):
                made.setEnabled(False)
        else:
            self._ui.messages.info(said)
        return typed

    def shown(self) -> int | None:
        """The call shown."""
        return None if self._call is None else self._call.call_id

    def _warn(self, said: str) -> None:
        self._warning.setText(said)
        self._warning.setVisible(bool(said))

    def _load(self, call: QueuedCall, *, keep: bool) -> None:
        today = self._ui.today()

        def work(session: Session) -> tuple[str, calling.OnMachine, InquiryDetail | None]:
            script = calling.script_of(session, call.call_id, today=today)
            machine = calling.machine_of(session, call.call_id)
            number = call.inquiry_id
            return script, machine, None if number is None else get_inquiry(session, number, today=today)

        def show(found: tuple[str, calling.OnMachine, InquiryDetail | None]) -> None:
            said, machine, inquiry = found
            script = said.strip() or tr("Dieser Anruf gehört zu keiner Anfrage.")
            script = f"{script}\n\n{call_words.on_machine(machine)}"
            if self._script.toPlainText() != script:
                self._script.setPlainText(script)
            if inquiry is None or (keep and self._answers.changed()):
                return
            self._answers.show_items(
                [
                    Asked(i.item_id, i.name, i.reference_code, i.status, i.version)
                    for i in inquiry.items
                    if ItemStatus(i.status) in OPEN_ITEM
                ]
            )

        self._ui.background.read(self, work, show, key="script")

    def dial(self) -> None:
        """Take the call, and dial its number."""
        if self._call is not None and self._call.phone:
            self._acts.dial(self._call)

    def _finish(self, result: CallStatus) -> None:
        answers = self._answers.decisions(today=self._ui.today())
        if result is not C.REACHED and answers != ():
            self._ui.messages.warning(
                tr("Bei Menschen dieses Anrufs ist eine Antwort gewählt: Drücken Sie „Erreicht“ oder „Rückruf am“, oder stellen Sie sie auf „nichts eintragen“. Der Anruf ist noch offen.")
            )  # fmt: skip
        elif self._call is not None and answers is not None:
            counterpart, note = self._notes.typed()
            said = CallResult(result, counterpart if result is C.REACHED else "", note)
            if self._call.status is C.PLANNED:
                self._acts.ask_elsewhere(self._call, said, answers)
            else:
                self._acts.settle(self._call, said, answers)

    def _on_settled(self, call_id: int) -> None:
        self._notes.settle(call_id)
        self.finished.emit(call_id)

    def _on_taken_back(self, call_id: int) -> None:
        self._notes.give_back(call_id)
        self.taken_back.emit(call_id)

    def _on_refused(self, error: PlatzlotseError) -> None:
        said = describe(error)
        if not self._notes.complain(getattr(error, "field", None), said):
            self._ui.messages.error(said)
        self.refused.emit()

    def _on_callback(self) -> None:
        call, answers = self._call, self._answers.decisions(today=self._ui.today())
        if call is None or answers is None:
            return

        def agreed(dialog: ReasonDialog) -> None:
            said = CallResult(C.REACHED, *self._notes.typed(), dialog.day(), dialog.clock(), dialog.minutes())
            self._acts.settle(call, said, answers)

        ReasonDialog(
            self, tr("Rückruf vereinbart"),
            tr("Mit Uhrzeit gilt genau diese; ohne wird in der Telefonzeit ab diesem Tag geplant, nie an einem Feiertag."),
            reason="", day=tr("Rückruf ab"), day_needed=True, clock=tr("Uhrzeit (leer: Telefonzeit)"),
            refuse=refused_day(self._ui.now),
            lasted=call_words.lasted() if call.status is C.PLANNED else "",
        ).ask(agreed)  # fmt: skip

    def _on_desk(self) -> None:
        if self._call is not None:
            self._acts.begin(self._call)

    def _on_tag(self) -> None:
        if self._call is not None:
            self._acts.tag(self._call)

    def _on_take(self) -> None:
        if self._call is not None:
            self._acts.take_over(self._call)

    def _on_put_back(self) -> None:
        if self._call is not None:
            self._acts.put_back(self._call)

    def _open_practice(self) -> None:
        if self._call is not None:
            self._ui.navigate("therapists", self._call.therapist_id)

    def _open_inquiry(self) -> None:
        if self._call is not None and self._call.inquiry_id is not None:
            self._ui.navigate("inquiries", self._call.inquiry_id)
