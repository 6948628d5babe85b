"""The evidence for an insurer: which attempts it names, what counts, and that nobody else is in it."""

from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.access import me
from domain.casework.answers import record_answer
from domain.casework.call_corrections import take_back_result
from domain.casework.calling import finish_call
from domain.casework.clocks import tick
from domain.casework.evidence import assemble, make_evidence
from domain.casework.mail_reports import mail_sent
from domain.casework.patient_record import restrict_patient
from domain.casework.reminding import remind
from domain.communication.calls import cancel_call
from domain.communication.contacts import CallResult, record_result
from domain.communication.evidence.facts import Outcome
from domain.communication.evidence.models import EvidenceMade
from domain.communication.evidence.verify import verify
from domain.communication.evidence.words import insurer_words, outcome_words, total_words
from domain.communication.states import CallStatus
from domain.database import Database
from domain.errors import Forbidden, NotFound
from domain.matching.models import Inquiry
from domain.matching.reimbursement import CaseForm, ProfileForm, case_of, save_case, save_profile
from domain.matching.states import ItemStatus
from domain.patients.files import add_file
from domain.patients.models import Patient
from domain.values import Channel
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.pdf_reading import flat, pages, title
from tests.domain.casework.steps import ask, calls, evidence_made, items, mails
from tests.domain.patients.papers import pdf as paper_pdf

DAY = timedelta(days=1)


def send(session: Session, inquiry: Inquiry, *, now: datetime) -> None:
    """The server takes the inquiry's mail."""
    (mail,) = mails(session, inquiry, "inquiry")
    session.execute(
        text("UPDATE communication_service.email SET status = 'sending', lease_until = now() WHERE id = :id"),
        {"id": mail.id},
    )
    session.expire_all()
    mail_sent(session, mail.id, now=now, server_reply="250 ok")
    session.flush()


def item_for(session: Session, inquiry: Inquiry, search: int) -> int:
    """The position of a search in an inquiry."""
    return next(item.id for item in items(session, inquiry) if item.search_id == search)


@pytest.fixture
def searching(database: Database) -> tuple[int, int]:
    """A patient with a search: both ids."""
    with database.write() as session:
        patient = add_patient(
            session, first_name="Lea", last_name="Öztürk-Groß", insurer="AOK Rheinland", insurance_number="A123456789"
        )
        return patient, add_search(session, patient)


def test_a_result_taken_back_is_none(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """Entered by mistake, neither the talk nor the inquiry it counted as is in it; the right result is."""
    patient, search = searching
    with database.write() as session:
        inquiry = ask(session, search, now=now, channel=Channel.PHONE)
        (call,) = calls(session, inquiry)
        finish_call(session, call.id, CallResult(CallStatus.REACHED), now=now)
        session.flush()
        take_back_result(session, call.id, now=now + timedelta(minutes=1))
        session.flush()
        assert assemble(session, patient, today=now.date()).attempts == ()
        finish_call(session, call.id, CallResult(CallStatus.NO_ANSWER), now=now + timedelta(minutes=2))
    with database.read() as session:
        (attempt,) = assemble(session, patient, today=now.date()).attempts
    assert [step.kind for step in attempt.steps] == ["no_answer"]


def test_silence_is_an_attempt(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """An inquiry nobody answered counts as "keine Antwort bis …", with its reminder."""
    patient, search = searching
    with database.write() as session:
        inquiry = ask(session, search, now=now)
        remind(session, inquiry.id, now=now + 7 * DAY)
        tick(session, now=now + 30 * DAY)
    with database.read() as session:
        evidence = assemble(session, patient, today=now.date() + 31 * DAY)
    (attempt,) = evidence.attempts
    assert (attempt.outcome, attempt.counts, attempt.until) == (Outcome.NO_RESPONSE, True, now.date() + 30 * DAY)
    assert evidence.counted == 1
    assert next((s.channel, s.kind, s.person) for s in attempt.steps) == ("letter", "inquiry", "Jana Brand")


def test_every_channel_and_every_answer_is_named(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """A mail refused, a letter with a waiting list, calls with nobody there, which end with the last planned one."""
    patient, search = searching
    with database.write() as session:
        by_mail = ask(session, search, now=now, channel=Channel.EMAIL)
        send(session, by_mail, now=now)
        record_answer(
            session, item_for(session, by_mail, search), ItemStatus.REJECTION_CAPACITY, now=now + DAY,
            note="Leider kein Platz, die Wartezeit beträgt zur Zeit 9 bis 12 Monate.",
        )  # fmt: skip
        by_letter = ask(session, search, now=now, channel=Channel.LETTER)
        record_answer(
            session, item_for(session, by_letter, search), ItemStatus.WAITLISTED, now=now + 2 * DAY,
            channel=Channel.LETTER, waitlisted_until=date(2027, 6, 1),
        )  # fmt: skip
        by_phone = ask(session, search, now=now, channel=Channel.PHONE)
        for number in range(3):
            call = calls(session, by_phone)[-1]
            record_result(
                session, call.id, CallResult(CallStatus.NO_ANSWER, counterpart="", outcome=""), now=now + number * DAY
            )
            session.flush()
    with database.read() as session:
        trying = assemble(session, patient, today=now.date())
    (tried,) = (a for a in trying.attempts if a.steps[0].channel == "phone")
    assert (tried.outcome, tried.counts, trying.counted) == (Outcome.TRYING, False, 2)
    assert "weitere Anrufe sind geplant" in outcome_words(tried)
    assert total_words(trying).endswith("1 noch offen.")  # nobody was asked yet: no word about silence
    with database.write() as session:
        cancel_call(session, calls(session, by_phone)[-1].id, reason="undone")
    with database.read() as session:
        evidence = assemble(session, patient, today=now.date())
    found = {a.steps[0].channel: a for a in evidence.attempts}
    assert found["email"].outcome is Outcome.REJECTION_CAPACITY
    assert found["email"].stated_wait == "9 bis 12 Monate"
    assert [s.kind for s in found["email"].steps] == ["inquiry", "rejection_capacity"]
    assert found["letter"].waitlisted_until == date(2027, 6, 1)
    assert found["phone"].outcome is Outcome.UNREACHED
    assert [s.kind for s in found["phone"].steps] == ["no_answer"] * 3
    assert all(a.address == "52062 Aachen" and a.practice.startswith("Praxis") for a in evidence.attempts)
    assert evidence.counted == 3


def test_what_counts_is_the_insurers_word(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """By practice or by attempt, with silence or without, as the profile says; others are still listed."""
    patient, search = searching
    with database.write() as session:
        therapist = add_therapist(session)
        for number in range(2):
            inquiry = ask(session, search, now=now + 60 * number * DAY, therapist=therapist)
            tick(session, now=now + (60 * number + 25) * DAY)
            session.flush()
        ask(session, search, now=now + 90 * DAY)
        strict = save_profile(session, ProfileForm("Strenge Kasse", attempts_wanted=5, silence_counts=False))
        loose = save_profile(session, ProfileForm("Milde Kasse", attempts_wanted=3, count_by="attempt"))
    counts = {}
    for profile in (None, strict, loose):
        with database.write() as session:
            case = case_of(session, patient)
            assert case is not None
            save_case(session, search, CaseForm(profile_id=profile), version=case.version, today=now.date())
        with database.read() as session:
            evidence = assemble(session, patient, today=now.date())
        counts[profile] = (evidence.counted, evidence.profile.form.attempts_wanted, len(evidence.attempts))
    assert counts == {None: (1, 10, 3), strict: (0, 5, 3), loose: (2, 3, 3)}
    assert inquiry.stage == "expired"


def test_a_profile_is_found_by_the_insurers_name(database: Database, searching: tuple[int, int]) -> None:
    """Until a person chooses, the profile named like the patient's insurer stands there."""
    patient, _ = searching
    with database.write() as session:
        profile = save_profile(session, ProfileForm("AOK RHEINLAND"))
    with database.read() as session:
        case = case_of(session, patient)
    assert case is not None
    assert (case.form.profile_id, case.version) == (profile, None)


def test_missing_papers_are_named(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """A date in the case or a file of the kind is there; the rest is missing."""
    patient, search = searching
    with database.write() as session:
        add_file(session, patient, name="PTV 11.pdf", content=paper_pdf(), kind="ptv11", now=now)
        save_case(session, search, CaseForm(necessity_on=date(2026, 11, 2)), version=None, today=now.date())
    with database.read() as session:
        evidence = assemble(session, patient, today=now.date())
    assert [p.kind for p in evidence.papers if p.there] == ["ptv11", "necessity"]
    assert [p.kind for p in evidence.missing] == ["tss_proof", "medical_report", "cost_estimate"]


@pytest.mark.usefixtures("qapp")
def test_the_paper_says_all_of_it(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """Title, person, counts, clocks, missing papers, pages, date, head of the chain, and how to check it."""
    patient, search = searching
    with database.write() as session:
        for number in range(12):
            inquiry = ask(session, search, now=now + number * timedelta(hours=1))
            if number % 2:
                record_answer(
                    session, item_for(session, inquiry, search), ItemStatus.REJECTION_CAPACITY, now=now + DAY,
                    channel=Channel.PHONE,
                )  # fmt: skip
        tick(session, now=now + 30 * DAY)
        profile = save_profile(
            session, ProfileForm("AOK Rheinland", address="Musterstr. 1\n50667 Köln", attempts_wanted=8)
        )
        form = CaseForm(
            profile_id=profile, ptv11_on=date(2026, 9, 1), urgency="timely", tss_asked_on=date(2026, 10, 1),
            applied_on=date(2026, 11, 2), opinion_asked=False,
        )  # fmt: skip
        save_case(session, search, form, version=None, today=now.date())
    made = evidence_made(database, patient, now=now + 31 * DAY)
    texts = pages(made.pdf)
    whole = flat("".join(texts))
    for said in (
        "Lea Öztürk-Groß", "A123456789", "12 (gewünscht: 8)", "keine Antwort bis 23.12.2026", "Jana Brand",
        "Absage am 24.11.2026: kein freier Platz", "bis 23.11.2026",
        "endete am 05.11.2026; ein Ergebnis ist nicht vermerkt",
        "B 1 KR 9/18 R", "§ 13 Abs. 3a Satz 6 SGB V", "Konsiliarbericht", "FEHLT", "23.11.2026, 10:00", "verify-log",
        "Stand 24.12.2026", "50667 Köln", made.head,
    ):  # fmt: skip
        assert flat(said) in whole, said
    assert len(texts) > 1
    assert [f"Seite {n} von {len(texts)}" in page for n, page in enumerate(texts, start=1)] == [True] * len(texts)
    assert title(made.pdf).startswith("Nachweis der Suche")
    assert b"/Lang (de-DE)" in made.pdf


@pytest.mark.usefixtures("qapp")
def test_who_is_insured_privately_reads_nothing_of_statutory_law(
    database: Database, searching: tuple[int, int], now: datetime
) -> None:
    """No clock, no paragraph and no form of it; what was applied for and decided stays, and who says what holds."""
    patient, search = searching
    with database.write() as session:
        ask(session, search, now=now)
        session.get_one(Patient, patient).insurance_kind = "private"
        form = CaseForm(
            tss_asked_on=date(2026, 10, 1), applied_on=date(2026, 10, 2), opinion_asked=True,
            opinion_told_on=date(2026, 10, 3), decision="refused", decided_on=date(2026, 11, 2),
        )  # fmt: skip
        save_case(session, search, form, version=None, today=now.date())
    whole = flat("".join(pages(evidence_made(database, patient, now=now).pdf)))
    for said in ("SGB V", "Terminservicestelle", "Krankenkasse", "PTV 11", "Gutachten"):
        assert flat(said) not in whole, said
    for said in ("Vertrag oder ihre Beihilfe", "eingegangen am 02.10.2026", "02.11.2026: abgelehnt"):
        assert flat(said) in whole, said


@pytest.mark.parametrize(
    ("values", "said", "unsaid"),
    [
        ({}, "kann die Leistung als genehmigt gelten", "neuen Tag"),
        ({"delay_told_on": date(2026, 10, 26)}, "erst am 26.10.2026, nach dem Ende der Frist", "neuen Tag"),
        ({"delay_told_on": date(2026, 10, 5)}, "und keinen neuen Tag", "genehmigt"),
        ({"delay_told_on": date(2026, 10, 5), "delay_until": date(2026, 12, 1)}, "den 01.12.2026 als", "genehmigt"),
        ({"delay_told_on": date(2026, 10, 5), "delay_until": date(2026, 11, 2)}, "auch er verging ohne", "abgelaufen"),
        ({"opinion_asked": True}, "Nach der Rechtsprechung gelten fünf Wochen nur", "fünf Wochen,"),
        ({"opinion_asked": True, "opinion_told_on": date(2026, 11, 2)}, "erst am 02.11.2026 mit", "fünf Wochen,"),
        ({"opinion_asked": True, "opinion_told_on": date(2026, 10, 5)}, "fünf Wochen, da ein Gutachten", "Satz 2"),
    ],
)
def test_the_words_about_the_insurers_clock_are_careful(
    database: Database, searching: tuple[int, int], now: datetime, values: dict[str, Any], said: str, unsaid: str
) -> None:
    """Nobody reads that something is approved, only that it can be, and that a lawyer is to look."""
    patient, search = searching
    with database.write() as session:
        form = CaseForm(applied_on=date(2026, 10, 2), **values)
        save_case(session, search, form, version=None, today=now.date())
    with database.read() as session:
        words = insurer_words(assemble(session, patient, today=now.date()))
    assert said in words
    assert unsaid not in words
    assert ("genehmigt" in words) == ("bitte rechtlich prüfen lassen" in words)
    assert "gilt eine Leistung" not in words


def test_the_same_facts_give_the_same_bytes(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """Whoever has the paper as a file can compare it with what was noted when it was made."""
    patient, search = searching
    with database.write() as session:
        ask(session, search, now=now)
    made = [evidence_made(database, patient, now=now).pdf for _ in range(2)]
    assert made[0] == made[1]


def test_making_it_is_noted(database: Database, searching: tuple[int, int], now: datetime) -> None:
    """Who, when, how many attempts, the chain's end; its head is found again in the chain."""
    patient, search = searching
    with database.write() as session:
        ask(session, search, now=now)
    made = evidence_made(database, patient, now=now)
    with database.read() as session:
        row = session.execute(
            text("""SELECT p.display_name, m.made_at, m.attempts, m.links, encode(m.head, 'hex') AS head,
                 encode(m.pdf_sha256, 'hex') AS pdf FROM communication_service.evidence_made m
                 JOIN platform.person p ON p.id = m.made_by""")
        ).one()
        checked = verify(session, now=now, head=bytes.fromhex(made.head))
        evidence = assemble(session, patient, today=now.date())
    assert tuple(row) == ("Jana Brand", now, 1, 1, made.head, sha256(made.pdf).hexdigest())
    assert (checked.sound, checked.head_at, checked.printed_heads) == (True, 1, 1)
    assert [step.link for step in evidence.attempts[0].steps] == [1]


def test_who_never_searched_has_no_evidence(database: Database, now: datetime) -> None:
    """There is nothing to prove yet."""
    with database.write() as session:
        patient = add_patient(session)
    with pytest.raises(NotFound, match="no_search"), database.write() as session:
        make_evidence(session, patient, now=now)


def test_a_restricted_record_leaves_the_office_on_no_paper(
    database: Database, searching: tuple[int, int], now: datetime
) -> None:
    """Neither is anything added to the case."""
    patient, search = searching
    with database.write() as session:
        restrict_patient(session, patient, now=now)
    with pytest.raises(Forbidden), database.write() as session:
        make_evidence(session, patient, now=now)
    with pytest.raises(Forbidden), database.write() as session:
        save_case(session, search, CaseForm(), version=None, today=now.date())


def test_the_database_keeps_a_restricted_record_as_it_is(
    database: Database, searching: tuple[int, int], now: datetime
) -> None:
    """Whatever program asks: a case is not changed, no making is noted."""
    patient, search = searching
    with database.write() as session:
        save_case(session, search, CaseForm(), version=None, today=now.date())
        restrict_patient(session, patient, now=now)
    with pytest.raises(Forbidden), database.write() as session:
        session.execute(text("UPDATE matching_service.reimbursement_case SET note = 'x'"))
    with pytest.raises(Forbidden), database.write() as session:
        session.add(
            EvidenceMade(
                patient_id=patient, made_by=me(session).id, made_at=now, attempts=0, links=0, head=bytes(32),
                pdf_sha256=bytes(32),
            )
        )  # fmt: skip


def test_a_large_log_is_linked_before_the_head_is_printed(
    database: Database, searching: tuple[int, int], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many batches wait, every contact the paper names has its link."""
    monkeypatch.setattr("domain.communication.evidence.chain.BATCH", 2)
    patient, search = searching
    with database.write() as session:
        for _ in range(5):
            ask(session, search, now=now)
    made = evidence_made(database, patient, now=now)
    assert "noch ohne Glied" not in "".join(pages(made.pdf))
    with database.read() as session:
        evidence = assemble(session, patient, today=now.date())
        assert evidence.head.link_hash.hex() == made.head
    assert sorted(step.link or 0 for a in evidence.attempts for step in a.steps) == [1, 2, 3, 4, 5]
