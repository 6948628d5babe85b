"""One call: number and window, what to say, the patients, and the results by one key each."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from domain.casework import calling
from domain.casework.answers import Decision
from domain.casework.call_corrections import take_back_result
from domain.casework.phone_queue import QueuedCall
from domain.communication.contacts import CallResult
from domain.communication.states import CallStatus
from domain.database import Session
from domain.matching.listing import InquiryDetail, get_inquiry
from domain.matching.states import OPEN_ITEM, ItemStatus
from ui import formats
from ui.errors import describe
from ui.inquiries.answer_rows import AnswerRows, Asked
from ui.labels import label
from ui.phone import call_words
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Card, Field, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog

T = TypeVar("T")
C = CallStatus
RESULTS = (C.REACHED, C.NO_ANSWER, C.BUSY, C.VOICEMAIL_LEFT, C.WRONG_NUMBER)  # by the keys 1 to 5
CALLBACK_KEY, TAG_KEY = "6", "7"


class CallPanel(QWidget):
    """`finished` and `taken_back` carry the id of a call whose result was written or taken back; `refused`: look again."""

    finished = Signal(int)
    taken_back = Signal(int)
    refused = Signal()

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._call: QueuedCall | None = None
        self._kept: dict[int, tuple[str, str]] = {}  # what was typed for calls one looked away from
        self._writing = False
        self._head = words("", "heading")
        self._facts = words("", "muted")
        self._facts.setMinimumWidth(100)
        self._facts.setWordWrap(True)
        self._warning = words("")
        self._warning.setWordWrap(True)
        self._dial = button(tr("An&rufen"), self.dial, role="primary", icon="phone")
        self._take = button(tr("Über&nehmen"), self._on_take, icon="user-plus")
        self._practice = button(tr("Zur &Praxis"), self._open_practice, role="link")
        self._inquiry = button(tr("Zur An&frage"), self._open_inquiry, role="link")
        self._script = QPlainTextEdit()
        self._script.setReadOnly(True)
        self._script.setAccessibleName(tr("Gesprächsleitfaden"))
        self._script.setMinimumHeight(180)
        self._answers = AnswerRows()
        self._note = QLineEdit()
        self._note.setAccessibleName(tr("Notiz zum Anruf"))
        self._counterpart = QLineEdit()
        self._counterpart.setAccessibleName(tr("Gesprochen mit"))
        short = (tr("Erreicht"), tr("Niemand"), tr("Besetzt"), tr("AB"), tr("Falsche Nr."))
        keys = [self._result_button(r, short[n], str(n + 1)) for n, r in enumerate(RESULTS)]
        keys.append(self._keyed(tr("Rückruf am"), tr("Rückruf am"), CALLBACK_KEY, self._on_callback))
        self._tag = self._keyed(tr("Rief zurück"), tr("Hat zurückgerufen"), TAG_KEY, self._on_tag)
        keys.append(self._tag)
        self._keys = keys
        grid = QGridLayout()
        for number, made in enumerate(keys):
            grid.addWidget(made, number // 4, number % 4)
        people = Card(tr("Was sagt die Praxis?"))
        people.add(self._answers)
        typed = row(Field(tr("Gesprochen mit"), self._counterpart), Field(tr("Notiz"), self._note), stretch=(1, 2))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(8, 0, 8, 0)
        column.addWidget(self._head)
        column.addWidget(self._facts)
        column.addWidget(self._warning)
        column.addWidget(row(self._dial, self._take, self._practice, self._inquiry))
        column.addWidget(self._script, 1)
        column.addWidget(people)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(content), 1)
        outer.addWidget(typed)  # always in sight: one writes while one talks
        outer.addLayout(grid)
        self.hide()

    def _result_button(self, result: CallStatus, short: str, key: str) -> QPushButton:
        role = "primary" if result is C.REACHED else ""
        return self._keyed(short, label("call_status", result), key, lambda: self._finish(result), role=role)

    def _keyed(self, short: str, name: str, key: str, act: Callable[[], None], *, role: str = "") -> QPushButton:
        """A button that a digit presses, too; with Alt also while one writes the note."""
        made = button(f"{short} ({key})", act, name=name, role=role)
        made.setToolTip(tr("{name}: Taste {key}; beim Schreiben Alt+{key}").format(name=name, key=key))
        for keys in (key, f"Alt+{key}"):
            # a text field with the cursor takes the bare digit for its own text first
            shortcut = QShortcut(QKeySequence(keys), self, made.click)
            shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
            shortcut.setAutoRepeat(False)  # a key held down would settle the next call, too
        return made

    def show_call(self, call: QueuedCall | None) -> None:
        """Another call, the same with news, or none."""
        same = self._call is not None and call is not None and self._call.call_id == call.call_id
        if not same:
            self._keep_typed()
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
        left = running and call.started_at is not None and call.started_at < self._ui.now() - calling.LEFT_AFTER
        self._take.setVisible(not call.mine and (left or not running))
        self._inquiry.setVisible(call.inquiry_id is not None)
        for key in self._keys:
            key.setEnabled(call.mine or not running)
        self._tag.setEnabled(not running)
        self._tag.setText((tr("Doch nicht") if call.phone_tag else tr("Rief zurück")) + f" ({TAG_KEY})")
        if not same:
            note, counterpart = self._kept.pop(call.call_id, ("", ""))
            self._note.setText(note)
            self._counterpart.setText(counterpart)
            self._answers.show_items([])
            self._script.clear()
        self._load(call, keep=same)

    def show_gone(self, fate: calling.Fate) -> bool:
        """The call shown left the list; stays to be read while something is typed. Tells whether it stays."""
        said = call_words.gone(fate)
        typed = bool(self._note.text().strip() or self._counterpart.text().strip())
        if typed:
            self._warn(
                said + " " + tr("Was Sie geschrieben haben, steht noch hier; wählen Sie dann den nächsten Anruf.")
            )
            for made in (*self._keys, self._dial, self._take):
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

    def _keep_typed(self) -> None:
        if self._call is not None and (self._note.text() or self._counterpart.text()):
            self._kept[self._call.call_id] = (self._note.text(), self._counterpart.text())

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
        """Take the call, then let the system's telephone program dial: two people never ring the same practice."""
        call = self._call
        if call is None or not call.phone:
            return
        now = self._ui.now()
        self._write(
            lambda s: calling.begin_call(s, call.call_id, now=now, version=call.version),
            lambda _: QDesktopServices.openUrl(QUrl(f"tel:{call.phone}")),
        )

    def _write(self, work: Callable[[Session], T], done: Callable[[T], object]) -> None:
        """One at a time: a key pressed twice is one result."""
        if self._writing:
            return
        self._writing = True

        def written(result: T) -> None:
            self._writing = False
            done(result)

        def refused(error: Exception) -> None:
            self._writing = False
            self._ui.messages.error(describe(error))
            self.refused.emit()

        self._ui.background.write(self, work, written, refused)

    def _finish(self, result: CallStatus) -> None:
        answers = self._answers.decisions() if result is C.REACHED else ()
        if answers is not None:
            self._settle(CallResult(result, self._said_by(result), self._note.text()), answers)

    def _said_by(self, result: CallStatus) -> str:
        return self._counterpart.text() if result is C.REACHED else ""

    def _settle(self, said: CallResult, answers: tuple[Decision, ...]) -> None:
        call = self._call
        if call is None:
            return
        now = self._ui.now()

        def work(session: Session) -> datetime | None:
            following = calling.finish_with_answers(session, call.call_id, said, answers, now=now, version=call.version)
            return None if following is None else calling.planned_for(session, following)

        self._write(work, lambda following: self._written(call, following, undoable=not answers))

    def _written(self, call: QueuedCall, following: datetime | None, *, undoable: bool) -> None:
        said = tr("{practice}: vermerkt.").format(practice=call.practice)
        if following is not None:
            said += " " + tr("Der nächste Anruf ist am {when} geplant.").format(when=formats.moment(following))
        self._note.clear()
        self._counterpart.clear()
        self.finished.emit(call.call_id)
        if undoable:
            self._ui.messages.undoable(said, lambda: self._take_back(call.call_id))
        else:
            self._ui.messages.success(said)

    def _take_back(self, call_id: int) -> None:
        now = self._ui.now()
        self._write(lambda s: take_back_result(s, call_id, now=now), lambda _: self.taken_back.emit(call_id))

    def _on_callback(self) -> None:
        call = self._call
        if call is None:
            return

        def agreed(dialog: ReasonDialog) -> None:
            self._settle(
                CallResult(C.REACHED, self._counterpart.text(), self._note.text(), dialog.day(), dialog.clock()), ()
            )

        ReasonDialog(
            self, tr("Rückruf vereinbart"),
            tr("Mit Uhrzeit gilt genau diese; ohne wird in der Telefonzeit ab diesem Tag geplant, nie an einem Feiertag."),
            reason="", day=tr("Rückruf ab"), day_needed=True, clock=tr("Uhrzeit (leer: Telefonzeit)"),
        ).ask(agreed)  # fmt: skip

    def _on_tag(self) -> None:
        call, now = self._call, self._ui.now()
        if call is None:
            return
        called = not call.phone_tag
        said = tr("Vermerkt; dieser Anruf steht jetzt oben.") if called else tr("Vermerkt; der Rückruf gilt nicht.")
        self._write(
            lambda s: calling.note_phone_tag(s, call.call_id, now=now, version=call.version, called=called),
            lambda _: self._ui.messages.success(said),
        )

    def _on_take(self) -> None:
        call, now = self._call, self._ui.now()
        if call is not None:
            self._write(lambda s: calling.take_over(s, call.call_id, now=now, version=call.version), lambda _: None)

    def _open_practice(self) -> None:
        if self._call is not None:
            self._ui.navigate("therapists", self._call.therapist_id)

    def _open_inquiry(self) -> None:
        if self._call is not None and self._call.inquiry_id is not None:
            self._ui.navigate("inquiries", self._call.inquiry_id)
