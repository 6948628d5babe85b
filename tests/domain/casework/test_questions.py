"""A practice asks back when the inquiry is over: it waits again, or the question is refused; never in between."""

from datetime import datetime, timedelta

import pytest

from domain.casework import sending
from domain.casework.answers import record_answer
from domain.casework.clocks import tick
from domain.database import Database
from domain.errors import Invalid
from domain.matching.states import ItemStatus
from tests.builders import add_search
from tests.domain.casework.steps import ask, items, only_item, state

DAY = timedelta(days=1)
I = ItemStatus  # noqa: E741 - short in tables


def test_a_late_question_reopens_an_expired_inquiry(database: Database, now: datetime) -> None:
    """Whoever asks back waits for an answer, so the inquiry cannot be settled."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), now=now)
        tick(session, now=now + 22 * DAY)
        assert state(session, inquiry) == "expired"
        record_answer(session, only_item(session, inquiry).id, I.NEEDS_INFO, now=now + 23 * DAY)
        assert (inquiry.stage, inquiry.closed_at) == ("sent", None)


def test_a_question_after_a_withdrawal_is_refused(database: Database, now: datetime) -> None:
    """The office took the inquiry back; nothing waits in it any more."""
    with database.write() as session:
        inquiry = ask(session, add_search(session), add_search(session), now=now)
        record_answer(session, items(session, inquiry)[0].id, I.WAITLISTED, now=now)
        sending.withdraw_inquiry(session, inquiry.id, reason="Versehen", now=now)
        with pytest.raises(Invalid) as refused:
            record_answer(session, items(session, inquiry)[0].id, I.NEEDS_INFO, now=now)
        assert refused.value.code == "inquiry_item.inquiry_over"
