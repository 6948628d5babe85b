"""The register of who does not want to be written to: since when, why, and where it is written."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from domain.casework import replies
from domain.casework.availability import change_status
from domain.casework.opt_outs import opt_out, opt_outs, take_out
from domain.casework.preparing import create_and_send
from domain.casework.taking import take_mail
from domain.communication.mails import Letter, queue_mail
from domain.communication.models import Email
from domain.database import Database
from domain.errors import Conflict, Invalid, PlatzlotseError
from domain.therapists.homes import contact_points
from domain.therapists.models import Therapist
from domain.therapists.service import set_contact
from domain.values import Channel
from tests.builders import add_search, add_therapist
from tests.domain.casework.test_receiving import LATER, sent_inquiry, take_in
from tests.domain.communication.incoming.letters import reply


def test_the_register_says_since_when_why_and_where(database: Database, now: datetime) -> None:
    """By a mail that was decided so, by a note with its reason, and by a status of which nothing else is known."""
    with database.write() as session:
        inquiry, email = sent_inquiry(session)
        filed = take_in(session, reply("Bitte schreiben Sie uns nicht mehr.", answers=email.message_id))
        replies.confirm_opt_out(session, filed.incoming_id, now=LATER)
        noted = add_therapist(session, last_name="Rufer")
        change_status(session, noted, "opted_out", now=now, reason="will keine Post")
        silent = add_therapist(session, status="opted_out")
        add_therapist(session)
        by_mail = inquiry.therapist_id
    with database.read() as session:
        found = {one.therapist_id: one for one in opt_outs(session) or ()}
    assert set(found) == {by_mail, noted, silent}
    assert (found[by_mail].source, found[by_mail].mail_id, found[by_mail].exact) == ("mail", filed.incoming_id, True)
    assert (found[noted].source, found[noted].why, found[noted].since) == ("note", "will keine Post", now)
    assert found[noted].noted_by == "Jana Brand"
    assert (found[silent].source, found[silent].exact) == ("status", False)


def colleagues(session: Session) -> tuple[int, int, int]:
    """Two at one mailbox; the first was asked by mail and wants no more: both and the mail that says so."""
    one = add_therapist(session, email="praxis@gemeinschaft.example", last_name="Erste")
    first = session.get_one(Therapist, one)
    two = add_therapist(
        session, email="praxis@gemeinschaft.example", last_name="Zweite", practice_id=first.practice_id,
        contact_point_id=first.contact_point_id,
    )  # fmt: skip
    _, email = sent_inquiry(session, therapist=one)
    filed = take_in(session, reply("Bitte keine Anfragen mehr.", sender=first.email, answers=email.message_id))
    return one, two, filed.incoming_id


def test_a_mailbox_that_opts_out_is_asked_for_nobody(database: Database, now: datetime) -> None:
    """Neither for the colleague there, nor for who comes later with its address; nor does a typed address reach it."""
    with database.write() as session:
        one, two, mail = colleagues(session)
        replies.confirm_opt_out(session, mail, now=LATER)
        later = add_therapist(
            session, email="praxis@gemeinschaft.example", last_name="Dritte",
            contact_point_id=session.get_one(Therapist, one).contact_point_id,
        )  # fmt: skip
        session.expire_all()
        assert {session.get_one(Therapist, who).status for who in (one, two, later)} == {"opted_out"}
        for who in (two, later):
            with pytest.raises(PlatzlotseError):
                create_and_send(
                    session, therapist_id=who, search_ids=[add_search(session)], channel=Channel.EMAIL,
                    now=now + timedelta(days=60),
                )  # fmt: skip
        with pytest.raises(Conflict) as refused:
            change_status(session, two, "active", now=LATER, reason="will doch")
        assert refused.value.code == "therapist.mailbox_opted_out"
        own = queue_mail(
            session, kind="own", to_address="Praxis@gemeinschaft.example", to_name="", now=now,
            letter=Letter("Hallo", "Text", "<p>Text</p>"),
        )  # fmt: skip
        assert take_mail(session, own, now=LATER, without_account=True) is None
        assert session.get_one(Email, own).failure_cause == "stopped.opted_out"
    with database.read() as session:
        found = {entry.therapist_id: entry for entry in opt_outs(session) or ()}
        assert set(found) == {one, two, later}
        assert {(entry.email, entry.mail_id) for entry in found.values()} == {("praxis@gemeinschaft.example", mail)}


def test_an_import_brings_nobody_back_to_such_a_mailbox(database: Database) -> None:
    """Whoever a directory names with its address comes in as opted out."""
    with database.write() as session:
        _, _, mail = colleagues(session)
        replies.confirm_opt_out(session, mail, now=LATER)
        points = contact_points(session, {"praxis@gemeinschaft.example"})
        new = add_therapist(session, contact_point_id=points["praxis@gemeinschaft.example"])
        elsewhere = add_therapist(session)
        set_contact(session, elsewhere, email="Praxis@Gemeinschaft.example", phone="", mobile="")
        session.flush()
        session.expire_all()
        assert [session.get_one(Therapist, who).status for who in (new, elsewhere)] == ["opted_out", "opted_out"]


def test_an_opt_out_may_hold_for_one_name(database: Database) -> None:
    """A person says so when confirming: the colleague is asked on."""
    with database.write() as session:
        one, two, mail = colleagues(session)
        replies.confirm_opt_out(session, mail, now=LATER, whole_mailbox=False)
        assert [session.get_one(Therapist, who).status for who in (one, two)] == ["opted_out", "active"]


def test_a_lifted_opt_out_gives_back_what_it_took(database: Database) -> None:
    """With a reason, from the register; who had said so alone, or was not asked anyway, is not asked by it."""
    with database.write() as session:
        one, two, mail = colleagues(session)
        point = session.get_one(Therapist, one).contact_point_id
        alone = add_therapist(session, last_name="Allein", contact_point_id=point, status="opted_out")
        away = add_therapist(session, last_name="Weg", contact_point_id=point, status="inactive")
        replies.confirm_opt_out(session, mail, now=LATER)
        entry = next(entry for entry in opt_outs(session) or () if entry.therapist_id == two)
        with pytest.raises(Invalid):
            take_out(session, entry, reason=" ", now=LATER)
        take_out(session, entry, reason="Frau Erste am Telefon", now=LATER)
        session.expire_all()
        stands = [session.get_one(Therapist, who).status for who in (one, two, alone, away)]
        assert stands == ["active", "active", "opted_out", "inactive"]
        assert [entry.therapist_id for entry in opt_outs(session) or ()] == [alone]
        with pytest.raises(Conflict):
            take_out(session, entry, reason="noch einmal", now=LATER)


def test_a_lifted_opt_out_gives_nobody_back_who_objected_themselves(database: Database) -> None:
    """While the mailbox's stood, or elsewhere before they came to it; who came and said nothing is asked again."""
    with database.write() as session:
        one, two, mail = colleagues(session)
        point = session.get_one(Therapist, one).contact_point_id
        replies.confirm_opt_out(session, mail, now=LATER)
        opt_out(session, two, now=LATER, whole_mailbox=False)
        elsewhere = add_therapist(session, last_name="Anderswo", status="opted_out")
        session.get_one(Therapist, elsewhere).contact_point_id = point
        came = add_therapist(session, last_name="Neu", contact_point_id=point)
        session.flush()
        entry = next(entry for entry in opt_outs(session) or () if entry.therapist_id == one)
        take_out(session, entry, reason="Frau Erste am Telefon", now=LATER)
        session.expire_all()
        stands = [session.get_one(Therapist, who).status for who in (one, two, elsewhere, came)]
        assert stands == ["active", "opted_out", "opted_out", "active"]
