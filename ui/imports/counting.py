"""What a file does, in one sentence: counted from the same changes, in the same words, as the chips above the list."""

from domain.casework.imports import ImportReport
from domain.therapists.changes import Became
from ui import formats
from ui.imports.selection import LOCKED, Selection
from ui.labels import label
from ui.translation import ntr, tr


def kind_words(kind: str) -> str:
    """A kind of change, as chips and sentences name it."""
    extra = {"": tr("alle"), LOCKED: tr("gesperrt"), "like": tr("vielleicht bekannt")}
    return extra[kind] if kind in extra else label("became", kind)


def counts(report: ImportReport) -> str:
    """12 neu, 3 geändert, 2 andere Anschrift, 1 abgelehnt, and what else there is. Who is gone counts wherever they are."""
    by_kind = dict.fromkeys((*Became, LOCKED), 0)
    if report.changes:
        by_kind |= Selection([c for c in report.changes if c.accepted or c.became is Became.GONE]).counts()
    else:
        by_kind |= {Became.NEW: report.imported, Became.CHANGED: report.updated, Became.UNCHANGED: report.unchanged}
    always = {Became.NEW, Became.CHANGED, Became.UNCHANGED}
    said = [_count(by_kind[kind], kind) for kind in Became if kind in always or by_kind[kind]]
    if report.gone:
        said.append(ntr(report.gone, "davon {n} jetzt nicht mehr tätig", "davon {n} jetzt nicht mehr tätig"))
    if by_kind[LOCKED]:
        said.append(_count(by_kind[LOCKED], LOCKED))
    if report.skipped:
        said.append(ntr(report.skipped, "{n} ausgelassen", "{n} ausgelassen"))
    if report.history and report.changes:
        said.append(ntr(report.history, "{n} neuer Vermerk im Verlauf", "{n} neue Vermerke im Verlauf"))
    said.append(tr("{n} abgelehnt").format(n=formats.thousands(len(report.rejected))))
    return ", ".join(said) + "."


def _count(number: int, kind: str) -> str:
    return f"{formats.thousands(number)} {kind_words(kind)}"
