"""Letters on paper: the practice is asked, reminded and told once a letter was printed, not when it was written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain.casework import reminding, sending
from domain.casework.agenda import TaskKind, agenda
from domain.casework.answers import record_answer
from domain.casework.clocks import tick
from domain.casework.preparing import create_and_send
from domain.casework.printed_letters import letters_of
from domain.casework.printing import note_printed
from domain.casework.release import release_search
from domain.communication.letter_models import PrintedLetter, PrintedLetterItem
from domain.communication.models import ContactEntry
from domain.communication.templates.service import save_template
from domain.database import Database
from domain.errors import Conflict
from domain.matching.inquiries import create_inquiry
from domain.matching.listing import list_inquiries
from domain.matching.models import Inquiry
from domain.matching.states import ItemStatus
from domain.paging import ListQuery
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.conftest import Office
from tests.domain.casework.steps import ask, items, print_all, state

DAY = timedelta(days=1)


def written(session: Session, *searches: int, now: datetime, therapist: int | None = None) -> Inquiry:
    """An inquiry by letter that waits for the printer."""
    number = create_and_send(
        session, therapist_id=therapist or add_therapist(session, email="", phone=""), search_ids=searches,
        channel=Channel.LETTER, now=now,
    )  # fmt: skip
    session.flush()
    return session.get_one(Inquiry, number)


def told(session: Session, inquiry: Inquiry) -> list[tuple[str, datetime]]:
    """What the history says went out on paper."""
    session.flush()
    query = select(ContactEntry.kind, ContactEntry.at).where(ContactEntry.inquiry_id == inquiry.id)
    return [(kind, at) for kind, at in session.execute(query.order_by(ContactEntry.id))]


def tasks(session: Session, kind: TaskKind, *, now: datetime) -> list[int]:
    """What Heute lists of a kind."""
    session.flush()
    return [task.record_id for task in agenda(session, now=now).tasks if task.kind is kind]


def chased(session: Session, *, now: datetime) -> list[int]:
    """The chase list as the page shows it; it is the one that is worked on, and Heute's."""
    session.flush()
    shown = [row.inquiry_id for row in list_inquiries(session, ListQuery(filters={"chase": "1"}), now=now).rows]
    assert shown == list(reminding.due_for_reminder(session, now=now)) == tasks(session, TaskKind.FOLLOW_UP, now=now)
    return shown


def test_a_letter_counts_as_sent_when_it_is_printed(database: Database, now: datetime) -> None:
    """Until then no clock runs, and Heute names it among the letters, not the drafts."""
    with database.write() as session:
        inquiry = written(session, add_search(session), now=now)
        assert (state(session, inquiry), inquiry.sent_at, told(session, inquiry)) == ("approved", None, [])
        assert tasks(session, TaskKind.LETTER, now=now) == [inquiry.id]
        assert tasks(session, TaskKind.DRAFT_INQUIRY, now=now) == []
        assert tick(session, now=now + 22 * DAY).expired_inquiries == ()
        printed = now + 22 * DAY
        assert print_all(session, inquiry.id, now=printed) == 0
        assert (state(session, inquiry), inquiry.sent_at) == ("sent", printed)
        assert print_all(session, inquiry.id, now=printed + DAY) == 0
        assert told(session, inquiry) == [("inquiry", printed)]
        assert tasks(session, TaskKind.LETTER, now=printed) == []
        assert tick(session, now=printed + 20 * DAY).expired_inquiries == ()
        assert tick(session, now=printed + 21 * DAY).expired_inquiries == (inquiry.id,)


def test_a_letter_that_waits_keeps_its_practice(database: Database, now: datetime) -> None:
    """Nobody else asks there meanwhile; taken back, the letter is gone and the practice free."""
    with database.write() as session:
        inquiry = written(session, add_search(session), now=now)
        with pytest.raises(Conflict, match="contact_point_open"):
            create_inquiry(
                session, therapist_id=inquiry.therapist_id, search_ids=[add_search(session)], now=now,
                channel=Channel.LETTER,
            )  # fmt: skip
        numbers = [letter.letter_id for letter in letters_of(session, inquiry.id)]
        sending.undo_sending(session, inquiry.id, now=now)
        assert (state(session, inquiry), letters_of(session, inquiry.id)) == ("cancelled", ())
        assert note_printed(session, numbers, now=now) == 1  # it came out at that moment: whoever holds it is told
        assert told(session, inquiry) == []
        ask(session, add_search(session), now=now, therapist=inquiry.therapist_id)


def test_printed_it_cannot_be_taken_back(database: Database, now: datetime) -> None:
    """It is on its way."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now)
        with pytest.raises(Conflict, match="too_late_to_undo"):
            sending.undo_sending(session, inquiry.id, now=now)


def test_who_found_a_place_is_left_out_of_a_letter_that_waits(database: Database, now: datetime) -> None:
    """It is written anew for the others; the last one takes it along."""
    with database.write() as session:
        one, two = add_search(session), add_search(session)
        inquiry = written(session, one, two, now=now)
        codes = [item.reference_code for item in items(session, inquiry)]
        release_search(session, one, ItemStatus.WITHDRAWN, reason="Umzug", now=now)
        (letter,) = letters_of(session, inquiry.id)
        assert (letter.kind, state(session, inquiry), len(codes)) == ("inquiry", "approved", 2)
        release_search(session, two, ItemStatus.WITHDRAWN, reason="Umzug", now=now)
        assert (letters_of(session, inquiry.id), state(session, inquiry)) == ((), "cancelled")


def test_a_reminder_on_paper_counts_when_it_is_printed(database: Database, now: datetime) -> None:
    """While it waits the practice is not on the chase list, and no second one is written."""
    week = now + 8 * DAY
    with database.write() as session:
        inquiry = written(session, add_search(session), now=now)
        print_all(session, inquiry.id, now=now)
        assert chased(session, now=week) == [inquiry.id]
        for _ in range(2):
            reminding.remind(session, inquiry.id, now=week)
        assert chased(session, now=week) == []
        assert (len(letters_of(session, inquiry.id)), inquiry.reminders) == (2, 0)
        print_all(session, inquiry.id, now=week + DAY)
        assert (inquiry.reminders, inquiry.last_reminded_at) == (1, week + DAY)
        assert told(session, inquiry) == [("inquiry", now), ("reminder", week + DAY)]
        assert chased(session, now=week + 7 * DAY) == []
        assert chased(session, now=week + 8 * DAY) == [inquiry.id]


@pytest.mark.parametrize("patients", [1, 2])
def test_a_reminder_on_paper_is_dropped_when_the_practice_answers(
    database: Database, now: datetime, patients: int
) -> None:
    """While it waits for the printer: dropped, or written anew for those nobody answered about."""
    with database.write() as session:
        inquiry = written(session, *(add_search(session) for _ in range(patients)), now=now)
        print_all(session, inquiry.id, now=now)
        reminding.remind(session, inquiry.id, now=now + 8 * DAY)
        answered = items(session, inquiry)[0]
        record_answer(session, answered.id, ItemStatus.REJECTION_CAPACITY, now=now + 9 * DAY, channel=Channel.PHONE)
        waiting = [letter for letter in letters_of(session, inquiry.id) if letter.printed_at is None]
        assert [letter.kind for letter in waiting] == ["reminder"] * (patients - 1)
        for letter in waiting:
            assert answered.reference_code not in session.get_one(PrintedLetter, letter.letter_id).body


def test_a_withdrawal_is_told_when_it_is_printed(database: Database, now: datetime) -> None:
    """The inquiry is over at once; what the practice heard is noted with the letter."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now)
        sending.withdraw_inquiry(session, inquiry.id, reason="Platz gefunden", now=now + DAY)
        assert told(session, inquiry) == [("inquiry", now)]
        print_all(session, inquiry.id, now=now + 2 * DAY)
        assert told(session, inquiry) == [("inquiry", now), ("withdrawal", now + 2 * DAY)]
        assert state(session, inquiry) == "withdrawn"


def test_a_letter_tells_of_its_people_whatever_codes_its_words_name(database: Database, now: datetime) -> None:
    """A withdrawal that says for whom one still asks withdraws none of those when it is written anew."""
    with database.write() as session:
        searches = [add_search(session) for _ in range(3)]
        inquiry = ask(session, *searches, now=now)
        still = items(session, inquiry)[2].reference_code
        body = f"{{{{ kennungen }}}} erledigt, für {still} suchen wir weiter.\n\n{{{{ signatur }}}}"
        save_template(session, "withdrawal", subject="Anfrage [{{ kennzeichen }}]", body=body, seen=0)
        for search in searches[:2]:
            release_search(session, search, ItemStatus.WITHDRAWN, reason="Umzug", now=now + DAY)
            session.flush()
        (letter,) = (one for one in letters_of(session, inquiry.id) if one.kind == "withdrawal")
        told_of = select(PrintedLetterItem.item_id).where(PrintedLetterItem.letter_id == letter.letter_id)
        assert set(session.scalars(told_of)) == {item.id for item in items(session, inquiry)[:2]}


def test_a_withdrawal_of_the_release_before_keeps_its_first_patient(
    office: Office, database: Database, now: datetime
) -> None:
    """Its window names nobody beside the letter; the codes in the words tell whom it takes back."""
    with database.write() as session:
        searches = [add_search(session) for _ in range(3)]
        inquiry = ask(session, *searches, now=now)
        codes = [item.reference_code for item in items(session, inquiry)]
        release_search(session, searches[0], ItemStatus.WITHDRAWN, reason="Umzug", now=now + DAY)
    owner = office.database("owner")
    with owner.write() as session:
        session.execute(text("DELETE FROM communication_service.printed_letter_item"))
    owner.close()
    with database.write() as session:
        release_search(session, searches[1], ItemStatus.WITHDRAWN, reason="Umzug", now=now + DAY)
        session.flush()
        wanted = select(PrintedLetter.body).where(PrintedLetter.kind == "withdrawal")
        (body,) = session.scalars(wanted).all()
        assert [code in body for code in codes] == [True, True, False]


def test_a_letter_bears_the_day_of_the_office(database: Database) -> None:
    """Half past eleven in the evening in London is the next day here."""
    with database.write() as session:
        inquiry = written(session, add_search(session), now=datetime(2026, 11, 23, 23, 30, tzinfo=UTC))
        (letter,) = letters_of(session, inquiry.id)
        assert letter.written_on == date(2026, 11, 24)
