"""Two practices accept the same patient: the second is thanked, and offered somebody else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework.alternatives import alternatives, offer_alternative
from domain.casework.answers import record_answer
from domain.casework.preparing import create_and_send
from domain.casework.reminding import due_for_reminder, remind
from domain.casework.sending import mark_sent
from domain.communication.queries import leaves_at
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.matching.listing import get_inquiry
from domain.matching.models import Inquiry, InquiryItem
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import accept, ask, items, mails, only_item, state

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def two_acceptances(session: Session, *, channel: Channel, others: int = 0) -> tuple[Inquiry, InquiryItem]:
    """Both practices are asked before the first answers; the second's answer comes later."""
    search = add_search(session)
    more = [add_search(session) for _ in range(others)]
    first = ask(session, search, now=NOW)
    second = ask(session, search, *more, now=NOW, channel=channel)
    if channel is Channel.EMAIL:
        mark_sent(session, second.id, now=NOW)
    accept(session, first, now=NOW)
    item = next(one for one in items(session, second) if one.search_id == search)
    record_answer(session, item.id, ItemStatus.ACCEPTED, now=NOW + timedelta(hours=1))
    session.flush()
    assert item.status == ItemStatus.ACCEPTED_SURPLUS
    return second, item


def test_both_acceptances_show_their_times(database: Database) -> None:
    """The second says who was first, and when."""
    with database.write() as session:
        second, _ = two_acceptances(session, channel=Channel.LETTER)
        shown = get_inquiry(session, second.id, today=NOW.date()).items[0]
        assert shown.first_at == NOW
        assert shown.answered_at == NOW + timedelta(hours=1)
        assert shown.first_practice is not None


def test_a_closed_inquiry_is_followed_by_a_new_one(database: Database) -> None:
    """In spite of the cooling period, with the reason beside it; the longest waiting is proposed first."""
    with database.write() as session:
        second, item = two_acceptances(session, channel=Channel.LETTER)
        late = add_search(session, waiting_since=date(2026, 11, 1))
        early = add_search(session, waiting_since=date(2026, 2, 1))
        add_search(session, add_patient(session, wishes={"methods": ["systemic"]}))
        found = alternatives(session, item.id, now=NOW)
        assert [one.search_id for one in found] == [early, late]
        number = offer_alternative(session, item.id, early, reason="Platz frei", now=NOW)
        made = session.get_one(Inquiry, number)
        assert number != second.id
        assert (made.contact_point_id, made.cooling_override) == (second.contact_point_id, "Platz frei")
        assert only_item(session, made).search_id == early


def test_an_open_inquiry_is_joined(database: Database) -> None:
    """Others of it still wait for an answer: the patient joins them, and the practice gets one letter about her."""
    with database.write() as session:
        second, item = two_acceptances(session, channel=Channel.EMAIL, others=2)
        other = add_search(session)
        assert state(session, second) == "partly_answered"
        assert offer_alternative(session, item.id, other, reason="Platz frei", now=NOW) == second.id
        assert [one.search_id for one in items(session, second)][-1] == other
        (letter,) = mails(session, second, "alternative")
        assert items(session, second)[-1].reference_code in letter.body_text
        assert "herzlichen Dank" in letter.body_text
        assert state(session, second) == "partly_answered"


def test_nobody_is_proposed_against_a_rule(database: Database) -> None:
    """Somebody whom another rule keeps away is refused, and nothing is sent."""
    with database.write() as session:
        second, item = two_acceptances(session, channel=Channel.EMAIL, others=1)
        unfit = add_search(session, add_patient(session, wishes={"methods": ["systemic"]}))
        with pytest.raises(Invalid, match="rule_broken"):
            offer_alternative(session, item.id, unfit, reason="Platz frei", now=NOW)
        assert mails(session, second, "alternative") == []


def test_a_full_inquiry_is_not_joined(database: Database) -> None:
    """Six are the most."""
    with database.write() as session:
        _, item = two_acceptances(session, channel=Channel.EMAIL, others=5)
        with pytest.raises(Conflict, match=r"inquiry\.full"):
            offer_alternative(session, item.id, add_search(session), reason="Platz frei", now=NOW)


def test_only_a_surplus_acceptance_makes_room(database: Database) -> None:
    """Somebody took the acceptance back meanwhile: said, not sent."""
    with database.write() as session:
        _, item = two_acceptances(session, channel=Channel.LETTER)
        record_answer(session, item.id, ItemStatus.REJECTION_CAPACITY, now=NOW + timedelta(hours=2))
        with pytest.raises(Conflict, match="no_surplus"):
            offer_alternative(session, item.id, add_search(session), reason="Platz frei", now=NOW)


def test_the_chase_list_is_reminded_once(database: Database) -> None:
    """Silent for a week: one reminder each, by mail or by a planned call; then not again for a week."""
    with database.write() as session:
        by_mail = ask(session, add_search(session), now=NOW, channel=Channel.EMAIL)
        mark_sent(session, by_mail.id, now=NOW)
        by_letter = ask(session, add_search(session), now=NOW)
        fresh = ask(session, add_search(session), now=NOW + timedelta(days=5))
        week = NOW + timedelta(days=7)
        assert due_for_reminder(session, now=week) == (by_mail.id, by_letter.id)
        for number in due_for_reminder(session, now=week):
            remind(session, number, now=week)
        session.flush()
        assert due_for_reminder(session, now=week) == ()
        assert len(mails(session, by_mail, "reminder")) == 1
        assert (by_letter.reminders, fresh.reminders) == (1, 0)
        assert len(due_for_reminder(session, now=week + timedelta(days=7))) == 3


def test_an_inquiry_leaves_later(database: Database) -> None:
    """Asked to leave tomorrow at eight, it waits in the outbox and says so."""
    tomorrow = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    with database.write() as session:
        number = create_and_send(
            session,
            therapist_id=add_therapist(session),
            search_ids=[add_search(session)],
            channel=Channel.EMAIL,
            now=NOW,
            send_at=tomorrow,
        )
        session.flush()
        shown = get_inquiry(session, number, today=NOW.date())
        assert (shown.row.state, leaves_at(session, number)) == ("outbox", tomorrow)
        assert session.scalars(select(Inquiry.sent_at).where(Inquiry.id == number)).one() is None
