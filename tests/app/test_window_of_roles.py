"""The window as a pure admin and a pure auditor see it: what their roles can use, and nothing that is refused."""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabWidget, QToolButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.desktop import Desktop
from app.paths import Profile
from app.seat import Seat
from app.server_seat import reach
from app.settings import ServerSettings
from domain.access import roles_of_person
from domain.persons import ensure_person
from tests.conftest import PASSWORD, Office
from ui import theme
from ui.admin.audit_page import AuditPage
from ui.admin.page import AdminPage
from ui.global_search import GlobalSearch
from ui.mail.batches.status import BatchStatus

QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
pytestmark = pytest.mark.usefixtures("no_keyring")

RECORDS = ["Heute", "Patienten", "Therapeuten", "Vermittlung", "Anfragen", "Post", "Telefon", "Karte"]
TECHNICAL = {
    "Büro": ["Büro", "Vorlagen", "Postkonten"],
    "Verzeichnis": ["Karten und Wege", "Quellen"],
    "Datenschutz": ["Personen"],
    "Betrieb": ["Zustand", "Dienste", "Sicherungen"],
}
Open = Callable[..., Desktop]


@pytest.fixture
def person(office: Office) -> Iterator[Callable[..., Seat]]:
    """Make somebody with just these roles, and the seat to work at."""
    owner = office.database("owner")
    made: list[str] = []

    def make(*roles: str) -> Seat:
        login = "only_" + "_".join(roles)
        with owner.write() as session:
            ensure_person(session, role_name=f"test_{login}", display_name="Vera Rolle", password=PASSWORD, roles=roles)
        made.append(login)
        database = office.database(login)
        with database.read() as session:
            found = roles_of_person(session)
        database.close()
        return Seat(office.url(login), None, roles=found)

    yield make
    with owner.write() as session:
        for login in made:
            session.execute(text(f"DROP OWNED BY test_{login}"))
            session.execute(text(f"DROP ROLE test_{login}"))
    owner.close()


@pytest.fixture
def open_desktop(tmp_path: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[Open]:
    """Open the program on a seat; it is closed at the end."""
    opened: list[Desktop] = []
    gc.collect()
    gc.disable()
    theme.apply(qapp, dark=False)

    def start(seat: Seat) -> Desktop:
        profile = Profile(tmp_path)
        profile.make()
        desktop = Desktop(profile, seat, with_worker=False)
        desktop.window.resize(1366, 768)
        desktop.window.show()
        opened.append(desktop)
        settled(qtbot, desktop)
        return desktop

    yield start
    for desktop in opened:
        desktop.window.close()
    gc.enable()


def settled(qtbot: QtBot, desktop: Desktop) -> None:
    """Nothing is asked any more."""
    qtbot.wait(150)  # what waits for a moment of rest asks after it
    qtbot.waitUntil(lambda: desktop.background._running == 0, timeout=60_000)


def refused(office: Office) -> list[str]:
    """What the server ever refused for want of rights."""
    lines = (office.cluster.folder / "log").read_text("utf-8").splitlines()
    return [line.partition("ERROR:")[2].strip() for line in lines if "permission denied" in line]


@pytest.fixture
def newly_refused(office: Office) -> Callable[[], set[str]]:
    """What it refused since the test began, whoever swallowed it; but to the doctor, who says what it may not see."""
    before = len(refused(office))
    doctors = {f"permission denied for table {name}" for name in ("email", "contact_pending", "entry_pending")}
    return lambda: set(refused(office)[before:]) - doctors


def rail(desktop: Desktop) -> list[str]:
    """The pages offered."""
    buttons = desktop.window.findChildren(QToolButton)
    return [button.accessibleName() for button in buttons if button.property("role") == "nav"]


def shortcuts(desktop: Desktop) -> set[str]:
    """The keys of the window itself."""
    return {made.key().toString() for made in desktop.window.findChildren(QShortcut)}


def tabs_of(page: QWidget) -> dict[str, list[str]]:
    """The subjects of Verwaltung by their group."""
    (groups,) = (tabs for tabs in page.findChildren(QTabWidget) if tabs.accessibleName() == "Verwaltung")
    found: dict[str, list[str]] = {}
    for number in range(groups.count()):
        inner = groups.widget(number)
        assert isinstance(inner, QTabWidget)
        titles = [inner.tabText(place).replace("&", "") for place in range(inner.count())]
        found[groups.tabText(number).replace("&", "")] = titles
    return found


def test_an_admin_sees_verwaltung_and_what_of_it_is_technical(
    newly_refused: Callable[[], set[str]], person: Callable[..., Seat], open_desktop: Open, qtbot: QtBot
) -> None:
    """No search, no other page by key, and every tab fills without a refusal, also asked again."""
    seat = person("admin")
    desktop = open_desktop(seat)
    assert rail(desktop) == ["Verwaltung"]
    assert {key for key in shortcuts(desktop) if key.startswith("Ctrl+")} >= {"Ctrl+1"}
    assert not {"Ctrl+2", "Ctrl+9", "Ctrl+K"} & shortcuts(desktop)
    assert desktop.window.findChildren(GlobalSearch) == []
    assert desktop.window.findChildren(BatchStatus) == []
    page = desktop.window.page("admin")
    assert isinstance(page, AdminPage)
    qtbot.waitUntil(page.isVisible, timeout=60_000)
    assert tabs_of(page) == TECHNICAL
    failures = list[Exception]()
    desktop.background.failed.connect(failures.append)
    for number in range(sum(map(len, TECHNICAL.values()))):
        page.show_tab(number)
        settled(qtbot, desktop)
    desktop.changes.changed.emit("*", 0)
    settled(qtbot, desktop)
    desktop.window.refresh_current()
    settled(qtbot, desktop)
    desktop.background.failed.disconnect(failures.append)
    assert failures == []
    assert newly_refused() == set()


def test_an_auditor_sees_the_protocol_alone(
    office: Office,
    newly_refused: Callable[[], set[str]],
    person: Callable[..., Seat],
    open_desktop: Open,
    qtbot: QtBot,
) -> None:
    """It is the first page, filled, and filtered without a refusal."""
    seat = person("auditor")
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("UPDATE platform.office SET name = 'Vermittlung Aachen'"))
    owner.close()
    desktop = open_desktop(seat)
    assert rail(desktop) == ["Protokoll"]
    assert not {"Ctrl+2", "Ctrl+K"} & shortcuts(desktop)
    assert desktop.window.findChildren(GlobalSearch) == []
    page = desktop.window.page("audit")
    assert isinstance(page, AuditPage)
    failures = list[Exception]()
    desktop.background.failed.connect(failures.append)
    qtbot.waitUntil(lambda: page.audit.table.model.total > 0, timeout=60_000)
    page.audit.operation.choose("update")
    page.audit._ask()
    settled(qtbot, desktop)
    QTest.keyClick(desktop.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    desktop.changes.changed.emit("*", 0)
    settled(qtbot, desktop)
    desktop.background.failed.disconnect(failures.append)
    assert failures == []
    assert newly_refused() == set()


def test_who_administers_and_audits_finds_the_protocol_in_verwaltung(
    newly_refused: Callable[[], set[str]], person: Callable[..., Seat], open_desktop: Open, qtbot: QtBot
) -> None:
    """One page with both; patients stay out."""
    desktop = open_desktop(person("admin", "auditor"))
    assert rail(desktop) == ["Verwaltung"]
    page = desktop.window.page("admin")
    assert isinstance(page, AdminPage)
    assert tabs_of(page) == TECHNICAL | {"Datenschutz": ["Personen", "Protokoll"]}
    failures = list[Exception]()
    desktop.background.failed.connect(failures.append)
    page.show_tab(6)
    qtbot.waitUntil(lambda: page.audit.table.model.total > 0, timeout=60_000)
    settled(qtbot, desktop)
    desktop.background.failed.disconnect(failures.append)
    assert failures == []
    assert newly_refused() == set()


@pytest.mark.parametrize(("roles", "sees_protocol"), [(("caseworker",), False), (("admin", "supervisor"), True)])
def test_who_works_with_records_sees_all_pages(
    person: Callable[..., Seat], open_desktop: Open, roles: tuple[str, ...], *, sees_protocol: bool
) -> None:
    """The search, too; only the protocol is not for everybody."""
    desktop = open_desktop(person(*roles))
    assert rail(desktop) == [*RECORDS, "Verwaltung"]
    assert "Ctrl+K" in shortcuts(desktop)
    assert len(desktop.window.findChildren(GlobalSearch)) == 1
    desktop.window.prepare("admin")
    page = desktop.window.page("admin")
    assert isinstance(page, AdminPage)
    assert ("Protokoll" in tabs_of(page)["Datenschutz"]) is sees_protocol


def test_a_page_of_before_is_not_opened_with_other_roles(
    tmp_path: Path, person: Callable[..., Seat], open_desktop: Open
) -> None:
    """The window remembers a page that is no longer there, and begins on one that is."""
    (tmp_path / "window.ini").write_text("[window]\npage=patients\n")
    desktop = open_desktop(person("auditor"))
    assert desktop.window.page("audit") is not None


def test_without_the_server_the_roles_of_the_last_time_hold(
    person: Callable[..., Seat], open_desktop: Open, qtbot: QtBot
) -> None:
    """Nobody can be asked who somebody is."""
    seat = person("admin")
    first = open_desktop(seat)
    first.window.close()
    settled(qtbot, first)
    again = open_desktop(Seat(seat.person_url, None))
    assert rail(again) == ["Verwaltung"]


def test_the_seat_knows_the_roles_the_server_gives(office_server: object, address: object) -> None:
    """Read with the login, as they are granted."""
    del office_server
    found = reach(
        ServerSettings(
            host="127.0.0.1",
            port=address.port,  # type: ignore[attr-defined]  # a ServerAddress
            database=address.database,  # type: ignore[attr-defined]
            user=address.user,  # type: ignore[attr-defined]
        ),
        password=PASSWORD,
    )
    assert found.roles == {"caseworker", "supervisor"}
    assert not found.password_given
