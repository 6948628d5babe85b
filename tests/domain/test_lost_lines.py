"""Lines that break while nobody looks, servers that restart, rows that are held: what is safe comes again by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from domain.database import Database, Session, again_if_in_the_way
from domain.errors import Conflict, Unavailable
from tests.builders import add_patient
from tests.conftest import TEMPLATE, Office, prepare
from tests.servers.postgres import TestCluster
from ui.errors import describe

COUNT = text("SELECT count(*) FROM patient_service.patient")
END_ALL = text("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'test_jana'")


class RestartingCluster(TestCluster):
    """A server that may restart; the tests' servers write nothing to disk that a loss of power would leave."""

    __test__ = False

    def restart(self) -> None:
        """Whoever is connected is thrown out."""
        self._run("pg_ctl", "-w", "-m", "fast", "restart")


@pytest.fixture
def owner(office: Office) -> Iterator[Database]:
    """Who may end others' connections."""
    made = office.database("owner")
    yield made
    made.close()


def end_all(owner: Database) -> None:
    """Every connection of this desk's."""
    with owner.write() as session:
        session.execute(END_ALL)


def test_an_idle_line_that_was_cut_is_nobodys_business(database: Database, owner: Database) -> None:
    """A router that forgets what is silent: the next work gets another line before it begins."""
    with database.read() as session:
        session.execute(COUNT)
    end_all(owner)
    with database.write() as session:
        add_patient(session)
    with database.read() as session:
        assert session.scalar(COUNT) == 1


def test_a_line_that_breaks_in_the_middle_is_begun_again(database: Database, owner: Database) -> None:
    """Nothing of the first try was kept, so the whole comes once more, and is there once."""
    tries = 0

    def work() -> None:
        nonlocal tries
        tries += 1
        with database.write() as session:
            add_patient(session)
            if tries == 1:
                end_all(owner)

    again_if_in_the_way(work)
    assert tries == 2
    with database.read() as session:
        assert session.scalar(COUNT) == 1


@contextmanager
def cut_before_commit(database: Database, owner: Database) -> Iterator[Session]:
    """A write whose connection is gone when it is about to be kept."""
    with database.write() as session:
        yield session
        end_all(owner)


def test_without_a_second_try_it_is_said_that_nothing_was_kept(database: Database, owner: Database) -> None:
    """As commands of one transaction hear it."""
    with pytest.raises(Unavailable, match=r"database\.lost") as lost, cut_before_commit(database, owner) as session:
        add_patient(session)
    assert "nichts geändert" in describe(lost.value)
    with database.read() as session:
        assert session.scalar(COUNT) == 0


def test_a_row_somebody_holds_ends_with_a_sentence(
    office: Office, database: Database, second_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each connection has the limit; whoever waits is told, and gets it when it is free."""
    with second_database.read() as session:
        limits = text("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        assert session.execute(limits).one() == ("15s", "10min")
    monkeypatch.setattr("domain.database.LIMITS", {"lock_timeout": "300ms"})
    with database.write() as session:
        patient = add_patient(session)
    change = text("UPDATE patient_service.patient SET note = 'x' WHERE id = :id")
    hasty = Database(office.url("tom"))

    def work() -> None:
        with hasty.write() as session:
            session.execute(change, {"id": patient})

    with database.write() as holder:
        holder.execute(change, {"id": patient})
        with pytest.raises(Conflict, match=r"record\.locked") as told:
            again_if_in_the_way(work)
    assert "hält diesen Eintrag" in describe(told.value)
    work()
    hasty.close()


def test_a_server_without_room_says_what_to_do(database: Database) -> None:
    """It answers and is not away: trying again helps only once there is room."""

    def save() -> None:
        with database.write() as session:
            add_patient(session)
            session.execute(text("DO $$ BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$"))

    with pytest.raises(Unavailable, match=r"database\.full") as told:
        save()
    assert "keinen Platz" in describe(told.value)
    with database.read() as session:
        assert session.scalar(COUNT) == 0


def test_what_contradicts_another_snapshot_comes_again(database: Database, second_database: Database) -> None:
    """A serialization failure is the database's way of saying "once more"."""
    with database.write() as session:
        patient = add_patient(session)
    change = text("UPDATE patient_service.patient SET note = note || 'x' WHERE id = :id")
    tries = 0

    def work() -> None:
        nonlocal tries
        tries += 1
        with database.write() as session:
            session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
            session.execute(COUNT)
            if tries == 1:
                with second_database.write() as other:
                    other.execute(change, {"id": patient})
            session.execute(change, {"id": patient})

    again_if_in_the_way(work)
    with database.read() as session:
        assert session.scalar(text("SELECT note FROM patient_service.patient")) == "xx"


@pytest.mark.soak
def test_a_server_that_restarts_in_the_middle_of_work() -> None:
    """What was kept is there, what was under way comes again, and every later work goes on."""
    with RestartingCluster() as server:
        prepare(server)
        desk = Office(server, TEMPLATE).database("jana")
        tries = 0

        def work() -> None:
            nonlocal tries
            tries += 1
            with desk.write() as session:
                add_patient(session)
                if tries == 2:
                    server.restart()

        for _ in range(3):
            again_if_in_the_way(work)
        with desk.read() as session:
            assert session.scalar(COUNT) == 3
        desk.close()
