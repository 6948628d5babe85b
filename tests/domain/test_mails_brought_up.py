"""Mails of an office that worked with the release before, as the migration leaves them."""

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from domain.matching.inquiries import items_of
from domain.migrations import migrate
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.conftest import NOW
from tests.domain.casework.steps import ask
from tests.servers.postgres import TestCluster


def test_only_rows_that_named_somebody_are_written_anew(cluster: TestCluster) -> None:
    """Thank-yous of servers, most of what is kept, leave their mails untouched on the disk; reasons become codes."""
    name = cluster.clone("template0")
    engine = create_engine(cluster.admin_url(name))
    config = Config()
    config.set_main_option("script_location", "domain:migrations")
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA platform"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0012")
        connection.execute(
            text("INSERT INTO platform.person (role_name, display_name) VALUES (session_user, 'Leitung')")
        )
        for number, reply in enumerate(("250 2.0.0 queued", "250 lea.berger queued")):
            connection.execute(
                text(
                    "INSERT INTO communication_service.email (kind, status, to_address, subject, body_text, message_id,"
                    " sent_at, server_reply) VALUES ('own', 'sent', 'lea.berger@mail.example', 'x', 'x', :id, now(),"
                    " :reply)"
                ),
                {"id": f"<{number}@b>", "reply": reply},
            )
        connection.execute(
            text(
                "INSERT INTO communication_service.email_attempt (email_id, at, outcome, reply)"
                " SELECT id, now(), 'sent', server_reply FROM communication_service.email"
            )
        )
    said = ("550 No such user lea.berger", "send_failed", "smtp.policy", "relay.example sagt nein", "")
    with Session(engine) as session:
        for words in said:
            inquiry = ask(
                session, add_search(session), now=NOW, channel=Channel.PHONE, therapist=add_therapist(session)
            )
            inquiry.stage, inquiry.close_reason = "send_failed", words
        session.commit()
    place = "SELECT ctid::text FROM communication_service.{} ORDER BY id"
    with engine.connect() as connection:
        before = [connection.scalars(text(place.format(table))).all() for table in ("email", "email_attempt")]
    assert migrate(engine)
    with engine.connect() as connection:
        after = [connection.scalars(text(place.format(table))).all() for table in ("email", "email_attempt")]
        assert [rows_now[0] for rows_now in after] == [rows_then[0] for rows_then in before]
        assert [rows_now[1] == rows_then[1] for rows_now, rows_then in zip(after, before, strict=True)] == [False] * 2
        kept = text("SELECT server_reply FROM communication_service.email ORDER BY id")
        assert connection.scalars(kept).all() == ["250 2.0.0 queued", "250 … queued"]
        reasons = text("SELECT close_reason FROM matching_service.inquiry ORDER BY id")
        assert connection.scalars(reasons).all() == ["send_failed", "send_failed", "smtp.policy"] + ["send_failed"] * 2
    engine.dispose()
    cluster.drop(name)


def test_mails_that_wait_know_whom_they_name(cluster: TestCluster) -> None:
    """Found once by the codes in their text; of mails that left nobody asks."""
    name = cluster.clone("template0")
    engine = create_engine(cluster.admin_url(name))
    config = Config()
    config.set_main_option("script_location", "domain:migrations")
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA platform"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0012")
        connection.execute(
            text("INSERT INTO platform.person (role_name, display_name) VALUES (session_user, 'Leitung')")
        )
    with Session(engine) as session:
        inquiry = ask(
            session, add_search(session), add_search(session), now=NOW, channel=Channel.PHONE,
            therapist=add_therapist(session),
        )  # fmt: skip
        named = items_of(session, inquiry.id)[1]
        for number, status in enumerate(("queued", "unclear", "cancelled")):
            session.execute(
                text(
                    "INSERT INTO communication_service.email (kind, status, to_address, subject, body_text, message_id,"
                    " inquiry_id) VALUES ('withdrawal', :status, 'a@b.example', 'x', 'Für ' || :code, :id, :inquiry)"
                ),
                {"status": status, "code": named.reference_code, "id": f"<{number}@b>", "inquiry": inquiry.id},
            )
        wanted = [("queued", named.id), ("unclear", named.id)]
        session.commit()
    assert migrate(engine)
    with engine.connect() as connection:
        of_whom = text(
            "SELECT e.status, i.item_id FROM communication_service.email_item i"
            " JOIN communication_service.email e ON e.id = i.email_id ORDER BY 1"
        )
        assert [tuple(row) for row in connection.execute(of_whom)] == wanted
    engine.dispose()
    cluster.drop(name)
