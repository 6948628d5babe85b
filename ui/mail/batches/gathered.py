"""What is said once a batch was gathered, or all of it waits in another one; for every page that gathers."""

from collections.abc import Callable, Mapping

from domain.casework.batches.gathering import Gathered
from domain.errors import Conflict
from ui.errors import describe
from ui.mail.batches.labels import label
from ui.ports import UiContext
from ui.translation import ntr, tr


def gathered_words(gathered: Gathered) -> str:
    """What was gathered; nothing is sent yet."""
    said = tr("Sehen Sie alles durch: Hinaus geht erst etwas, wenn Sie es freigeben.")
    if gathered.elsewhere:
        said += " " + ntr(
            gathered.elsewhere,
            "{n} Zeile liegt schon in einem anderen Sammelversand.",
            "{n} Zeilen liegen schon in einem anderen Sammelversand.",
        )
    return said


def left_out_words(counts: Mapping[str, int]) -> list[str]:
    """Who hears nothing this week though they want to, and what to do about it."""
    said = []
    if unreached := counts.get("no_address", 0):
        said.append(
            ntr(
                unreached,
                "{n} Person hat keine E-Mail-Adresse: Rufen Sie an.",
                "{n} Personen haben keine E-Mail-Adresse: Rufen Sie an.",
            )
        )
    if waiting := counts.get("nobody_asked", 0):
        said.append(
            ntr(
                waiting,
                "Für {n} Person wurde noch keine Praxis angefragt; sie bekommt deshalb keine Nachricht.",
                "Für {n} Personen wurde noch keine Praxis angefragt; sie bekommen deshalb keine Nachricht.",
            )
        )
    return said


def nobody_words(reasons: Mapping[str, int]) -> str:
    """Why nobody is told this week."""
    said = tr("In dieser Woche ist niemandem zu schreiben; es wurde nichts angelegt.")
    if not reasons:
        return said + " " + tr("Zurzeit läuft keine Suche.")
    counted = (f"{label('hindrance', reason)}: {count}" for reason, count in sorted(reasons.items()))
    return said + " " + " · ".join(counted)


def show_elsewhere(ui: UiContext, error: Exception, show: Callable[[int], None]) -> None:
    """All of it waits in another batch: say whose, and open that one where it may be seen."""
    if isinstance(error, Conflict) and error.code in {"batch.elsewhere", "batch.elsewhere_hidden"}:
        if number := error.params.get("batch_id"):
            show(int(str(number)))
        ui.messages.warning(describe(error))
    else:
        ui.messages.error(describe(error))
