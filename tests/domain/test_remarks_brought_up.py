"""Mails that came in to an office of the release before: what the program remarked of them stands apart afterwards."""

from sqlalchemy import text

from domain.migrations import migrate
from tests.domain.earlier_office import OFFICE_OF_0012, office_at
from tests.servers.postgres import TestCluster

CAME = """
INSERT INTO communication_service.incoming_email (sha256, size, received_at, kind, body_text)
VALUES (sha256(convert_to(CAST(:kept AS text), 'UTF8')), 1, now(), 'other', :kept)
"""
KEPT = text("SELECT remark, remark_params, body_text FROM communication_service.incoming_email ORDER BY id")
BEFORE = (
    '\x1f["mail.too_large", {"megabytes": 30}]\nGuten Tag,\nwir haben einen Platz.',
    '\x1f["report.read", {}]\n',
    "\x1fkein Vermerk\nWorte",
    '\x1f["mail.not_filed"]\nWorte',
    '["mail.not_filed", {}]\nWorte',
    "",
)
AFTER = [
    ("mail.too_large", {"megabytes": 30}, "Guten Tag,\nwir haben einen Platz."),
    ("report.read", {}, ""),
    ("", {}, "\x1fkein Vermerk\nWorte"),
    ("", {}, '\x1f["mail.not_filed"]\nWorte'),
    ("", {}, '["mail.not_filed", {}]\nWorte'),
    ("", {}, ""),
]


def test_remarks_leave_the_words(cluster: TestCluster) -> None:
    """Those that are one are taken apart; what only looks like it stays in the words, and so does everything else."""
    with office_at(cluster, "0020") as engine:
        with engine.begin() as connection:
            connection.execute(text(OFFICE_OF_0012))
            for kept in BEFORE:
                connection.execute(text(CAME), {"kept": kept})
        assert migrate(engine)
        with engine.connect() as connection:
            assert [tuple(row) for row in connection.execute(KEPT)] == AFTER


def test_the_release_before_goes_on_filing(cluster: TestCluster) -> None:
    """What it writes before the words is taken apart when it comes."""
    with office_at(cluster, "0020") as engine:
        with engine.begin() as connection:
            connection.execute(text(OFFICE_OF_0012))
        assert migrate(engine)
        with engine.begin() as connection:
            for kept in BEFORE:
                connection.execute(text(CAME), {"kept": kept})
            assert [tuple(row) for row in connection.execute(KEPT)] == AFTER
