"""A letter of an inquiry stands in the history of those it names, and of nobody else; searched or not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from domain.casework.history import inquiry_history, pair_history, patient_history
from domain.casework.mail_reports import mail_sent
from domain.communication.claiming import claim
from domain.database import Database
from domain.matching.models import PlaceSearch
from domain.matching.states import ItemStatus
from domain.values import Channel
from tests.builders import add_search
from tests.domain.casework.steps import accept, ask, items, mails, print_all
from tests.domain.casework.test_overtaken_mails import HOUR, answered, sent

I = ItemStatus  # noqa: E741 - short in tables
CALLED = {"withdrawal": "Rücknahme", "surplus": "Dank für weitere Zusage"}


def kinds(session: Session, search: int, words: str = "") -> list[str]:
    """The letters in the history of a search's patient."""
    patient = session.get_one(PlaceSearch, search).patient_id
    found = patient_history(session, patient, words=words, called=CALLED)
    return sorted(entry.kind for entry in found if entry.direction == "out")


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
def test_a_withdrawal_is_the_history_of_whom_it_names(database: Database, now: datetime, channel: Channel) -> None:
    """Two were asked for together; only one of them was taken back."""
    with database.write() as session:
        gone, waits = add_search(session), add_search(session)
        both = sent(session, gone, waits, now=now) if channel is Channel.EMAIL else ask(session, gone, waits, now=now)
        accept(session, ask(session, gone, now=now), now=now + HOUR)
        if channel is Channel.EMAIL:
            (mail,) = mails(session, both, "withdrawal")
            later = now + 2 * HOUR
            assert claim(session, mail.id, now=later) is not None
            mail_sent(session, mail.id, now=later, server_reply="250 ok")
            session.flush()
        else:
            print_all(session, both.id, now=now + 2 * HOUR)
        assert kinds(session, waits) == ["inquiry"]
        assert "withdrawal" in kinds(session, gone)
        assert (kinds(session, gone, "Rücknahme"), kinds(session, waits, "Rücknahme")) == (["withdrawal"], [])
        assert [e.kind for e in inquiry_history(session, both.id)].count("withdrawal") == 1
        named = {
            e.kind: (e.patient or "").count("Lea") for e in inquiry_history(session, both.id) if e.direction == "out"
        }
        assert named == {"inquiry": 2, "withdrawal": 1}
        own = patient_history(session, session.get_one(PlaceSearch, waits).patient_id)
        assert {(e.patient or "").count("Lea") for e in own} == {1}
        patient = session.get_one(PlaceSearch, waits).patient_id
        between = pair_history(session, patient, both.therapist_id)
        assert "withdrawal" not in [entry.kind for entry in between]


def test_thanks_are_the_history_of_whom_they_name(database: Database, now: datetime) -> None:
    """The companion of the same inquiry reads nothing of them."""
    with database.write() as session:
        placed, companion = add_search(session), add_search(session)
        both = sent(session, placed, companion, now=now)
        accept(session, ask(session, placed, now=now), now=now + HOUR)
        answered(session, both, placed, I.ACCEPTED, now=now + HOUR)
        (thanks,) = mails(session, both, "surplus")
        later = now + HOUR + timedelta(minutes=5)
        assert claim(session, thanks.id, now=later) is not None
        mail_sent(session, thanks.id, now=later, server_reply="250 ok")
        session.flush()
        assert "surplus" in kinds(session, placed)
        assert kinds(session, companion) == ["inquiry"]
        assert len(items(session, both)) == 2
