"""Contact data changed here: what was kept is found, both sides survive a conflict, twice handed over is once done."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.casework.addressees import contacts_to_keep, find_addressees, get_addressee
from domain.casework.draft_upload import apply_contact_edit
from domain.casework.own_letters import begin_letter, keep_stationery, kept_stationery, read_stationery
from domain.communication.drafts import contacts
from domain.communication.drafts.records import CachedContact, ContactData, ContactEdit
from domain.communication.drafts.store import DraftStore
from domain.communication.templates.service import create_own
from domain.database import Database
from domain.errors import Invalid, NotFound
from domain.therapists.service import set_contact
from tests.builders import add_patient, add_search, add_therapist
from tests.conftest import NOW
from tests.domain.casework.steps import ask
from tests.examples import examples

SEEN = ContactData("a@praxis.example", "+49241555000", "")
ANNA = CachedContact("therapist", 7, "Anna Müller", "Frau", "", "Anna", "Müller", is_institution=False, contact=SEEN)
NUMBERS = st.sampled_from(["+49241555000", "+49241555001", "+49241555002", ""])


def test_kept_contacts_are_found_by_any_of_their_words(store: DraftStore) -> None:
    """Also by those changed here; those no longer kept are gone."""
    contacts.keep_contacts(store, [ANNA])
    assert contacts.find_contacts(store, "müll PRAXIS") == (ANNA,)
    assert contacts.find_contacts(store, "bert") == ()
    contacts.edit_contact(store, ANNA, ContactData("neu@praxis.example", "0241 555000", ""))
    (found,) = contacts.find_contacts(store, "neu@")
    assert found.contact == ContactData("neu@praxis.example", "+49241555000", "")
    contacts.keep_contacts(store, [])
    with pytest.raises(NotFound):
        contacts.kept_contact(store, "therapist", 7)
    assert len(contacts.contact_edits(store)) == 1  # it still has to reach the server


def test_what_is_no_number_is_told_at_once(store: DraftStore) -> None:
    """Not only when the server hears of it."""
    with pytest.raises(Invalid) as caught:
        contacts.edit_contact(store, ANNA, replace(SEEN, phone="keine"))
    assert caught.value.field == "phone"
    assert contacts.contact_edits(store) == ()


def test_changed_twice_it_is_compared_with_what_was_first_seen(store: DraftStore) -> None:
    """And insisting compares with what the server has now."""
    contacts.keep_contact(store, ANNA)
    contacts.edit_contact(store, ANNA, replace(SEEN, phone="+49241555001"))
    contacts.edit_contact(store, contacts.kept_contact(store, "therapist", 7), replace(SEEN, phone="+49241555002"))
    (edit,) = contacts.contact_edits(store)
    assert (edit.before.phone, edit.after.phone) == ("+49241555000", "+49241555002")
    contacts.note_conflict(store, edit, theirs=replace(SEEN, phone="+49241555009"))
    contacts.insist(store, edit)
    (edit,) = contacts.contact_edits(store)
    assert (edit.before.phone, edit.theirs) == ("+49241555009", None)


@settings(max_examples=examples(13), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mine=st.tuples(NUMBERS, NUMBERS), theirs=st.tuples(NUMBERS, NUMBERS))
def test_both_sides_of_a_change(database: Database, mine: tuple[str, str], theirs: tuple[str, str]) -> None:
    """What only one side changed holds; where both did, nothing is done and the other side is told. Twice is once."""
    with database.write() as session:
        number = add_therapist(session, phone="+49241555000", mobile="+49241555001")
        before = get_addressee(session, "therapist", number).contact
        set_contact(session, number, email=before.email, phone=theirs[0], mobile=theirs[1])
    edit = ContactEdit("therapist", number, "Anna", before, ContactData(before.email, *mine))
    for _ in range(2):
        with database.write() as session:
            told = apply_contact_edit(session, edit)
        with database.read() as session:
            now = get_addressee(session, "therapist", number).contact
        fields = list(zip((before.phone, before.mobile), mine, theirs, strict=True))
        if any(m not in (b, t) and t != b for b, m, t in fields):
            assert told == now == ContactData(before.email, *theirs)
        else:
            assert told is None
            assert (now.phone, now.mobile) == tuple(m if m != b else t for b, m, t in fields)


def test_whom_one_can_write_to(database: Database) -> None:
    """Found by parts of name and address; kept are those the office works with."""
    with database.write() as session:
        asked = add_therapist(session, first_name="Ina", last_name="Sommer", email="ina@praxis.example")
        add_therapist(session, last_name="Nie_gefragt", email="nie@praxis.example")
        gone = add_therapist(session, last_name="Sommerfeld", email="x@praxis.example", status="opted_out")
        patient = add_patient(session, last_name="Sommerkorn", email="lea@mail.example")
        add_patient(session, last_name="Ohne", email="ohne@mail.example")
        ask(session, add_search(session, patient), now=NOW, therapist=asked)
    with database.read() as session:
        assert {(c.kind, c.id) for c in find_addressees(session, "sommer")} == {
            ("therapist", asked),
            ("patient", patient),
        }
        assert [c.id for c in find_addressees(session, "sommer ina@")] == [asked]
        assert [c.last_name for c in find_addressees(session, "nie_")] == ["Nie_gefragt"]
        assert find_addressees(session, "%") == ()
        assert {(c.kind, c.id) for c in contacts_to_keep(session, now=NOW)} == {
            ("therapist", asked),
            ("patient", patient),
        }
        with pytest.raises(NotFound):
            get_addressee(session, "therapist", gone)


def test_a_letter_is_begun_without_the_server(database: Database, store: DraftStore) -> None:
    """From the letterhead and templates kept of it, as with it."""
    with database.write() as session:
        create_own(session, "own_practice", "Dank", subject="Danke", body="{{ anrede }},\n\n*danke*!\n\n{{ signatur }}")
        there = read_stationery(session)
    with pytest.raises(NotFound):
        kept_stationery(store)
    keep_stationery(store, there)
    here = kept_stationery(store)
    assert here == there
    begun = begin_letter(here, ANNA, here.templates[0], today=NOW.date())
    assert begun.subject == "Danke"
    assert begun.body.startswith("Sehr geehrte Frau Müller,\n\n*danke*!\n\nMit freundlichen Grüßen\n\nJana Brand")
    assert begin_letter(here, None, None, today=NOW.date()).body.startswith("Sehr geehrte Damen und Herren,")
