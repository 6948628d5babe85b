"""The program behind a real PgBouncer in transaction mode: persons by auth_query, small pools, nothing of others."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from domain.database import LIMITS, Database
from domain.errors import Conflict, Unavailable
from tests.builders import add_patient
from tests.conftest import Office
from tests.servers.pgbouncer import POOL, PROGRAM, PgBouncer
from ui.errors import describe

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no pgbouncer is installed")
COUNT = text("SELECT count(*) FROM patient_service.patient")


@pytest.fixture
def pooler(office: Office) -> Iterator[PgBouncer]:
    """A pooler that knows the office's persons."""
    with PgBouncer(office.cluster) as running:
        running.teach(office.name)
        yield running


def test_work_goes_through_a_pooler(pooler: PgBouncer, office: Office) -> None:
    """More desks than connections, each as its own person; each statement often, and limits in each transaction."""
    desks = [
        Database(pooler.through(office.url(name)), application_name=f"desk-{name}", pooled=True, pool_size=2)
        for name in ("jana", "tom") for _ in range(POOL + 1)
    ]  # fmt: skip

    def work(desk: Database) -> tuple[str, str]:
        for _ in range(6):  # more often than a statement would be prepared after
            with desk.write() as session:
                add_patient(session)
        with desk.read() as session:
            found = session.execute(text("SELECT session_user::text, current_setting('lock_timeout')")).one()
            return found[0], found[1]

    with ThreadPoolExecutor(len(desks)) as pool:
        who = list(pool.map(work, desks, timeout=120))
    assert {name for name, _ in who} == {"test_jana", "test_tom"}
    assert {limit for _, limit in who} == {LIMITS["lock_timeout"]}
    with desks[0].read() as session:
        assert session.scalar(COUNT) == 6 * len(desks)
        backends = session.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE usename = 'test_jana' AND datname = current_database()")
        )
        assert 1 <= backends <= POOL
        everybody = text("SELECT DISTINCT updated_by FROM patient_service.patient")
        assert len(session.scalars(everybody).all()) == 2  # nobody wrote under another's name
    for desk in desks:
        desk.close()


def test_a_wrong_password_and_a_superuser_are_not_let_in(pooler: PgBouncer, office: Office) -> None:
    """The pooler asks the server for each person, and for nobody who may do anything."""
    for login, password in (("test_jana", "falsch"), ("postgres", ""), ("niemand", "x")):
        url = make_url(office.url("jana")).set(username=login, password=password)
        desk = Database(pooler.through(url.render_as_string(hide_password=False)), pooled=True)
        with pytest.raises(Unavailable, match=r"database\.unreachable"), desk.read():
            pass
        desk.close()


def test_a_long_lock_ends_with_a_sentence(pooler: PgBouncer, office: Office, database: Database) -> None:
    """Behind the pooler and without it: whoever waits for a row is told, and nothing is written."""
    with database.write() as session:
        patient = add_patient(session)
    change = text("UPDATE patient_service.patient SET note = 'x' WHERE id = :id")
    pooled = Database(pooler.through(office.url("tom")), pooled=True)

    def change_soon() -> None:
        with pooled.write() as session:
            session.execute(text("SET LOCAL lock_timeout = '200ms'"))
            session.execute(change, {"id": patient})

    with database.write() as holder:
        holder.execute(change, {"id": patient})
        with pytest.raises(Conflict, match=r"record\.locked") as told:
            change_soon()
    assert "hält diesen Eintrag" in describe(told.value)
    change_soon()  # as soon as it is free
    pooled.close()
