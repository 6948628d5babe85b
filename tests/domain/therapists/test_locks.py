"""What a caseworker corrected is not undone by the next directory, and nobody comes in twice because of it."""

from dataclasses import fields, replace
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from domain.acquisition.models import ImportFile
from domain.acquisition.records import TherapistRecord
from domain.database import Database, Session
from domain.errors import Conflict, Invalid
from domain.therapists.bulk import apply_records
from domain.therapists.models import Practice, PracticeSite, Therapist
from domain.therapists.queries import TherapistDetail, get_therapist
from domain.therapists.revising import FileSource
from domain.therapists.service import TherapistForm, unlock_fields, update_therapist
from domain.therapists.sites import SiteForm, add_site, choose_main_site, sites_of, update_site
from domain.values import Coordinate, GeoQuality, Offer

RECORD = TherapistRecord(
    row=1, last_name="Blum", first_name="Ina", email="praxis@blum.example", phone="+492411234567",
    street="Alte Gasse", house_number="5", plz="52062", city="Aachen",
)  # fmt: skip
HOUSE = Coordinate(50.7753, 6.0839, GeoQuality.HOUSE, 50, "directory")


def _import(session: Session, now: datetime, *records: TherapistRecord) -> list[int]:
    file = ImportFile(
        file_name="liste.json", kind="arztsuche", source_key="arztsuche", sha256="0" * 64, as_of=now.date(),
        imported_at=now,
    )  # fmt: skip
    session.add(file)
    session.flush()
    source = FileSource(file.id, "arztsuche", now.date(), "arztsuche", "statutory")
    result = apply_records(session, [(record, HOUSE) for record in records], source, now=now)
    return [*result.imported, *result.updated, *result.unchanged]


def _form(shown: TherapistDetail, **changes: object) -> TherapistForm:
    values = {field.name: getattr(shown, field.name) for field in fields(TherapistForm)}
    values["offers"] = frozenset(Offer.parse(code) for code in shown.offers)
    return TherapistForm(**(values | changes))


def _edit(session: Session, therapist: int, today: date, **changes: object) -> None:
    shown = get_therapist(session, therapist)
    update_therapist(session, therapist, shown.version, _form(shown, **changes), today=today)
    session.flush()


@pytest.mark.parametrize(
    ("field", "value"),
    [("phone", "+49241999"), ("plz", "52064"), ("house_number", "77"), ("last_name", "Blume"), ("street", "Neue Str.")],
)
def test_a_correction_survives_the_next_import(
    database: Database, now: datetime, today: date, field: str, value: str
) -> None:
    """The old file comes again: one therapist, with the corrected value."""
    with database.write() as session:
        (therapist,) = _import(session, now, RECORD)
        _edit(session, therapist, today, **{field: value})
        before = get_therapist(session, therapist)
        assert _import(session, now, RECORD) == [therapist]
        session.expire_all()
        after = get_therapist(session, therapist)
        assert getattr(after, field) == value
        assert field in after.locked_fields
        assert (after.lat, after.lon, after.geo_quality) == (before.lat, before.lon, before.geo_quality)
        assert session.scalar(select(func.count()).select_from(Therapist)) == 1


def test_a_directory_that_has_caught_up_finds_the_same_person(database: Database, now: datetime, today: date) -> None:
    """The new address in the file is the one entered by hand: nobody is made a second time."""
    with database.write() as session:
        (therapist,) = _import(session, now, RECORD)
        _edit(session, therapist, today, plz="52064", house_number="9")
        assert _import(session, now, replace(RECORD, plz="52064", house_number="9")) == [therapist]


def test_a_colleague_in_the_file_does_not_undo_the_address(database: Database, now: datetime, today: date) -> None:
    """Two share a site; one's record is corrected, the other's line in the file leaves it so."""
    with database.write() as session:
        first, second = _import(session, now, RECORD, replace(RECORD, row=2, last_name="Zander", first_name="Uwe"))
        _edit(session, first, today, street="Neuer Weg")
        _import(session, now, RECORD, replace(RECORD, row=2, last_name="Zander", first_name="Uwe"))
        session.expire_all()
        assert get_therapist(session, first).street == get_therapist(session, second).street == "Neuer Weg"


def test_an_unlocked_field_is_written_by_the_next_import(database: Database, now: datetime, today: date) -> None:
    """Only the field set free; the others stay as they were corrected."""
    with database.write() as session:
        (therapist,) = _import(session, now, RECORD)
        _edit(session, therapist, today, phone="+49241999", street="Neuer Weg")
        unlock_fields(session, therapist, ["phone"], get_therapist(session, therapist).version)
        session.flush()
        assert _import(session, now, RECORD) == [therapist]
        session.expire_all()
        after = get_therapist(session, therapist)
        assert (after.phone, after.street, after.locked_fields) == (RECORD.phone, "Neuer Weg", ("street",))


def test_a_second_site_changes_nothing_until_it_is_the_main_one(database: Database, now: datetime) -> None:
    """Then the therapist stands there, and the file's old address does not bring them back."""
    with database.write() as session:
        (therapist,) = _import(session, now, RECORD)
        site = add_site(session, therapist, SiteForm("Kölner Straße", "1", "52064", "Aachen", accessible=True))
        assert get_therapist(session, therapist).street == "Alte Gasse"
        choose_main_site(session, therapist, site, get_therapist(session, therapist).version)
        session.flush()
        assert [(s.form.street, s.main) for s in sites_of(session, therapist)] == [
            ("Kölner Straße", True),
            ("Alte Gasse", False),
        ]
        assert _import(session, now, RECORD) == [therapist]
        session.expire_all()
        assert get_therapist(session, therapist).street == "Kölner Straße"


def test_a_site_of_another_practice_is_refused(database: Database, now: datetime) -> None:
    """So is a PLZ that is none, and a version somebody else has changed."""
    with database.write() as session:
        (therapist,) = _import(session, now, RECORD)
        other = Practice(name="Andere")
        session.add(other)
        session.flush()
        foreign = PracticeSite(practice_id=other.id)
        session.add(foreign)
        session.flush()
        version = get_therapist(session, therapist).version
        with pytest.raises(Invalid):
            choose_main_site(session, therapist, foreign.id, version)
        with pytest.raises(Invalid):
            add_site(session, therapist, SiteForm("", "", "123", "", accessible=None))
        (own,) = sites_of(session, therapist)
        with pytest.raises(Conflict):
            update_site(session, own.site_id, own.version + 1, own.form)


def test_a_lost_zero_comes_back_where_the_town_agrees(database: Database, now: datetime, today: date) -> None:
    """1067 in Dresden is 01067; in another town the PLZ meant is named, and nothing is changed."""
    with database.write() as session:
        (therapist,) = _import(session, now, RECORD)
        _edit(session, therapist, today, plz="1067", city="Dresden")
        assert get_therapist(session, therapist).plz == "01067"
        with pytest.raises(Invalid, match=r"address\.plz_short") as refused:
            _edit(session, therapist, today, plz="1067", city="Aachen")
        assert (refused.value.params["plz"], refused.value.params["city"]) == ("01067", "Dresden")
        with pytest.raises(Invalid, match=r"address\.plz$"):
            _edit(session, therapist, today, plz="999", city="Aachen")
