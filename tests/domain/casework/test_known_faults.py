"""The known faults of the one public system of this kind (domain.md), each a case that must not happen here."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.casework.answers import record_answer
from domain.casework.clocks import tick
from domain.casework.mail_reports import mail_sent
from domain.casework.preparing import create_and_send
from domain.casework.reminding import remind
from domain.casework.searches import state_of
from domain.casework.sending import mark_sent
from domain.communication.claiming import claim
from domain.communication.models import Email, PhoneCall
from domain.communication.phone_windows import free_slot
from domain.communication.wording import CRISIS_NUMBERS, EMERGENCY_NUMBER, ON_CALL_NUMBER, Recipient, greeting
from domain.database import Database
from domain.matching.best_patients import judge, patients_for_contact_point
from domain.matching.candidates import candidates_for_search
from domain.matching.models import Answer, Inquiry, InquiryItem
from domain.matching.rules import Rule
from domain.matching.searches import exclude, pause_search
from domain.matching.states import ItemStatus
from domain.therapists.models import Therapist
from domain.values import Channel, WeekSpan
from tests.builders import AACHEN, add_patient, add_search, add_therapist
from tests.domain.casework.steps import print_all


def sent(session: Session, searches: list[int], now: datetime, channel: Channel = Channel.LETTER) -> Inquiry:
    """An inquiry that is on its way to a new practice."""
    therapist = add_therapist(session)
    number = create_and_send(session, therapist_id=therapist, search_ids=searches, channel=channel, now=now)
    session.flush()
    if channel is Channel.LETTER:
        print_all(session, number, now=now)
    return session.get_one(Inquiry, number)


def items(session: Session, inquiry: Inquiry) -> list[InquiryItem]:
    """Its items in order."""
    query = select(InquiryItem).where(InquiryItem.inquiry_id == inquiry.id).order_by(InquiryItem.position)
    return list(session.scalars(query))


def test_a_missing_address_passes_no_distance(database: Database, now: datetime) -> None:
    """Unknown on either side is unknown, listed apart."""
    with database.read() as session:
        therapist = add_therapist(session, place=None)
        search = add_search(session)
        found = candidates_for_search(session, search, now=now)
        assert found.fit_total == 0
        assert [(g.rule, g.count) for g in found.unknown] == [(Rule.DISTANCE, 1)]
        lost = add_search(session, add_patient(session, place=None))
        assert judge(session, therapist_id=therapist, search_ids=[lost], now=now)[0].unknown == (Rule.DISTANCE,)


@pytest.mark.parametrize("wished", ["cbt", "psychodynamic", "analytic", "systemic"])
def test_every_method_of_a_set_meets_its_wish(database: Database, now: datetime, wished: str) -> None:
    """VT+TP, AP and ST stay a set and each is found."""
    offers = [f"{method}:adult:individual" for method in ("cbt", "psychodynamic", "analytic", "systemic")]
    with database.read() as session:
        add_therapist(session, offers=offers)
        search = add_search(session, add_patient(session, wishes={"methods": [wished]}))
        assert candidates_for_search(session, search, now=now).fit_total == 1


def test_the_border_of_a_plz_area_is_no_border(database: Database, now: datetime) -> None:
    """Two kilometres apart with different first digits fits."""
    with database.read() as session:
        add_therapist(session, place=(AACHEN[0] + 0.018, AACHEN[1]))
        search = add_search(session, add_patient(session, plz="41061", wishes={"radius_km": 5}))
        assert candidates_for_search(session, search, now=now).fit_total == 1


def test_exclusions_are_not_lost(database: Database, now: datetime) -> None:
    """Two exclusions in a row both stay."""
    with database.write() as session:
        first, second = add_therapist(session), add_therapist(session)
        patient = add_patient(session)
        search = add_search(session, patient)
        exclude(session, patient, therapist_id=first, reason="kennt sie privat")
        exclude(session, patient, therapist_id=second, reason="frühere Therapie")
    with database.read() as session:
        found = candidates_for_search(session, search, now=now)
        assert found.fit_total == 0
        assert [(group.rule, group.count) for group in found.excluded] == [(Rule.EXCLUSION, 2)]


def test_a_silent_inquiry_closes_and_the_mailbox_is_free_after_cooling(database: Database, now: datetime) -> None:
    """After 21 days no response, after 28 more the practice may be asked again."""
    with database.write() as session:
        inquiry = sent(session, [add_search(session)], now)
        later = now + timedelta(days=21, minutes=1)
        assert tick(session, now=later).expired_inquiries == (inquiry.id,)
        assert [item.status for item in items(session, inquiry)] == ["no_response"]
        again = add_search(session)
        point = inquiry.contact_point_id
        assert patients_for_contact_point(session, point, now=later) == ()
        free = later + timedelta(days=28, minutes=1)
        assert again in {p.search_id for p in patients_for_contact_point(session, point, now=free)}


def test_patients_are_answered_one_by_one(database: Database, now: datetime) -> None:
    """The first answer leaves the second open."""
    with database.write() as session:
        inquiry = sent(session, [add_search(session), add_search(session)], now)
        first, second = items(session, inquiry)
        record_answer(session, first.id, ItemStatus.REJECTION_CAPACITY, now=now)
        assert (inquiry.stage, second.status) == ("sent", "pending")
        record_answer(session, second.id, ItemStatus.WAITLISTED, now=now, waitlisted_until=date(2027, 2, 1))
        assert inquiry.stage == "answered"


def test_a_second_acceptance_does_not_overwrite_the_first(database: Database, now: datetime) -> None:
    """The first stays, the second is surplus and the practice is thanked."""
    with database.write() as session:
        search = add_search(session)
        one, two = sent(session, [search], now), sent(session, [search], now)
        record_answer(session, items(session, one)[0].id, ItemStatus.ACCEPTED, now=now)
        recorded = record_answer(session, items(session, two)[0].id, ItemStatus.ACCEPTED, now=now)
        assert recorded.status is ItemStatus.ACCEPTED_SURPLUS
        assert recorded.first is not None
        assert recorded.first.by == "Jana Brand"
        assert items(session, one)[0].status == "accepted"
        assert session.scalar(select(Email.kind).where(Email.inquiry_id == two.id, Email.kind == "surplus"))


def test_an_acceptance_during_a_pause_counts(database: Database, now: datetime) -> None:
    """The paused search becomes tentative."""
    with database.write() as session:
        patient = add_patient(session)
        search = add_search(session, patient)
        inquiry = sent(session, [search], now)
        pause_search(session, search, until=None, reason="Urlaub", now=now)
        record_answer(session, items(session, inquiry)[0].id, ItemStatus.ACCEPTED, now=now)
        assert state_of(session, patient) == "offered"


def test_a_placed_patient_leaves_other_inquiries_and_their_calls(database: Database, now: datetime) -> None:
    """Matched elsewhere, planned calls cancelled with the reason."""
    with database.write() as session:
        search = add_search(session)
        other = sent(session, [search], now, channel=Channel.PHONE)
        mark_sent(session, other.id, now=now)
        taken = sent(session, [search], now)
        record_answer(session, items(session, taken)[0].id, ItemStatus.ACCEPTED, now=now)
        assert [item.status for item in items(session, other)] == ["matched_elsewhere"]
        call = session.scalars(select(PhoneCall).where(PhoneCall.inquiry_id == other.id)).one()
        assert (call.status, call.cancel_reason) == ("cancelled", "matched_elsewhere")
        assert other.stage == "withdrawn"


def test_sent_is_stamped_when_the_server_took_it(database: Database, now: datetime) -> None:
    """Queueing stamps nothing."""
    with database.write() as session:
        inquiry = sent(session, [add_search(session)], now, channel=Channel.EMAIL)
        mail = session.scalars(select(Email).where(Email.inquiry_id == inquiry.id)).one()
        assert (inquiry.sent_at, mail.sent_at) == (None, None)
        assert claim(session, mail.id, now=now) is not None
        taken = now + timedelta(seconds=9)
        mail_sent(session, mail.id, now=taken, server_reply="250 ok")
        assert (inquiry.sent_at, mail.sent_at) == (taken, taken)


def test_reminders_come_again_and_for_phone_inquiries_too(database: Database, now: datetime) -> None:
    """Twice, and each a planned call."""
    with database.write() as session:
        inquiry = sent(session, [add_search(session)], now, channel=Channel.PHONE)
        mark_sent(session, inquiry.id, now=now)
        for week in (1, 2):
            assert remind(session, inquiry.id, now=now + timedelta(weeks=week)) is not None
            assert inquiry.reminders == week


def test_calls_spread_over_a_window_and_skip_holidays() -> None:
    """Five minutes apart, never on a holiday, in another week if need be."""
    window = [WeekSpan(4 * 1440 + 9 * 60, 4 * 1440 + 9 * 60 + 25)]  # Fridays 9:00 to 9:25
    before = datetime(2026, 12, 20, 8, 0, tzinfo=UTC)  # the Friday after is Christmas Day, then New Year's Day
    taken: list[datetime] = []
    for _ in range(6):
        slot = free_slot(window, after=before, taken=taken, region="NW")
        assert slot is not None
        taken.append(slot)
    assert len(set(taken)) == 6
    assert {slot.date() for slot in taken} == {date(2027, 1, 8), date(2027, 1, 15)}
    assert min(b - a for a, b in pairwise(taken)) == timedelta(minutes=5)


def test_a_better_fitting_colleague_at_a_shared_mailbox_is_found(database: Database, now: datetime) -> None:
    """The woman is named although the man at the same mailbox comes first."""
    with database.read() as session:
        man = add_therapist(session, sex="male", email="team@praxis.example")
        point = session.get_one(Therapist, man).contact_point_id
        woman = add_therapist(session, sex="female", email="team@praxis.example", contact_point_id=point)
        add_search(session, add_patient(session, wishes={"therapist_sex": "female"}))
        assert [p.therapist_id for p in patients_for_contact_point(session, point, now=now)] == [woman]


def test_a_missing_salutation_stays_missing() -> None:
    """Nobody becomes "Frau" by guessing."""
    assert greeting(Recipient("", "Dr. med.", "Kim", "Roth", is_institution=False)) == "Guten Tag Dr. med. Kim Roth"
    assert greeting(Recipient("", "", "", "Zentrum", is_institution=True)) == "Sehr geehrte Damen und Herren"


def test_crisis_lines_have_all_their_digits() -> None:
    """0800 111 0 111, 0800 111 0 222, 116 123; 112; 116 117."""
    assert [number.replace(" ", "") for number in CRISIS_NUMBERS] == ["08001110111", "08001110222", "116123"]
    assert (EMERGENCY_NUMBER, ON_CALL_NUMBER.replace(" ", "")) == ("112", "116117")


def test_a_correction_keeps_what_was_said_before(database: Database, now: datetime) -> None:
    """Both answers stand in the history, and nobody can change them."""
    with database.write() as session:
        inquiry = sent(session, [add_search(session)], now)
        item = items(session, inquiry)[0]
        record_answer(session, item.id, ItemStatus.REJECTION_CAPACITY, now=now)
        record_answer(session, item.id, ItemStatus.ACCEPTED, now=now + timedelta(days=1))
        said = session.scalars(select(Answer.status).where(Answer.item_id == item.id).order_by(Answer.id)).all()
        assert list(said) == ["rejection_capacity", "accepted"]
        session.flush()
    with pytest.raises(Exception, match=r"forbidden|append-only|permission"), database.write() as session:
        session.execute(text("UPDATE matching_service.answer SET note = 'anders'"))
