"""Whatever came before: answers confirmed from a mail and taken back leave the office as it was."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.casework import reminding
from domain.casework.answer_corrections import take_back_answers
from domain.casework.answers import record_answer
from domain.casework.clocks import expire_silent
from domain.casework.reply_facts import CapacityNote
from domain.communication.calls import plan_call
from domain.database import Database
from domain.errors import PlatzlotseError
from domain.matching.inquiries import note_out_of_office
from domain.matching.models import Inquiry, InquiryItem
from domain.matching.searches import pause_search, resume_search
from domain.matching.states import ANSWERS, ItemStatus
from domain.values import Channel
from tests.builders import add_search
from tests.domain.casework.steps import ask, items
from tests.domain.casework.taken_back import confirmed, sent, standing, wrote

HOUR = timedelta(hours=1)
ANSWER = st.sampled_from(sorted(ANSWERS))
ACTS = ("pause", "resume", "call", "remind", "remind on paper", "away", "answer", "ask", "letter", "expire", "confirm")
ACT = st.tuples(st.sampled_from(ACTS), st.integers(0, 5), ANSWER, st.tuples(ANSWER, st.none() | ANSWER))


class Kept(Exception):
    """Ends an example, so that nothing of it stays in the database."""


@contextmanager
def nothing_kept(database: Database) -> Iterator[Session]:
    """A session whose work is undone."""
    with suppress(Kept), database.write() as session:
        yield session
        raise Kept


class Desk:
    """A person at work: two people look for a place, practices were asked for one or both of them."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.searches = [add_search(session), add_search(session)]
        self.inquiries = [sent(session, *self.searches, now=now), sent(session, self.searches[0], now=now)]
        self.taken_back = 0

    def do(self, act: str, which: int, answer: ItemStatus, given_answers: tuple[ItemStatus, ItemStatus | None]) -> None:
        """One act, an hour later; what the program refuses changes nothing."""
        self.now += HOUR
        inquiry, search = self.inquiries[which % len(self.inquiries)], self.searches[which % 2]
        acts: dict[str, Callable[[], object]] = {
            "pause": lambda: pause_search(
                self.session, search, until=(self.now + 90 * 24 * HOUR).date(), reason="Klinik", now=self.now
            ),
            "resume": lambda: resume_search(self.session, search, now=self.now),
            "call": lambda: plan_call(self.session, inquiry.therapist_id, now=self.now, inquiry_id=inquiry.id),
            "remind": lambda: reminding.remind(self.session, inquiry.id, now=self.now, delay=2000 * HOUR),
            "remind on paper": lambda: self._letter_reminder(inquiry),
            "away": lambda: note_out_of_office(
                self.session, inquiry.id, until=(self.now + 90 * 24 * HOUR).date(), now=self.now
            ),
            "answer": lambda: record_answer(self.session, self._item(inquiry, which), answer, now=self.now),
            "ask": lambda: self._ask(which, Channel.EMAIL),
            "letter": lambda: self._ask(which, Channel.LETTER),
            "expire": self._expire,
            "confirm": lambda: self._confirm(inquiry, given_answers, places=which % 2 == 0),
        }
        with suppress(PlatzlotseError), self.session.begin_nested():
            acts[act]()
            self.session.flush()

    def _item(self, inquiry: Inquiry, which: int) -> int:
        there = items(self.session, inquiry)
        return there[which % len(there)].id

    def _ask(self, which: int, channel: Channel) -> None:
        wanted = self.searches if which % 3 == 0 else [self.searches[which % 2]]
        self.inquiries.append(ask(self.session, *wanted, now=self.now, channel=channel))

    def _letter_reminder(self, inquiry: Inquiry) -> None:
        if inquiry.channel == Channel.LETTER:
            reminding.remind(self.session, inquiry.id, now=self.now)

    def _expire(self) -> None:
        self.now += 22 * 24 * HOUR
        expire_silent(self.session, now=self.now)

    def _confirm(self, inquiry: Inquiry, answers: tuple[ItemStatus, ItemStatus | None], *, places: bool) -> None:
        mail = wrote(self.session, inquiry, now=self.now, words=f"Nachricht {self.now.isoformat()}")
        before = standing(self.session)
        said = CapacityNote("waiting_list", None, f"Stand {self.now:%d.%m.%Y %H}", self.now.date()) if places else None
        confirmed(self.session, mail, inquiry, answers, now=self.now, capacity=said)
        found = take_back_answers(self.session, mail, now=self.now + HOUR / 2)
        assert (found.told, found.ended, found.back.kept) == (0, 0, ())
        after = standing(self.session)
        assert after == before
        self.taken_back += 1


# a place was promised, the rest fell silent, and then a mail said no to both
GONE = [
    ("answer", 0, ItemStatus.ACCEPTED, (ItemStatus.REJECTION_UNSUITABLE, None)),
    ("expire", 0, ItemStatus.CONSULTATION_ONLY, (ItemStatus.REJECTION_OTHER, None)),
]


# an example takes a moment in the database: making a failing one smaller would take many minutes
@settings(
    max_examples=8, deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(acts=st.lists(ACT, min_size=4, max_size=10), last=st.tuples(st.integers(0, 5), ANSWER, st.none() | ANSWER))
@example(acts=GONE, last=(0, ItemStatus.REJECTION_UNSUITABLE, ItemStatus.REJECTION_OTHER))
def test_taken_back_it_never_was(
    database: Database,
    now: datetime,
    acts: list[tuple[str, int, ItemStatus, tuple[ItemStatus, ItemStatus | None]]],
    last: tuple[int, ItemStatus, ItemStatus | None],
) -> None:
    """Pauses, calls, reminders, absences, expiry, further inquiries and answers by hand in any order; then a mail."""
    with nothing_kept(database) as session:
        desk = Desk(session, now)
        for act in [*acts, ("confirm", last[0], last[1], last[1:])]:
            desk.do(*act)
        assert session.scalar(select(InquiryItem.id).limit(1)) is not None
