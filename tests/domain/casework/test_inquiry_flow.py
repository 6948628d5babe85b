"""The way of an inquiry and of its patients through every listed state, by the functions the window calls."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.casework import mail_reports, reminding, sending
from domain.casework.agenda import TaskKind, agenda
from domain.casework.answers import record_answer
from domain.casework.clocks import tick
from domain.casework.placements import begin_therapy, fail_acceptance, promote_surplus, start_trial_sessions
from domain.communication.claiming import claim
from domain.communication.outcomes import Failure
from domain.communication.server_answers import WAITS
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.matching.inquiries import create_inquiry, note_out_of_office
from domain.matching.models import Answer, CoolingPeriod, Inquiry, PlaceSearch
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import accept, ask, calls, items, mails, only_item, state

DAY = timedelta(days=1)
I = ItemStatus  # noqa: E741 - short in tables
REJECTIONS = (I.REJECTION_CAPACITY, I.REJECTION_UNSUITABLE, I.REJECTION_OTHER)


def queued(session: Session, *, now: datetime, patients: int = 1) -> tuple[Inquiry, int]:
    """An inquiry in the outbox and its mail."""
    inquiry = ask(session, *(add_search(session) for _ in range(patients)), now=now, channel=Channel.EMAIL)
    (mail,) = mails(session, inquiry, "inquiry")
    return inquiry, mail.id


def claimed(session: Session, mail_id: int, *, now: datetime) -> datetime:
    """The worker has the mail; returns a moment after the undo window."""
    later = now + timedelta(minutes=5)
    tick(session, now=later)
    session.flush()
    assert claim(session, mail_id, now=later) is not None
    return later


def delivered(session: Session, *, now: datetime, patients: int = 1) -> Inquiry:
    """An inquiry whose mail the server took at `now`."""
    inquiry, mail = queued(session, now=now - timedelta(minutes=5), patients=patients)
    taken_at = claimed(session, mail, now=now - timedelta(minutes=5))
    mail_reports.mail_sent(session, mail, now=taken_at, server_reply="250 ok")
    return inquiry


def cooling(session: Session, inquiry: Inquiry) -> int:
    """How many cooling periods the contact point has."""
    session.flush()
    query = select(func.count()).where(CoolingPeriod.contact_point_id == inquiry.contact_point_id)
    return session.scalar(query) or 0


def follow_ups(session: Session, *, now: datetime) -> list[int]:
    """The inquiries Heute asks to follow up."""
    session.flush()
    return [task.record_id for task in agenda(session, now=now).tasks if task.kind is TaskKind.FOLLOW_UP]


def test_a_draft_is_released_and_sent_when_the_server_took_it(database: Database, now: datetime) -> None:
    """Queued is not sent: the clock begins when the server answered."""
    with database.write() as session:
        therapist = add_therapist(session)
        number = create_inquiry(session, therapist_id=therapist, search_ids=[add_search(session)], now=now)
        inquiry = session.get_one(Inquiry, number)
        assert (state(session, inquiry), inquiry.approved_at) == ("draft", None)
        mail = sending.send_inquiry(session, number, now=now)
        assert mail is not None
        assert (state(session, inquiry), inquiry.sent_at) == ("outbox", None)
        later = claimed(session, mail, now=now)
        mail_reports.mail_sent(session, mail, now=later, server_reply="250 ok")
        assert (state(session, inquiry), inquiry.sent_at) == ("sent", later)


@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.LETTER])
def test_by_phone_or_letter_it_is_sent_without_the_outbox(database: Database, now: datetime, channel: Channel) -> None:
    """A letter first has to be printed, a call to be made."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=channel)
        if channel is Channel.PHONE:
            assert state(session, inquiry) == "approved"
            sending.mark_sent(session, inquiry.id, now=now)
        assert (state(session, inquiry), inquiry.sent_at, mails(session, inquiry, "inquiry")) == ("sent", now, [])


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.PHONE])
def test_undone_in_time_the_patients_are_free(database: Database, now: datetime, channel: Channel) -> None:
    """Neither mail nor call goes out, the contact point is free and does not cool down."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now, channel=channel)
        sending.undo_sending(session, inquiry.id, now=now)
        assert (state(session, inquiry), only_item(session, inquiry).status) == ("cancelled", "withdrawn")
        assert {m.status for m in mails(session, inquiry, "inquiry")} <= {"cancelled"}
        assert {c.status for c in calls(session, inquiry)} <= {"cancelled"}
        assert cooling(session, inquiry) == 0
        ask(session, add_search(session), now=now, therapist=inquiry.therapist_id)


def test_undone_too_late_it_stays(database: Database, now: datetime) -> None:
    """A mail the worker has in hand cannot be called back."""
    with database.write() as session:
        inquiry, mail = queued(session, now=now)
        later = claimed(session, mail, now=now)
        with pytest.raises(Conflict, match="too_late_to_undo"):
            sending.undo_sending(session, inquiry.id, now=later)
        assert state(session, inquiry) == "outbox"


def test_undone_after_it_was_sent_is_told_as_too_late(database: Database, now: datetime) -> None:
    """Not as a step that is unknown; the patient still waits for the answer."""
    with database.write() as session:
        inquiry = delivered(session, now=now)
        with pytest.raises(Conflict, match="too_late_to_undo"):
            sending.undo_sending(session, inquiry.id, now=now)
        assert (state(session, inquiry), only_item(session, inquiry).status) == ("sent", "pending")


def test_a_refused_mail_is_mended_and_sent_again(database: Database, now: datetime) -> None:
    """send_failed goes back to the outbox; from there it can be sent, or it is cancelled."""
    with database.write() as session:
        inquiry, mail = queued(session, now=now)
        taken_at = claimed(session, mail, now=now)
        mail_reports.mail_failed(session, mail, now=taken_at, failure=Failure("550 no", "smtp.recipient_refused"))
        assert (state(session, inquiry), inquiry.close_reason) == ("send_failed", "smtp.recipient_refused")
        mail_reports.retry_failed(session, mail, now=now)
        assert state(session, inquiry) == "outbox"
        later = claimed(session, mail, now=now)
        mail_reports.mail_failed(session, mail, now=later, failure=Failure("550 no such user"))
        sending.undo_sending(session, inquiry.id, now=later)
        assert state(session, inquiry) == "cancelled"


def test_temporary_refusals_end_as_not_sent(database: Database, now: datetime) -> None:
    """After the last wait the inquiry says that it did not go out."""
    with database.write() as session:
        inquiry, mail = queued(session, now=now)
        moment = now
        for wait in (*WAITS, timedelta(0)):
            assert state(session, inquiry) == "outbox"
            moment = claimed(session, mail, now=moment)
            mail_reports.mail_postponed(session, mail, now=moment, failure=Failure("451 later"))
            moment += wait
        assert state(session, inquiry) == "send_failed"


@pytest.mark.parametrize("arrived", [True, False])
def test_an_unclear_mail_is_decided_by_a_person(database: Database, now: datetime, *, arrived: bool) -> None:
    """It arrived: sent. It did not: once more, under the same Message-ID."""
    with database.write() as session:
        inquiry, mail = queued(session, now=now)
        later = claimed(session, mail, now=now) + timedelta(minutes=6)
        assert tick(session, now=later).unclear_mails == (mail,)
        assert state(session, inquiry) == "outbox"
        (row,) = mails(session, inquiry, "inquiry")
        message_id = row.message_id
        mail_reports.decide_unclear(session, mail, arrived=arrived, now=later)
        assert state(session, inquiry) == ("sent" if arrived else "outbox")
        assert (row.status, row.message_id) == ("sent" if arrived else "queued", message_id)


def test_a_bounce_frees_the_patients_without_cooling(database: Database, now: datetime) -> None:
    """The address does not exist: nobody was asked."""
    with database.write() as session:
        inquiry = delivered(session, now=now, patients=2)
        (mail,) = mails(session, inquiry, "inquiry")
        mail_reports.note_bounce(session, mail.id, now=now)
        assert (state(session, inquiry), mail.status) == ("bounced", "bounced_hard")
        assert [item.status for item in items(session, inquiry)] == ["withdrawn", "withdrawn"]
        assert cooling(session, inquiry) == 0


def test_out_of_office_stops_the_clock(database: Database, now: datetime) -> None:
    """Away for ten days, the inquiry expires ten days later."""
    with database.write() as session:
        inquiry = delivered(session, now=now)
        note_out_of_office(session, inquiry.id, until=(now + 12 * DAY).date(), now=now + 2 * DAY)
        assert state(session, inquiry) == "out_of_office"
        assert tick(session, now=now + 11 * DAY).returned_inquiries == ()
        assert tick(session, now=now + 12 * DAY).returned_inquiries == (inquiry.id,)
        assert state(session, inquiry) == "sent"
        assert tick(session, now=now + 30 * DAY).expired_inquiries == ()
        assert tick(session, now=now + 31 * DAY + timedelta(minutes=1)).expired_inquiries == (inquiry.id,)


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.PHONE, Channel.LETTER])
def test_reminders_count_and_repeat_on_every_channel(database: Database, now: datetime, channel: Channel) -> None:
    """Due after the office's days, again and again: by mail, otherwise by a planned call."""
    with database.write() as session:
        if channel is Channel.EMAIL:
            inquiry = delivered(session, now=now)
        else:
            inquiry = ask(session, add_search(session), now=now, channel=channel)
        if channel is Channel.PHONE:
            sending.mark_sent(session, inquiry.id, now=now)
        session.flush()
        assert follow_ups(session, now=now + 6 * DAY) == []
        for count in (1, 2):
            moment = now + count * 7 * DAY + timedelta(minutes=count)
            assert follow_ups(session, now=moment) == [inquiry.id]
            reminding.remind(session, inquiry.id, now=moment)
            session.flush()
            assert (state(session, inquiry), inquiry.reminders) == ("reminded", count)
        sent_mails = len(mails(session, inquiry, "reminder"))
        planned = len([c for c in calls(session, inquiry) if c.planned_at > now + 7 * DAY])
        assert (sent_mails, planned) == ((2, 0) if channel is Channel.EMAIL else (0, 2))


def test_answers_come_one_by_one(database: Database, now: datetime) -> None:
    """Partly answered until the last patient has an answer; what was said about one stays."""
    with database.write() as session:
        inquiry = delivered(session, now=now, patients=3)
        first, second, third = items(session, inquiry)
        record_answer(session, first.id, I.REJECTION_CAPACITY, now=now)
        assert state(session, inquiry) == "partly_answered"
        record_answer(session, second.id, I.NEEDS_INFO, now=now)
        assert state(session, inquiry) == "partly_answered"
        record_answer(session, third.id, I.WAITLISTED, waitlisted_until=date(2027, 3, 1), now=now)
        assert (state(session, inquiry), third.waitlisted_until) == ("partly_answered", date(2027, 3, 1))
        record_answer(session, second.id, I.CONSULTATION_ONLY, now=now)
        assert (state(session, inquiry), first.status) == ("answered", "rejection_capacity")


def test_partly_answered_is_reminded_about_the_rest_and_expires(database: Database, now: datetime) -> None:
    """The reminder names only who still waits; after 21 days silence is no response, and cools down."""
    with database.write() as session:
        inquiry = delivered(session, now=now, patients=2)
        answered, silent = items(session, inquiry)
        record_answer(session, answered.id, I.REJECTION_CAPACITY, now=now)
        reminding.remind(session, inquiry.id, now=now + 7 * DAY)
        (mail,) = mails(session, inquiry, "reminder")
        assert silent.reference_code in mail.body_text
        assert answered.reference_code not in mail.body_text
        assert tick(session, now=now + 22 * DAY).expired_inquiries == (inquiry.id,)
        assert (state(session, inquiry), answered.status, silent.status) == (
            "expired", "rejection_capacity", "no_response",
        )  # fmt: skip
        assert mail.status == "cancelled"
        assert cooling(session, inquiry) == 2


def test_a_late_reply_reopens_an_expired_inquiry(database: Database, now: datetime) -> None:
    """The answer counts, the other patient is asked for again, and the clock begins anew."""
    with database.write() as session:
        inquiry = delivered(session, now=now, patients=2)
        late, other = items(session, inquiry)
        tick(session, now=now + 22 * DAY)
        record_answer(session, late.id, I.REJECTION_CAPACITY, now=now + 25 * DAY)
        assert (state(session, inquiry), other.status) == ("partly_answered", "pending")
        assert tick(session, now=now + 45 * DAY).expired_inquiries == ()
        assert tick(session, now=now + 47 * DAY).expired_inquiries == (inquiry.id,)


@pytest.mark.parametrize("reminded", [False, True])
def test_a_sent_inquiry_is_withdrawn_with_a_mail(database: Database, now: datetime, *, reminded: bool) -> None:
    """The practice is told under the codes; a reason is wanted."""
    with database.write() as session:
        inquiry = delivered(session, now=now, patients=2)
        if reminded:
            reminding.remind(session, inquiry.id, now=now + DAY)
        with pytest.raises(Invalid, match="reason_missing"):
            sending.withdraw_inquiry(session, inquiry.id, reason=" ", now=now + DAY)
        sending.withdraw_inquiry(session, inquiry.id, reason="Irrtum", now=now + DAY)
        (mail,) = mails(session, inquiry, "withdrawal")
        assert all(item.reference_code in mail.body_text for item in items(session, inquiry))
        assert (state(session, inquiry), inquiry.close_reason) == ("withdrawn", "Irrtum")
        assert [item.status for item in items(session, inquiry)] == ["withdrawn", "withdrawn"]


@pytest.mark.parametrize(
    "act",
    [
        lambda s, q, now: reminding.remind(s, q.id, now=now),
        lambda s, q, now: sending.withdraw_inquiry(s, q.id, reason="Irrtum", now=now),
        lambda s, q, now: record_answer(s, only_item(s, q).id, I.REJECTION_CAPACITY, now=now),
        lambda s, q, now: note_out_of_office(s, q.id, until=(now + 5 * DAY).date(), now=now),
    ],
    ids=["remind", "withdraw", "answer", "out_of_office"],
)
def test_what_never_left_the_office_gets_no_answer(
    database: Database, now: datetime, act: Callable[[Session, Inquiry, datetime], object]
) -> None:
    """A mail still in the outbox can neither be reminded of nor answered."""
    with database.write() as session:
        inquiry, _ = queued(session, now=now)
        with pytest.raises((Conflict, Invalid)):
            act(session, inquiry, now)


@pytest.mark.parametrize("first", [I.NEEDS_INFO, I.WAITLISTED, I.NO_RESPONSE, I.CONSULTATION_ONLY, *REJECTIONS])
@pytest.mark.parametrize("then", [I.ACCEPTED, I.REJECTION_OTHER, I.WAITLISTED])
def test_an_answer_may_change_and_the_old_one_stays(
    database: Database, now: datetime, first: ItemStatus, then: ItemStatus
) -> None:
    """A practice may think again; both answers are kept in their order."""
    if first is then:
        return
    with database.write() as session:
        inquiry = delivered(session, now=now)
        item = only_item(session, inquiry)
        if first is I.NO_RESPONSE:
            tick(session, now=now + 22 * DAY)
        else:
            record_answer(session, item.id, first, now=now)
        record_answer(session, item.id, then, now=now + 23 * DAY)
        session.flush()
        said = session.scalars(select(Answer.status).where(Answer.item_id == item.id).order_by(Answer.id)).all()
        assert (item.status, said[0], said[-1]) == (then, first, then)


def test_a_second_acceptance_is_surplus_and_moves_up_when_the_first_fails(database: Database, now: datetime) -> None:
    """Both practices are told; while the first lives nothing moves up."""
    with database.write() as session:
        search = add_search(session)
        first, second = (ask(session, search, now=now) for _ in range(2))
        # the second practice answered before it read that the place was found
        accept(session, first, now=now)
        assert only_item(session, second).status == "matched_elsewhere"
        recorded = accept(session, second, now=now)
        assert recorded.status is I.ACCEPTED_SURPLUS
        assert recorded.first is not None
        assert (recorded.first.by, len(mails(session, second, "surplus"))) == ("Jana Brand", 1)
        with pytest.raises(Conflict, match="first_acceptance_lives"):
            promote_surplus(session, recorded.item_id, now=now)
        assert fail_acceptance(session, only_item(session, first).id, I.NO_SHOW, now=now) == (recorded.item_id,)
        promote_surplus(session, recorded.item_id, now=now)
        assert only_item(session, second).status == "accepted"
        assert session.get_one(PlaceSearch, search).status == "tentative"


def test_an_acceptance_leads_through_trial_sessions_to_therapy(database: Database, now: datetime) -> None:
    """No step is skipped: a therapy begins after the trial sessions."""
    with database.write() as session:
        inquiry = delivered(session, now=now)
        item = only_item(session, inquiry)
        with pytest.raises(Conflict, match=r"inquiry_item\.transition"):
            start_trial_sessions(session, item.id, now=now)
        accept(session, inquiry, now=now)
        with pytest.raises(Conflict, match=r"inquiry_item\.transition"):
            begin_therapy(session, item.id, started_on=now.date(), now=now)
        start_trial_sessions(session, item.id, now=now)
        begin_therapy(session, item.id, started_on=now.date(), now=now)
        assert (item.status, session.get_one(PlaceSearch, item.search_id).status) == ("in_therapy", "successful")


def test_an_acceptance_elsewhere_closes_what_was_asked(database: Database, now: datetime) -> None:
    """An asked practice is told, a planned call is cancelled with its inquiry."""
    with database.write() as session:
        search = add_search(session)
        winner = ask(session, search, now=now)
        asked = delivered(session, now=now, patients=1)
        phoned = ask(session, search, now=now, channel=Channel.PHONE)
        mailed = ask(session, search, now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, mailed, "inquiry")
        mail_reports.mail_sent(session, mail.id, now=claimed(session, mail.id, now=now), server_reply="250 ok")
        accept(session, winner, now=now)
        assert (state(session, phoned), [c.status for c in calls(session, phoned)]) == ("cancelled", ["cancelled"])
        assert (state(session, mailed), only_item(session, mailed).status) == ("withdrawn", "matched_elsewhere")
        assert len(mails(session, mailed, "withdrawal")) == 1
        assert state(session, asked) == "sent"


def test_a_waiting_mail_goes_on_for_the_others(database: Database, now: datetime) -> None:
    """Who found a place is left out of it; the practice never reads their code."""
    with database.write() as session:
        search, companion = add_search(session), add_search(session)
        together = ask(session, search, companion, now=now, channel=Channel.EMAIL)
        accept(session, ask(session, search, now=now), now=now)
        placed, waiting = items(session, together)
        if placed.search_id != search:
            placed, waiting = waiting, placed
        (mail,) = mails(session, together, "inquiry")
        assert (state(session, together), mail.status) == ("outbox", "queued")
        assert (placed.status, waiting.status) == ("matched_elsewhere", "pending")
        assert waiting.reference_code in mail.body_text + mail.body_html
        assert placed.reference_code not in mail.body_text + mail.body_html


def test_a_mail_on_its_way_is_followed_by_a_withdrawal(database: Database, now: datetime) -> None:
    """The worker has it in hand: it arrives, and so does the word that it is settled."""
    with database.write() as session:
        search = add_search(session)
        inquiry = ask(session, search, now=now, channel=Channel.EMAIL)
        (mail,) = mails(session, inquiry, "inquiry")
        later = claimed(session, mail.id, now=now)
        accept(session, ask(session, search, now=later), now=later)
        assert len(mails(session, inquiry, "withdrawal")) == 1
        mail_reports.mail_sent(session, mail.id, now=later, server_reply="250 ok")
        assert state(session, inquiry) == "withdrawn"
