"""The call about an inquiry: when it is planned, dialling it, and what came of it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMenu

from domain.casework.calling import begin_call, call_again, finish_call
from domain.communication.contacts import CallResult
from domain.communication.queries import CallRow
from domain.communication.states import UNREACHED, CallStatus
from domain.database import Session
from ui import formats
from ui.labels import label
from ui.phone import call_words
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import Card, button, row
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog

C = CallStatus
OPEN = frozenset({C.PLANNED, C.IN_PROGRESS})
STUCK = UNREACHED | {C.MISSED}  # nothing was planned by itself, for want of a number that is right


class CallCard(Card):
    """Hidden unless a call waits, or its number was wrong and it has to be planned anew."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._call: CallRow | None = None
        self._facts = words("")
        self._facts.setWordWrap(True)
        self._dial = button(tr("An&rufen"), self._on_dial, role="primary", icon="phone")
        self._reached = button(tr("Praxis &erreicht"), self._on_reached, icon="check")
        self._missed = button(tr("&Nicht erreicht"), lambda: None, icon="x")
        menu = QMenu(self._missed)
        for result in (C.NO_ANSWER, C.BUSY, C.VOICEMAIL_LEFT, C.WRONG_NUMBER):
            menu.addAction(label("call_status", result), partial(self._on_missed, result))
        self._missed.setMenu(menu)
        self._callback = button(tr("Rückruf &vereinbart"), self._on_callback, icon="calendar")
        self._again = button(tr("Anruf neu &planen"), self._on_again, icon="refresh-cw")
        self.add(self._facts)
        self.add(row(self._dial, self._reached, self._missed, self._callback, self._again))
        self.hide()

    def show_call(self, call: CallRow | None) -> None:
        """Another call, or none."""
        self._call = call
        waits = call is not None and call.status in OPEN
        wrong = call is not None and call.status in STUCK
        self.setVisible(waits or wrong)
        if call is None:
            return
        facts = [formats.phone(call.phone)]
        if call.status is C.PLANNED:
            facts.insert(0, tr("Anruf geplant: {when}").format(when=formats.moment(call.planned_at)))
        elif call.status is C.IN_PROGRESS:
            facts.insert(0, tr("Anruf läuft"))
        elif call.status is C.WRONG_NUMBER:
            facts.insert(0, tr("Die Nummer war falsch. Tragen Sie bei der Praxis die richtige ein."))
        else:
            facts.insert(0, tr("Es ist kein Anruf mehr geplant."))
        if call.attempt > 1:
            facts.append(tr("{n}. Versuch").format(n=call.attempt))
        if call.person:
            facts.append(call.person)
        self._facts.setText(" · ".join(fact for fact in facts if fact))
        self._dial.setVisible(call.status is C.PLANNED and bool(call.phone))
        for widget in (self._reached, self._missed, self._callback):
            widget.setVisible(waits)
        self._again.setVisible(wrong)

    def _write(self, work: Callable[[Session], object], said: str) -> None:
        self._ui.background.write(self, work, lambda _: self._ui.messages.success(said))

    def _on_dial(self) -> None:
        if self._call is not None:
            now, call = self._ui.now(), self._call

            def taken(_: None) -> None:
                QDesktopServices.openUrl(QUrl(f"tel:{call.phone}"))

            # first the call is taken, then dialled: two people never ring the same practice
            self._ui.background.write(self, lambda s: begin_call(s, call.call_id, now=now, version=call.version), taken)

    def _on_reached(self) -> None:
        call = self._call
        if call is not None:
            said = tr("Die Anfrage gilt als gestellt. Antworten tragen Sie danach bei den Patienten ein.")
            ReasonDialog(
                self, tr("Praxis erreicht"), _question(call, C.REACHED, said), reason=tr("Was wurde gesagt?"),
                lasted=_lasted(call),
            ).ask(
                lambda dialog: self._finish(
                    call, CallResult(C.REACHED, outcome=dialog.reason(), minutes=dialog.minutes())
                )
            )  # fmt: skip

    def _on_missed(self, result: CallStatus) -> None:
        """A call that is under way ends at once; one that was not begun here is asked about once, as on page Telefon."""
        call = self._call
        if call is None:
            return
        if call.status is not C.PLANNED:
            self._finish(call, CallResult(result))
            return
        ReasonDialog(
            self, tr("Vermerken"), _question(call, result), reason="", lasted=_lasted(call), back=tr("Nichts vermerken")
        ).ask(lambda dialog: self._finish(call, CallResult(result, minutes=dialog.minutes())))  # fmt: skip

    def _on_callback(self) -> None:
        call = self._call
        if call is not None:
            said = tr("Ein neuer Anruf wird in der nächsten Telefonzeit ab diesem Tag geplant.")
            ReasonDialog(
                self, tr("Rückruf vereinbart"), _question(call, C.REACHED, said), reason=tr("Was wurde gesagt?"),
                day=tr("Rückruf ab"), day_needed=True, lasted=_lasted(call),
            ).ask(
                lambda dialog: self._finish(
                    call,
                    CallResult(
                        C.REACHED, outcome=dialog.reason(), callback_on=dialog.day(), minutes=dialog.minutes()
                    ),
                )
            )  # fmt: skip

    def _finish(self, call: CallRow, result: CallResult) -> None:
        """Of the call that was asked about: what became of it meanwhile is a conflict, not another call's result."""
        now = self._ui.now()
        said = {
            C.REACHED: tr("Als angefragt vermerkt."),
            C.WRONG_NUMBER: tr("Vermerkt. Tragen Sie bei der Praxis die richtige Nummer ein."),
        }.get(result.status, tr("Vermerkt; der nächste Anruf ist geplant."))
        if result.callback_on is not None:
            said = tr("Der Rückruf ist geplant.")
        self._write(lambda s: finish_call(s, call.call_id, result, now=now, version=call.version), said)

    def _on_again(self) -> None:
        call, now = self._call, self._ui.now()
        if call is not None:
            self._write(
                lambda s: call_again(s, call.call_id, now=now, version=call.version), tr("Der Anruf ist geplant.")
            )


def _question(call: CallRow, result: CallStatus, consequence: str = "") -> str:
    """What follows; where no call was begun here, first whether there was one."""
    elsewhere = call_words.not_dialled(call.practice, result) if call.status is C.PLANNED else ""
    return "\n".join(filter(None, (elsewhere, consequence)))


def _lasted(call: CallRow) -> str:
    return call_words.lasted() if call.status is C.PLANNED else ""
