"""The evidence for a patient's insurer: assembled from the log, the answers, the case and the papers; made and noted.

An inquiry is about up to six people. Of the entries that are about all of them only date, channel, kind and who of the
office is taken, and only while this patient's own position was open; words only where the entry is this patient's
alone. What was written to a practice is never read here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import RowMapping, select, text
from sqlalchemy.orm import Session

from domain import events
from domain.access import me, office
from domain.casework.unread_replies import ANSWER_UNREAD
from domain.communication.evidence.chain import chain_head
from domain.communication.evidence.facts import Attempt, Evidence, Outcome, Paper, Person, Step, counted
from domain.communication.evidence.models import EvidenceMade
from domain.communication.evidence.stated_wait import stated_wait
from domain.communication.states import RESULTS, UNREACHED, CallStatus
from domain.errors import NotFound
from domain.matching.models import PlaceSearch
from domain.matching.reimbursement import CaseForm, Profile, case_of, profile_of
from domain.matching.reimbursement_due import clocks_of, is_statutory
from domain.matching.states import ANSWERS, LIVE_ACCEPTANCE, OPEN_ITEM, InquiryStage, ItemStatus
from domain.patients.lifecycle import refuse_closed
from domain.patients.models import Consent, Patient, Wishes
from domain.weektime import BERLIN

# of entries about everybody in an inquiry: what went out to the practice, and what came of calling it
SHARED = frozenset({"inquiry", "reminder", "phone_tag", "bounce", CallStatus.REACHED.value, *map(str, UNREACHED)})
OWN = frozenset(map(str, ANSWERS | LIVE_ACCEPTANCE | {ItemStatus.NO_SHOW, ItemStatus.NOT_CONTINUED}))
_OUTCOMES = {
    **{status: Outcome(status.value) for status in ItemStatus if status.value in set(Outcome)},
    **dict.fromkeys(LIVE_ACCEPTANCE | {ItemStatus.ACCEPTED_SURPLUS}, Outcome.PLACE),
    **dict.fromkeys((ItemStatus.NO_SHOW, ItemStatus.NOT_CONTINUED), Outcome.PLACE_FAILED),
    ItemStatus.MATCHED_ELSEWHERE: Outcome.WITHDRAWN,
}
# Which of the patient's files are a paper the insurer wants; other kinds say too little. The kind is a person's word
# (`ui/patients/files.py` asks for it), a file's name is none.
FILED_AS = {"ptv11": "ptv11"}
IN_VAIN = UNREACHED - {CallStatus.WRONG_NUMBER}  # calls that rang at the practice
# ended without a word of the practice's: who was called in vain before was called in vain
UNTOLD = frozenset({ItemStatus.NO_RESPONSE, ItemStatus.WITHDRAWN, ItemStatus.MATCHED_ELSEWHERE})
UNANSWERED = OPEN_ITEM | {ItemStatus.NO_RESPONSE}  # what an answer nobody has read may change
STATUTORY_PAPERS = {"ptv11", "tss_proof"}  # nobody gives them to who is not insured by statute

_ITEMS = text(f"""
    SELECT i.id, i.inquiry_id, i.status, i.answered_at, i.waitlisted_until, q.stage, q.sent_at, t.practice_id,
           r.name AS practice, trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS therapist,
           trim(s.street || ' ' || s.house_number) AS street, trim(s.plz || ' ' || s.city) AS town,
           (SELECT count(*) FROM matching_service.inquiry_item o WHERE o.inquiry_id = i.inquiry_id) AS people,
           EXISTS (SELECT FROM communication_service.phone_call c
                   WHERE c.inquiry_id = q.id AND c.status IN ('planned', 'in_progress')) AS called_again,
           {ANSWER_UNREAD.format(inquiry="q.id")} AS unread
    FROM matching_service.inquiry_item i
    JOIN matching_service.place_search p ON p.id = i.search_id
    JOIN matching_service.inquiry q ON q.id = i.inquiry_id
    JOIN therapist_service.therapist t ON t.id = q.therapist_id
    JOIN therapist_service.practice r ON r.id = t.practice_id
    JOIN therapist_service.practice_site s ON s.id = t.site_id
    WHERE p.patient_id = :patient ORDER BY i.id""")
_STEPS = text("""
    SELECT c.inquiry_id, c.at, c.channel, c.direction, c.kind, c.patient_id IS NOT NULL AS own,
           coalesce(p.display_name, '') AS person, c.counterpart, l.number AS link
    FROM communication_service.contact_entry c
    LEFT JOIN platform.person p ON p.id = c.person_id
    LEFT JOIN audit.contact_link l ON l.entry_id = c.id
    WHERE c.inquiry_id = ANY(:inquiries) AND (c.patient_id = :patient OR c.patient_id IS NULL)
      AND c.kind <> 'place_day'  -- the office's own note of a day: nobody was asked by it
      -- a result of a call that was taken back never happened, nor what it counted for
      AND NOT EXISTS (
        SELECT FROM communication_service.contact_entry wrong
        JOIN communication_service.contact_entry back
          ON back.inquiry_id = wrong.inquiry_id AND back.call_id = wrong.call_id AND back.kind = 'result_taken_back'
             AND back.id > wrong.id
        WHERE wrong.inquiry_id = c.inquiry_id AND wrong.at = c.at
          AND wrong.kind = ANY(:results)
          AND (wrong.id = c.id OR (c.kind = 'inquiry' AND c.channel = 'phone')))
      -- nor a letter that did not go out after all
      AND NOT EXISTS (SELECT FROM communication_service.contact_entry back WHERE back.takes_back = c.id)
    ORDER BY c.at, c.id""")
# A note is this patient's own where the inquiry was about nobody else, or where it stands at no other patient's answer
# and was not noted of a call about them all: such a note may tell another's wait without a name.
_SAME = "regexp_replace(lower(trim({0})), '\\s+', ' ', 'g') = regexp_replace(lower(trim(a.note)), '\\s+', ' ', 'g')"
_ANSWERS = text(f"""
    SELECT a.item_id, a.at, a.status,
           CASE WHEN NOT EXISTS (
                    SELECT FROM matching_service.inquiry_item o JOIN matching_service.answer b ON b.item_id = o.id
                    WHERE o.inquiry_id = i.inquiry_id AND o.id <> i.id AND {_SAME.format("b.note")})
                 AND (NOT EXISTS (SELECT FROM matching_service.inquiry_item o
                                  WHERE o.inquiry_id = i.inquiry_id AND o.id <> i.id)
                      OR NOT EXISTS (SELECT FROM communication_service.contact_entry c
                                     WHERE c.inquiry_id = i.inquiry_id AND c.patient_id IS NULL
                                           AND {_SAME.format("c.body")}))
                THEN a.note ELSE '' END AS note
    FROM matching_service.answer a JOIN matching_service.inquiry_item i ON i.id = a.item_id
    WHERE a.item_id = ANY(:items) AND a.note <> 'answer_taken_back'
      -- nor an answer that was entered by mistake
      AND NOT EXISTS (
        SELECT FROM communication_service.contact_entry wrong
        JOIN communication_service.contact_entry back ON back.takes_back = wrong.id AND back.kind = 'answer_taken_back'
        JOIN matching_service.place_search s ON s.id = i.search_id AND s.patient_id = wrong.patient_id
        WHERE wrong.inquiry_id = i.inquiry_id AND wrong.at = a.at AND wrong.kind = a.status)
    ORDER BY a.at, a.id""")
_OTHERS = text("""
    SELECT o.inquiry_id, o.reference_code, p.first_name, p.last_name
    FROM matching_service.inquiry_item o
    JOIN matching_service.place_search s ON s.id = o.search_id
    JOIN patient_service.patient p ON p.id = s.patient_id
    WHERE o.inquiry_id = ANY(:inquiries) AND s.patient_id <> :patient""")
_FILES = text("""
    SELECT f.kind, max(f.added_at) AS at FROM patient_service.patient_file f
    WHERE f.patient_id = :patient AND f.erased_at IS NULL GROUP BY f.kind""")


@dataclass(frozen=True, slots=True)
class Made:
    """An evidence on paper: the PDF, and the hash it prints (hexadecimal)."""

    pdf: bytes
    head: str


def assemble(session: Session, patient_id: int, *, today: date) -> Evidence:
    """What an evidence made now would say. Raises NotFound for who never had a search (``evidence.no_search``)."""
    case = case_of(session, patient_id)
    patient = session.get(Patient, patient_id)
    if case is None or patient is None:
        raise NotFound("evidence.no_search")
    settings, form = office(session), case.form
    profile = profile_of(session, form.profile_id)
    attempts, count = counted(_attempts(session, patient_id), profile)
    statutory, clocks = is_statutory(patient.insurance_kind), clocks_of(form, today=today, land=settings.land)
    return Evidence(
        office=tuple(
            line for line in (settings.name, settings.street, f"{settings.plz} {settings.city}".strip(), settings.phone,
                              settings.email) if line
        ),
        person=_person(session, patient, case.search_id),
        profile=profile,
        case=form,
        attempts=attempts,
        counted=count,
        papers=_papers(session, patient_id, form, profile, statutory=statutory),
        consent_to_insurer=_consents(session, patient_id),
        silent_after=settings.expiry_days,
        tss=clocks.tss if statutory else None,
        insurer=clocks.insurer if statutory else None,
        made_on=today,
        made_by=me(session).display_name,
        head=chain_head(session),
    )  # fmt: skip


def make_evidence(session: Session, patient_id: int, *, now: datetime) -> Made:
    """Make the PDF and note that it was made: who, when, and the chain's end (it is an export of health data).

    What waits is to be linked before (`link_waiting` until nothing does), in transactions of its own: nobody's links
    wait while type is set. Raises NotFound without a search and Forbidden while the record is restricted.
    """
    patient = session.get(Patient, patient_id)
    if patient is not None:
        refuse_closed(patient, "evidence.restricted_export")
    evidence = assemble(session, patient_id, today=now.astimezone(BERLIN).date())
    # setting type is needed seldom, and the worker and the start of the window can do without
    from domain.communication.evidence.paper import to_pdf

    pdf = to_pdf(evidence)
    session.add(
        EvidenceMade(
            patient_id=patient_id, made_by=me(session).id, made_at=now, attempts=len(evidence.attempts),
            links=evidence.head.links, head=evidence.head.link_hash, pdf_sha256=sha256(pdf).digest(),
        )
    )  # fmt: skip
    events.record(session, "evidence.made", patient_id, patient_id=patient_id)
    return Made(pdf, evidence.head.link_hash.hex())


def file_name(patient_id: int, made_on: date) -> str:
    """A name without a person's: folders, lists of recent files and print queues are read by others."""
    return f"Nachweis Akte {patient_id} {made_on:%Y-%m-%d}.pdf"


def _person(session: Session, patient: Patient, search_id: int) -> Person:
    return Person(
        name=f"{patient.first_name} {patient.last_name}".strip(),
        birth_date=patient.birth_date,
        insurer=patient.insurer,
        statutory=is_statutory(patient.insurance_kind),
        insurance_number=patient.insurance_number,
        methods=tuple(session.get_one(Wishes, patient.id).methods),
        searching_since=session.get_one(PlaceSearch, search_id).waiting_since,
    )


def _consents(session: Session, patient_id: int) -> bool:
    query = select(Consent.id).where(
        Consent.patient_id == patient_id, Consent.scope == "papers_to_insurer", Consent.withdrawn_on.is_(None)
    )
    return session.scalar(query) is not None


def _papers(
    session: Session, patient_id: int, form: CaseForm, profile: Profile, *, statutory: bool
) -> tuple[Paper, ...]:
    files = {row.kind: row.at.astimezone(BERLIN).date() for row in session.execute(_FILES, {"patient": patient_id})}
    wanted = profile.form.papers
    if profile.profile_id is None and not statutory:  # what such an insurer wants nobody has entered
        wanted = tuple(kind for kind in wanted if kind not in STATUTORY_PAPERS)
    return tuple(Paper(kind, getattr(form, f"{kind}_on"), files.get(FILED_AS.get(kind, ""))) for kind in wanted)


def _attempts(session: Session, patient_id: int) -> tuple[Attempt, ...]:
    items = session.execute(_ITEMS, {"patient": patient_id}).mappings().all()
    wanted = {"inquiries": [item["inquiry_id"] for item in items], "patient": patient_id, "results": sorted(RESULTS)}
    steps = _by(session.execute(_STEPS, wanted).mappings(), "inquiry_id")
    others = _by(session.execute(_OTHERS, wanted).mappings(), "inquiry_id")
    said = _by(session.execute(_ANSWERS, {"items": [item["id"] for item in items]}).mappings(), "item_id")
    found = [
        attempt
        for item in items
        if (
            attempt := _attempt(
                item,
                steps.get(item["inquiry_id"], ()),
                said.get(item["id"], ()),
                _names(others.get(item["inquiry_id"], ())),
            )
        )
    ]
    return tuple(sorted(found, key=lambda attempt: attempt.begun))


def _by(rows: Any, key: str) -> Mapping[int, Sequence[RowMapping]]:
    found: dict[int, list[RowMapping]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return found


def _names(others: Sequence[RowMapping]) -> Collection[str]:
    return {row[name] for row in others for name in ("reference_code", "first_name", "last_name")}


def _attempt(
    item: RowMapping, entries: Sequence[RowMapping], answers: Sequence[RowMapping], others: Collection[str]
) -> Attempt | None:
    """The attempt, or None where nothing left the office for this patient."""
    alone = item["people"] == 1
    steps = tuple(
        Step(
            at=row["at"], channel=row["channel"], direction=row["direction"], kind=row["kind"], person=row["person"],
            counterpart=row["counterpart"] if alone else "", link=row["link"],
        )
        for row in entries
        if (row["kind"] in OWN if row["own"] else row["kind"] in SHARED and _open_at(row["at"], answers))
    )  # fmt: skip
    if not any(step.direction == "out" for step in steps):
        return None
    outcome = _outcome(item, steps)
    answered = item["answered_at"]
    note = next((a["note"] for a in reversed(answers) if a["status"] == item["status"]), "")
    return Attempt(
        practice_id=item["practice_id"],
        practice=item["practice"],
        therapist=item["therapist"],
        address=", ".join(part for part in (item["street"], item["town"]) if part),
        steps=steps,
        outcome=outcome,
        until=None if answered is None else answered.astimezone(BERLIN).date(),
        waitlisted_until=item["waitlisted_until"],
        stated_wait=stated_wait(note, others=others) if outcome is not Outcome.WITHDRAWN else "",
    )


def _open_at(moment: datetime, answers: Sequence[RowMapping]) -> bool:
    """Whether the patient's own position still waited for the practice: later contacts are about the others."""
    before = [answer for answer in answers if answer["at"] < moment]
    return not before or ItemStatus(before[-1]["status"]) in OPEN_ITEM


def _outcome(item: RowMapping, steps: Sequence[Step]) -> Outcome:
    status = ItemStatus(item["status"])
    if item["unread"] and status in UNANSWERED:
        return Outcome.UNREAD
    if status is ItemStatus.WITHDRAWN and item["stage"] == InquiryStage.BOUNCED:
        return Outcome.UNDELIVERABLE
    went_out = {step.kind for step in steps if step.direction == "out"}
    in_vain = status in UNTOLD and went_out <= UNREACHED and bool(went_out & IN_VAIN)
    if in_vain or (status is ItemStatus.PENDING and item["sent_at"] is None):
        # who was taken out of the inquiry is not called about any more, though the others in it may be
        return _unspoken(steps, again=item["called_again"] and status is ItemStatus.PENDING)
    if status is ItemStatus.PENDING and any(step.kind == "bounce" for step in steps):
        return Outcome.UNDELIVERABLE
    return _OUTCOMES[status]


def _unspoken(steps: Sequence[Step], *, again: bool) -> Outcome:
    """Something went out, and nobody was spoken to: calls in vain, which end with the last one planned (`again`)."""
    kinds = {step.kind for step in steps}
    if again:
        return Outcome.TRYING
    if kinds & IN_VAIN:
        return Outcome.UNREACHED
    # who answered was somebody else: the practice itself was never called
    return Outcome.WRONG_NUMBER if CallStatus.WRONG_NUMBER in kinds else Outcome.PENDING
