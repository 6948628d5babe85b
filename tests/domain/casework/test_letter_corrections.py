"""A letter that counts as sent did not go out after all: it waits again, and the history tells both."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.casework import reminding, sending
from domain.casework.agenda import TaskKind
from domain.casework.answers import record_answer
from domain.casework.clocks import tick
from domain.casework.evidence import assemble
from domain.casework.history import inquiry_history, patient_history
from domain.casework.letter_corrections import take_back_printed
from domain.casework.printed_letters import letters_of
from domain.casework.printing import note_printed
from domain.casework.release import release_search
from domain.communication.evidence.chain import link_waiting
from domain.database import Database
from domain.errors import Conflict, Forbidden
from domain.matching.inquiries import note_out_of_office
from domain.matching.models import PlaceSearch
from domain.matching.states import ItemStatus
from domain.values import Channel
from domain.weektime import office_day
from tests.builders import add_search
from tests.conftest import Office
from tests.domain.casework.steps import ask, only_item, print_all, state
from tests.domain.casework.test_printing import DAY, chased, tasks, told, written
from tests.domain.communication.evidence.log import check

ROOT = Path(__file__).parents[3]


def test_a_letter_taken_back_asked_nobody(database: Database, now: datetime) -> None:
    """The inquiry is still to be made, Heute names its letter, no clock runs; printed again it counts from then."""
    with database.write() as session:
        search = add_search(session)
        inquiry = written(session, search, now=now)
        print_all(session, inquiry.id, now=now)
        (letter,) = letters_of(session, inquiry.id)
        take_back_printed(session, letter.letter_id, now=now + DAY)
        assert (state(session, inquiry), inquiry.sent_at, inquiry.clock_started_at) == ("approved", None, None)
        assert tasks(session, TaskKind.LETTER, now=now + DAY) == [inquiry.id]
        assert told(session, inquiry) == [("inquiry", now), ("letter_taken_back", now + DAY)]
        patient = session.get_one(PlaceSearch, search).patient_id
        assert [e.kind for e in patient_history(session, patient)] == ["letter_taken_back", "inquiry"]
        assert assemble(session, patient, today=office_day(now)).attempts == ()
        assert tick(session, now=now + 30 * DAY).expired_inquiries == ()
        again = now + 31 * DAY
        print_all(session, inquiry.id, now=again)
        assert (state(session, inquiry), inquiry.sent_at) == ("sent", again)
        (attempt,) = assemble(session, patient, today=office_day(again)).attempts
        assert [step.at for step in attempt.steps] == [again]


def test_a_reminder_taken_back_is_none(database: Database, now: datetime) -> None:
    """The one before is the last again, and the practice is on the chase list."""
    week = now + 8 * DAY
    with database.write() as session:
        inquiry = written(session, add_search(session), now=now)
        print_all(session, inquiry.id, now=now)
        for at in (week, week + 8 * DAY):
            reminding.remind(session, inquiry.id, now=at)
            print_all(session, inquiry.id, now=at)
        second, first, _ = letters_of(session, inquiry.id)
        assert inquiry.reminders == 2
        with pytest.raises(Conflict, match=r"letter\.followed"):
            take_back_printed(session, first.letter_id, now=week + 9 * DAY)
        take_back_printed(session, second.letter_id, now=week + 9 * DAY)
        assert (inquiry.reminders, inquiry.last_reminded_at, state(session, inquiry)) == (1, week, "reminded")
        assert chased(session, now=week + 9 * DAY) == []  # it waits for the printer
        assert tasks(session, TaskKind.LETTER, now=week + 9 * DAY) == [inquiry.id]


def test_an_absence_the_reminder_ended_is_noted_again(database: Database, now: datetime) -> None:
    """With its days, and the clock stands still as before; one noted since by somebody stays theirs."""
    with database.write() as session:
        inquiry = written(session, add_search(session), now=now)
        print_all(session, inquiry.id, now=now)
        reminding.remind(session, inquiry.id, now=now + 8 * DAY)
        until = (now + 30 * DAY).date()
        note_out_of_office(session, inquiry.id, until=until, now=now + 8 * DAY)
        clock = inquiry.clock_started_at
        (letter, _) = letters_of(session, inquiry.id)
        for _ in range(2):
            print_all(session, inquiry.id, now=now + 9 * DAY)
            assert (inquiry.stage, inquiry.out_of_office_until, inquiry.reminders) == ("sent", None, 1)
            take_back_printed(session, letter.letter_id, now=now + 10 * DAY)
            assert (inquiry.stage, inquiry.out_of_office_until, inquiry.reminders) == ("out_of_office", until, 0)
            assert (inquiry.out_of_office_since, inquiry.clock_started_at) == ((now + 8 * DAY).date(), clock)
        print_all(session, inquiry.id, now=now + 11 * DAY)
        note_out_of_office(session, inquiry.id, until=until + DAY, now=now + 11 * DAY)
        with pytest.raises(Conflict, match=r"letter\.followed"):
            take_back_printed(session, letter.letter_id, now=now + 12 * DAY)
        assert inquiry.out_of_office_until == until + DAY


def test_what_was_answered_stays_sent(database: Database, now: datetime) -> None:
    """So does one that is closed, withdrawn, or followed by another letter."""
    with database.write() as session:
        answered, expired, withdrawn, left = (ask(session, add_search(session), now=now) for _ in range(4))
        record_answer(
            session,
            only_item(session, answered).id,
            ItemStatus.REJECTION_CAPACITY,
            now=now + DAY,
            channel=Channel.PHONE,
        )
        sending.withdraw_inquiry(session, withdrawn.id, reason="Umzug", now=now + DAY)
        release_search(session, only_item(session, left).search_id, ItemStatus.WITHDRAWN, reason="Umzug", now=now + DAY)
        tick(session, now=now + 22 * DAY)
        for inquiry in (answered, expired, withdrawn, left):
            before = told(session, inquiry)
            number = letters_of(session, inquiry.id)[-1].letter_id
            with pytest.raises(Conflict, match=r"letter\.followed"):
                take_back_printed(session, number, now=now + 23 * DAY)
            assert told(session, inquiry) == before


def test_a_withdrawal_taken_back_stays_the_history_of_whom_it_names(database: Database, now: datetime) -> None:
    """The companion of the same inquiry reads nothing of it, and the inquiry stays as it is."""
    with database.write() as session:
        gone, waits = add_search(session), add_search(session)
        inquiry = ask(session, gone, waits, now=now)
        release_search(session, gone, ItemStatus.WITHDRAWN, reason="Umzug", now=now + DAY)
        print_all(session, inquiry.id, now=now + 2 * DAY)
        take_back_printed(session, letters_of(session, inquiry.id)[0].letter_id, now=now + 3 * DAY)
        session.flush()

        def kinds(search: int) -> list[str]:
            found = patient_history(session, session.get_one(PlaceSearch, search).patient_id)
            return sorted(e.kind for e in found if e.channel == "letter")

        assert kinds(gone) == ["inquiry", "letter_taken_back", "withdrawal"]
        assert kinds(waits) == ["inquiry"]
        assert state(session, inquiry) == "sent"
        assert len(inquiry_history(session, inquiry.id)) == 3


def test_once_and_no_other_way(office: Office, database: Database, now: datetime) -> None:
    """Whoever is second is told; past the program nobody makes a printed letter wait, nor takes back what is none."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now)
        (letter,) = letters_of(session, inquiry.id)
        number, therapist = inquiry.id, inquiry.therapist_id
    entry = """INSERT INTO communication_service.contact_entry (at, channel, therapist_id, inquiry_id, kind, takes_back)
        SELECT now(), 'letter', :t, :i, :kind, (SELECT max(id) FROM communication_service.contact_entry)"""
    tom = office.database("tom")
    with pytest.raises(Forbidden), tom.write() as session:
        session.execute(text("UPDATE communication_service.printed_letter SET printed_at = NULL"))
    for kind, inquired in (("note", number), ("letter_taken_back", None)):
        with pytest.raises(Exception, match="ck_contact_entry_takes_back"), tom.write() as session:
            session.execute(text(entry), {"t": therapist, "i": inquired, "kind": kind})
    tom.close()
    with database.write() as session:
        take_back_printed(session, letter.letter_id, now=now + DAY)
    with pytest.raises(Conflict, match=r"letter\.not_printed"), database.write() as session:
        take_back_printed(session, letter.letter_id, now=now + DAY)
    with database.write() as session:
        link_waiting(session)
    assert check(database).sound


def test_two_people_take_the_same_letter_back(office: Office, database: Database, now: datetime) -> None:
    """One does, the other is told; one entry says so."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now - timedelta(days=1))
        (letter,) = letters_of(session, inquiry.id)
    program = "from tests.domain.casework.racer import main; import sys; main(sys.argv[1])"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", program, office.url(who)], cwd=ROOT, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, bufsize=1,
        )
        for who in ("jana", "tom")
    ]  # fmt: skip
    said = []
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline().strip() == "ready"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write(f"unsend {letter.letter_id}\n")
        racer.stdin.flush()
    for racer in racers:
        out, _ = racer.communicate(timeout=60)
        said.append(json.loads(out))
    assert sorted("won" in one for one in said) == [False, True]
    assert {one.get("lost") for one in said} == {None, "letter.not_printed"}
    with database.read() as session:
        assert [e.kind for e in inquiry_history(session, inquiry.id)] == ["letter_taken_back", "inquiry"]
        (after,) = letters_of(session, inquiry.id)
        assert after.printed_at is None


def test_printing_while_it_is_taken_back(database: Database, now: datetime) -> None:
    """Printed once more it stands as two letters that went out, of which one did not."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now)
        (letter,) = letters_of(session, inquiry.id)
        for day in (1, 2):
            take_back_printed(session, letter.letter_id, now=now + day * DAY)
            note_printed(session, [letter.letter_id], now=now + day * DAY + timedelta(hours=1))
        kinds = [kind for kind, _ in told(session, inquiry)]
        assert kinds == ["inquiry", "letter_taken_back"] * 2 + ["inquiry"]
