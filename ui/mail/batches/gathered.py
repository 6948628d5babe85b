"""What is said once a batch was gathered, or all of it waits in another one; for every page that gathers."""

from collections.abc import Callable

from domain.casework.batches.gathering import Gathered
from domain.errors import Conflict
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import ntr, tr


def gathered_words(gathered: Gathered) -> str:
    """What was gathered; nothing is sent yet."""
    said = tr("Sehen Sie die E-Mails durch; gesendet wird erst mit „Senden“.")
    if gathered.elsewhere:
        said += " " + ntr(
            gathered.elsewhere,
            "{n} Zeile liegt schon in einem anderen Sammelversand.",
            "{n} Zeilen liegen schon in einem anderen Sammelversand.",
        )
    return said


def show_elsewhere(ui: UiContext, error: Exception, show: Callable[[int], None]) -> None:
    """All of it waits in another batch: say whose, and open that one."""
    if isinstance(error, Conflict) and error.code == "batch.elsewhere":
        show(int(str(error.params["batch_id"])))
        ui.messages.warning(describe(error))
    else:
        ui.messages.error(describe(error))
