"""Mails that wait are overtaken by an answer: nobody is thanked for a place and told that it is settled."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.casework.answers import Recorded, record_answer
from domain.casework.clocks import tick
from domain.casework.mail_reports import mail_sent
from domain.casework.placements import begin_therapy, fail_acceptance, promote_surplus, start_trial_sessions
from domain.casework.printed_letters import letters_of
from domain.casework.reminding import remind
from domain.communication.claiming import claim
from domain.database import Database
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_search
from tests.domain.casework.steps import accept, ask, items, mails, only_item

I = ItemStatus  # noqa: E741 - short in tables
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def sent(session: Session, *searches: int, now: datetime) -> Inquiry:
    """An inquiry whose mail the server took."""
    inquiry = ask(session, *searches, now=now, channel=Channel.EMAIL)
    (mail,) = mails(session, inquiry, "inquiry")
    assert claim(session, mail.id, now=now + HOUR) is not None
    mail_sent(session, mail.id, now=now + HOUR, server_reply="250 ok")
    return inquiry


def answered(session: Session, inquiry: Inquiry, search: int, answer: ItemStatus, *, now: datetime) -> Recorded:
    """What the practice says of one of its people."""
    item = next(one for one in items(session, inquiry) if one.search_id == search)
    return record_answer(session, item.id, answer, now=now)


@pytest.mark.parametrize("answer", [I.ACCEPTED, I.REJECTION_CAPACITY])
def test_an_answer_drops_the_withdrawal_that_waits(database: Database, now: datetime, answer: ItemStatus) -> None:
    """Whoever offers a place, or says no, is not written that it is settled."""
    with database.write() as session:
        search = add_search(session)
        second = sent(session, search, now=now)
        accept(session, ask(session, search, now=now), now=now + HOUR)
        assert [mail.status for mail in mails(session, second, "withdrawal")] == ["queued"]
        answered(session, second, search, answer, now=now + HOUR)
        assert [mail.status for mail in mails(session, second, "withdrawal")] == ["cancelled"]
        assert len(mails(session, second, "surplus")) == (answer is I.ACCEPTED)


def test_the_withdrawal_goes_on_for_the_others(database: Database, now: datetime) -> None:
    """Two found a place elsewhere; the practice offers one for the first: only the second is taken back."""
    with database.write() as session:
        first, other = add_search(session), add_search(session)
        both = sent(session, first, other, now=now)
        for search in (first, other):
            accept(session, ask(session, search, now=now), now=now + HOUR)
        codes = {item.search_id: item.reference_code for item in items(session, both)}
        (mail,) = mails(session, both, "withdrawal")
        assert all(code in mail.body_text for code in codes.values())
        answered(session, both, first, I.ACCEPTED, now=now + HOUR)
        session.flush()
        assert mail.status == "queued"
        assert codes[other] in mail.body_text + mail.body_html
        assert codes[first] not in mail.body_text + mail.body_html


def test_a_withdrawal_on_paper_is_dropped_as_well(database: Database, now: datetime) -> None:
    """What waits for the printer is no different from what waits in the outbox."""
    with database.write() as session:
        first, other = add_search(session), add_search(session)
        both = ask(session, first, other, now=now)
        for search in (first, other):
            accept(session, ask(session, search, now=now), now=now + HOUR)
        answered(session, both, first, I.ACCEPTED, now=now + HOUR)
        assert [letter.kind for letter in letters_of(session, both.id)] == ["withdrawal", "inquiry"]
        answered(session, both, other, I.REJECTION_CAPACITY, now=now + HOUR)
        assert [letter.kind for letter in letters_of(session, both.id)] == ["inquiry"]


def test_thanks_wait_for_the_undo_window(database: Database, now: datetime) -> None:
    """Who records the second acceptance learns when the thanks leave; a correction or its moving up keeps them here."""
    with database.write() as session:
        session.execute(text("UPDATE platform.office SET undo_seconds = 90"))
        search = add_search(session)
        second, third = sent(session, search, now=now), sent(session, search, now=now)
        first = ask(session, search, now=now)
        accept(session, first, now=now + HOUR)
        recorded = answered(session, second, search, I.ACCEPTED, now=now + HOUR)
        answered(session, third, search, I.ACCEPTED, now=now + HOUR)
        assert recorded.thanks is not None
        assert recorded.thanks.leaves_at == now + HOUR + timedelta(seconds=90)
        answered(session, third, search, I.REJECTION_CAPACITY, now=now + HOUR)
        assert [mail.status for mail in mails(session, third, "surplus")] == ["cancelled"]
        fail_acceptance(session, only_item(session, first).id, I.NO_SHOW, now=now + HOUR)
        promote_surplus(session, recorded.item_id, now=now + HOUR)
        assert [mail.status for mail in mails(session, second, "surplus")] == ["cancelled"]


@pytest.mark.parametrize("begun", [False, True])
def test_thanks_say_how_far_the_other_place_is(database: Database, now: datetime, *, begun: bool) -> None:
    """An offer that is still to be talked over is not called a beginning."""
    with database.write() as session:
        search = add_search(session)
        second = sent(session, search, now=now)
        first = ask(session, search, now=now)
        accept(session, first, now=now + HOUR)
        if begun:
            start_trial_sessions(session, only_item(session, first).id, now=now + HOUR)
            begin_therapy(session, only_item(session, first).id, started_on=now.date(), now=now + HOUR)
        answered(session, second, search, I.ACCEPTED, now=now + HOUR)
        (thanks,) = mails(session, second, "surplus")
    assert ("begonnen" in thanks.body_text) is begun
    assert ("klärt die Person zuerst, ob es passt" in thanks.body_text) is not begun
    assert "melden wir uns sofort" in thanks.body_text


def test_the_worker_drops_a_reminder_that_waits_beyond_the_end(
    database: Database, worker_database: Database, now: datetime
) -> None:
    """An account may rest for weeks: what still waits when the inquiry expires reminds of nothing any more."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        remind(session, inquiry.id, now=now + DAY, delay=90 * DAY)
        number = inquiry.id
    with worker_database.write() as session:
        assert tick(session, now=now + 30 * DAY).expired_inquiries == (number,)
    with database.read() as session:
        (mail,) = mails(session, session.get_one(Inquiry, number), "reminder")
        assert mail.status == "cancelled"
