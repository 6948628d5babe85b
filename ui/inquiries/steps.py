"""What can be done with one patient's position in an inquiry: the answer, and the way to a therapy or back.

Writes belong to the page that stays (`owner`), not to the card that is drawn anew with every change.
"""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from domain.casework.alternatives import alternatives, offer_alternative
from domain.casework.answers import Recorded, record_answer
from domain.casework.patient_letters import PlaceFound, place_found, queue_acceptance_to_patient
from domain.casework.place_days import move_place_day
from domain.casework.placements import (
    begin_therapy,
    end_therapy,
    fail_acceptance,
    promote_surplus,
    start_trial_sessions,
)
from domain.database import Session
from domain.errors import PlatzlotseError
from domain.matching.best_patients import PatientCandidate
from domain.matching.listing import ItemDetail
from domain.matching.states import ItemStatus
from ui import formats
from ui.errors import describe
from ui.inquiries.answering import AnswerDialog
from ui.inquiries.place_day import PlaceDayDialog
from ui.inquiries.thanks import tell_recorded
from ui.mail.recorded_words import take_entered_back
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.letter_dialog import LetterDialog
from ui.widgets.reason import ReasonDialog


class ItemSteps:
    """The steps as methods that take the item."""

    def __init__(self, ui: UiContext, owner: QWidget, *, refresh: Callable[[], None]) -> None:
        self.ui, self._owner, self._refresh = ui, owner, refresh

    def _write(self, work: Callable[[Session], object], said: str) -> None:
        self.ui.background.write(self._owner, work, lambda _: self.ui.messages.success(said), self.refused)

    def refused(self, error: Exception) -> None:
        """Say why; what somebody else did meanwhile is shown at once."""
        self.ui.messages.error(describe(error))
        if isinstance(error, PlatzlotseError) and error.kind in {"conflict", "not_found"}:
            self._refresh()

    def answer(self, item: ItemDetail) -> None:
        """Ask what the practice said and record it."""
        dialog = AnswerDialog(self._owner, item, today=self.ui.today())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def accepted() -> None:
            answer, channel, note, until = dialog.answer(), dialog.channel(), dialog.note(), dialog.until()
            now, place_from = self.ui.now(), dialog.place_from()
            self.ui.background.write(
                self._owner,
                lambda s: record_answer(
                    s, item.item_id, answer, now=now, channel=channel, note=note, waitlisted_until=until,
                    place_from=place_from, version=item.version,
                ),
                self._recorded,
                self.refused,
            )  # fmt: skip

        dialog.accepted.connect(accepted)
        dialog.open()

    def _recorded(self, recorded: Recorded) -> None:
        if tell_recorded(self.ui, self._owner, (recorded,)):
            return
        said = tr("Antwort eingetragen.")
        if recorded.released:
            said = ntr(len(recorded.released), "Zusage eingetragen; {n} andere Anfrage wurde zurückgenommen.",
                       "Zusage eingetragen; {n} andere Anfragen wurden zurückgenommen.")  # fmt: skip
        self.ui.messages.undoable(said, lambda: take_entered_back(self.ui, self._owner, recorded.item_id, self.refused))

    def take_back(self, item: ItemDetail, *, together: int) -> None:
        """The answer was entered by mistake; others that were entered with it go back, too."""

        def go(_: object = None) -> None:
            take_entered_back(self.ui, self._owner, item.item_id, self.refused)

        if together == 1:
            go()
            return
        ReasonDialog(
            self._owner,
            tr("Zurücknehmen"),
            tr("In diesem Gespräch wurden {n} Antworten zusammen eingetragen; alle werden zurückgenommen.").format(
                n=together
            ),
            reason="",
        ).ask(go)

    def trial(self, item: ItemDetail) -> None:
        """The patient goes to the first trial session."""
        now = self.ui.now()
        self._write(
            lambda s: start_trial_sessions(s, item.item_id, now=now, version=item.version),
            tr("Probesitzungen begonnen."),
        )

    def move_place(self, item: ItemDetail) -> None:
        """The practice named another day from which its place is free."""

        def moved(day: date | None, note: str) -> None:
            now = self.ui.now()
            said = tr("Platz frei ab {day}.").format(day=formats.day(day)) if day else tr("Der Platz ist sofort frei.")
            self._write(
                lambda s: move_place_day(s, item.item_id, day, now=now, note=note, version=item.version),
                tr("Geändert: {said}").format(said=said),
            )

        PlaceDayDialog(self._owner, item, today=self.ui.today()).ask(moved)

    def therapy(self, item: ItemDetail) -> None:
        """Both go on: placed."""
        now, today = self.ui.now(), self.ui.today()
        self._write(
            lambda s: begin_therapy(s, item.item_id, started_on=today, now=now, version=item.version),
            tr("Vermittelt. Die Suche ist erfolgreich abgeschlossen."),
        )

    def write_patient(self, item: ItemDetail) -> None:
        """Tell the patient about the place, by a mail that is read first."""

        def send() -> None:
            now = self.ui.now()
            self._write(
                lambda s: queue_acceptance_to_patient(s, item.item_id, now=now),
                tr("Die E-Mail an den Patienten ist unterwegs."),
            )

        def show(found: PlaceFound) -> None:
            if not found.address:
                self.ui.messages.warning(
                    tr("Für {name} ist keine E-Mail-Adresse eingetragen. Rufen Sie an.").format(name=item.name),
                    tr("Patienten anrufen"),
                    lambda: self.call_patient(item),
                )
                return
            to = tr("An {address}").format(address=found.address)
            LetterDialog(self._owner, tr("Patienten schreiben"), to, found.mail, send=tr("Senden")).ask(send)

        self._place_found(item, show)

    def call_patient(self, item: ItemDetail) -> None:
        """What to say when calling the patient about the place, with the number."""

        def show(found: PlaceFound) -> None:
            number = formats.phone(found.phone) or tr("Keine Telefonnummer eingetragen.")
            LetterDialog(self._owner, tr("Patienten anrufen"), number, found.script).open()

        self._place_found(item, show)

    def _place_found(self, item: ItemDetail, show: Callable[[PlaceFound], None]) -> None:
        today = self.ui.today()
        self.ui.background.read(self._owner, lambda s: place_found(s, item.item_id, today=today), show)

    def fail(self, item: ItemDetail, outcome: ItemStatus) -> None:
        """The place came to nothing."""
        now = self.ui.now()

        def done(surplus: tuple[int, ...]) -> None:
            more = " " + tr("Eine andere Praxis hatte auch zugesagt: Sie kann nachrücken.") if surplus else ""
            self.ui.messages.info(tr("Die Suche geht weiter.") + more)

        self.ui.background.write(
            self._owner,
            lambda s: fail_acceptance(s, item.item_id, outcome, now=now, version=item.version),
            done,
            self.refused,
        )

    def promote(self, item: ItemDetail) -> None:
        """A surplus acceptance takes the place of the failed one."""
        now = self.ui.now()
        self._write(
            lambda s: promote_surplus(s, item.item_id, now=now, version=item.version), tr("Die Zusage gilt jetzt.")
        )

    def find_alternative(self, item: ItemDetail) -> None:
        """Ask whom else the practice could take, now that its place is not needed for the first."""
        now = self.ui.now()
        self.ui.background.read(
            self._owner, lambda s: alternatives(s, item.item_id, now=now), lambda found: self._propose(item, found)
        )

    def _propose(self, item: ItemDetail, found: Sequence[PatientCandidate]) -> None:
        if not found:
            self.ui.messages.info(tr("Zu dieser Praxis passt gerade niemand sonst."))
            return
        today = self.ui.today()
        choices = {
            str(one.search_id): f"{one.name}, {one.city}, {formats.waiting(one.waiting_since, today)}" for one in found
        }

        def agreed(dialog: ReasonDialog) -> None:
            now, chosen, reason = self.ui.now(), int(dialog.kind()), tr("weitere Zusage: Platz frei")
            self._write(
                lambda s: offer_alternative(s, item.item_id, chosen, reason=reason, now=now),
                tr("Die Praxis wird nach dieser Person gefragt."),
            )

        ReasonDialog(
            self._owner,
            tr("Andere Person vorschlagen"),
            tr("Die Praxis wird gefragt, ob sie den Platz dieser Person gibt, die am längsten Wartenden zuerst."),
            reason="",
            choices=choices,
        ).ask(agreed)

    def end(self, placement_id: int, *, success: bool) -> None:
        """The therapy ended."""
        now, today = self.ui.now(), self.ui.today()
        self._write(
            lambda s: end_therapy(s, placement_id, success=success, ended_on=today, now=now), tr("Abgeschlossen.")
        )
