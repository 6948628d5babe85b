"""Two records of one person are brought together and come apart again exactly as they were."""

from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import text

from domain.acquisition.text import identity_key
from domain.casework.history import therapist_history
from domain.casework.merge_undo import live_merges, undo_merge
from domain.casework.merging import MOVING, STAYING, merge
from domain.casework.pins import pin_site
from domain.communication.contacts import ContactNote, note_contact
from domain.database import Database, Session
from domain.errors import Conflict, Invalid
from domain.matching.models import Exclusion
from domain.paging import ListQuery
from domain.therapists.duplicates.comparing import side_by_side
from domain.therapists.duplicates.suspects import call_distinct, suspected_duplicates
from domain.therapists.models import PracticeSite, Therapist
from domain.therapists.queries import list_therapists
from domain.therapists.service import set_contact
from domain.therapists.sites import choose_main_site, sites_of
from tests.builders import add_patient, add_search, add_therapist
from tests.domain.casework.steps import ask, wait_for_waiter

EVERYTHING = ("therapist_service.therapist", "therapist_service.practice_site", *MOVING)


def two(session: Session, **other: object) -> tuple[int, int]:
    """Ina Sommer twice: at the practice she left, and where she is now."""
    one = add_therapist(session, last_name="Sommer", first_name="Ina", email="sommer@post.example", phone="+49241111")
    values = {"last_name": "Sommer-Blum", "first_name": "Ina", "email": "blum@post.example", "phone": "+49241222"}
    second = add_therapist(session, **(values | other))  # type: ignore[arg-type]
    site = session.get_one(PracticeSite, session.get_one(Therapist, second).site_id)
    site.street, site.house_number, site.plz = "Neuer Weg", "7", "52064"
    session.flush()
    return one, second


def everything(session: Session) -> dict[str, list[Any]]:
    """All rows a merge may touch, without the stamps of the last change."""
    session.flush()
    return {
        table: list(
            session.scalars(
                text(f"SELECT to_jsonb(r) - '{{version,updated_at,updated_by}}'::text[] FROM {table} r ORDER BY r.id")
            )
        )
        for table in EVERYTHING
    }


def test_what_differs_is_laid_side_by_side(database: Database) -> None:
    """A locked value is proposed before another."""
    with database.write() as session:
        one, other = two(session)
        session.get_one(Therapist, other).locked_fields = ["phone"]
        session.flush()
        pairs = {pair.name: pair for pair in side_by_side(session, one, other).fields}
        assert set(pairs) == {"last_name", "email", "phone", "address"}
        assert pairs["phone"].proposed == other
        assert pairs["last_name"].proposed == other  # the longer name knows more
        assert "Neuer Weg 7" in str(pairs["address"].second)


def test_a_merge_is_undone_exactly(database: Database, now: datetime) -> None:
    """Sites, contacts, inquiries, exclusions, history and locked fields come back as they were."""
    with database.write() as session:
        one, other = two(session)
        patient = add_patient(session)
        ask(session, add_search(session, patient), now=now, therapist=other)
        session.execute(text("UPDATE matching_service.inquiry SET stage = 'expired', closed_at = now()"))
        practice = session.get_one(Therapist, other).practice_id
        session.add_all(
            [
                Exclusion(patient_id=patient, therapist_id=other, reason="Wunsch"),
                Exclusion(patient_id=patient, practice_id=practice, reason="Wunsch"),
            ]
        )
        note_contact(session, other, ContactNote(now, "phone", "in", "Frau Sommer", "rief an"), now=now)
        before = everything(session)
        number = merge(session, keep=one, drop=other, choices={"last_name": other, "address": other}, now=now)
        kept = session.get_one(Therapist, one)
        assert (kept.last_name, kept.phone, kept.email) == ("Sommer-Blum", "+49241111", "sommer@post.example")
        assert {"last_name", "phone", "email", "plz"} <= set(kept.locked_fields)
        assert [site.form.plz for site in sites_of(session, one)] == ["52064", "52062"]
        assert session.scalars(text("SELECT DISTINCT therapist_id FROM matching_service.inquiry")).all() == [one]
        assert "rief an" in [entry.body for entry in therapist_history(session, one)]
        assert [row.therapist_id for row in list_therapists(session, ListQuery(), now=now).rows] == [one]
        told = session.scalars(text("SELECT payload FROM platform.event WHERE event_type LIKE 'therapist.merged%'"))
        assert {payload["therapist_id"] for payload in told} == {one, other}  # every list and map looks at both
        undo_merge(session, number, now=now)
        session.expire_all()
        assert everything(session) == before
        with pytest.raises(Conflict, match=r"merge\.undone"):
            undo_merge(session, number, now=now)


def test_what_was_changed_since_is_not_lost(database: Database, now: datetime) -> None:
    """A field the merge had set: refused with its name; another field: undone, and the correction stays locked."""
    with database.write() as session:
        one, other = two(session)
        number = merge(session, keep=one, drop=other, choices={"phone": other}, now=now)
        session.get_one(Therapist, one).note = "neu"
        session.get_one(Therapist, one).locked_fields = [*session.get_one(Therapist, one).locked_fields, "note"]
        session.flush()
        undo_merge(session, number, now=now)
        session.expire_all()
        assert (session.get_one(Therapist, one).note, session.get_one(Therapist, one).locked_fields) == (
            "neu",
            ["note"],
        )
        number = merge(session, keep=one, drop=other, choices={"phone": other}, now=now)
        set_contact(session, one, email="sommer@post.example", phone="0241 333333", mobile="")
        session.flush()
        with pytest.raises(Conflict) as error:
            undo_merge(session, number, now=now)
        assert (error.value.code, error.value.params["fields"]) == ("merge.changed_since", ["phone"])


def test_merges_are_undone_in_turn(database: Database, now: datetime) -> None:
    """A third into the second into the first: the later one first."""
    with database.write() as session:
        one, other = two(session)
        third = add_therapist(session, last_name="Sommer", email="dritte@post.example")
        inner = merge(session, keep=other, drop=third, choices={}, now=now)
        outer = merge(session, keep=one, drop=other, choices={}, now=now)
        assert [shown.merge_id for shown in live_merges(session)] == [outer, inner]
        assert [shown.dropped for shown in live_merges(session, kept=one)] == ["Ina Sommer-Blum"]
        with pytest.raises(Conflict, match=r"merge\.kept_is_merged"):
            undo_merge(session, inner, now=now)
        note_contact(session, one, ContactNote(now, "phone", "in", "", "später"), now=now)
        with pytest.raises(Conflict, match=r"merge\.merged_already"):
            merge(session, keep=third, drop=one, choices={}, now=now)
        undo_merge(session, outer, now=now)
        undo_merge(session, inner, now=now)
        assert live_merges(session) == ()


def test_an_address_chosen_since_is_named(database: Database, now: datetime) -> None:
    """The site that came with a merge is where they mainly work by now: that is said, not that somebody was faster."""
    with database.write() as session:
        one, other = two(session)
        number = merge(session, keep=one, drop=other, choices={}, now=now)
        session.expire_all()
        (added,) = (site.site_id for site in sites_of(session, one) if not site.main)
        choose_main_site(session, one, added, session.get_one(Therapist, one).version)
        with pytest.raises(Conflict) as error:
            undo_merge(session, number, now=now)
        assert (error.value.code, error.value.params["fields"]) == ("merge.changed_since", ["address"])


def test_a_pin_goes_along_with_its_address(database: Database, now: datetime) -> None:
    """Set by hand at the record given up: no import and no map moves it at the one kept either."""
    with database.write() as session:
        one, other = two(session)
        pin_site(session, session.get_one(Therapist, other).site_id, lat=50.77, lon=6.1)
        merge(session, keep=one, drop=other, choices={}, now=now)
        assert [(site.form.plz, site.geo_locked) for site in sites_of(session, one)] == [
            ("52062", False),
            ("52064", True),
        ]


def test_two_merges_taken_back_in_the_wrong_order_leave_nothing_wrong(database: Database, now: datetime) -> None:
    """The name of one, the address of the other: a directory's rows still find who stays, at each step."""
    with database.write() as session:
        one, other = two(session)
        kept = session.get_one(Therapist, one)
        kept.identity_key = key = identity_key("Sommer", "52062", "")
        third = add_therapist(session, last_name="Sommer")
        site = session.get_one(PracticeSite, session.get_one(Therapist, third).site_id)
        site.street, site.house_number, site.plz = "Alter Weg", "9", "52070"
        session.flush()
        before = everything(session)
        name = merge(session, keep=one, drop=other, choices={"last_name": other}, now=now)
        address = merge(session, keep=one, drop=third, choices={"address": third}, now=now)
        undo_merge(session, name, now=now)
        session.expire_all()
        assert kept.identity_key == identity_key("Sommer", "52070", "9")
        undo_merge(session, address, now=now)
        session.expire_all()
        assert (kept.identity_key, everything(session)) == (key, before)


def test_nobody_is_asked_twice_because_of_a_merge(database: Database, now: datetime) -> None:
    """An open inquiry at the mailbox given up refuses; a waiting time goes along and ends with the undoing."""
    with database.write() as session:
        one, other = two(session)
        inquiry = ask(session, add_search(session), now=now, therapist=other)
        with pytest.raises(Conflict, match=r"merge\.inquiry_open"):
            merge(session, keep=one, drop=other, choices={}, now=now)
    with database.write() as session:
        session.execute(text("UPDATE matching_service.inquiry SET stage = 'expired', closed_at = now()"))
        session.execute(
            text(
                "INSERT INTO matching_service.cooling_period (contact_point_id, starts_at, ends_at, cause, inquiry_id)"
                " SELECT contact_point_id, :now, :then, 'expiry', id FROM matching_service.inquiry"
            ),
            {"now": now, "then": now + timedelta(days=28)},
        )
        cooling = "SELECT cooling_until FROM matching_service.occupancy o JOIN therapist_service.therapist t"
        cooling += " ON t.contact_point_id = o.contact_point_id WHERE t.id = :id"
        number = merge(session, keep=one, drop=other, choices={}, now=now)
        assert session.scalar(text(cooling), {"id": one}) == now + timedelta(days=28)
        undo_merge(session, number, now=now)
        assert session.scalar(text(cooling), {"id": one}) == now
        assert inquiry.id


def test_an_objection_holds_under_every_name(database: Database, now: datetime) -> None:
    """Whoever opted out in one record has opted out."""
    with database.write() as session:
        one, other = two(session, status="opted_out")
        number = merge(session, keep=one, drop=other, choices={}, now=now)
        assert session.get_one(Therapist, one).status == "opted_out"
        undo_merge(session, number, now=now)
        session.expire_all()
        assert session.get_one(Therapist, one).status == "active"


def test_the_database_keeps_a_merged_record_out(database: Database, now: datetime) -> None:
    """No inquiry and no ring, whatever program asks; an institution and a person stay two."""
    with database.write() as session:
        one, other = two(session)
        merge(session, keep=one, drop=other, choices={}, now=now)
    with pytest.raises(Invalid), database.write() as session:
        session.execute(
            text("UPDATE therapist_service.therapist SET status = 'merged', merged_into_id = :other WHERE id = :one"),
            {"one": one, "other": other},
        )
    with pytest.raises(Invalid, match="therapist_is_merged"), database.write() as session:
        session.execute(
            text(
                "INSERT INTO matching_service.inquiry (contact_point_id, therapist_id, reference)"
                " SELECT contact_point_id, id, 'X' FROM therapist_service.therapist WHERE id = :id"
            ),
            {"id": other},
        )
    with database.write() as session:
        house = add_therapist(session, is_institution=True)
        with pytest.raises(Invalid, match=r"merge\.institution_and_person"):
            merge(session, keep=one, drop=house, choices={}, now=now)


def test_two_people_merging_the_same_two_close_no_ring(
    database: Database, second_database: Database, now: datetime
) -> None:
    """Jana keeps the one, Tom the other, at once: whoever is second is told, and nothing of theirs is kept."""
    with database.write() as session:
        one, other = two(session)
    told: list[str] = []

    def tom() -> None:
        try:
            with second_database.write() as session:
                merge(session, keep=other, drop=one, choices={}, now=now)
        except Conflict as error:
            told.append(error.code)

    second = Thread(target=tom)
    with database.write() as session:
        merge(session, keep=one, drop=other, choices={}, now=now)
        second.start()
        wait_for_waiter(session)  # for Jana
    second.join(60)
    assert told == ["merge.merged_already"]
    with database.read() as session:
        assert [(shown.kept_id, shown.dropped_id) for shown in live_merges(session)] == [(one, other)]


def test_two_merges_by_hand_close_no_ring(database: Database, second_database: Database) -> None:
    """Past the program: the second waits for the first, and is refused."""
    with database.write() as session:
        one, other = add_therapist(session, last_name="Sommer"), add_therapist(session, last_name="Sommers")
    query = text("UPDATE therapist_service.therapist SET status = 'merged', merged_into_id = :into WHERE id = :id")
    refused: list[str] = []

    def back() -> None:
        try:
            with second_database.write() as session:
                session.execute(query, {"id": one, "into": other})
        except Invalid as exc:
            refused.append(exc.code)

    with database.write() as session:
        session.execute(query, {"id": other, "into": one})
        thread = Thread(target=back)
        thread.start()
        wait_for_waiter(session)
    thread.join(60)
    assert refused == ["db.therapist_merged_into_merged"]


def test_two_who_are_called_different_are_never_proposed_again(database: Database, now: datetime) -> None:
    """The pair is proposed with its reasons until a person says so."""
    with database.write() as session:
        one = add_therapist(session, last_name="Kühn", first_name="Eva", email="eva.kuehn@post.example")
        other = add_therapist(session, last_name="Kuehn", first_name="Eva Maria", phone="+492419999")
        third = add_therapist(session, last_name="Kühn", first_name="Jan", sex="male", phone="+492418888")
        (suspect,) = suspected_duplicates(session)
        assert (suspect.first.therapist_id, suspect.second.therapist_id) == (one, other)
        assert "surname_same" in suspect.reasons_for
        assert suspected_duplicates(session, about=[third]) == ()
        call_distinct(session, other, one, now=now)
        call_distinct(session, one, other, now=now)
        assert suspected_duplicates(session) == ()


def test_every_table_that_points_to_a_therapist_is_thought_of(database: Database) -> None:
    """From the catalogue: a new reference must say whether it moves with a merge or stays."""
    query = """SELECT DISTINCT n.nspname || '.' || c.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE k.contype = 'f' AND k.confrelid = 'therapist_service.therapist'::regclass"""
    # of the record itself: its names, who it is not, its merges, who wrote in it; and who spoke for a mailbox
    names = ("therapist", "therapist_alias", "distinct_pair", "therapist_merge", "hand_edit", "mailbox_opt_out")
    own = {"therapist_service." + name for name in names}
    with database.read() as session:
        found = set(session.scalars(text(query)))
    assert found - own - {"scraping_service.import_change"} == {*MOVING, *STAYING}
