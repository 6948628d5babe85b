"""Who objected to being asked (Art. 21 GDPR) stays so through a merge and its undoing, whatever was chosen."""

from datetime import datetime

import pytest
from sqlalchemy import text

from domain.casework.availability import change_status
from domain.casework.merge_undo import undo_merge
from domain.casework.merging import merge
from domain.casework.opt_outs import opt_out, opt_outs, take_out
from domain.database import Database, Session
from domain.therapists.duplicates.comparing import side_by_side
from domain.therapists.identity_models import TherapistMerge
from domain.therapists.models import Therapist
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.domain.casework.steps import ask
from tests.domain.casework.test_merging import two
from tests.domain.casework.test_merging_between import merge_of_before


def statuses(session: Session, *ids: int) -> list[str]:
    """As the database has them now."""
    session.flush()
    session.expire_all()
    return [session.get_one(Therapist, number).status for number in ids]


def test_no_choice_takes_an_objection_away(database: Database, now: datetime) -> None:
    """Chosen was the status of the record that did not object: told as no choice, and not taken."""
    with database.write() as session:
        one, other = two(session)
        session.get_one(Therapist, one).status = "opted_out"
        session.flush()
        (pair,) = (pair for pair in side_by_side(session, one, other).fields if pair.name == "status")
        assert (pair.settled, pair.proposed) == (True, one)
        number = merge(session, keep=one, drop=other, choices={"status": other}, now=now)
        assert statuses(session, one) == ["opted_out"]
        assert undo_merge(session, number, now=now) is False
        assert statuses(session, one, other) == ["opted_out", "active"]


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.PHONE, Channel.LETTER])
def test_an_objection_stops_what_waits_under_the_other_name(
    database: Database, now: datetime, channel: Channel
) -> None:
    """As if the one asked had objected: no mail in the outbox, no planned call, no letter to print."""
    with database.write() as session:
        one, other = two(session, status="opted_out")
        inquiry = ask(session, add_search(session), now=now, therapist=one, channel=channel)
        sent = channel is Channel.LETTER  # printed: it is with the practice, and an answer may come
        merge(session, keep=one, drop=other, choices={}, now=now)
        session.refresh(inquiry)
        assert inquiry.stage == ("sent" if sent else "cancelled")
        assert session.scalars(text("SELECT status FROM communication_service.email")).all() in ([], ["cancelled"])
        assert session.scalars(text("SELECT status FROM communication_service.phone_call")).all() in ([], ["cancelled"])


def test_an_objection_since_the_merge_holds_for_both(database: Database, now: datetime) -> None:
    """Who of the two wrote it nobody can say once they are two again: nobody is asked before a person looked."""
    with database.write() as session:
        one, other = two(session)
        number = merge(session, keep=one, drop=other, choices={"email": other}, now=now)
        opt_out(session, one, now=now, whole_mailbox=False)
        session.flush()
        assert undo_merge(session, number, now=now) is True
        assert statuses(session, one, other) == ["opted_out", "opted_out"]
        assert session.get_one(Therapist, other).email == "blum@post.example"


@pytest.mark.parametrize("first", [True, False])
def test_who_says_it_again_under_a_merge_has_said_it(database: Database, now: datetime, first: bool) -> None:
    """One of two had objected before; the other person's own letter changes no row, and counts once they are two."""
    with database.write() as session:
        one, other = two(session)
        third = add_therapist(session, last_name="Sommer")
        opt_out(session, one if first else other, now=now, whole_mailbox=False)
        inner = merge(session, keep=one, drop=other, choices={}, now=now)
        outer = merge(session, keep=third, drop=one, choices={}, now=now)
        opt_out(session, third, now=now, whole_mailbox=False)
        session.flush()
        assert undo_merge(session, outer, now=now) is True
        assert statuses(session, third, one) == ["opted_out", "opted_out"]
        assert undo_merge(session, inner, now=now) is True
        assert statuses(session, third, one, other) == ["opted_out"] * 3


@pytest.mark.parametrize("alone", [True, False])
def test_a_lifted_mailbox_gives_back_no_objection_of_ones_own(database: Database, now: datetime, alone: bool) -> None:
    """The record given up objected for itself, or only as its mailbox did, which is the same one."""
    with database.write() as session:
        one, other = two(session)
        if not alone:
            session.get_one(Therapist, other).contact_point_id = session.get_one(Therapist, one).contact_point_id
            session.flush()
        opt_out(session, one, now=now, whole_mailbox=True)
        if alone:
            opt_out(session, other, now=now, whole_mailbox=False)
        session.flush()
        merge(session, keep=one, drop=other, choices={}, now=now)
        entry = next(entry for entry in opt_outs(session) or () if entry.opt_out_id is not None)
        take_out(session, entry, reason="rief an", now=now)
        assert statuses(session, one) == ["opted_out" if alone else "active"]


@pytest.mark.parametrize("since", ["nothing", "own", "merged"])
def test_who_objected_before_an_old_merge_speaks_for_no_other(database: Database, now: datetime, since: str) -> None:
    """A merge of an earlier release says nothing of a status that stayed: only what was said since holds for both."""
    with database.write() as session:
        one, other = two(session)
        if since != "merged":
            opt_out(session, one, now=now, whole_mailbox=False)
        session.flush()
        number = merge_of_before(session, one, other).id
        if since == "own":
            opt_out(session, one, now=now, whole_mailbox=False)
        elif since == "merged":
            third = add_therapist(session, last_name="Sommer", status="opted_out")
            merge(session, keep=one, drop=third, choices={}, now=now)
        assert undo_merge(session, number, now=now) is (since != "nothing")
        assert statuses(session, one, other) == ["opted_out", "active" if since == "nothing" else "opted_out"]


def test_an_old_window_sees_that_the_status_was_changed_since(database: Database, now: datetime) -> None:
    """The previous release's program writes `kept_before` back, unless something of `kept_after` is another now."""
    with database.write() as session:
        one, other = two(session)
        number = merge(session, keep=one, drop=other, choices={"email": other}, now=now)
        record = session.get_one(TherapistMerge, number)
        assert (record.kept_before["status"], record.kept_after["status"]) == ("active", "active")
        assert set(record.kept_before) == set(record.kept_after)
        change_status(session, one, "inactive", now=now)
        assert undo_merge(session, number, now=now) is False  # which is no reason here: what came since stays
        assert statuses(session, one, other) == ["inactive", "active"]
