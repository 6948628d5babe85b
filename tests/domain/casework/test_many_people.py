"""Many people work on the same searches at once: nothing is lost, nothing happens twice, nobody meets a deadlock."""

import json
import sys
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from domain.database import Database
from domain.persons import ensure_person
from tests.builders import add_search, add_therapist
from tests.conftest import PASSWORD, Office
from tests.servers.forked import Forked

# what must never be, as queries that find it
NEVER = {
    "two live acceptances of a search": """
        SELECT search_id FROM matching_service.inquiry_item
        WHERE status IN ('accepted', 'in_trial_sessions', 'in_therapy') AND ended_at IS NULL
        GROUP BY search_id HAVING count(*) > 1""",
    "two open inquiries at a contact point": """
        SELECT contact_point_id FROM matching_service.inquiry WHERE closed_at IS NULL
        GROUP BY contact_point_id HAVING count(*) > 1""",
    "a tentative search without an acceptance, or the other way round": """
        SELECT s.id FROM matching_service.place_search s
        LEFT JOIN matching_service.inquiry_item i
               ON i.search_id = s.id AND i.status IN ('accepted', 'in_trial_sessions')
        WHERE (s.status = 'tentative') <> (i.id IS NOT NULL)""",
    "somebody with a place, still asked for elsewhere": """
        SELECT i.id FROM matching_service.inquiry_item i JOIN matching_service.place_search s ON s.id = i.search_id
        WHERE i.status IN ('pending', 'needs_info') AND s.status IN ('tentative', 'successful', 'cancelled')""",
    "a planned call of an ended inquiry": """
        SELECT c.id FROM communication_service.phone_call c JOIN matching_service.inquiry q ON q.id = c.inquiry_id
        WHERE c.status = 'planned' AND q.closed_at IS NOT NULL AND q.stage <> 'answered'""",
    "an inquiry still to be sent, for nobody": """
        SELECT q.id FROM matching_service.inquiry q WHERE q.stage IN ('approved', 'outbox')
        AND NOT EXISTS (SELECT FROM matching_service.inquiry_item i WHERE i.inquiry_id = q.id
                        AND i.status = 'pending')""",
    "an item whose last answer is not its status": """
        SELECT i.id FROM matching_service.inquiry_item i
        JOIN LATERAL (SELECT a.status FROM matching_service.answer a WHERE a.item_id = i.id
                      ORDER BY a.id DESC LIMIT 1) last ON true WHERE last.status <> i.status""",
    "an open item of a settled inquiry": """
        SELECT i.id FROM matching_service.inquiry_item i JOIN matching_service.inquiry q ON q.id = i.inquiry_id
        WHERE i.status IN ('pending', 'needs_info') AND q.stage IN ('answered', 'expired', 'withdrawn', 'bounced')""",
}


def at_work(office: Office, *, people: int, seconds: float) -> list[dict[str, Any]]:
    """All of them for a while; what the program told each."""
    owner = office.database("owner")
    with owner.write() as session:
        for number in range(people):
            ensure_person(
                session, role_name=f"{office.name}_{number}", display_name=f"Person {number}", password=PASSWORD,
                roles={"caseworker"},
            )  # fmt: skip
            # each of them also reports what the worker would
            login = f"{office.name}_{number}"
            session.execute(text(f'GRANT INSERT ON communication_service.email_attempt TO "{login}"'))
    base = office.url("jana").replace("test_jana", "{role}")
    running = [
        Forked(
            "tests.domain.casework.many_people_client",
            *(base.format(role=f"{office.name}_{number}"), str(number), str(seconds)),
            heard=True,
        )
        for number in range(people)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=seconds + 300) for process in running]
    with owner.write() as session:
        for number in range(people):
            session.execute(text(f'REVOKE ALL ON communication_service.email_attempt FROM "{office.name}_{number}"'))
            session.execute(text(f'REVOKE platzlotse_caseworker FROM "{office.name}_{number}"'))
    owner.close()
    assert [error for _, error in said if error] == [], "nothing but coded errors reaches a person"
    assert {process.returncode for process in running} == {0}
    return [json.loads(line) for out, _ in said for line in out.splitlines()]


def check(office: Office, database: Database, told: list[dict[str, Any]], *, seconds: float) -> None:
    """The database against what people were told; prints how much was done."""
    did = Counter(line["did"] for line in told if "did" in line)
    refused = Counter(line["code"] for line in told if "refused" in line)
    owner = office.database("owner")
    with owner.read() as session:
        deadlocks = session.scalar(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
    owner.close()
    sys.stdout.write(
        f"\n{sum(did.values()) / seconds:.0f} done a second, {dict(did.most_common())}\nrefused {dict(refused)}"
        f"\ndeadlocks the database resolved: {deadlocks}\n"
    )
    with database.read() as session:
        for what, query in NEVER.items():
            assert session.execute(text(query)).all() == [], what
        kept = Counter(
            tuple(row) for row in session.execute(text("SELECT item_id, status FROM matching_service.answer"))
        )
    confirmed = Counter((line["item"], line["answer"]) for line in told if line.get("did") in {"answer", "correct"})
    assert confirmed - kept == Counter(), "an answer the program confirmed is kept"
    assert [line for line in told if line.get("deadlock")] == [], "a deadlock is nobody's business"
    assert did["answer"] > 0
    assert did["ask"] > 0


def fill(database: Database, *, searches: int, therapists: int) -> None:
    """Searches and practices that all fit each other."""
    with database.write() as session:
        for _ in range(searches):
            add_search(session)
        for _ in range(therapists):
            add_therapist(session)


def test_five_people_for_some_seconds(office: Office, database: Database) -> None:
    """Few searches, so that they meet often."""
    fill(database, searches=15, therapists=10)
    check(office, database, at_work(office, people=5, seconds=2), seconds=2)


@pytest.mark.soak
def test_twenty_people_for_a_minute(office: Office, database: Database) -> None:
    """Twenty people on two hundred searches."""
    fill(database, searches=200, therapists=120)
    check(office, database, at_work(office, people=20, seconds=60), seconds=60)
