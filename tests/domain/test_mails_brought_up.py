"""Mails of an office that worked with the release before, as the migration leaves them."""

from sqlalchemy import text

from domain.migrations import migrate
from tests.domain.earlier_office import OFFICE_OF_0012, office_at
from tests.servers.postgres import TestCluster

SAID = ("550 No such user lea.berger", "send_failed", "smtp.policy", "relay.example sagt nein", "")
ASKED_IN_VAIN = """
WITH practice AS (INSERT INTO therapist_service.practice (name) VALUES (:words || 'Praxis') RETURNING id),
     point AS (INSERT INTO therapist_service.contact_point (practice_id) SELECT id FROM practice RETURNING id)
INSERT INTO matching_service.inquiry
    (contact_point_id, therapist_id, reference, channel, stage, approved_at, close_reason)
SELECT id, 1, 'PL-' || id, 'email', 'send_failed', now(), :words FROM point
"""


def test_only_rows_that_named_somebody_are_written_anew(cluster: TestCluster) -> None:
    """Thank-yous of servers, most of what is kept, leave their mails untouched on the disk; reasons become codes."""
    place = "SELECT ctid::text FROM communication_service.{} ORDER BY id"
    with office_at(cluster, "0012") as engine:
        with engine.begin() as connection:
            connection.execute(text(OFFICE_OF_0012))
            for number, reply in enumerate(("250 2.0.0 queued", "250 lea.berger queued")):
                connection.execute(
                    text(
                        "INSERT INTO communication_service.email (kind, status, to_address, subject, body_text,"
                        " message_id, sent_at, server_reply)"
                        " VALUES ('own', 'sent', 'lea.berger@mail.example', 'x', 'x', :id, now(), :reply)"
                    ),
                    {"id": f"<{number}@b>", "reply": reply},
                )
            connection.execute(
                text(
                    "INSERT INTO communication_service.email_attempt (email_id, at, outcome, reply)"
                    " SELECT id, now(), 'sent', server_reply FROM communication_service.email"
                )
            )
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(t, 'id'), 100) FROM unnest(CAST(:tables AS text[])) t"),
                {
                    "tables": [
                        "therapist_service.practice", "therapist_service.contact_point", "matching_service.inquiry",
                    ]
                },
            )  # fmt: skip
            for words in SAID:
                connection.execute(text(ASKED_IN_VAIN), {"words": words})
        with engine.connect() as connection:
            before = [connection.scalars(text(place.format(table))).all() for table in ("email", "email_attempt")]
        assert migrate(engine)
        with engine.connect() as connection:
            after = [connection.scalars(text(place.format(table))).all() for table in ("email", "email_attempt")]
            assert [rows_now[0] for rows_now in after] == [rows_then[0] for rows_then in before]
            assert [now[1] == then[1] for now, then in zip(after, before, strict=True)] == [False] * 2
            kept = text("SELECT server_reply FROM communication_service.email ORDER BY id")
            assert connection.scalars(kept).all() == ["250 2.0.0 queued", "250 … queued"]
            reasons = text("SELECT close_reason FROM matching_service.inquiry WHERE id > 100 ORDER BY id")
            wanted = ["send_failed", "send_failed", "smtp.policy"] + ["send_failed"] * 2
            assert connection.scalars(reasons).all() == wanted


def test_mails_that_wait_know_whom_they_name(cluster: TestCluster) -> None:
    """Found once by the codes in their text; of mails that left nobody asks."""
    with office_at(cluster, "0012") as engine:
        with engine.begin() as connection:
            connection.execute(text(OFFICE_OF_0012))
            for number, status in enumerate(("queued", "unclear", "cancelled")):
                connection.execute(
                    text(
                        "INSERT INTO communication_service.email (kind, status, to_address, subject, body_text,"
                        " message_id, inquiry_id)"
                        " VALUES ('withdrawal', :status, 'a@b.example', 'x', 'Für ABCDE', :id, 1)"
                    ),
                    {"status": status, "id": f"<{number}@b>"},
                )
        assert migrate(engine)
        with engine.connect() as connection:
            of_whom = text(
                "SELECT e.status, i.item_id FROM communication_service.email_item i"
                " JOIN communication_service.email e ON e.id = i.email_id ORDER BY 1"
            )
            assert [tuple(row) for row in connection.execute(of_whom)] == [("queued", 1), ("unclear", 1)]
