"""What a caseworker tries on patients of another team with a tool of its own: nothing is read, changed or guessed."""

from contextlib import suppress
from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import make_url, text

from domain.casework.answers import record_answer
from domain.casework.availability import change_status
from domain.casework.preparing import create_and_send
from domain.casework.printing import note_printed
from domain.casework.taking import take_mail
from domain.communication.calls import planned_calls
from domain.communication.models import ContactEntry, Email, PhoneCall
from domain.communication.numbers import number_of
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry
from domain.matching.states import InquiryStage, ItemStatus
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import Office
from tests.domain.test_teams import at_work, people  # noqa: F401  # a fixture

JOIN = """INSERT INTO matching_service.inquiry_item (inquiry_id, search_id, position, reference_code)
    VALUES (%s, %s, 6, 'ZZZZ22')"""
CHANGES = (
    "UPDATE matching_service.inquiry_item SET status = 'withdrawn'",
    "UPDATE matching_service.inquiry SET stage = 'cancelled', closed_at = now(), close_reason = 'x'",
    "UPDATE matching_service.inquiry SET reminders = 2",
    "DELETE FROM communication_service.email_item",
    "DELETE FROM communication_service.printed_letter",
    "UPDATE communication_service.printed_letter SET printed_at = now()",
    "UPDATE communication_service.phone_call SET note = 'x'",
    "UPDATE communication_service.email SET status = 'cancelled'",
)


def tool(office: Office, name: str) -> psycopg.Connection:
    """psql, more or less."""
    url = make_url(office.url(name)).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)


@pytest.fixture
def northern(office: Office, people: dict[str, int], now: datetime) -> dict[str, int]:  # noqa: F811
    """A northern patient, asked for by mail, by letter and by a call; a southern one of whom nobody was asked."""
    with at_work(office, "north") as session:
        patient = add_patient(session, last_name="Geheimrat", email="geheim@mail.example")
        search = add_search(session, patient)
        made = {"patient": patient, "search": search}
        for channel in (Channel.EMAIL, Channel.LETTER, Channel.PHONE):
            therapist = add_therapist(session)
            made[channel.value] = create_and_send(
                session, therapist_id=therapist, search_ids=[search], channel=channel, now=now
            )
        made["called"] = therapist
        session.add(ContactEntry(
            at=now, channel="phone", direction="in", person_id=people["north"], inquiry_id=made["email"], body="Angst"
        ))  # fmt: skip
        session.flush()
    with at_work(office, "south") as session:
        made["other"] = add_search(session, add_patient(session))
    return made


@pytest.mark.parametrize("stage", ["open", "closed"])
def test_nobody_joins_an_inquiry_of_others_to_read_it(office: Office, northern: dict[str, int], stage: str) -> None:
    """Neither one that runs nor one that is over; and not with somebody else's search, in one's own inquiry."""
    if stage == "closed":
        with at_work(office, "owner") as session:
            session.execute(
                text("""UPDATE matching_service.inquiry
                SET stage = 'answered', sent_at = now(), approved_at = now(), closed_at = now()""")
            )
    with tool(office, "south") as connection:
        for inquiry in ("email", "letter", "phone"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(JOIN, (northern[inquiry], northern["other"]))
        for table in ("email", "contact_entry", "printed_letter", "phone_call"):
            found = connection.execute(f"SELECT count(*) FROM communication_service.{table}").fetchone()
            assert found == (0,), table
    with at_work(office, "south") as session:
        own = create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[northern["other"]], channel=Channel.EMAIL,
            now=datetime.now().astimezone(),
        )  # fmt: skip
    with tool(office, "south") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(JOIN, (own, northern["search"]))


def test_nothing_of_others_is_changed(office: Office, northern: dict[str, int]) -> None:
    """No position, stage, letter, call or mail: refused, or nothing is there to change."""
    assert northern
    with tool(office, "south") as connection:
        for change in CHANGES:
            with suppress(psycopg.errors.InsufficientPrivilege):
                assert connection.execute(change).rowcount == 0, change
    with at_work(office, "north") as session:
        for inquiry in ("email", "letter", "phone"):
            assert session.get_one(Inquiry, northern[inquiry]).stage in {"outbox", "approved"}
            assert [item.status for item in items_of(session, northern[inquiry])] == ["pending"]
        assert session.scalar(text("SELECT count(*) FROM communication_service.printed_letter")) == 1


def test_no_mail_is_read_by_entering_it_in_a_history(office: Office, northern: dict[str, int]) -> None:
    """Neither by its number in one's own patient's history, nor a mail one sees in another inquiry's."""
    with at_work(office, "owner") as session:
        mail = session.scalar(text("SELECT id FROM communication_service.email ORDER BY id LIMIT 1"))
        own = session.scalar(
            text("SELECT patient_id FROM matching_service.place_search WHERE id = :s"), {"s": northern["other"]}
        )
    entry = """INSERT INTO communication_service.contact_entry (at, channel, direction, kind, patient_id, email_id)
        VALUES (now(), 'email', 'out', 'own', %s, %s) RETURNING body"""
    for name, patient in (("south", own), ("north", northern["patient"])):
        with tool(office, name) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(entry, (patient, mail))


def test_a_practice_that_wants_no_mail_is_noted_whoever_asked_it(office: Office, northern: dict[str, int]) -> None:
    """Another team's letter waits there unseen: that hinders nobody, and what waits is stopped at the last look."""
    with at_work(office, "owner") as session:
        inquiry = session.get_one(Inquiry, northern["email"])
        therapist, number = inquiry.therapist_id, inquiry.id
    with at_work(office, "south") as session:
        change_status(session, therapist, "opted_out", now=datetime.now(UTC), reason="will keine Post")
    with at_work(office, "owner") as session:
        mail = session.scalar(text("SELECT id FROM communication_service.email WHERE inquiry_id = :i"), {"i": number})
        assert take_mail(session, mail or 0, now=datetime.now(UTC)) is None
        assert session.get_one(Email, mail or 0).status == "cancelled"


def test_what_an_owners_function_tells(office: Office, northern: dict[str, int]) -> None:
    """Whose record it is, who read it, whether a name is a patient's: of nobody one does not see."""
    with at_work(office, "owner") as session:
        session.execute(text("UPDATE patient_service.patient SET responsible_id = NULL"))
    patient = northern["patient"]
    with tool(office, "north") as connection:
        assert connection.execute("SELECT patient_service.is_of_record(%s)", (patient,)).fetchone() == (True,)
    with tool(office, "south") as connection:
        assert connection.execute("SELECT patient_service.is_of_record(%s)", (patient,)).fetchone() == (False,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT audit.accesses_of_patient(%s)", (patient,))
    answers = []
    for name in ("south", "north"):
        with tool(office, name) as connection:
            mail = connection.execute(
                """INSERT INTO communication_service.email
                    (kind, status, to_address, subject, body_text, message_id, created_by, not_before)
                VALUES ('own', 'queued', 'a@fremd.example', 'x', 'Es geht um Lea Geheimrat.', %s,
                        platform.current_person_id(), '2100-01-01') RETURNING id""",
                (f"<{name}@x>",),
            ).fetchone()
            assert mail is not None
            asked = connection.execute("SELECT communication_service.names_unasked(%s)", mail).fetchone()
            assert asked is not None
            answers.append(asked[0])
    assert answers == [False, True]
    with tool(office, "worker") as connection:  # before it sends, it looks at all
        assert connection.execute(
            "SELECT bool_and(communication_service.names_unasked(id)) FROM communication_service.email"
            " WHERE kind = 'own'"
        ).fetchone() == (True,)


def test_that_a_practice_is_called_all_know(office: Office, northern: dict[str, int], now: datetime) -> None:
    """The time is taken and a wrong number is wrong for everybody; what was said stays with the team."""
    with at_work(office, "south") as session:
        assert session.scalars(text("SELECT id FROM communication_service.phone_call")).all() == []
        assert len(planned_calls(session, None, now=now, therapist_id=northern["called"])) == 1
        assert number_of(session, northern["called"]) != ""
    with at_work(office, "owner") as session:
        call = session.query(PhoneCall).one()
        dialled = session.scalar(
            text("SELECT phone FROM therapist_service.therapist WHERE id = :t"), {"t": northern["called"]}
        )
        session.execute(
            text(
                "UPDATE communication_service.phone_call SET status = 'wrong_number', dialled = :d,"
                " started_at = now(), ended_at = now() WHERE id = :c"
            ),
            {"d": dialled, "c": call.id},
        )
    with at_work(office, "south") as session:
        assert number_of(session, northern["called"]) != dialled


def test_an_inquiry_for_two_teams_goes_on(office: Office, northern: dict[str, int], now: datetime) -> None:
    """Who sees one of its patients answers for that one; the last answer settles it, and nobody over a hidden one."""
    with at_work(office, "lead") as session:
        inquiry = create_and_send(
            session, therapist_id=add_therapist(session), search_ids=[northern["search"], northern["other"]],
            channel=Channel.LETTER, now=now,
        )  # fmt: skip
        letters = session.scalars(
            text("SELECT id FROM communication_service.printed_letter WHERE inquiry_id = :q"), {"q": inquiry}
        ).all()
        note_printed(session, letters, now=now)
        item = {one.search_id: one.id for one in items_of(session, inquiry)}
    with tool(office, "south") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):  # the other's position stays the other's
            connection.execute(
                "UPDATE matching_service.inquiry_item SET status = 'withdrawn' WHERE search_id = %s",
                (northern["search"],),
            )
        locked = connection.execute(
            "SELECT id FROM matching_service.inquiry_item WHERE inquiry_id = %s FOR UPDATE", (inquiry,)
        ).fetchall()
        assert len(locked) == 2
    for name, search, after in (("south", "other", InquiryStage.SENT), ("north", "search", InquiryStage.ANSWERED)):
        with at_work(office, name) as session:
            record_answer(
                session, item[northern[search]], ItemStatus.REJECTION_CAPACITY, now=now, channel=Channel.LETTER
            )
            session.flush()
            assert session.get_one(Inquiry, inquiry).stage == after
