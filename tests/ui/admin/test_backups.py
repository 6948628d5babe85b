"""Sicherungen in Verwaltung: what stands there, asking for one, places, and the key that is shown once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import create_engine, text

from domain.backups import records
from domain.backups.files import BackupFile, Kind
from domain.backups.models import Backup
from domain.backups.recovery_key import name_of, read_recovery_key
from domain.backups.recovery_paper import recovery_page
from domain.backups.set_aside import SetAside
from domain.database import Database, Session
from domain.errors import Unavailable
from tests.conftest import NOW, Office
from tests.domain.casework.pdf_reading import pages
from tests.ui.conftest import Visits
from tests.ui.hands import fill, press, scalar
from ui.admin.backup_words import columns
from ui.admin.backups_tab import BackupsTab
from ui.admin.recovery_key import RecoveryKeyDialog
from ui.ports import UiContext
from ui.today.page import TodayPage

KEY = "SELECT encode(recovery_key, 'hex') FROM platform.backup_settings"
SETTINGS = "SELECT concat_ws('|', enabled, folder, second_folder, limit_days) FROM platform.backup_settings"


def made(session: Session, *, hours: int, verified: bool, trouble: str = "") -> None:
    """A backup so many hours old."""
    at = NOW - timedelta(hours=hours)
    row = Backup(kind=Kind.HOURLY, state="running", asked_at=at)
    session.add(row)
    session.flush()
    file = BackupFile(Path(f"/srv/sicherung/platzlotse-{hours}.sicherung"), at, Kind.HOURLY)
    records.note_made(session, row.id, file, size=3_400_000, row_count=41_200, newest_event=812)
    if verified:
        records.note_verified(session, row.id, row_count=41_200, newest_event=812, now=at)
    if trouble:
        records.note_unverified(session, row.id, Unavailable(trouble))


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot) -> BackupsTab:
    """The tab of an office without any backup."""
    shown = BackupsTab(ui)
    qtbot.addWidget(shown)
    shown.resize(1160, 640)
    shown.show()
    shown.refresh()
    qtbot.waitUntil(lambda: shown._state is not None)
    return shown


def test_asking_for_one_is_told_and_taken_by_the_worker(
    tab: BackupsTab, qtbot: QtBot, database: Database, worker_database: Database
) -> None:
    """It waits, is made and verified; where it lies and that it was read back stands below the list."""
    assert "noch keine geprüfte Sicherung" in tab.said.text()
    press(qtbot, tab, "Jetzt sichern")
    qtbot.waitUntil(lambda: "Angefordert" in tab.said.text())
    assert scalar(database, "SELECT state FROM platform.backup") == "wanted"
    assert not tab._now.isEnabled()

    def work(session: Session) -> None:
        number, _ = records.begin_due(session, now=NOW) or (0, None)
        file = BackupFile(Path("/srv/sicherung/a.sicherung"), NOW, Kind.MANUAL)
        records.note_made(session, number, file, size=3_400_000, row_count=41_200, newest_event=812)
        records.note_verified(session, number, row_count=41_200, newest_event=812, now=NOW)

    fill(worker_database, work)
    tab.refresh()
    qtbot.waitUntil(lambda: "Letzte geprüfte Sicherung: 23.11.2026" in tab.said.text())
    assert "a.sicherung in /srv/sicherung" in tab.facts.text()
    assert "41.200 Zeilen" in tab.facts.text()


def test_the_way_back_stands_beside_the_backups(tab: BackupsTab) -> None:
    """The command, that everybody is out before, and what to add for a damaged database."""
    assert all(part in tab.back.text() for part in ("main.py restore --at", "--damaged", "docs/server.md"))


def test_what_a_restore_set_aside_is_listed(tab: BackupsTab, qtbot: QtBot, office: Office) -> None:
    """Its day, its size and how to drop it; without any nothing is said. Of another office nothing is."""
    assert not tab.aside_card.isVisible()
    owner = create_engine(office.cluster.admin_url("postgres"), isolation_level="AUTOCOMMIT")
    names = [f"{office.name}_before_20261120_080000", f"{office.name}x_before_20261120_080000"]
    names.append(f"{office.name}_restoring_0a1b2c3d")
    with owner.connect() as connection:
        for name in names:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        try:
            tab.refresh()
            qtbot.waitUntil(tab.aside_card.isVisible)
            told = tab.aside.text()
            assert f"{names[0]} – ersetzt 20.11.2026, 09:00" in told
            assert " MB" in told
            assert f"main.py restore --drop {names[0]}" in told
            assert names[1] not in told
            assert f"{names[2]} – blieb von einem Zurückholen" in told
        finally:
            for name in names:
                connection.execute(text(f'DROP DATABASE "{name}"'))
    owner.dispose()
    tab.refresh()
    qtbot.waitUntil(lambda: not tab.aside_card.isVisible())


def test_data_of_a_damaged_seat_are_listed_beside_them(ui: UiContext, qtbot: QtBot) -> None:
    """They lie in a folder of this machine; they go by the same command."""
    beside = SetAside("data.before-20261120_080000", 52_000_000, datetime(2026, 11, 20, 8, tzinfo=UTC))
    shown = BackupsTab(replace(ui, data_aside=lambda: (beside,)))
    qtbot.addWidget(shown)
    shown.show()
    shown.refresh()
    qtbot.waitUntil(shown.aside_card.isVisible)
    assert "data.before-20261120_080000 – ersetzt 20.11.2026, 09:00, 52,0 MB" in shown.aside.text()
    assert "main.py restore --drop data.before-20261120_080000" in shown.aside.text()


def test_a_trial_without_room_calls_no_backup_unreadable(
    tab: BackupsTab, qtbot: QtBot, worker_database: Database
) -> None:
    """It stays unverified, and what to do stands below it."""
    fill(worker_database, lambda s: made(s, hours=2, verified=False, trouble="backup.no_room_to_verify"))
    tab.refresh()
    qtbot.waitUntil(lambda: "sobald Platz ist" in tab.facts.text())
    assert state(tab) == "ungeprüft"


def state(tab: BackupsTab) -> str:
    """What the first line says of its backup."""
    found = columns()[3].chip
    assert found is not None
    return found(tab._model.rows[0])[0]


def test_what_is_wrong_stands_in_words(tab: BackupsTab, qtbot: QtBot, worker_database: Database) -> None:
    """Too old stands out; one that could not be read back says so and why."""

    def work(session: Session) -> None:
        made(session, hours=70, verified=True)
        made(session, hours=2, verified=False, trouble="backup.damaged")
        records.note_copies(session, [], trouble="backup.folder_missing", now=NOW)

    fill(worker_database, work)
    tab.refresh()
    qtbot.waitUntil(tab.warning.isVisible)
    assert "zu lange her" in tab.warning.text()
    assert "beschädigt" in tab.facts.text()
    assert "zweiten Ort fehlt" in tab.facts.text()
    tab.list.selectRow(1)
    assert "Prüfsummen aller Tabellen" in tab.facts.text()


def test_places_are_saved_or_say_what_is_wrong(tab: BackupsTab, qtbot: QtBot, database: Database) -> None:
    """At the field; what is typed stays while others change something."""
    tab._second.setText("stick")
    tab._second.textEdited.emit("stick")
    tab.refresh()
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: "vollständig" in tab.fields["second_folder"].fault)
    tab._second.setText("/media/stick")
    tab._limit.setValue(5)
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: scalar(database, SETTINGS) == "t||/media/stick|5")
    qtbot.waitUntil(lambda: not tab._save.isEnabled())


def test_a_key_is_in_force_only_when_it_was_read_off_the_paper(
    tab: BackupsTab, ui: UiContext, qtbot: QtBot, database: Database, tmp_path: Path
) -> None:
    """Given up it never was; taken over the office has its public half, and nothing shows it again."""
    press(qtbot, tab, "Schlüssel erstellen und drucken")
    given_up = tab.findChild(RecoveryKeyDialog)
    assert given_up is not None
    given_up.reject()
    assert scalar(database, KEY) is None
    dialog = RecoveryKeyDialog(tab, ui, seen=None)
    dialog.accepted.connect(tab.refresh)
    dialog.open()
    shown = dialog.key.text().replace("\n", " – ").replace(" – ", "-")
    key = read_recovery_key(shown)
    page = tmp_path / "schluessel.pdf"
    dialog.save_to(page)
    qtbot.waitUntil(lambda: "löschen Sie sie dann" in dialog._said.text())
    printed = "".join("\n".join(pages(page.read_bytes())).split())
    assert all(group in printed for group in shown.split("-"))
    for typed, right in (("ZZZZ", False), (shown.rsplit("-", 1)[1].lower(), True)):
        dialog.typed.setText(typed)
        dialog.typed.textEdited.emit(typed)
        assert dialog.ok.isEnabled() is right
        assert bool(dialog.field.fault) is not right
    dialog.ok.click()
    qtbot.waitUntil(lambda: scalar(database, KEY) == bytes(key.public_key).hex())
    qtbot.waitUntil(lambda: name_of(bytes(key.public_key)) in tab.key.text())
    assert tab._make_key.accessibleName() == "Neuen Schlüssel erstellen"
    # somebody whose window did not know of it replaces nothing
    late = RecoveryKeyDialog(tab, ui, seen=None)
    late.open()
    late.ok.setEnabled(True)
    late.ok.click()
    qtbot.waitUntil(late._said.isVisible)
    assert scalar(database, KEY) == bytes(key.public_key).hex()
    late.reject()


def test_the_page_holds_the_key_and_one_page() -> None:
    """The same key gives the same page, whose name tells it from others."""
    groups = "-".join(f"{number:04}" for number in range(14))
    made_twice = [recovery_page(groups, office="Büro", name="ABCD-EFGH", made_on=NOW.date()) for _ in range(2)]
    assert made_twice[0] == made_twice[1]
    (page,) = pages(made_twice[0])
    assert "Kennung ABCD-EFGH" in page


def test_today_says_when_nothing_can_be_relied_on(
    ui: UiContext, qtbot: QtBot, worker_database: Database, office: object, visits: Visits
) -> None:
    """With of when the last is; Enter leads to the tab. A new one takes the line away."""
    assert office
    fill(worker_database, lambda s: made(s, hours=49, verified=True))
    page = TodayPage(ui)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    qtbot.waitUntil(lambda: page._tree.topLevelItemCount() == 1)
    top = page._tree.topLevelItem(0)
    assert top is not None
    line = top.child(0)
    assert line is not None
    assert line.text(0).startswith("Die letzte geprüfte Sicherung ist vom 21.11.2026")
    page._tree.itemActivated.emit(line, 0)
    assert (visits, visits.field) == ([("admin", 0)], "backups")
    fill(worker_database, lambda s: made(s, hours=1, verified=True))
    page.refresh()
    qtbot.waitUntil(page._empty.isVisible)


def test_switched_off_it_is_late_all_the_same(tab: BackupsTab, qtbot: QtBot, database: Database) -> None:
    """The tab says so, and goes on to warn: turning backups off makes none."""
    fill(database, lambda s: s.execute(text("UPDATE platform.backup_settings SET since = '2026-01-01'")))
    tab.refresh()
    qtbot.waitUntil(tab.warning.isVisible)
    tab._enabled.setChecked(False)
    press(qtbot, tab, "Speichern")
    qtbot.waitUntil(lambda: "Ausgeschaltet" in tab.warning.text() + tab.said.text())
    assert tab.warning.isVisible()
