"""One of many people at work: a process with its own login that does whatever comes next for a while.

usage: python -m tests.domain.casework.many_people_client URL SEED SECONDS. Prints one JSON object a thing done:
`did` or `refused` (code), and for answers which item and which answer the program confirmed.
"""

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import text

from domain.casework.answers import record_answer
from domain.casework.clocks import tick
from domain.casework.mail_reports import mail_sent
from domain.casework.placements import begin_therapy, fail_acceptance, promote_surplus, start_trial_sessions
from domain.casework.preparing import create_and_send
from domain.casework.reminding import remind
from domain.casework.searches import cancel_search, reopen_search
from domain.casework.sending import withdraw_inquiry
from domain.communication.claiming import claim
from domain.database import Database, Session, again_if_in_the_way
from domain.errors import PlatzlotseError
from domain.matching.searches import pause_search, resume_search
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.domain.casework.steps import print_all

T = TypeVar("T")
ANSWERS = (
    ItemStatus.ACCEPTED, ItemStatus.ACCEPTED, ItemStatus.REJECTION_CAPACITY, ItemStatus.WAITLISTED,
    ItemStatus.NEEDS_INFO, ItemStatus.CONSULTATION_ONLY,
)  # fmt: skip
# how often each thing is done beside the others
WEIGHTS = {
    "ask": 5, "answer": 10, "correct": 3, "pause": 2, "resume": 2, "trial": 3, "therapy": 1, "fail": 3, "promote": 1,
    "withdraw": 1, "remind": 1, "cancel": 1, "reopen": 2, "send": 4, "tick": 1,
}  # fmt: skip
LEAST = 60  # acts of each person, also on a machine that is busy all the while
SEARCH = "SELECT id FROM matching_service.place_search WHERE status = '{}' ORDER BY random() LIMIT 1"
ITEM = """
SELECT i.id, i.version FROM matching_service.inquiry_item i JOIN matching_service.inquiry q ON q.id = i.inquiry_id
WHERE i.status IN ({}) AND q.sent_at IS NOT NULL ORDER BY random() LIMIT 1"""


class Client:
    """Chooses and does; every act is a transaction of its own, as in the window."""

    def __init__(self, database: Database, seed: int) -> None:
        self._database, self._dice = database, random.Random(seed)  # noqa: S311 - dice, no secret
        self.acts: dict[str, Callable[[], dict[str, object] | None]] = {name: getattr(self, name) for name in WEIGHTS}

    def work(self, seconds: float) -> None:
        """Until the time is over and enough was tried; a thing there is nothing of right now is left out."""
        end, tried = time.monotonic() + seconds, 0
        names = [name for name, weight in WEIGHTS.items() for _ in range(weight)]
        while time.monotonic() < end or tried < LEAST:
            tried += 1
            name = self._dice.choice(names)
            try:
                done = self.acts[name]()
            except PlatzlotseError as error:
                self._say({"refused": name, "code": error.code, "deadlock": error.params.get("again")})
                continue
            if done is not None:
                self._say({"did": name, **done})

    @staticmethod
    def _say(line: dict[str, object]) -> None:
        sys.stdout.write(json.dumps(line) + "\n")

    @staticmethod
    def _now() -> datetime:
        return datetime.now(UTC)

    def _pick(self, query: str) -> tuple[int, ...] | None:
        with self._database.read() as session:
            row = session.execute(text(query)).first()
            return None if row is None else tuple(row)

    def _write(self, work: Callable[[Session], object]) -> dict[str, object]:
        self._transaction(work)
        return {}

    def _transaction(self, work: Callable[[Session], T]) -> T:
        """As the window and the worker do."""

        def once() -> T:
            with self._database.write() as session:
                return work(session)

        return again_if_in_the_way(once)

    def _of_item(self, *statuses: str) -> tuple[int, ...] | None:
        return self._pick(ITEM.format(", ".join(f"'{status}'" for status in statuses)))

    def ask(self) -> dict[str, object] | None:
        """A new inquiry for one to four people, by letter or by mail."""
        with self._database.read() as session:
            therapist = session.scalar(text("SELECT id FROM therapist_service.therapist ORDER BY random() LIMIT 1"))
            searches = list(
                session.scalars(text(SEARCH.format("active").replace("LIMIT 1", f"LIMIT {self._dice.randint(1, 4)}")))
            )
        if therapist is None or not searches:
            return None
        channel = self._dice.choice([Channel.LETTER, Channel.EMAIL, Channel.PHONE])
        return self._write(lambda s: self._send_and_print(s, therapist, searches, channel))

    def _send_and_print(self, session: Session, therapist: int, searches: list[int], channel: Channel) -> int:
        inquiry = create_and_send(
            session, therapist_id=therapist, search_ids=searches, channel=channel, now=self._now(),
            cooling_override="Versuch",
        )  # fmt: skip
        session.flush()
        print_all(session, inquiry, now=self._now())
        return inquiry

    def answer(self) -> dict[str, object] | None:
        """What a practice said, for one patient."""
        return self._record(self._of_item("pending", "needs_info"))

    def correct(self) -> dict[str, object] | None:
        """It said something else before."""
        return self._record(
            self._of_item("rejection_capacity", "waitlisted", "consultation_only", "accepted", "no_response")
        )

    def _record(self, found: tuple[int, ...] | None) -> dict[str, object] | None:
        if found is None:
            return None
        item, version = found
        said = self._dice.choice(ANSWERS)
        until = (self._now() + timedelta(days=60)).date() if said is ItemStatus.WAITLISTED else None
        recorded = self._transaction(
            lambda s: record_answer(s, item, said, now=self._now(), waitlisted_until=until, version=version)
        )
        return {"item": item, "answer": recorded.status.value}

    def pause(self) -> dict[str, object] | None:
        """Somebody goes on holiday."""
        found = self._pick(SEARCH.format("active"))
        if found is None:
            return None
        return self._write(lambda s: pause_search(s, found[0], until=None, reason="Urlaub", now=self._now()))

    def resume(self) -> dict[str, object] | None:
        """And comes back."""
        found = self._pick(SEARCH.format("paused"))
        if found is None:
            return None
        return self._write(lambda s: resume_search(s, found[0], now=self._now()))

    def trial(self) -> dict[str, object] | None:
        """Trial sessions begin."""
        found = self._of_item("accepted")
        if found is None:
            return None
        return self._write(lambda s: start_trial_sessions(s, found[0], now=self._now()))

    def therapy(self) -> dict[str, object] | None:
        """The therapy begins."""
        found = self._of_item("in_trial_sessions")
        if found is None:
            return None
        day = self._now().date()
        return self._write(lambda s: begin_therapy(s, found[0], started_on=day, now=self._now()))

    def fail(self) -> dict[str, object] | None:
        """The place came to nothing."""
        found = self._of_item("accepted", "in_trial_sessions")
        if found is None:
            return None
        outcome = self._dice.choice([ItemStatus.NO_SHOW, ItemStatus.NOT_CONTINUED])
        return self._write(lambda s: fail_acceptance(s, found[0], outcome, now=self._now()))

    def promote(self) -> dict[str, object] | None:
        """The second practice steps in."""
        found = self._of_item("accepted_surplus")
        if found is None:
            return None
        return self._write(lambda s: promote_surplus(s, found[0], now=self._now()))

    def _inquiry(self) -> tuple[int, ...] | None:
        return self._pick("SELECT id FROM matching_service.inquiry WHERE stage = 'sent' ORDER BY random() LIMIT 1")

    def withdraw(self) -> dict[str, object] | None:
        """The office takes an inquiry back."""
        found = self._inquiry()
        if found is None:
            return None
        return self._write(lambda s: withdraw_inquiry(s, found[0], reason="Versuch", now=self._now()))

    def remind(self) -> dict[str, object] | None:
        """A practice is reminded."""
        found = self._inquiry()
        if found is None:
            return None
        return self._write(lambda s: remind(s, found[0], now=self._now()))

    def cancel(self) -> dict[str, object] | None:
        """The patient gives the search up."""
        found = self._pick(SEARCH.format("active"))
        if found is None:
            return None
        return self._write(lambda s: cancel_search(s, found[0], reason="Versuch", now=self._now()))

    def reopen(self) -> dict[str, object] | None:
        """And wants it back."""
        found = self._pick(SEARCH.format("cancelled")) or self._pick(SEARCH.format("successful"))
        if found is None:
            return None
        return self._write(lambda s: reopen_search(s, found[0], reason="Versuch", now=self._now()))

    def send(self) -> dict[str, object] | None:
        """What the worker does: take a mail, and report that it was taken by the server."""
        found = self._pick(
            "SELECT id FROM communication_service.email WHERE status = 'queued' ORDER BY random() LIMIT 1"
        )
        if found is None:
            return None
        mail = self._transaction(lambda s: claim(s, found[0], now=self._now()))
        if mail is None:
            return None
        return self._write(lambda s: mail_sent(s, mail.id, now=self._now(), server_reply="250"))

    def tick(self) -> dict[str, object]:
        """The clocks."""
        return self._write(lambda s: tick(s, now=self._now()))


def main(url: str, seed: int, seconds: float) -> None:
    """Say that it is ready, wait for the start, work."""
    database = Database(url, pool_size=1)
    with database.read():
        pass
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    Client(database, seed).work(seconds)
    sys.stdout.flush()
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
