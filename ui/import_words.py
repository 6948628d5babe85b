"""What the window and the command line both say of an import and of taking one back. Free of Qt."""

from domain.acquisition.chosen_sheet import place
from domain.acquisition.records import RowError
from domain.casework.import_undo import Kept, UndoReport
from domain.therapists.changes import RecordChange
from ui.errors import describe_row
from ui.labels import label
from ui.translation import ntr, tr

MOST_ALIKE = 3  # named of those somebody new may be


def waiting_words() -> str:
    """Said while somebody else reads a file in."""
    return tr("Eine andere Datei wird gerade eingelesen. Danach geht es hier von selbst weiter.")


def row_number(row: int) -> str:
    """As a person counts in the file; of a further page with its number: 7, 7 (Blatt 2)."""
    page, number = place(row)
    return tr("{row} (Blatt {page})").format(row=number, page=page) if page else str(number)


def row_words(error: RowError) -> str:
    """Zeile 7: kein Name. Zeile 8, Ina Berg: ohne E-Mail. Blatt „Team“: nicht gelesen."""
    where = tr("Zeile {row}").format(row=row_number(error.row))
    if not error.row:
        sheet = error.params.get("sheet")
        where = tr("Blatt „{sheet}“").format(sheet=sheet) if sheet else tr("Weiteres Blatt")
    name = error.params.get("name")
    return f"{where}, {name}: {describe_row(error.reason)}" if name else f"{where}: {describe_row(error.reason)}"


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


def objection_words(change: RecordChange) -> str:
    """Who of those who objected somebody new may be, and that a person decides; empty where nobody may."""
    if change.objected is None:
        return ""
    who = ", ".join(part for part in (change.objected.name, change.objected.place) if part)
    return tr(
        "Vorname und Postfach oder Telefonnummer sind die von {who}; sie oder er hat der Verwendung der Daten widersprochen"
        " (Art. 21 DSGVO). Der Eintrag wird nur übernommen, wenn Sie ihn selbst ankreuzen, weil es jemand anders ist."
    ).format(who=who)


def like_words(change: RecordChange) -> str:
    """Whom somebody new may be, and what becomes of both."""
    who = "; ".join(", ".join(part for part in (like.name, like.place) if part) for like in change.like[:MOST_ALIKE])
    return tr(
        "Vielleicht dieselbe Person wie {who}. Sie kommt als neuer Eintrag hinzu, und beide stehen dann unter „Dubletten“."
    ).format(who=who)
