"""A practice no longer proposed to one person: asked with its reason, and taken back."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from domain.casework.exclusions import allow_again, exclude_from_search
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.reason import ReasonDialog


def ask_not_to_propose(
    owner: QWidget, ui: UiContext, *, search_id: int, therapist_id: int, done: Callable[[], None]
) -> None:
    """Ask why and until when; `done` follows once it is kept."""

    def excluded(exclusion_id: int) -> None:
        done()
        ui.messages.undoable(tr("Die Praxis wird nicht mehr vorgeschlagen."), lambda: undo(exclusion_id))

    def undo(exclusion_id: int) -> None:
        now = ui.now()
        ui.background.write(
            owner,
            lambda s: allow_again(s, exclusion_id, now=now),
            lambda _: ui.messages.info(tr("Die Praxis wird wieder vorgeschlagen.")),
        )

    def agreed(dialog: ReasonDialog) -> None:
        reason, until, now = dialog.reason(), dialog.day(), ui.now()
        ui.background.write(
            owner,
            lambda s: exclude_from_search(
                s, search_id, therapist_id=therapist_id, reason=reason, ends_on=until, now=now
            ),
            excluded,
        )

    ReasonDialog(
        owner,
        tr("Nicht vorschlagen"),
        tr("Diese Praxis wird der Person nicht mehr vorgeschlagen. Auf der Seite Patienten lässt es sich ändern."),
        day=tr("Bis wann (leer: auf Dauer)"),
    ).ask(agreed)
