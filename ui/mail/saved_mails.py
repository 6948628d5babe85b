"""Saved mails (.eml) read in: dropped on the page or chosen; for offices whose mail program is another."""

from collections.abc import Sequence
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
        """Read files in."""
        for path in paths:
            self._read_one(path)

    def _read_one(self, path: Path) -> None:
        """Parsed before the transaction begins: a large mail locks nothing while it is read."""
        now = self._ui.now()

        def done(filed: Filed) -> None:
            self._ui.navigate("mail", filed.incoming_id, "incoming")
            if filed.known:
                self._ui.messages.info(tr("Diese E-Mail war schon da: {name}").format(name=path.name))
            else:
                self._ui.messages.success(tr("Eingelesen: {name}").format(name=path.name))

        def failed(error: Exception) -> None:
            self._ui.messages.error(f"{path.name}: {describe(error)}")

        def parsed(mail: ParsedMail) -> None:
            self._ui.background.write(self._owner, lambda s: receive_saved(s, mail, now=now), done, failed)

        self._ui.background.local(self._owner, lambda: parse_mail(_content(path)), parsed, failed)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as exc:
        raise Unavailable("file.unreadable", path=path.name) from exc
    if len(content) > LARGEST:
        raise Invalid("mail.too_large", megabytes=LARGEST // 1024 // 1024)
    return content
