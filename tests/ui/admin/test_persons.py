"""Persons in Verwaltung: made with a password shown once, locked, given roles and deputies; told on Heute."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import make_url, text

from domain.database import Database
from domain.errors import Forbidden
from domain.person_admin import NewPerson, add_team, create_person, lock_person, set_roles
from domain.persons import ensure_person
from tests.conftest import PASSWORD, Office
from tests.ui.hands import fill, press, scalar
from ui.admin.persons_tab import PersonsTab
from ui.ports import UiContext
from ui.today.page import TodayPage

ROLES_OF = "SELECT array_to_string(roles, ' ') FROM platform.person WHERE role_name = '{}'"


@pytest.fixture
def database(office: Office) -> Iterator[Database]:
    """The office as somebody who leads it and administers it."""
    owner = office.database("owner")
    with owner.write() as session:
        ensure_person(
            session, role_name="test_verena", display_name="Verena Admin", password=PASSWORD,
            roles={"admin", "supervisor", "caseworker"},
        )  # fmt: skip
    made = office.database("verena")
    yield made
    made.close()
    with owner.write() as session:
        for login in session.scalars(text("SELECT rolname FROM pg_roles WHERE rolname ~ '^(neu_|test_verena)'")).all():
            session.execute(text(f"DROP OWNED BY {login}"))
            session.execute(text(f"DROP ROLE {login}"))
    owner.close()


@pytest.fixture
def tab(ui: UiContext, qtbot: QtBot) -> PersonsTab:
    """The tab, with Jana, Tom and Verena in the list."""
    made = PersonsTab(ui)
    qtbot.addWidget(made)
    made.resize(1160, 690)
    made.show()
    made.refresh()
    qtbot.waitUntil(lambda: made._list.count() == 3 and made._me > 0)
    return made


def choose(qtbot: QtBot, tab: PersonsTab, name: str) -> None:
    """Choose somebody in the list."""

    def row() -> int:
        return next((n for n in range(tab._list.count()) if tab._list.item(n).text().startswith(name)), -1)

    qtbot.waitUntil(lambda: row() >= 0)
    tab._list.setCurrentRow(row())
    assert tab._name.text() == name


def test_somebody_new_gets_a_password_to_be_handed_over(tab: PersonsTab, qtbot: QtBot, office: Office) -> None:
    """It is shown once and lets that person in; another choice takes it away."""
    press(qtbot, tab, "Neue Person")
    tab._name.setText("Lea Neu")
    tab._login.setText("neu_lea")
    tab._new_team.setText("Nord")
    press(qtbot, tab, "Team anlegen")
    qtbot.waitUntil(lambda: tab._team.findText("Nord") >= 0)
    tab._team.setCurrentIndex(tab._team.findText("Nord"))
    press(qtbot, tab, "Person speichern")
    qtbot.waitUntil(tab._handed.isVisible)
    password = tab._password.text()
    assert "vorläufig" in tab._state.text()
    theirs = Database(make_url(office.url("jana")).set(username="neu_lea", password=password).render_as_string(False))
    with theirs.read() as session:
        assert session.scalar(text("SELECT session_user::text")) == "neu_lea"
    theirs.close()
    choose(qtbot, tab, "Jana Brand")
    assert not tab._handed.isVisible()
    assert password not in tab._password.text()


def test_roles_and_a_lock(tab: PersonsTab, qtbot: QtBot, database: Database) -> None:
    """They hold in the database; the list says so."""
    fill(database, lambda s: create_person(s, NewPerson("neu_kim", "Kim Neu", ("caseworker",))))
    tab.refresh()
    choose(qtbot, tab, "Kim Neu")
    tab._roles["auditor"].setChecked(True)
    press(qtbot, tab, "Person speichern")
    qtbot.waitUntil(lambda: scalar(database, ROLES_OF.format("neu_kim")) == "caseworker auditor")
    press(qtbot, tab, "Sperren")
    qtbot.waitUntil(lambda: any("gesperrt" in tab._list.item(n).text() for n in range(tab._list.count())))
    press(qtbot, tab, "Wieder zulassen")
    qtbot.waitUntil(lambda: not any("gesperrt" in tab._list.item(n).text() for n in range(tab._list.count())))


def test_what_somebody_else_changed_meanwhile_stays(tab: PersonsTab, qtbot: QtBot, database: Database) -> None:
    """A new role from another desk outlives a form that was open; a team chosen in it outlives the news of that."""
    number, _ = fill(database, lambda s: create_person(s, NewPerson("neu_kim", "Kim Neu", ("caseworker",))))
    team = fill(database, lambda s: add_team(s, "Nord"))
    tab.refresh()
    choose(qtbot, tab, "Kim Neu")
    qtbot.waitUntil(lambda: tab._team.findText("Nord") >= 0)
    tab._team.setCurrentIndex(tab._team.findText("Nord"))
    tab._team.activated.emit(tab._team.currentIndex())
    fill(database, lambda s: set_roles(s, number, {"caseworker", "auditor"}))
    fill(database, lambda s: add_team(s, "Ost"))
    tab.refresh()
    qtbot.waitUntil(lambda: tab._team.findText("Ost") >= 0)
    assert tab._team.currentText() == "Nord"
    press(qtbot, tab, "Person speichern")
    teams = "SELECT team_id FROM platform.person WHERE role_name = 'neu_kim'"
    qtbot.waitUntil(lambda: scalar(database, teams) == team)
    assert scalar(database, ROLES_OF.format("neu_kim")) == "caseworker auditor"


def test_nobody_changes_the_own_rights(tab: PersonsTab, qtbot: QtBot, database: Database) -> None:
    """Boxes and door are closed and it says why; the own name can be written anew."""
    choose(qtbot, tab, "Verena Admin")
    qtbot.waitUntil(tab._own.isVisible)
    assert not any(check.isEnabled() for check in tab._roles.values())
    assert not tab._door.isVisible()
    tab._name.setText("Verena Adler")
    press(qtbot, tab, "Person speichern")
    qtbot.waitUntil(
        lambda: (
            scalar(database, "SELECT display_name FROM platform.person WHERE role_name = 'test_verena'")
            == "Verena Adler"
        )
    )


def test_what_cannot_be_is_said_at_the_field(tab: PersonsTab, qtbot: QtBot) -> None:
    """A missing name there; what stands in the form stays."""
    press(qtbot, tab, "Neue Person")
    tab._login.setText("neu_x")
    press(qtbot, tab, "Person speichern")
    qtbot.waitUntil(lambda: "Namen" in tab.fields["name"].fault)
    assert tab._login.text() == "neu_x"


def test_a_deputy_is_entered_and_ended(tab: PersonsTab, qtbot: QtBot, database: Database) -> None:
    """With its days; a day that is missing is asked for."""
    choose(qtbot, tab, "Jana Brand")
    card = tab._deputies
    card._deputy.setCurrentIndex(card._deputy.findText("Tom Keller"))
    press(qtbot, card, "Vertretung eintragen")
    assert card.fields["last"].fault
    today = scalar(database, "SELECT platform.today()")
    assert isinstance(today, date)
    card._first.show_date(today)
    card._last.show_date(today + timedelta(days=7))
    press(qtbot, card, "Vertretung eintragen")
    qtbot.waitUntil(lambda: card._list.count() == 1)
    assert card._list.item(0).text().startswith("Tom Keller vertritt Jana Brand")
    card._list.setCurrentRow(0)
    press(qtbot, card, "Vertretung beenden")
    qtbot.waitUntil(lambda: card._list.count() == 0)


def test_who_is_no_admin_only_looks(office: Office, tab: PersonsTab, qtbot: QtBot) -> None:
    """And the database refuses whatever the window would allow."""
    tab._me = next(person.id for person in tab._items if person.role_name == "test_jana")
    tab._told()
    assert tab._barred.isVisible()
    assert not tab._save.isEnabled()
    assert not tab._new.isEnabled()
    assert qtbot is not None
    jana = office.database("jana")
    with pytest.raises(Forbidden), jana.write() as session:
        lock_person(session, 1, locked=True)
    jana.close()


def test_supervisors_read_of_it_on_heute(office: Office, database: Database, ui: UiContext, qtbot: QtBot) -> None:
    """What another admin did, in a sentence; not what one did oneself."""
    fill(database, lambda s: create_person(s, NewPerson("neu_boss", "Ada Boss", ("admin",))))
    verena = scalar(database, "SELECT id FROM platform.person WHERE role_name = 'test_verena'")
    assert isinstance(verena, int)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text(f"ALTER ROLE neu_boss PASSWORD '{PASSWORD}'"))
    owner.close()
    boss = Database(make_url(office.url("jana")).set(username="neu_boss").render_as_string(False))
    with boss.write() as session:
        set_roles(session, verena, {"admin", "supervisor"})
    boss.close()
    page = TodayPage(replace(ui, now=lambda: datetime.now(UTC)))  # acts are dated by the database's clock
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    qtbot.waitUntil(page._acts.isVisible)
    said = page._acts.text()
    assert "Ada Boss hat die Rollen von Verena Admin geändert: Leitung, Verwaltung." in said
    assert "angelegt" not in said
