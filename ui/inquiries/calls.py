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

    def _write(self, work: Callable[[Session, CallRow], object], said: str) -> None:
        call = self._call
        if call is not None:
            self._ui.background.write(
                self, lambda s: work(s, call), lambda _: self._ui.messages.success(said) if said else None
            )

    def _on_dial(self) -> None:
        if self._call is not None:
            now, call = self._ui.now(), self._call

            def taken(_: None) -> None:
                QDesktopServices.openUrl(QUrl(f"tel:{call.phone}"))

            # first the call is taken, then dialled: two people never ring the same practice
            self._ui.background.write(self, lambda s: begin_call(s, call.call_id, now=now, version=call.version), taken)

    def _on_reached(self) -> None:
        said = tr("Die Anfrage gilt als gestellt. Antworten tragen Sie danach bei den Patienten ein.")
        ReasonDialog(
            self, tr("Praxis erreicht"), f"{self._asked_elsewhere(C.REACHED)}{said}", reason=tr("Was wurde gesagt?"),
            lasted=self._lasted(),
        ).ask(lambda dialog: self._finish(C.REACHED, dialog.reason(), minutes=dialog.minutes()))  # fmt: skip

    def _on_missed(self, result: CallStatus) -> None:
        """A call that is under way ends at once; one that was not begun here is asked about once, as on page Telefon."""
        asked = self._asked_elsewhere(result).strip()
        if not asked:
            self._finish(result)
            return
        ReasonDialog(
            self, tr("Vermerken"), asked, reason="", lasted=self._lasted(), back=tr("Nichts vermerken")
        ).ask(lambda dialog: self._finish(result, minutes=dialog.minutes()))  # fmt: skip

    def _asked_elsewhere(self, result: CallStatus) -> str:
        """What is asked where no call was begun here; a line of its own."""
        call = self._call
        not_begun = call is not None and call.status is C.PLANNED
        return f"{call_words.not_dialled(call.practice, result)}\n" if call is not None and not_begun else ""

    def _lasted(self) -> str:
        return call_words.lasted() if self._call is not None and self._call.status is C.PLANNED else ""

    def _finish(self, status: CallStatus, note: str = "", *, minutes: int = 0) -> None:
        now, result = self._ui.now(), CallResult(status, outcome=note, minutes=minutes)
        said = {
            C.REACHED: tr("Als angefragt vermerkt."),
            C.WRONG_NUMBER: tr("Vermerkt. Tragen Sie bei der Praxis die richtige Nummer ein."),
        }.get(status, tr("Vermerkt; der nächste Anruf ist geplant."))
        self._write(lambda s, call: finish_call(s, call.call_id, result, now=now, version=call.version), said)

    def _on_callback(self) -> None:
        def agreed(dialog: ReasonDialog) -> None:
            now = self._ui.now()
            result = CallResult(
                C.REACHED, outcome=dialog.reason(), callback_on=dialog.day(), minutes=dialog.minutes()
            )  # fmt: skip
            self._write(
                lambda s, call: finish_call(s, call.call_id, result, now=now, version=call.version),
                tr("Der Rückruf ist geplant."),
            )

        said = tr("Ein neuer Anruf wird in der nächsten Telefonzeit ab diesem Tag geplant.")
        ReasonDialog(
            self, tr("Rückruf vereinbart"), f"{self._asked_elsewhere(C.REACHED)}{said}",
            reason=tr("Was wurde gesagt?"), day=tr("Rückruf ab"), day_needed=True, lasted=self._lasted(),
        ).ask(agreed)  # fmt: skip

    def _on_again(self) -> None:
        now = self._ui.now()
        self._write(
            lambda s, call: call_again(s, call.call_id, now=now, version=call.version), tr("Der Anruf ist geplant.")
        )
