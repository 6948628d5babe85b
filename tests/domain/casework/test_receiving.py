"""Mail that comes in: put to what it answers, read for a person, and settled by one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.casework import replies, whose_mail
from domain.casework.agenda import HELD_UP, TaskKind, agenda
from domain.casework.answers import Decision, record_answer
from domain.casework.by_hand import unsent_file
from domain.casework.history import inquiry_history
from domain.casework.letters import queue_letter
from domain.casework.mail_reports import mail_sent, sent_by_hand
from domain.casework.merging import merge
from domain.casework.receiving import receive, receive_saved
from domain.casework.taking import look_before_by_hand, take_mail
from domain.casework.unread_replies import replies_before
from domain.communication.claiming import claim
from domain.communication.incoming.filing import Filed
from domain.communication.incoming.models import IncomingEmail, IncomingReading
from domain.communication.incoming.parse import parse_mail
from domain.communication.models import Email
from domain.communication.reading.meanings import Meaning
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.matching.inquiries import items_of
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.office_settings import read_office, save_office
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW
from tests.domain.casework.steps import ask, items, mails, only_item, state
from tests.domain.communication.incoming.letters import bounce, reply

LATER = NOW + timedelta(days=1)


def sent_inquiry(session: Session, *searches: int, therapist: int | None = None) -> tuple[Inquiry, Email]:
    """An inquiry whose mail the server took."""
    inquiry = ask(session, *(searches or (add_search(session),)), now=NOW, channel=Channel.EMAIL, therapist=therapist)
    (email,) = mails(session, inquiry, "inquiry")
    session.flush()
    assert claim(session, email.id, now=NOW) is not None
    mail_sent(session, email.id, now=NOW, server_reply="250 ok")
    return inquiry, email


def take_in(session: Session, source: bytes) -> Filed:
    """What the worker does with a source."""
    return receive(session, parse_mail(source), now=LATER)


def mail_of(session: Session, filed: Filed) -> IncomingEmail:
    """The filed mail."""
    return session.get_one(IncomingEmail, filed.incoming_id)


def test_an_answer_finds_its_inquiry_by_thread(database: Database) -> None:
    """Our mail counts as replied, the history has the words, a person still has to confirm."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        filed = take_in(session, reply("Leider kein Platz frei.", sender="x@anders.example", answers=email.message_id))
        assert (filed.belonging.matched_by, filed.belonging.inquiry_id) == ("thread", inquiry.id)
        assert email.status == "replied"
        assert state(session, inquiry) == "sent"
        (suggestion,) = replies.suggestions_for(session, mail_of(session, filed))
        assert (suggestion.meaning, suggestion.quote) == (Meaning.NO_PLACES, "Leider kein Platz frei")
        assert any("Leider kein Platz" in entry.body for entry in inquiry_history(session, inquiry.id))


def test_an_answer_finds_its_inquiry_by_reference_or_sender(database: Database) -> None:
    """A new mail with our reference, or just from the address that was asked."""
    with database.write() as session:
        inquiry, _ = sent_inquiry(session)
        address = session.get_one(Therapist, inquiry.therapist_id).email
        by_reference = take_in(session, reply("nein", sender="a@b.example", subject=f"zu PL-{inquiry.reference}"))
        by_sender = take_in(session, reply("nein", sender=f"Praxis <{address.upper()}>", subject="Ihre Anfrage"))
        assert by_reference.belonging.matched_by == "reference"
        assert by_sender.belonging.matched_by == "sender"
        assert by_reference.belonging.inquiry_id == by_sender.belonging.inquiry_id == inquiry.id


def test_an_answer_from_the_address_of_a_merged_record_finds_its_inquiry(database: Database) -> None:
    """The practice was asked where the record given up has its mailbox, and answers from there; later writes anew."""
    with database.write() as session:
        kept = add_therapist(session, last_name="Sommer", email="neu@post.example")
        given_up = add_therapist(session, last_name="Sommer", email="alt@post.example")
        inquiry, _ = sent_inquiry(session, therapist=given_up)
        session.get_one(Therapist, kept).contact_point_id = session.get_one(Therapist, given_up).contact_point_id
        session.flush()
        merge(session, keep=kept, drop=given_up, choices={}, now=LATER)
        session.expire_all()
        answered = take_in(session, reply("nein", sender="alt@post.example", subject="Ihre Anfrage"))
        assert (answered.belonging.inquiry_id, answered.belonging.therapist_id) == (inquiry.id, kept)
        session.execute(text("UPDATE matching_service.inquiry SET stage = 'expired', closed_at = '2026-01-01'"))
        later = take_in(session, reply("Guten Tag", sender="alt@post.example", subject="Neues"))
        assert (later.belonging.inquiry_id, later.belonging.therapist_id) == (None, kept)


def test_a_patients_mail_joins_their_timeline(database: Database) -> None:
    """And is not taken for an answer of a practice."""
    with database.write() as session:
        patient = add_patient(session, email="lea@privat.example")
        filed = take_in(session, reply("Danke für alles!", sender="Lea@privat.example"))
        assert (filed.belonging.patient_id, mail_of(session, filed).kind) == (patient, "patient")


def test_the_same_mail_is_kept_once(database: Database) -> None:
    """Fetched again after the mailbox was rebuilt, or dropped as a file besides."""
    with database.write() as session:
        _, email = sent_inquiry(session)
        source = reply("Leider nein", answers=email.message_id)
        first, second = take_in(session, source), take_in(session, source)
        assert (first.known, second.known) == (False, True)
        assert first.incoming_id == second.incoming_id


def test_a_hard_bounce_gives_the_patients_back(database: Database) -> None:
    """A delayed one does not; a second report changes nothing."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        take_in(session, bounce(email.message_id, recipient=email.to_address, status="4.4.1", action="delayed"))
        assert (email.status, state(session, inquiry)) == ("bounced_soft", "sent")
        take_in(session, bounce(email.message_id, recipient=email.to_address))
        assert (email.status, state(session, inquiry)) == ("bounced_hard", "bounced")
        take_in(session, bounce(email.message_id, recipient=email.to_address, status="5.2.2"))
        assert state(session, inquiry) == "bounced"


def test_a_bounce_of_an_answered_inquiry_is_only_filed(database: Database) -> None:
    """Somebody answered by phone meanwhile."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        record_answer(session, only_item(session, inquiry).id, ItemStatus.REJECTION_CAPACITY, now=LATER)
        take_in(session, bounce(email.message_id, recipient=email.to_address))
        assert state(session, inquiry) == "answered"


def test_two_persons_answered_differently(database: Database) -> None:
    """Each gets what was said of them; suggestion and decision are kept."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session, add_search(session), add_search(session))
        first, second = items(session, inquiry)
        body = f"{first.reference_code}: Warteliste bis Ende März 2027\n{second.reference_code}: kein Platz"
        filed = take_in(session, reply(body, answers=email.message_id))
        mail = mail_of(session, filed)
        found = {s.code: s for s in replies.suggestions_for(session, mail)}
        assert found[first.reference_code].meaning is Meaning.WAITING_LIST
        assert found[first.reference_code].until == date(2027, 3, 31)
        decisions = [
            Decision(item.id, replies.STATUS_OF[found[item.reference_code].meaning], found[item.reference_code].until)
            for item in (first, second)
        ]
        replies.confirm_answers(session, mail.id, decisions, now=LATER, version=mail.version)
        assert [first.status, second.status] == ["waitlisted", "rejection_capacity"]
        assert mail.status == "done"
        kept = session.scalars(select(IncomingReading).order_by(IncomingReading.id)).all()
        assert {(r.suggested, r.decided) for r in kept} == {
            ("waiting_list", "waitlisted"), ("no_places", "rejection_capacity")
        }  # fmt: skip


def test_a_mail_is_settled_once(database: Database) -> None:
    """The second person is told; nothing is recorded twice."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        filed = take_in(session, reply("Leider nein", answers=email.message_id))
        replies.set_aside(session, filed.incoming_id, now=LATER)
        decision = Decision(only_item(session, inquiry).id, ItemStatus.REJECTION_CAPACITY)
        with pytest.raises(Conflict):
            replies.confirm_answers(session, filed.incoming_id, [decision], now=LATER)


def test_a_decision_about_another_inquiry_is_refused(database: Database) -> None:
    """A mail speaks of the patients it was asked about."""
    with database.write() as session:
        _, email = sent_inquiry(session)
        other, _ = sent_inquiry(session)
        filed = take_in(session, reply("Leider nein", answers=email.message_id))
        with pytest.raises(Invalid):
            replies.confirm_answers(
                session, filed.incoming_id, [Decision(only_item(session, other).id, ItemStatus.ACCEPTED)], now=LATER
            )


def test_an_absence_stops_the_clock(database: Database) -> None:
    """An automatic answer is read for an absence and for nothing else."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        source = reply(
            "Ich bin bis zum 4.1.2027 im Urlaub. Es gibt derzeit keine freien Plätze.",
            subject="Automatische Antwort", answers=email.message_id, headers={"Auto-Submitted": "auto-replied"},
        )  # fmt: skip
        filed = take_in(session, source)
        assert email.status == "sent"
        suggestions = replies.suggestions_for(session, mail_of(session, filed))
        assert {s.meaning for s in suggestions} <= {Meaning.OUT_OF_OFFICE}
        replies.confirm_absence(session, filed.incoming_id, until=date(2027, 1, 4), now=LATER)
        assert (state(session, inquiry), inquiry.out_of_office_until) == ("out_of_office", date(2027, 1, 4))


def test_no_more_letters(database: Database) -> None:
    """The practice is not asked again and its patients are free."""
    with database.write() as session:
        therapist = add_therapist(session)
        inquiry, email = sent_inquiry(session, therapist=therapist)
        filed = take_in(session, reply("Bitte streichen Sie mich aus Ihrem Verteiler.", answers=email.message_id))
        replies.confirm_opt_out(session, filed.incoming_id, now=LATER)
        assert session.get_one(Therapist, therapist).status == "opted_out"
        assert state(session, inquiry) == "withdrawn"


def test_a_wrong_address_gives_the_patients_back(database: Database) -> None:
    """As a bounce does."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        filed = take_in(session, reply("Ich bin im Ruhestand.", answers=email.message_id))
        replies.confirm_wrong_address(session, filed.incoming_id, now=LATER)
        assert state(session, inquiry) == "bounced"


def test_a_person_says_what_a_mail_answers(database: Database) -> None:
    """What carries no mark waits unassigned; then it reads like any other."""
    with database.write() as session:
        inquiry, _ = sent_inquiry(session)
        filed = take_in(session, reply("Leider nein", sender="privat@web.example"))
        assert filed.belonging.matched_by == "nobody"
        whose_mail.assign(session, filed.incoming_id, inquiry.id, now=LATER)
        (suggestion,) = replies.suggestions_for(session, mail_of(session, filed))
        assert suggestion.meaning is Meaning.NO_PLACES


def test_a_person_told_by_age_is_known_by_what_our_letter_said(database: Database) -> None:
    """The younger and the older one, told apart by the profiles in the order of the mail."""
    with database.write() as session:
        older = add_search(session, add_patient(session, birth_date=date(1961, 5, 1)))
        younger = add_search(session, add_patient(session, birth_date=date(1999, 5, 1)))
        inquiry, email = sent_inquiry(session, older, younger)
        body = "Die Jüngere kann ich auf die Warteliste setzen. Für die Ältere habe ich leider keinen Platz."
        filed = take_in(session, reply(body, answers=email.message_id))
        found = {s.code: s.meaning for s in replies.suggestions_for(session, mail_of(session, filed))}
        by_search = {item.search_id: item.reference_code for item in items(session, inquiry)}
        assert found == {by_search[younger]: Meaning.WAITING_LIST, by_search[older]: Meaning.NO_PLACES}


def test_what_a_practice_says_of_its_places_is_noted_with_the_answer(database: Database) -> None:
    """With the day and the words; where nothing new was said, nothing is offered."""
    with database.write() as session:
        therapist = add_therapist(session)
        inquiry, email = sent_inquiry(session, therapist=therapist)
        body = "Die Warteliste ist bis 31.3.2027 geschlossen."
        filed = take_in(session, reply(body, answers=email.message_id))
        said = replies.open_reply(session, filed.incoming_id, now=LATER).capacity
        assert said is not None
        assert (said.capacity, said.from_day) == ("list_closed", date(2027, 4, 1))
        decision = Decision(only_item(session, inquiry).id, ItemStatus.REJECTION_CAPACITY)
        replies.confirm_answers(session, filed.incoming_id, [decision], now=LATER, capacity=said)
        known = session.get_one(Therapist, therapist)
        assert (known.capacity, known.capacity_from, known.capacity_as_of) == (said.capacity, said.from_day, said.as_of)
        assert known.capacity_note in body
        assert "capacity" in known.locked_fields


def test_a_place_for_one_person_is_no_news_of_places(database: Database) -> None:
    """It is taken with the answer."""
    with database.write() as session:
        _, email = sent_inquiry(session)
        filed = take_in(session, reply("Ich habe ab Mai einen Platz frei.", answers=email.message_id))
        assert replies.open_reply(session, filed.incoming_id, now=LATER).capacity is None


@pytest.mark.parametrize("sent", [datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_an_answer_of_another_millennium_is_read(database: Database, sent: datetime) -> None:
    """A mail filed with the date of a broken clock counts as written when it came in."""
    with database.write() as session:
        _, email = sent_inquiry(session)
        filed = take_in(session, reply("Leider kein Platz frei.", answers=email.message_id, at=sent))
        (item,) = replies.open_reply(session, filed.incoming_id, now=LATER).items
        assert item.suggestion is not None


@pytest.mark.parametrize(
    ("sent", "came"),
    [
        (timedelta(days=-3), timedelta(days=-3)),
        (timedelta(days=-3000), timedelta(days=-3000)),
        (timedelta(days=1), timedelta()),
        (timedelta(days=-5000), timedelta()),
        (None, timedelta()),
    ],
)
def test_a_saved_mail_came_when_it_was_sent(
    database: Database, now: datetime, sent: timedelta | None, came: timedelta
) -> None:
    """By its own date, unless that is to come, absurdly old or missing: then when it was read in."""
    mail = replace(parse_mail(reply("Leider nein")), sent_at=None if sent is None else now + sent)
    with database.write() as session:
        filed = receive_saved(session, mail, now=now)
        kept = session.execute(
            text("SELECT received_at FROM communication_service.incoming_email WHERE id = :id"),
            {"id": filed.incoming_id},
        ).scalar_one()
    assert kept == now + came


@pytest.mark.parametrize("number_kept", [True, False])
def test_a_mail_of_our_own_is_no_answer(database: Database, *, number_kept: bool) -> None:
    """The file that was saved here, and the copy a mail program kept under a number of its own, say nothing."""
    with database.write() as session:
        settings, version = read_office(session)
        save_office(session, replace(settings, email="Vermittlung@buero.example"), version=version)
        inquiry, email = sent_inquiry(session)
        copy = reply("Bitte", sender="vermittlung@buero.example", subject=email.subject)
        mail = parse_mail(unsent_file(session, email.id) if number_kept else copy)
        with pytest.raises(Invalid, match=r"mail\.own"):
            receive_saved(session, mail, now=LATER)
        mail = parse_mail(reply("Leider kein Platz", subject=f"Re: {email.subject}"))
        assert receive_saved(session, mail, now=LATER).belonging.inquiry_id == inquiry.id


@pytest.mark.parametrize(
    ("body", "noted"),
    [
        ("{first} setze ich auf die Warteliste. Für {second} habe ich leider keinen Platz.", None),
        ("Für {first} habe ich ab Mai einen Platz.\n\nAnsonsten habe ich leider keine freien Plätze.", None),
        ("Leider habe ich keine freien Plätze. {first} setze ich auf die Warteliste.", ("full", None, False)),
        ("Leider muss ich absagen. Neue Plätze erst ab März 2027.", ("full", date(2027, 3, 1), True)),
        ("Die Warteliste ist geschlossen.", ("list_closed", None, True)),
        ("Für {first} habe ich einen Platz. Die Warteliste ist geschlossen.", ("list_closed", None, False)),
        ("Beide kann ich leider nicht nehmen.", None),
    ],
)
def test_what_is_said_of_one_person_is_not_noted_of_the_practice(
    database: Database, body: str, noted: tuple[str, date | None, bool] | None
) -> None:
    """Full only where nobody gets a place; unticked where the answer says different things."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session, add_search(session), add_search(session))
        first, second = (item.reference_code for item in items(session, inquiry))
        filed = take_in(session, reply(body.format(first=first, second=second), answers=email.message_id))
        said = replies.open_reply(session, filed.incoming_id, now=LATER).capacity
        assert (None if said is None else (said.capacity, said.from_day, said.agreed)) == noted


def test_a_practice_whose_answer_is_unread_is_told_nothing(database: Database, worker_database: Database) -> None:
    """A withdrawal waits until its answer is read; Heute says so."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        filed = take_in(session, reply("Gerne, ich habe einen Platz frei.", answers=email.message_id))
        withdrawal = queue_letter(session, "withdrawal", inquiry, items_of(session, inquiry.id), now=LATER)
        tasks = agenda(session, now=LATER).tasks
        assert any(task.kind is TaskKind.REPLY and task.detail.startswith(HELD_UP) for task in tasks)
    assert withdrawal is not None
    with worker_database.write() as session:
        assert take_mail(session, withdrawal, now=LATER) is None
        waiting = session.get_one(Email, withdrawal)
        assert (waiting.status, waiting.failure_cause) == ("queued", "email.reply_unread")
        assert waiting.not_before is not None
        assert waiting.not_before > LATER
    with database.write() as session:
        replies.set_aside(session, filed.incoming_id, now=LATER)
    with worker_database.write() as session:
        assert take_mail(session, withdrawal, now=LATER + timedelta(hours=1)) is not None
        assert session.get_one(Email, withdrawal).failure_cause == ""


@pytest.mark.parametrize("kind", ["withdrawal", "reminder"])
def test_nor_is_it_told_by_hand_before_somebody_knows(database: Database, kind: str) -> None:
    """The look before and the word after; a reply that came meanwhile is told, too, one that is read holds nothing."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        first = take_in(session, reply("Gerne, ich habe einen Platz frei.", answers=email.message_id)).incoming_id
        number = queue_letter(session, kind, inquiry, items_of(session, inquiry.id), now=LATER)
        assert number is not None
        (told,) = replies_before(session, number)
        assert (told.incoming_id, told.received_at) == (first, LATER)
        assert told.first_words == "Gerne, ich habe einen Platz frei."
        for work in (look_before_by_hand, sent_by_hand):
            with pytest.raises(Conflict, match="reply_unread"):
                work(session, number, now=LATER)
        assert look_before_by_hand(session, number, now=LATER, told={first}) == ""
        second = take_in(session, reply("Oder doch erst im Mai.", answers=email.message_id)).incoming_id
        with pytest.raises(Conflict, match="reply_unread"):
            sent_by_hand(session, number, now=LATER, told={first})
        replies.set_aside(session, second, now=LATER)
        sent_by_hand(session, number, now=LATER, told={first})
        assert session.get_one(Email, number).status == "sent"


def test_a_first_letter_by_hand_waits_for_no_reader(database: Database) -> None:
    """Only what the answer may overtake is held."""
    with database.write() as session:
        _, email = sent_inquiry(session)
        take_in(session, reply("Leider nein.", answers=email.message_id))
        assert replies_before(session, email.id) == ()
