"""Trying out a mail account: a person asks, the worker answers step by step, since only it can open the password.

A question is a row; it is answered once, and forgotten when nobody answered in time. It opens no connection.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from domain import events
from domain.access import Person, me
from domain.communication.account_models import AccountTest, MailAccount
from domain.communication.account_states import note_let_in
from domain.communication.server_answers import OF_ACCOUNT
from domain.editing import load_for_edit
from domain.errors import Invalid, NotFound
from domain.trials import next_trial, read_trial

ANSWERED_WITHIN = timedelta(minutes=4)
LET_IN = frozenset({"smtp_login", "smtp_sender"})  # whoever needs no login is let in once the sender may be named


@dataclass(frozen=True, slots=True)
class TriedStep:
    """One step: its name (``smtp_connect``), and the code of what is wrong (empty: fine) with what a sentence names."""

    name: str
    trouble: str = ""
    params: dict[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskedTest:
    """A question as the worker takes it."""

    id: int
    account_id: int
    mail_to: str


@dataclass(frozen=True, slots=True)
class TriedAnswer:
    """What came of a question so far; `steps` are there when it is `done`."""

    id: int
    account_id: int
    done: bool
    steps: tuple[TriedStep, ...]


def ask_test(session: Session, account_id: int, *, now: datetime, mail_me: bool = False) -> int:
    """Ask the worker to try an account; with `mail_me` it also sends a mail to whoever asks. Returns the question's id.

    Raises Invalid (mail_account.no_own_address) where the office knows no address of theirs.
    """
    person = me(session)
    if mail_me and not person.email:
        raise Invalid("mail_account.no_own_address")
    if session.get(MailAccount, account_id) is None:
        raise NotFound("record.not_found", table="mail_account", id=account_id)
    asked = AccountTest(account_id=account_id, asked_by=person.id, asked_at=now, mail_me=mail_me, steps=[])
    session.add(asked)
    session.flush()
    return asked.id


def take_test(session: Session, *, now: datetime) -> AskedTest | None:
    """The oldest question nobody answers yet; None where there is none worth it."""
    asked = next_trial(session, AccountTest, now=now, answered_within=ANSWERED_WITHIN)
    if asked is None:
        return None
    # a test mail is sent once: a worker killed over it may have sent it already
    asker = session.get(Person, asked.asked_by) if asked.mail_me and asked.taken_at is None else None
    mail_to = asker.email or "" if asker is not None else ""
    asked.taken_at = now
    return AskedTest(asked.id, asked.account_id, mail_to)


def note_answer(session: Session, test_id: int, steps: Sequence[TriedStep], *, now: datetime) -> None:
    """The worker's answer. Where the server let us in, mails wait no longer for a login or a certificate."""
    asked = load_for_edit(session, AccountTest, test_id)
    passed = {step.name for step in steps if not step.trouble}
    if passed & LET_IN and not any(step.trouble in OF_ACCOUNT for step in steps):
        note_let_in(session, asked.account_id)
    asked.steps, asked.done_at = [asdict(step) for step in steps], now
    events.record(session, "mail_account.tested", asked.account_id)


def read_answer(session: Session, test_id: int) -> TriedAnswer:
    """What came of a question. Raises NotFound."""
    asked = read_trial(session, AccountTest, test_id)
    steps = tuple(TriedStep(**step) for step in asked.steps)  # type: ignore[arg-type]  # as note_answer wrote them
    return TriedAnswer(asked.id, asked.account_id, asked.done_at is not None, steps)
