"""The caseworker of the demo: does by program what a person does in the window, and throws the practices' dice.

Shares of answers follow domain.md: one inquiry in four is answered; a place is rare.
"""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from domain.casework.answers import record_answer
from domain.casework.placements import begin_therapy, start_trial_sessions
from domain.casework.preparing import create_and_send
from domain.casework.release import GATHER
from domain.casework.searches import start_search
from domain.casework.unread_replies import REPLY_UNREAD
from domain.casework.week_plan import accept, propose, save
from domain.communication.claiming import release_due
from domain.database import Database
from domain.errors import Conflict, Invalid
from domain.matching.best_patients import patients_for_contact_point
from domain.matching.candidates import candidates_for_search
from domain.matching.states import ItemStatus
from domain.values import Channel

CALLS = 12  # of the week's plan
# One inquiry in four is answered; 1.8 of 6.9 requests get a first talk, 10 % find a place within a month (domain.md).
DICE = (
    (ItemStatus.ACCEPTED, 0.05),
    (ItemStatus.WAITLISTED, 0.03),
    (ItemStatus.REJECTION_CAPACITY, 0.13),
    (ItemStatus.REJECTION_UNSUITABLE, 0.02),
    (ItemStatus.CONSULTATION_ONLY, 0.02),
)


class DemoOffice:
    """One caseworker at work; `seed` makes the dice fall the same way again."""

    def __init__(self, database: Database, *, seed: int) -> None:
        self._database = database
        self._mailboxes: dict[int, None] = {}  # in the order they were found
        self._dice = random.Random(seed)  # noqa: S311 - dice, not secrets

    @staticmethod
    def _now() -> datetime:
        return datetime.now(UTC)

    def start_searches(self) -> list[int]:
        """Begin the search of everybody who is ready."""
        with self._database.write() as session:
            ready = session.scalars(
                text("SELECT patient_id FROM matching_service.patient_state WHERE state = 'ready' ORDER BY patient_id")
            ).all()
            return [start_search(session, patient_id) for patient_id in ready]

    def judge_all(self, searches: list[int]) -> tuple[Counter[str], Counter[str]]:
        """Judge every therapist for every search; how often each rule excluded, or could not decide."""
        excluded: Counter[str] = Counter()
        unknown: Counter[str] = Counter()
        for search_id in searches:
            with self._database.read() as session:
                found = candidates_for_search(session, search_id, now=self._now())
            self._mailboxes.update({c.contact_point_id: None for c in found.fit if c.email})
            excluded.update({group.rule.value: group.count for group in found.excluded})
            unknown.update({group.rule.value: group.count for group in found.unknown})
        return excluded, unknown

    def send_inquiries(self) -> list[int]:
        """Ask every practice with a mailbox that fits somebody; its best patients, one inquiry each."""
        made = []
        for contact_point in self._mailboxes:
            try:
                with self._database.write() as session:
                    best = patients_for_contact_point(session, contact_point, now=self._now())
                    if not best:
                        continue
                    therapist = best[0].therapist_id
                    chosen = [p.search_id for p in best if p.therapist_id == therapist]
                    inquiry = create_and_send(
                        session, therapist_id=therapist, search_ids=chosen, channel=Channel.EMAIL, now=self._now()
                    )
                made.append(inquiry)
            except (Conflict, Invalid):
                # a named profile may hold open inquiries already: those practices are left in peace
                continue
        return made

    def throw_answers(self, inquiries: list[int]) -> Counter[str]:
        """Throw an answer for every item; silence is the most common one."""
        given: Counter[str] = Counter()
        for inquiry_id in inquiries:
            with self._database.read() as session:
                items = session.scalars(
                    text(
                        "SELECT i.id FROM matching_service.inquiry_item i"
                        " JOIN matching_service.inquiry q ON q.id = i.inquiry_id"
                        " WHERE q.id = :id AND q.sent_at IS NOT NULL ORDER BY i.position"
                    ),
                    {"id": inquiry_id},
                ).all()
            for item_id in items:
                answer = self._throw()
                if answer is not None:
                    given[self._record(item_id, answer)] += 1
        return given

    def _throw(self) -> ItemStatus | None:
        thrown = self._dice.random()
        for answer, share in DICE:
            if thrown < share:
                return answer
            thrown -= share
        return None

    def _record(self, item_id: int, answer: ItemStatus) -> str:
        until = (self._now() + timedelta(weeks=12)).date() if answer is ItemStatus.WAITLISTED else None
        try:
            with self._database.write() as session:
                return record_answer(session, item_id, answer, now=self._now(), waitlisted_until=until).status.value
        except Conflict:
            # the patient was placed elsewhere meanwhile; the practice's answer changes nothing
            return "matched_elsewhere"

    def place(self) -> int:
        """Bring every acceptance through the trial sessions; some do not go on. Returns the placements."""
        placed = 0
        with self._database.write() as session:
            accepted = session.scalars(
                text("SELECT id FROM matching_service.inquiry_item WHERE status = 'accepted' ORDER BY id")
            ).all()
            for item_id in accepted:
                start_trial_sessions(session, item_id, now=self._now())
                if self._dice.random() < 0.8:
                    begin_therapy(session, item_id, started_on=self._now().date(), now=self._now())
                    placed += 1
        return placed

    def plan_week(self) -> int:
        """Plan the week's next contacts; returns how many."""
        with self._database.read() as session:
            proposal = propose(session, now=self._now())
        with self._database.write() as session:
            save(session, proposal, now=self._now())
        return len(proposal.planned.contacts)

    def plan_calls(self) -> int:
        """Take the calls of the week's plan up; returns how many."""
        query = """SELECT id FROM matching_service.plan_line WHERE channel = 'phone' AND status = 'proposed'
                   ORDER BY id LIMIT :limit"""
        with self._database.read() as session:
            lines = session.scalars(text(query), {"limit": CALLS}).all()
        made = 0
        for line_id in lines:
            try:
                with self._database.write() as session:
                    accept(session, line_id, now=self._now())
                made += 1
            except (Conflict, Invalid):
                continue  # whom the line was for found a place meanwhile
        return made

    def send_waiting_now(self) -> None:
        """Do not wait for the undo window, nor for the minutes in which withdrawals are gathered."""
        with self._database.write() as session:
            release_due(session, now=self._now() + GATHER)

    def count_mails(self) -> dict[str, int]:
        """Mails by what became of them; `queued` counts all that were ever queued and not taken back.

        `held` wait until a person has read what the practice answered.
        """
        query = """
            SELECT count(*) FILTER (WHERE status <> 'cancelled'), count(*) FILTER (WHERE status IN ('sent', 'replied')),
                   count(*) FILTER (WHERE status = 'failed'), count(*) FILTER (WHERE status = 'unclear'),
                   count(*) FILTER (WHERE status = 'queued' AND failure_cause = :unread)
            FROM communication_service.email"""
        with self._database.read() as session:
            queued, sent, failed, unclear, held = session.execute(text(query), {"unread": REPLY_UNREAD}).one()
        return {"queued": queued, "sent": sent, "failed": failed, "unclear": unclear, "held": held}
