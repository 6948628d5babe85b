"""What one does with a call: dial, settle, take back, put back, take over. One at a time; knows no widget of the page."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from domain.casework import calling
from domain.casework.answers import Decision, Recorded
from domain.casework.call_corrections import take_back_result
from domain.casework.call_following import Following, what_follows
from domain.casework.phone_queue import QueuedCall
from domain.communication.contacts import CallResult
from domain.database import Session
from ui.inquiries.thanks import tell_recorded
from ui.mail.recorded_words import take_entered_back
from ui.phone import call_words
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.reason import ReasonDialog

T = TypeVar("T")


class CallActs(QObject):
    """`settled` and `taken_back` carry a call's id; `refused` the error: nothing was written, look again."""

    settled = Signal(int)
    taken_back = Signal(int)
    refused = Signal(object)

    def __init__(self, owner: QWidget, ui: UiContext) -> None:
        super().__init__(owner)
        self._owner, self._ui = owner, ui
        self._writing = False

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
            self.refused.emit(error)

        self._ui.background.write(self._owner, work, written, refused)

    def dial(self, call: QueuedCall) -> None:
        """Take the call, then let the system's telephone program dial: two people never ring the same practice."""
        now = self._ui.now()
        self._write(
            lambda s: calling.begin_call(s, call.call_id, now=now, version=call.version),
            lambda _: QDesktopServices.openUrl(QUrl(f"tel:{call.phone}")),
        )

    def begin(self, call: QueuedCall) -> None:
        """Take the call; its number is dialled with another telephone, and the clock runs."""
        now = self._ui.now()
        self._write(lambda s: calling.begin_call(s, call.call_id, now=now, version=call.version), lambda _: None)

    def settle(self, call: QueuedCall, said: CallResult, answers: Sequence[Decision] = ()) -> None:
        """Write what came of a call, with the answers; it may be undone from the message.

        A place that came second is said as of a mail: who was first, and when the thanks leave.
        """
        now = self._ui.now()

        def work(session: Session) -> tuple[Following, tuple[Recorded, ...]]:
            settled = calling.finish_with_answers(session, call.call_id, said, answers, now=now, version=call.version)
            return what_follows(session, call.call_id, settled.following), settled.recorded

        def done(found: tuple[Following, tuple[Recorded, ...]]) -> None:
            following, recorded = found
            words = call_words.settled(call.practice, said.status, following)
            self.settled.emit(call.call_id)
            if tell_recorded(self._ui, self._owner, recorded, before=words):
                return
            if answers:
                item_id = answers[0].item_id
                self._ui.messages.undoable(words, lambda: take_entered_back(self._ui, self._owner, item_id))
            else:
                self._ui.messages.undoable(words, lambda: self.take_back(call.call_id))

        self._write(work, done)

    def ask_elsewhere(self, call: QueuedCall, said: CallResult, answers: Sequence[Decision]) -> None:
        """No call was begun here: made with another telephone it counts; pressed by mistake nothing is written."""
        ReasonDialog(
            self._owner, tr("Vermerken"), call_words.not_dialled(call.practice, said.status), reason="",
            lasted=call_words.lasted(), back=tr("Nichts vermerken"),
        ).ask(lambda dialog: self.settle(call, replace(said, minutes=dialog.minutes()), answers))  # fmt: skip

    def take_back(self, call_id: int) -> None:
        """The result was a mistake: the call is under way again."""
        now = self._ui.now()
        self._write(lambda s: take_back_result(s, call_id, now=now), lambda _: self.taken_back.emit(call_id))

    def put_back(self, call: QueuedCall) -> None:
        """The call was begun and not made: it is to be made again."""
        said = tr("{practice}: Der Anruf steht wieder in der Liste.").format(practice=call.practice)
        self._write(
            lambda s: calling.put_back(s, call.call_id, version=call.version),
            lambda _: self._ui.messages.success(said),
        )

    def take_over(self, call: QueuedCall) -> None:
        """Make a colleague's call."""
        now = self._ui.now()
        self._write(lambda s: calling.take_over(s, call.call_id, now=now, version=call.version), lambda _: None)

    def tag(self, call: QueuedCall) -> None:
        """The practice called back; where that stands already, it did not."""
        now, called = self._ui.now(), not call.phone_tag
        said = tr("Vermerkt; dieser Anruf steht jetzt oben.") if called else tr("Vermerkt; der Rückruf gilt nicht.")
        self._write(
            lambda s: calling.note_phone_tag(s, call.call_id, now=now, version=call.version, called=called),
            lambda _: self._ui.messages.success(said),
        )
