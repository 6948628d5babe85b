"""What became impossible since a batch was gathered is refused with one reason, whoever finds it first."""

import pytest

from domain.casework.batches.checking import check_lines
from domain.casework.batches.gathering import gather_plan, gather_practices
from domain.database import Database
from tests.builders import add_search, add_therapist
from tests.domain.casework.batches.steps import MONDAY, NOW, figures, make_all, planned_town, release, scalar
from tests.domain.casework.batches.test_batches import INQUIRIES, lines_of
from ui.mail.batches.wording import notice

WITHDRAWN = "UPDATE patient_service.consent SET withdrawn_on = '2026-11-23' WHERE scope = 'pseudonymous_inquiry'"


def test_who_no_longer_fits_is_left_out_with_the_rule(database: Database) -> None:
    """Consent withdrawn since it was gathered: the check names the rule, the line is refused, nothing is sent."""
    with database.write() as session:
        search = add_search(session)
        practices = [add_therapist(session) for _ in range(2)]
        batch = gather_practices(session, search_id=search, therapist_ids=[*practices, practices[0]]).batch_id
        session.connection().exec_driver_sql(WITHDRAWN)
    lines = lines_of(database, batch)
    assert len(lines) == 2
    with database.read() as session:
        (first, _) = check_lines(session, [line.line_id for line in lines], now=NOW)
    assert (first.code, first.rules) == ("nobody_fits", ("consent",))
    with database.write() as session:
        release(session, batch, now=NOW)
    make_all(database, batch)
    assert {(line.refusal, line.refused_rules) for line in lines_of(database, batch)} == {
        ("batch.nobody_fits", ("consent",))
    }
    assert figures(database, batch).state == "done"
    assert scalar(database, INQUIRIES) == 0


@pytest.mark.parametrize("late", [False, True])
def test_a_planned_line_nobody_fits_has_one_reason(database: Database, late: bool) -> None:
    """The consent is withdrawn before the release, or between it and the writing: the line says the same, with why."""
    planned_town(database, practices=1)
    with database.write() as session:
        batch = gather_plan(session, monday=MONDAY).batch_id
        if late:
            release(session, batch, now=NOW)
        session.connection().exec_driver_sql(WITHDRAWN)
        if not late:
            release(session, batch, now=NOW)
    make_all(database, batch)
    (line,) = lines_of(database, batch)
    assert (line.refusal, line.refused_rules) == ("plan_line.nobody_left", ("consent",))
    said = notice(line, None, NOW)
    assert said.startswith("Seit der Planung passt niemand mehr zu dieser Praxis:")
    assert "Einwilligung" in said
