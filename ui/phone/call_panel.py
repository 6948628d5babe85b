"""One call: number and window, what to say, the patients, and the results by one key each."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from domain.casework import calling
from domain.casework.phone_queue import QueuedCall
from domain.communication.contacts import CallResult
from domain.communication.phone_windows import FULL_SEAT_MINUTES, HALF_SEAT_MINUTES
from domain.communication.states import CallStatus
from domain.database import Session
from domain.matching.listing import InquiryDetail, get_inquiry
from domain.matching.states import OPEN_ITEM, ItemStatus
from ui import formats
from ui.inquiries.answer_rows import AnswerRows, Asked
from ui.labels import label
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import Card, Field, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog

C = CallStatus
RESULTS = (C.REACHED, C.NO_ANSWER, C.BUSY, C.VOICEMAIL_LEFT, C.WRONG_NUMBER)  # by the keys 1 to 5
CALLBACK_KEY, TAG_KEY = "6", "7"
OPEN = frozenset({C.PLANNED, C.IN_PROGRESS})


class CallPanel(QWidget):
    """`finished` carries the id of a call whose result was written."""

    finished = Signal(int)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._call: QueuedCall | None = None
        self._head = words("", "heading")
        self._facts = words("", "muted")
        self._facts.setMinimumWidth(100)
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
        keys.append(self._keyed(tr("Rief zurück"), tr("Hat zurückgerufen"), TAG_KEY, self._on_tag))
        grid = QGridLayout()
        for number, made in enumerate(keys):
            grid.addWidget(made, number // 4, number % 4)
        people = Card(tr("Was sagt die Praxis?"))
        people.add(self._answers)
        people.add(row(Field(tr("Gesprochen mit"), self._counterpart), Field(tr("Notiz"), self._note), stretch=(1, 2)))
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
        outer.addLayout(grid)
        self.hide()

    def _result_button(self, result: CallStatus, short: str, key: str) -> QPushButton:
        role = "primary" if result is C.REACHED else ""
        return self._keyed(short, label("call_status", result), key, lambda: self._finish(result), role=role)

    def _keyed(self, short: str, name: str, key: str, act: Callable[[], None], *, role: str = "") -> QPushButton:
        """A button that a digit presses, too."""
        made = button(f"{short} ({key})", act, name=name, role=role)
        self._shortcut(key, made.click)
        return made

    def _shortcut(self, key: str, act: Callable[[], None]) -> None:
        # a text field with the cursor takes the digit for its own text first
        shortcut = QShortcut(QKeySequence(key), self, act)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)

    def show_call(self, call: QueuedCall | None) -> None:
        """Another call, the same with news, or none."""
        same = self._call is not None and call is not None and self._call.call_id == call.call_id
        self._call = call
        self.setVisible(call is not None)
        if call is None:
            return
        self._head.setText(call.practice)
        self._facts.setText(" · ".join(fact for fact in _facts(call) if fact))
        self._warning.setText(_warning(call))
        self._warning.setVisible(bool(self._warning.text()))
        running = call.status is C.IN_PROGRESS
        self._dial.setText(" " + (tr("Anruf läuft") if running else tr("An&rufen")))
        self._dial.setEnabled(not running and bool(call.phone))
        self._take.setVisible(not call.mine and not running)
        self._inquiry.setVisible(call.inquiry_id is not None)
        if not same:
            self._note.clear()
            self._counterpart.clear()
            self._answers.show_items([])
            self._script.clear()
        self._load(call, keep=same)

    def _load(self, call: QueuedCall, *, keep: bool) -> None:
        today = self._ui.today()

        def work(session: Session) -> tuple[str, InquiryDetail | None]:
            script = calling.script_of(session, call.call_id, today=today)
            return script, None if call.inquiry_id is None else get_inquiry(session, call.inquiry_id, today=today)

        def show(found: tuple[str, InquiryDetail | None]) -> None:
            script, inquiry = found
            if self._script.toPlainText() != script:
                self._script.setPlainText(script or tr("Dieser Anruf gehört zu keiner Anfrage."))
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
        """Start the call: the system's telephone program dials."""
        call = self._call
        if call is None or not call.phone:
            return
        now = self._ui.now()
        QDesktopServices.openUrl(QUrl(f"tel:{call.phone}"))
        self._ui.background.write(self, lambda s: calling.begin_call(s, call.call_id, now=now, version=call.version))

    def _finish(self, result: CallStatus) -> None:
        call = self._call
        answers = self._answers.decisions() if result is C.REACHED else ()
        if call is None or answers is None:
            return
        now = self._ui.now()
        said = CallResult(result, self._counterpart.text() if result is C.REACHED else "", self._note.text())
        self._ui.background.write(
            self,
            lambda s: calling.finish_with_answers(s, call.call_id, said, answers, now=now, version=call.version),
            lambda following: self._written(call.call_id, following),
        )

    def _written(self, call_id: int, following: object) -> None:
        self._ui.messages.success(
            tr("Vermerkt; der nächste Anruf ist in einer anderen Telefonzeit geplant.")
            if following
            else tr("Vermerkt.")
        )
        self.finished.emit(call_id)

    def _on_callback(self) -> None:
        call = self._call
        if call is None:
            return

        def agreed(dialog: ReasonDialog) -> None:
            now = self._ui.now()
            said = CallResult(C.REACHED, self._counterpart.text(), self._note.text(), callback_on=dialog.day())
            self._ui.background.write(
                self,
                lambda s: calling.finish_call(s, call.call_id, said, now=now, version=call.version),
                lambda _: self._written(call.call_id, None),
            )

        ReasonDialog(
            self, tr("Rückruf vereinbart"), tr("Ein neuer Anruf wird in der Telefonzeit ab diesem Tag geplant."),
            reason="", day=tr("Rückruf ab"), day_needed=True,
        ).ask(agreed)  # fmt: skip

    def _on_tag(self) -> None:
        call, now = self._call, self._ui.now()
        if call is not None:
            self._ui.background.write(
                self,
                lambda s: calling.note_phone_tag(s, call.call_id, now=now, version=call.version),
                lambda _: self._ui.messages.success(tr("Vermerkt; dieser Anruf steht jetzt oben.")),
            )

    def _on_take(self) -> None:
        call = self._call
        if call is not None:
            self._ui.background.write(self, lambda s: calling.take_over(s, call.call_id, version=call.version))

    def _open_practice(self) -> None:
        if self._call is not None:
            self._ui.navigate("therapists", self._call.therapist_id)

    def _open_inquiry(self) -> None:
        if self._call is not None and self._call.inquiry_id is not None:
            self._ui.navigate("inquiries", self._call.inquiry_id)


def _facts(call: QueuedCall) -> list[str]:
    facts = [formats.phone(call.phone), call.city]
    if call.window is not None:
        facts.append(
            tr("{day} bis {end}").format(
                day=formats.weekday_clock(call.window.start), end=f"{formats.local(call.window.end):%H:%M}"
            )
        )
    facts.append(ntr(call.attempt, "{n}. Versuch", "{n}. Versuch"))
    facts.append(tr("erreicht wird man hier etwa jedes {n}. Mal").format(n=max(1, round(1 / max(call.chance, 0.05)))))
    if call.person and not call.mine:
        facts.append(tr("bei {person}").format(person=call.person))
    return facts


def _warning(call: QueuedCall) -> str:
    said: list[str] = []
    if call.phone_tag:
        said.append(tr("Die Praxis hat zurückgerufen und niemanden erreicht."))
    if call.status is C.IN_PROGRESS and not call.mine:
        said.append(tr("{person} telefoniert gerade mit dieser Praxis.").format(person=call.person or tr("Jemand")))
    if call.published is None:
        said.append(tr("Keine Telefonzeiten bekannt: geplant am Vormittag."))
    elif call.published < HALF_SEAT_MINUTES:
        said.append(
            tr("Nur {n} Minuten in der Woche veröffentlicht; Pflicht sind {half}, bei vollem Sitz {full}.").format(
                n=call.published, half=HALF_SEAT_MINUTES, full=FULL_SEAT_MINUTES
            )
        )
    if call.hours_as_of is not None:
        said.append(tr("Telefonzeiten vom {day}.").format(day=formats.day(call.hours_as_of)))
    if call.note:
        said.append(call.note)
    return " ".join(said)
