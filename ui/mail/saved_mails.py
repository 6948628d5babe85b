"""Saved mails (.eml) read in: dropped on the page or chosen; for offices whose mail program is another."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtWidgets import QWidget

from domain.casework.receiving import receive_saved
from domain.communication.incoming.filing import Filed
from domain.communication.incoming.parse import parse_mail
from domain.communication.incoming.parsed import ParsedMail
from domain.communication.incoming.source import LARGEST
from domain.errors import Invalid, Unavailable
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.choosing_files import choose_files

MOST_NAMED = 20  # files of one kind in a message


class SavedMails:
    """Reads files one by one: each comes in whole or is refused with a sentence, the others go on."""

    def __init__(self, owner: QWidget, ui: UiContext) -> None:
        self._owner, self._ui = owner, ui

    def choose(self) -> None:
        """Ask for files."""
        choose_files(
            self._owner, self._ui.state, tr("Gespeicherte E-Mails einlesen"), self.read,
            only=tr("E-Mails (*.eml);;Alle Dateien (*)"),
        )  # fmt: skip

    def read(self, paths: Sequence[Path]) -> None:
        """Read files in, one after the other, and say of every one what became of it."""
        if paths:
            self._next(list(paths), _Outcome())

    def _next(self, waiting: list[Path], outcome: "_Outcome") -> None:
        """Parsed before the transaction begins: a large mail locks nothing while it is read."""
        path, now = waiting.pop(0), self._ui.now()

        def go_on() -> None:
            if waiting:
                self._next(waiting, outcome)
            else:
                self._tell(outcome)

        def done(filed: Filed) -> None:
            (outcome.known if filed.known else outcome.read).append(path.name)
            outcome.last = filed.incoming_id
            go_on()

        def failed(error: Exception) -> None:
            outcome.refused.setdefault(describe(error), []).append(path.name)
            go_on()

        def parsed(mail: ParsedMail) -> None:
            self._ui.background.write(self._owner, lambda s: receive_saved(s, mail, now=now), done, failed)

        self._ui.background.local(self._owner, lambda: parse_mail(_content(path)), parsed, failed)

    def _tell(self, outcome: "_Outcome") -> None:
        if outcome.last is not None:
            self._ui.navigate("mail", outcome.last, "incoming")
        said = outcome.said()
        if not outcome.refused:
            (self._ui.messages.success if outcome.read else self._ui.messages.info)(said)
        elif outcome.last is not None:
            self._ui.messages.warning(said, lasting=True)
        else:
            self._ui.messages.error(said)


@dataclass(slots=True)
class _Outcome:
    """What became of files, by their names; `last` is the mail that came in last."""

    read: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    last: int | None = None

    def said(self) -> str:
        """A line for what was refused for one reason, then one for what came in and one for what was there."""
        lines = [f"{_names(names)}: {reason}" for reason, names in self.refused.items()]
        if self.read:
            lines.append(tr("Eingelesen: {name}").format(name=_names(self.read)))
        if self.known:
            one = tr("Diese E-Mail war schon da: {name}")
            lines.append((one if len(self.known) == 1 else tr("Diese E-Mails waren schon da: {name}")).format(
                name=_names(self.known)
            ))  # fmt: skip
        return "\n".join(lines)


def _names(names: Sequence[str]) -> str:
    """Names of files; of very many the first, and how many more."""
    named = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return named if more <= 0 else tr("{names} und {n} weitere").format(names=named, n=more)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as exc:
        raise Unavailable("file.unreadable", path=path.name) from exc
    if len(content) > LARGEST:
        raise Invalid("mail.too_large", megabytes=LARGEST // 1024 // 1024)
    return content
