"""Answers taken back leave everything as it was before they were confirmed; what somebody did since stays theirs."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from domain.casework import reminding
from domain.casework.answer_corrections import TakenBack, take_back_answers
from domain.casework.clocks import tick
from domain.casework.mail_reports import mail_sent
from domain.casework.printed_letters import letters_of
from domain.casework.prior_models import PriorState
from domain.casework.reply_facts import CapacityNote
from domain.communication.calls import plan_call
from domain.communication.claiming import claim
from domain.communication.models import Email
from domain.database import Database
from domain.matching.inquiries import note_out_of_office
from domain.matching.models import Inquiry, PlaceSearch
from domain.matching.searches import pause_search, set_urgency
from domain.matching.states import ItemStatus
from domain.therapists.models import Therapist
from domain.therapists.service import note_capacity
from domain.values import Channel
from tests.builders import add_search
from tests.domain.casework.steps import ask, calls, items, mails, only_item, state
from tests.domain.casework.taken_back import confirmed, sent, standing, wrote

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YES, NO = ItemStatus.ACCEPTED, ItemStatus.REJECTION_CAPACITY
Prepare = Callable[[Session, Inquiry, datetime], object]


def round_trip(
    session: Session, inquiry: Inquiry, *answers: ItemStatus | None, now: datetime, capacity: CapacityNote | None = None
) -> TakenBack:
    """A mail comes, is confirmed and taken back: everything is as it was when it lay unread."""
    mail = wrote(session, inquiry, now=now)
    before, kept = standing(session), session.query(PriorState).count()
    confirmed(session, mail, inquiry, answers, now=now, capacity=capacity)
    assert standing(session) != before
    found = take_back_answers(session, mail, now=now + HOUR)
    assert standing(session) == before
    assert session.query(PriorState).count() == kept
    return found


def test_a_search_that_rested_rests_again(database: Database, now: datetime) -> None:
    """With its reason and its day; the clock takes it up on that day as if nothing had been."""
    with database.write() as session:
        search = add_search(session)
        inquiry = sent(session, search, now=now)
        until = (now + 9 * DAY).date()
        pause_search(session, search, until=until, reason="Klinik", now=now)
        found = round_trip(session, inquiry, YES, now=now + DAY)
        assert (found.back.paused, found.back.kept) == (1, ())
        row = session.get_one(PlaceSearch, search)
        assert (row.status, row.paused_until, row.pause_reason) == ("paused", until, "Klinik")
        assert tick(session, now=now + 10 * DAY).resumed_searches == (search,)


def test_a_search_that_did_not_rest_goes_on(database: Database, now: datetime) -> None:
    """Its urgency, changed meanwhile by somebody, stays theirs."""
    with database.write() as session:
        search = add_search(session)
        inquiry = sent(session, search, now=now)
        mail = wrote(session, inquiry, now=now + DAY)
        confirmed(session, mail, inquiry, [YES], now=now + DAY)
        set_urgency(session, search, 2)
        take_back_answers(session, mail, now=now + DAY + HOUR)
        row = session.get_one(PlaceSearch, search)
        assert (row.status, row.urgency) == ("active", 2)


def planned(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """Somebody is going to phone."""
    plan_call(session, inquiry.therapist_id, now=now, inquiry_id=inquiry.id)


def reminded(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """A reminder waits in the outbox for three days."""
    reminding.remind(session, inquiry.id, now=now, delay=72 * HOUR)


def away(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """The practice is on holiday."""
    note_out_of_office(session, inquiry.id, until=(now + 20 * DAY).date(), now=now)


def expired(session: Session, inquiry: Inquiry, now: datetime) -> None:
    """The practice said nothing for three weeks."""
    tick(session, now=now + 22 * DAY)
    assert state(session, inquiry) == "expired"


@pytest.mark.parametrize("prepare", [planned, reminded, away, expired])
def test_what_waited_waits_again(database: Database, now: datetime, prepare: Prepare) -> None:
    """Calls, reminders and absences, and the silence of a practice that answered late, whatever it answered."""
    with database.write() as session:
        for answers in ((NO, NO), (NO, None), (YES, NO), (ItemStatus.NEEDS_INFO, None), (YES, None)):
            inquiry = sent(session, add_search(session), add_search(session), now=now)
            prepare(session, inquiry, now + HOUR)
            found = round_trip(session, inquiry, *answers, now=now + (23 * DAY if prepare is expired else DAY))
            assert found.back.kept == ()
            ended = answers[1] is not None
            told = (found.back.calls, found.back.mails, found.back.absences)
            assert told == (prepare is planned and ended, prepare is reminded and ended, prepare is away and ended)


def test_a_reminder_that_comes_back_leaves_later_and_counts_once(database: Database, now: datetime) -> None:
    """Nothing is sent in the moment of taking back, however long ago it should have left."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        reminding.remind(session, inquiry.id, now=now + HOUR, delay=2 * HOUR)
        round_trip(session, inquiry, NO, now=now + 2 * HOUR)
        mail = wrote(session, inquiry, now=now + 2 * HOUR)
        confirmed(session, mail, inquiry, [NO], now=now + 2 * HOUR)
        take_back_answers(session, mail, now=now + 9 * HOUR)
        (reminder,) = mails(session, inquiry, "reminder")
        assert reminder.not_before is not None
        assert (reminder.not_before >= now + 9 * HOUR, inquiry.reminders) == (True, 1)


def test_a_reminder_on_paper_waits_again(database: Database, now: datetime) -> None:
    """It is written again for those it named."""
    with database.write() as session:
        for answers in ((NO, NO), (NO, None), (YES, None)):
            inquiry = ask(session, add_search(session), add_search(session), now=now)
            therapist = session.get_one(Therapist, inquiry.therapist_id)
            therapist.phone, therapist.mobile = "", ""
            session.flush()
            reminding.remind(session, inquiry.id, now=now + HOUR)
            assert [one.kind for one in letters_of(session, inquiry.id) if one.printed_at is None] == ["reminder"]
            found = round_trip(session, inquiry, *answers, now=now + DAY)
            assert (found.back.letters, found.back.kept) == (1, ())


def test_a_colleagues_call_stays_theirs(database: Database, now: datetime) -> None:
    """Whoever planned another one since keeps it, and it is said."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        planned(session, inquiry, now)
        mail = wrote(session, inquiry, now=now + DAY)
        confirmed(session, mail, inquiry, [NO], now=now + DAY)
        plan_call(session, inquiry.therapist_id, now=now + DAY, inquiry_id=inquiry.id)
        found = take_back_answers(session, mail, now=now + DAY + HOUR)
        assert (found.back.calls, found.back.kept) == (0, ("call",))
        assert [call.status for call in calls(session, inquiry)] == ["cancelled", "planned"]


def note_of(now: datetime) -> CapacityNote:
    """What a mail says of the practice's places."""
    return CapacityNote("waiting_list", (now + 60 * DAY).date(), "Warteliste offen", now.date())


def test_the_note_on_places_is_as_before(database: Database, now: datetime) -> None:
    """Also whether an import may overwrite it."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        found = round_trip(session, inquiry, NO, now=now + DAY, capacity=note_of(now))
        assert found.back.places


def test_a_later_word_on_places_stays(database: Database, now: datetime) -> None:
    """Somebody asked the practice since: theirs is newer."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        mail = wrote(session, inquiry, now=now + DAY)
        confirmed(session, mail, inquiry, [NO], now=now + DAY, capacity=note_of(now))
        note_capacity(
            session, inquiry.therapist_id, capacity="free", from_day=None, note="am Telefon", as_of=now.date()
        )
        found = take_back_answers(session, mail, now=now + DAY + HOUR)
        assert (found.back.places, found.back.kept) == (False, ("places",))


@pytest.mark.parametrize("companion", [False, True])
def test_who_was_taken_out_elsewhere_is_asked_for_as_before(
    database: Database, now: datetime, *, companion: bool
) -> None:
    """Sent or still in the outbox, by mail or on paper, with the calls and reminders there."""
    with database.write() as session:
        search, others = add_search(session), [add_search(session) for _ in range(companion)]
        inquiry = sent(session, search, now=now)
        there = sent(session, search, *others, now=now)
        planned(session, there, now)
        reminded(session, there, now + HOUR)
        away(session, sent(session, search, *others, now=now), now)
        ask(session, search, *others, now=now + HOUR, channel=Channel.EMAIL)
        ask(session, search, *others, now=now)
        found = round_trip(session, inquiry, YES, now=now + DAY)
        assert (found.told, found.ended, found.back.kept) == (0, 0, ())


def test_a_letter_that_went_out_without_them_did(database: Database, now: datetime) -> None:
    """The practice knows nothing of who was taken out of it: they are not asked for there."""
    with database.write() as session:
        search = add_search(session)
        inquiry = sent(session, search, now=now)
        waiting = ask(session, search, add_search(session), now=now + HOUR, channel=Channel.EMAIL)
        mail = wrote(session, inquiry, now=now + DAY)
        confirmed(session, mail, inquiry, [YES], now=now + DAY)
        (letter,) = mails(session, waiting, "inquiry")
        assert claim(session, letter.id, now=now + DAY + HOUR) is not None
        mail_sent(session, letter.id, now=now + DAY + HOUR, server_reply="250 ok")
        found = take_back_answers(session, mail, now=now + DAY + 2 * HOUR)
        assert (found.told, found.ended) == (0, 1)
        assert items(session, waiting)[0].status == "matched_elsewhere"


def test_a_dropped_withdrawal_waits_again(database: Database, now: datetime) -> None:
    """Placed elsewhere, then the practice offers all the same: without that word it is told of the other place."""
    with database.write() as session:
        search = add_search(session)
        first, second = sent(session, search, now=now), sent(session, search, now=now)
        confirmed(session, wrote(session, first, now=now), first, [YES], now=now + HOUR)
        assert [mail.status for mail in mails(session, second, "withdrawal")] == ["queued"]
        found = round_trip(session, second, YES, now=now + 2 * HOUR)
        assert found.back.mails == 1
        assert [mail.status for mail in mails(session, second, "surplus")] == ["cancelled"]
        assert only_item(session, second).status == "matched_elsewhere"


def test_an_answer_beside_it_keeps_its_own(database: Database, now: datetime) -> None:
    """Two mails about two people: taking back the first leaves the second, and the inquiry waits again."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), add_search(session), now=now)
        first = wrote(session, inquiry, now=now + HOUR)
        confirmed(session, first, inquiry, [NO, None], now=now + HOUR)
        second = wrote(session, inquiry, now=now + 2 * HOUR, words="Noch etwas")
        confirmed(session, second, inquiry, [None, NO], now=now + 2 * HOUR)
        assert state(session, inquiry) == "answered"
        take_back_answers(session, first, now=now + 3 * HOUR)
        assert state(session, inquiry) == "partly_answered"
        assert [item.status for item in items(session, inquiry)] == ["pending", NO]


def test_what_nobody_can_take_back_is_forgotten(database: Database, worker_database: Database, now: datetime) -> None:
    """The worker drops it after a day."""
    with database.write() as session:
        inquiry = sent(session, add_search(session), now=now)
        planned(session, inquiry, now)
        confirmed(session, wrote(session, inquiry, now=now), inquiry, [NO], now=now + HOUR)
        assert session.query(PriorState).count() > 0
        assert session.query(Email).count() > 0
    with worker_database.write() as session:
        assert tick(session, now=now + 20 * HOUR).states_forgotten == 0
        assert tick(session, now=now + 26 * HOUR).states_forgotten > 0
