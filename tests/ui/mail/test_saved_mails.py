"""Saved mails (.eml) read in, refused or known, one or many at once; and mails that show no words."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from domain.casework.receiving import receive
from domain.communication.incoming.parse import parse_mail
from domain.communication.incoming.parsed import ParsedMail
from domain.database import Database
from tests.domain.communication.incoming.letters import reply
from tests.ui.hands import fill, scalar
from ui.mail.page import MailPage
from ui.mail.saved_mails import SavedMails
from ui.ports import UiContext


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (reply("Leider nein", sender="x@web.example"), "Eingelesen"),
        (b"", "ist leer"),
        (b"\x89PNG\r\n" + b"\x00" * 2000, "keine E-Mail"),
    ],
)
def test_saved_mails_are_dropped_on_the_page(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path, content: bytes, said: str
) -> None:
    """Read, or refused with a sentence; the file stays where it is."""
    file = tmp_path / "Antwort.eml"
    file.write_bytes(content)
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.dropEvent(event)
    qtbot.waitUntil(lambda: said in ui.messages.text())
    assert file.exists()
    assert scalar(database, "SELECT count(*) FROM communication_service.incoming_email") == (said == "Eingelesen")


def test_every_file_dropped_at_once_is_named(ui: UiContext, qtbot: QtBot, tmp_path: Path) -> None:
    """What came in, what was there before and each refusal with its reason, in one message; the page shows the last."""
    page = MailPage(ui)
    qtbot.addWidget(page)
    saved = SavedMails(page, ui)
    contents = {
        "kaputt.eml": b"\x89PNG\r\n" + b"\x00" * 2000,
        "gut1.eml": reply("Leider nein", sender="x@web.example"),
        "leer.eml": b"",
        "auch_kaputt.eml": b"\x89PNG",
        "gut2.eml": reply("Gern", sender="y@web.example"),
    }
    contents["doppelt.eml"] = contents["gut2.eml"]
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    saved.read([tmp_path / name for name in contents])
    qtbot.waitUntil(lambda: "Eingelesen" in ui.messages.text())
    broken, empty, read, known = ui.messages.text().split("\n")
    assert broken.startswith("kaputt.eml, auch_kaputt.eml: Das ist keine E-Mail.")
    assert empty.startswith("leer.eml: Die Datei ist leer.")
    assert (read, known) == ("Eingelesen: gut1.eml, gut2.eml", "Diese E-Mail war schon da: doppelt.eml")


def test_a_refused_file_is_told_of_once(ui: UiContext, qtbot: QtBot, tmp_path: Path) -> None:
    """All refused are named; back on the page after another one, nothing is said of them any more."""
    page = MailPage(ui)
    qtbot.addWidget(page)
    ui.messages.turn_to("mail")
    (tmp_path / "leer.eml").write_bytes(b"")
    (tmp_path / "kaputt.eml").write_bytes(b"\x89PNG")
    SavedMails(page, ui).read([tmp_path / "kaputt.eml", tmp_path / "leer.eml"])
    qtbot.waitUntil(lambda: "leer.eml: " in ui.messages.text())
    assert "kaputt.eml: " in ui.messages.text()
    qtbot.wait(1)
    ui.messages.turn_to("patients")
    ui.messages.turn_to("mail")
    assert ui.messages.text() == ""


PGP = """--x
Content-Type: application/pgp-encrypted

Version: 1
--x
Content-Type: application/octet-stream; name="encrypted.asc"
Content-Disposition: inline; filename="encrypted.asc"

-----BEGIN PGP MESSAGE-----
--x--
"""


@pytest.mark.parametrize(
    ("kind", "body", "said", "files"),
    [
        ('multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x', PGP, "verschlüsselt (PGP)",
         ["Anlage 1 (PGP, 10 B)", "encrypted.asc (27 B)"]),
        ("text/plain", "-----BEGIN PGP MESSAGE-----\n\nhQEM", "verschlüsselt (PGP)", []),
        ("application/pkcs7-mime", "MIAGCSqG", "(S/MIME)", ["Anlage 1 (S/MIME, 8 B)"]),
        ("text/plain", "", "keinen lesbaren Text. Sehen Sie im Mailprogramm nach", []),
        ("application/pdf", "%PDF-1.4", "steht vielleicht in den Anlagen", ["Anlage 1 (PDF, 8 B)"]),
    ],
)  # fmt: skip
def test_a_mail_without_readable_words_says_why(
    ui: UiContext, qtbot: QtBot, database: Database, kind: str, body: str, said: str, files: list[str]
) -> None:
    """That it is encrypted or empty, and what to do, instead of an empty page; its files with their kind."""
    source = f"From: x@web.example\nSubject: Platz\nMIME-Version: 1.0\nContent-Type: {kind}\n\n{body}".encode()
    page = MailPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.open_field(fill(database, lambda s: receive(s, parse_mail(source), now=ui.now()).incoming_id), "incoming")
    view = page._incoming._reply
    qtbot.waitUntil(lambda: said in view._remark.text())
    assert view._remark.isVisible()
    assert [one.text().strip() for one in view._files._buttons] == files


def test_a_saved_mail_is_parsed_before_the_transaction(
    ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long that takes, nothing of the database waits for it."""
    file = tmp_path / "Antwort.eml"
    file.write_bytes(reply("Leider nein", sender="x@web.example"))
    busy = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND state LIKE 'idle in transaction%'"""
    seen = []

    def parse(source: bytes) -> ParsedMail:
        seen.append(scalar(database, busy))
        return parse_mail(source)

    monkeypatch.setattr("ui.mail.saved_mails.parse_mail", parse)
    page = MailPage(ui)
    qtbot.addWidget(page)
    SavedMails(page, ui).read([file])
    qtbot.waitUntil(lambda: "Eingelesen" in ui.messages.text())
    assert seen == [0]
