"""What the window and the command line both say of an import and of taking one back. Free of Qt."""

from domain.casework.import_undo import Kept, UndoReport
from ui.errors import describe_row
from ui.labels import label
from ui.translation import ntr, tr


def kept_words(kept: Kept) -> str:
    """Who stays, why, and which fields."""
    fields = ", ".join(label("therapist_field", name) for name in kept.fields)
    return f"{kept.name}: {describe_row(kept.reason)}" + (f" ({fields})" if fields else "")


def lost_words(report: UndoReport) -> str:
    """What ended when people were set inactive and does not begin again; empty where nothing did."""
    parts = []
    if report.lost_inquiries:
        parts.append(ntr(report.lost_inquiries, "{n} ungesendete Anfrage", "{n} ungesendete Anfragen"))
    if report.lost_calls:
        parts.append(ntr(report.lost_calls, "{n} geplanter Anruf", "{n} geplante Anrufe"))
    if not parts:
        return ""
    return tr(
        "Nicht zurück kommt, was endete, als Therapeuten nicht mehr tätig waren: {what}. Planen Sie es bei Bedarf neu."
    ).format(what=tr(" und ").join(parts))
