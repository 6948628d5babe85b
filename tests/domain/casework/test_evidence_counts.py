"""How an evidence counts: what is open, what is silence, what is missing, and that a file's name is no paper."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from domain.casework.answers import record_answer
from domain.casework.calling import begin_call, finish_call
from domain.casework.clocks import tick
from domain.casework.evidence import assemble
from domain.casework.patient_letters import search_status
from domain.casework.searches import take_reimbursement_route
from domain.communication.calls import cancel_call
from domain.communication.contacts import CallResult, record_result
from domain.communication.evidence.facts import Outcome
from domain.communication.evidence.words import OF_TSS, PARTS, outcome_words, total_words
from domain.communication.states import CallStatus
from domain.database import Database
from domain.matching.reimbursement_clocks import TSS_DAYS
from domain.matching.states import ItemStatus
from domain.patients.files import add_file
from domain.patients.models import Consent
from domain.values import Channel
from tests.builders import add_patient, add_search
from tests.domain.casework.pdf_reading import flat, pages
from tests.domain.casework.steps import ask, calls, evidence_made, only_item
from tests.domain.patients.papers import pdf as paper_pdf

DAY = timedelta(days=1)


@pytest.fixture
def searching(database: Database) -> tuple[int, int]:
    """A patient with a search: both ids."""
    with database.write() as session:
        patient = add_patient(session, insurer="AOK Rheinland")
        return patient, add_search(session, patient)


@pytest.mark.usefixtures("qapp")
def test_what_is_open_is_not_told_as_silence(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """One refused, one never answered, two open: the paper says so, and from when on it is silence."""
    patient, search = searching
    with database.write() as session:
        session.execute(text("UPDATE platform.office SET expiry_days = 30"))
        silent, refused, _ = (ask(session, search, now=now + days * DAY) for days in (0, 20, 25))
        record_answer(session, only_item(session, refused).id, ItemStatus.REJECTION_CAPACITY, now=now + 21 * DAY)
        asks = ask(session, search, now=now + 26 * DAY)
        record_answer(session, only_item(session, asks).id, ItemStatus.NEEDS_INFO, now=now + 27 * DAY)
        tick(session, now=now + 31 * DAY)
    with database.read() as session:
        evidence = assemble(session, patient, today=now.date() + 31 * DAY)
    assert silent.stage == "expired"
    assert evidence.counted == 2
    whole = flat("".join(pages(evidence_made(database, patient, now=now + 31 * DAY).pdf)))
    assert flat("4, davon 1 abgesagt, 1 ohne Antwort geblieben, 2 noch offen.") in whole
    assert flat("30 Tage, nachdem sie gestellt wurde") in whole
    assert flat("noch ohne Antwort") in whole


@given(st.lists(st.sampled_from(Outcome), max_size=40))
def test_the_parts_are_the_whole(outcomes: list[Outcome]) -> None:
    """Every outcome stands in exactly one part, so that the numbers add up to the inquiries."""
    assert [sum(outcome in part for part, _ in PARTS) for outcome in outcomes] == [1] * len(outcomes)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("given_on", [None, date(2026, 11, 2)])
def test_consent_to_hand_papers_over_belongs_to_what_is_missing(
    database: Database, searching: tuple[int, int], now: datetime, given_on: date | None
) -> None:
    """Without it nothing goes to the insurer: the paper names it among the missing, with it among what is there."""
    patient, search = searching
    with database.write() as session:
        ask(session, search, now=now)
        if given_on is not None:
            session.add(Consent(patient_id=patient, scope="papers_to_insurer", given_on=given_on, text_version="1"))
    whole = flat("".join(pages(evidence_made(database, patient, now=now).pdf)))
    consent = "Einwilligung zur Weitergabe der Unterlagen an die Krankenkasse"
    assert whole.count(flat(consent)) == (2 if given_on is None else 1)
    assert flat(f"{'FEHLT' if given_on is None else 'liegt vor'} {consent}") in whole


def test_a_file_called_ptv_11_is_none(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """What a paper is says its kind, which a person chose, and not its name."""
    patient, search = searching
    with database.write() as session:
        ask(session, search, now=now)
        add_file(session, patient, name="PTV 11.pdf", content=paper_pdf(), kind="other", now=now)
    with database.read() as session:
        assert "ptv11" in {paper.kind for paper in assemble(session, patient, today=now.date()).missing}


@pytest.mark.parametrize(
    ("results", "outcome", "counted"),
    [
        ((CallStatus.WRONG_NUMBER,), Outcome.WRONG_NUMBER, 0),
        ((CallStatus.NO_ANSWER,), Outcome.UNREACHED, 1),
        ((CallStatus.BUSY, CallStatus.WRONG_NUMBER), Outcome.UNREACHED, 1),
        ((CallStatus.VOICEMAIL_LEFT,), Outcome.UNREACHED, 1),
    ],
)
def test_a_wrong_number_is_no_call_in_vain(
    database: Database,
    searching: tuple[int, int],
    now: datetime,
    results: tuple[CallStatus, ...],
    outcome: Outcome,
    counted: int,
) -> None:
    """Only what rang at the practice counts towards the insurer; a wrong number stands in the list as such."""
    patient, search = searching
    with database.write() as session:
        inquiry = ask(session, search, now=now, channel=Channel.PHONE)
        for number, result in enumerate(results):
            record_result(session, calls(session, inquiry)[-1].id, CallResult(result), now=now + number * DAY)
        last = calls(session, inquiry)[-1]
        if last.status == CallStatus.PLANNED:
            cancel_call(session, last.id, reason="undone")
    with database.read() as session:
        evidence = assemble(session, patient, today=now.date() + 9 * DAY)
    (attempt,) = evidence.attempts
    assert (attempt.outcome, evidence.counted) == (outcome, counted)
    assert [step.kind for step in attempt.steps] == list(results)
    if outcome is Outcome.WRONG_NUMBER:
        assert total_words(evidence) == "1, davon 1 mit falscher Nummer."
        assert "falsche Nummer" in outcome_words(attempt)


def test_calls_in_vain_count_for_who_left_while_others_are_called_on(
    database: Database, searching: tuple[int, int], now: datetime
) -> None:
    """Two in one inquiry: one takes the way of reimbursement and shows the calls to the insurer that very day."""
    patient, search = searching
    with database.write() as session:
        other = add_patient(session)
        inquiry = ask(session, search, add_search(session, other), now=now, channel=Channel.PHONE)
        for day in range(3):
            record_result(
                session, calls(session, inquiry)[-1].id, CallResult(CallStatus.NO_ANSWER), now=now + day * DAY
            )
        take_reimbursement_route(session, search, reason="Kostenerstattung", now=now + 3 * DAY)
    with database.read() as session:
        found = [assemble(session, who, today=now.date() + 3 * DAY).attempts[0] for who in (patient, other)]
    assert [(one.outcome, one.counts) for one in found] == [(Outcome.UNREACHED, True), (Outcome.TRYING, False)]


@pytest.mark.usefixtures("qapp")
def test_a_talk_counts_once_and_also_where_one_calls_again(
    database: Database, searching: tuple[int, int], now: datetime
) -> None:
    """On paper a call that made the inquiry is one contact; the weekly letter counts a talk with a callback, too."""
    patient, search = searching
    with database.write() as session:
        for callback_on in (None, now.date() + 3 * DAY):
            inquiry = ask(session, search, now=now, channel=Channel.PHONE)
            (call,) = calls(session, inquiry)
            begin_call(session, call.id, now=now)
            session.flush()
            talk = CallResult(CallStatus.REACHED, callback_on=callback_on)
            finish_call(session, call.id, talk, now=now + timedelta(minutes=3))
    with database.read() as session:
        status = search_status(session, patient, today=now.date() + DAY)
    assert status is not None
    assert status.calls == 2
    whole = flat("".join(pages(evidence_made(database, patient, now=now + DAY).pdf)))
    assert flat("Kontakte der Stelle Telefon (2)") in whole


def test_every_clock_of_the_appointment_service_is_told_by_its_parts() -> None:
    """Each length there is has its words, which name the law."""
    assert set(OF_TSS) == set(TSS_DAYS.values())
    assert all("§ 75 Abs. 1a SGB V" in said for said in OF_TSS.values())
