"""Dated entries one below the other: when, what, who, and the words."""

from collections.abc import Iterable
from html import escape

from PySide6.QtWidgets import QTextBrowser

from domain.casework.history import TimelineEntry
from ui import formats
from ui.contact_labels import contact_label
from ui.labels import label
from ui.theme import tokens
from ui.translation import tr


class Timeline(QTextBrowser):
    """A timeline of contacts. Text is escaped: what a practice wrote is shown, never executed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setOpenLinks(False)

    def show_entries(self, entries: Iterable[TimelineEntry], *, searched: bool = False) -> None:
        """Show entries, newest first; `searched` says that there may be others."""
        blocks = []
        for entry in entries:
            arrow = {"out": "→", "in": "←"}.get(entry.direction, "·")
            head = f"{arrow} {label('channel', entry.channel)}: {contact_label(entry.kind)}"
            spoken = tr("mit {name}").format(name=entry.counterpart) if entry.counterpart else ""
            about = " · ".join(part for part in (entry.patient, entry.practice, spoken, entry.person) if part)
            blocks.append(
                f"<p style='margin:0 0 10px'><span style='color:{tokens().muted}'>{formats.moment(entry.at)}</span><br>"
                f"<b>{escape(head)}</b>"
                + (f"<br><span style='color:{tokens().muted}'>{escape(about)}</span>" if about else "")
                + (f"<br>{_marked(entry)}" if entry.body else "")
                + "</p>"
            )
        nothing = tr("Nichts gefunden.") if searched else tr("Noch kein Kontakt.")
        self.setHtml("".join(blocks) or f"<p style='color:{tokens().muted}'>{nothing}</p>")


def _marked(entry: TimelineEntry) -> str:
    """The words of an entry, those that were looked for marked by colour and weight."""
    parts, at = [], 0
    style = f"background:{tokens().warning_soft};color:{tokens().text};font-weight:600"
    for start, end in entry.marks:
        parts += [escape(entry.body[at:start]), f"<span style='{style}'>{escape(entry.body[start:end])}</span>"]
        at = end
    parts.append(escape(entry.body[at:]))
    lines = "".join(parts).replace("\r", "").splitlines()
    return "<br>".join(line for line in lines if line.strip())
