"""What a file would change is told field by field, taken over as chosen, and taken back as a whole."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from domain.acquisition.reading import FileKind, as_table, recognise
from domain.casework.history import therapist_history
from domain.casework.import_list import list_imports
from domain.casework.import_undo import undo_import
from domain.casework.imports import ImportReport, import_file
from domain.casework.merging import merge
from domain.communication.calls import plan_call
from domain.communication.contacts import ContactNote, note_contact
from domain.database import Database, Session
from domain.errors import Conflict, Invalid, NotFound
from domain.therapists.changes import NONE, Became, Choice
from domain.therapists.models import Practice, Therapist
from domain.therapists.queries import get_therapist
from domain.therapists.service import set_contact, update_therapist
from domain.therapists.sites import sites_of
from domain.values import Channel
from tests.builders import add_search
from tests.conftest import NOW
from tests.domain.acquisition.therapist_files import exporter
from tests.domain.casework.steps import ask
from tests.domain.therapists.test_locks import _form
from ui.import_words import lost_words

TABLES = ("therapist", "practice", "practice_site", "contact_point", "therapist_alias")


def entry(last: str = "Sommer", first: str = "Ina", **values: Any) -> dict[str, Any]:
    """A person of a directory per PLZ, with a mailbox of their own."""
    place = {"street": "Weg", "house_number": "3", "postal_code": "52062", "city": "Aachen"}
    contact = {"phone": "0241 1234567", "email": f"{first}.{last}@post.example".lower()}
    return {
        "basic_info": {"first_name": first, "last_name": last, "title": values.get("title", "")},
        "location": place | {k: v for k, v in values.items() if k in place},
        "contact": contact | {k: v for k, v in values.items() if k in contact},
    }


@dataclass
class Desk:
    """Files of a directory, read in one after the other, a day apart."""

    database: Database
    folder: Path
    day: int = 0

    def write(self, *entries: dict[str, Any]) -> Path:
        """A file of tomorrow."""
        self.day += 1
        path = self.folder / f"liste{self.day}.json"
        scraped = (NOW + timedelta(days=self.day)).date().isoformat()
        path.write_text(json.dumps({"metadata": {"scrape_date": scraped}, "therapists": list(entries)}), "utf-8")
        return path

    def take(self, *entries: dict[str, Any], choice: Choice | None = None, dry: bool = False) -> ImportReport:
        """Read a file in, or only look what it would do."""
        path = self.write(*entries)
        now = NOW + timedelta(days=self.day)
        source = recognise(path, today=now.date())

        def work(session: Session) -> ImportReport:
            return import_file(session, source, now=now, today=now.date(), choice=choice or Choice())

        with self.database.read() if dry else self.database.write() as session:
            return work(session)

    def undo(self, report: ImportReport) -> Any:
        """Take an import back."""
        with self.database.write() as session:
            return undo_import(session, report.import_id, now=NOW + timedelta(days=30))

    def rows(self) -> dict[str, list[Any]]:
        """Everything known of therapists, without stamps."""
        with self.database.read() as session:
            row = "to_jsonb(r) - '{version,updated_at,updated_by}'::text[]"
            query = f"SELECT {row} FROM therapist_service.%s r ORDER BY r.id"
            return {table: list(session.scalars(text(query % table))) for table in TABLES}


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """An office's desk."""
    return Desk(database, tmp_path)


def test_a_dry_run_tells_each_field_and_keeps_nothing(desk: Desk) -> None:
    """Old and new beside each other; what a caseworker locked is shown apart."""
    first = desk.take(entry(), entry("Winter", "Eva"), entry("Herbst", "Jan"))
    ina = first.ids[0]
    with desk.database.write() as session:
        set_contact(session, ina, email="ina.sommer@post.example", phone="0241 999999", mobile="")
    before = desk.rows()
    report = desk.take(entry(phone="0241 7654321", title="Dr."), entry("Winter", "Eva"), entry("Lenz", "Mia"), dry=True)
    assert desk.rows() == before
    by_name = {change.name: change for change in report.changes}
    changed = by_name["Dr. Ina Sommer"]
    assert [(f.name, f.old, f.new) for f in changed.fields] == [("title", "", "Dr.")]
    assert [(f.name, f.old, f.new) for f in changed.locked] == [("phone", "+49241999999", "+492417654321")]
    assert [by_name[name].became for name in ("Eva Winter", "Mia Lenz", "Jan Herbst")] == ["unchanged", "new", "gone"]
    assert ("last_name", None, "Lenz") in [(f.name, f.old, f.new) for f in by_name["Mia Lenz"].fields]
    assert not by_name["Jan Herbst"].accepted
    assert report.read == report.imported + report.updated + report.unchanged + report.skipped + len(report.rejected)


def test_some_all_or_none_is_taken(desk: Desk) -> None:
    """By kind, by row and by field; the counts add up, and what was left is proposed again."""
    desk.take(entry(), entry("Winter", "Eva"))
    before = desk.rows()
    files = [entry(phone="0241 7654321", title="Dr."), entry("Winter", "Eva", title="Prof."), entry("Lenz", "Mia")]
    nothing = desk.take(*files, choice=NONE)
    assert (nothing.skipped, nothing.imported, nothing.updated) == (3, 0, 0)
    assert desk.rows() == before
    some = Choice(skipped_rows=frozenset({2}), skipped_fields={1: frozenset({"phone"})})
    report = desk.take(*files, choice=some)
    assert (report.imported, report.updated, report.skipped, report.unchanged) == (1, 1, 1, 0)
    with desk.database.read() as session:
        rows = {(t.title, t.first_name, t.phone) for t in session.query(Therapist)}
    assert rows == {("Dr.", "Ina", "+492411234567"), ("", "Eva", "+492411234567"), ("", "Mia", "+492411234567")}
    again = desk.take(*files, dry=True)
    assert (again.updated, again.unchanged) == (2, 1)


def test_who_is_gone_is_set_inactive_only_when_a_person_says_so(desk: Desk) -> None:
    """And comes back with the undoing."""
    first = desk.take(entry(), entry("Winter", "Eva"))
    report = desk.take(entry())
    (gone,) = [change for change in report.changes if change.became is Became.GONE]
    assert (gone.therapist_id, gone.accepted, report.gone) == (first.ids[1], False, 0)
    report = desk.take(entry(), choice=Choice(gone=frozenset({gone.therapist_id})))
    assert report.gone == 1
    with desk.database.read() as session:
        assert session.get_one(Therapist, gone.therapist_id).status == "inactive"
    assert desk.undo(report).restored == 1
    with desk.database.read() as session:
        assert session.get_one(Therapist, gone.therapist_id).status == "active"


def test_who_stands_in_a_rejected_row_is_not_gone(desk: Desk) -> None:
    """The row is listed with its reason; nobody is told as missing who is there."""
    desk.take(entry(), entry("Winter", "Eva"), entry("Lenz", "Mia"))
    report = desk.take(entry(), entry("Winter", "Eva", title="T" * 700))
    assert [(error.row, error.reason) for error in report.rejected] == [(2, "import.row.too_long")]
    assert [change.name for change in report.changes if change.became is Became.GONE] == ["Mia Lenz"]


def test_what_ended_with_gone_is_told_when_it_is_undone(desk: Desk) -> None:
    """The status comes back; the mail that was not sent and the call that was planned do not."""
    first = desk.take(entry(), entry("Winter", "Eva"))
    eva = first.ids[1]
    now = NOW + timedelta(days=desk.day)
    with desk.database.write() as session:
        known = session.get_one(Therapist, eva)
        known.offers = ["cbt:adult:individual"]
        session.get_one(Practice, known.practice_id).seat = "statutory"
        session.flush()
        ask(session, add_search(session), now=now, channel=Channel.EMAIL, therapist=eva)
        plan_call(session, eva, now=now)
    report = desk.take(entry(), choice=Choice(gone=frozenset({eva})))
    undone = desk.undo(report)
    assert (undone.restored, undone.lost_inquiries, undone.lost_calls) == (1, 1, 1)
    assert lost_words(undone).startswith(
        "Nicht zurück kommt, was endete, als Therapeuten nicht mehr tätig waren: 1 ungesendete Anfrage und 1 geplanter"
    )
    again = desk.undo(desk.take(entry(), choice=Choice(gone=frozenset({eva}))))
    assert (again.restored, lost_words(again)) == (1, "")


def test_a_whole_import_is_undone(desk: Desk) -> None:
    """New ones go with their practices, changed fields and moved sites come back; twice is refused."""
    desk.take(entry(), entry("Winter", "Eva"))
    before = desk.rows()
    moved = entry("Winter", "Eva", house_number="77", postal_code="52064")
    report = desk.take(entry(title="Dr.", email="neu@post.example"), moved, entry("Lenz", "Mia"))
    assert [change.became for change in report.changes] == ["changed", "moved", "new"]
    with desk.database.read() as session:
        assert [site.form.plz for site in sites_of(session, report.changes[1].therapist_id)] == ["52064", "52062"]
    undone = desk.undo(report)
    assert (undone.removed, undone.restored, undone.kept) == (1, 2, ())
    after = desk.rows()
    assert {k: v for k, v in after.items() if k != "contact_point"} == {
        k: v for k, v in before.items() if k != "contact_point"
    }
    with pytest.raises(Conflict, match=r"import\.undone"):
        desk.undo(report)
    with desk.database.write() as session:
        shown = list_imports(session)
        assert [(row.imported, row.updated, row.undone_at is None) for row in shown] == [(1, 2, False), (2, 0, True)]
        with pytest.raises(NotFound):
            undo_import(session, 999, now=NOW)


def test_what_was_edited_since_stays_and_is_told(desk: Desk, today: Any) -> None:
    """Field by field for those changed, whole for those new; a contact keeps somebody, too."""
    desk.take(entry())
    report = desk.take(
        entry(phone="0241 7654321", title="Dr."), entry("Lenz", "Mia"), entry("Keim", "Ute"), entry("Rath", "Pia")
    )
    ina, mia, ute, _ = report.ids
    with desk.database.write() as session:
        set_contact(session, ina, email="ina.sommer@post.example", phone="0241 999999", mobile="")
        shown = get_therapist(session, mia)
        update_therapist(session, mia, shown.version, _form(shown, note="nett"), today=today)
        note_contact(session, ute, ContactNote(NOW, "phone", "in", "", "rief an"), now=NOW)
    undone = desk.undo(report)
    assert {(kept.name, kept.reason, kept.fields) for kept in undone.kept} == {
        ("Ina Sommer", "import.kept.edited", ("phone",)),
        ("Mia Lenz", "import.kept.edited", ()),
        ("Ute Keim", "import.kept.referred", ()),
    }
    assert undone.removed == 1
    with desk.database.read() as session:
        row = session.get_one(Therapist, ina)
        assert (row.title, row.phone) == ("", "+49241999999")


def test_a_corrected_first_name_brings_nobody_in_again(desk: Desk, today: Any) -> None:
    """The directory goes on calling her Ina; she stays Pia, and one."""
    (ina,) = desk.take(entry()).ids
    with desk.database.write() as session:
        shown = get_therapist(session, ina)
        update_therapist(
            session, ina, shown.version, _form(shown, first_name="Pia", last_name="Sommerfeld"), today=today
        )
    report = desk.take(entry(email=""))
    assert [(change.became, change.therapist_id) for change in report.changes] == [("unchanged", ina)]
    assert {f.name for f in report.changes[0].locked} == {"first_name", "last_name"}


def test_a_second_site_in_one_file_stays_a_second_site(desk: Desk) -> None:
    """Both addresses are kept, the first stays the main one, and reading it again changes nothing."""
    two = [entry(), entry(house_number="9", postal_code="52349", city="Düren", phone="02421 555555")]
    report = desk.take(*two)
    (ina,) = set(report.ids)
    for _ in range(2):
        again = desk.take(*reversed(two))
        assert (again.unchanged, again.updated) == (2, 0)
    with desk.database.read() as session:
        assert [(site.form.plz, site.main) for site in sites_of(session, ina)] == [("52062", True), ("52349", False)]
    known = desk.take(entry(house_number="9", postal_code="52349", city="Düren", phone="02421 555555", email=""))
    assert known.ids == (ina,)  # by the second address alone


def test_an_import_knows_whom_others_were_merged_into(desk: Desk) -> None:
    """The directory goes on listing her twice; nothing comes in again and nothing flips to and fro."""
    twice = [entry(), entry("Sommer-Blum", "Ina", house_number="77", postal_code="52064", phone="0241 7654321")]
    one, other = desk.take(*twice).ids
    with desk.database.write() as session:
        merge(session, keep=one, drop=other, choices={"last_name": other}, now=NOW)
    for files in (twice, twice[::-1]):
        report = desk.take(*files)
        assert {change.therapist_id for change in report.changes} == {one}
        assert (report.unchanged, report.imported, report.updated) == (2, 0, 0)


def test_an_address_may_be_left_out_of_what_is_taken(desk: Desk) -> None:
    """The rest of somebody who moved comes in."""
    (ina,) = desk.take(entry()).ids
    files = entry(house_number="77", postal_code="52064", title="Dr.")
    desk.take(files, choice=Choice(skipped_fields={1: frozenset({"plz"})}))
    with desk.database.read() as session:
        assert session.get_one(Therapist, ina).title == "Dr."
        assert [site.form.plz for site in sites_of(session, ina)] == ["52062"]
    assert [change.became for change in desk.take(files).changes] == ["moved"]


def test_what_an_office_wrote_beside_a_list_becomes_history(desk: Desk) -> None:
    """Once, however often the list is read; who was not called yet has none."""
    path = desk.folder / "fork"
    path.write_bytes(exporter(fork=True))
    source = recognise(path, today=NOW.date())
    for _ in range(2):
        with desk.database.write() as session:
            report = import_file(session, source, now=NOW, today=NOW.date())
    ina, eva = (change.therapist_id for change in report.changes)
    with desk.database.read() as session:
        (said,) = therapist_history(session, ina)
        assert (said.kind, said.channel, said.body) == ("list_status", "phone", "Auf AB gesprochen: ruft Montag zurück")
        assert therapist_history(session, eva) == ()


def test_a_list_of_contacts_adds_to_the_history_only(desk: Desk) -> None:
    """Of who is known, dated as the row says and once; whom nobody knows is told, and nobody changes or comes."""
    (ina,) = desk.take(entry()).ids
    before = desk.rows()
    path = desk.folder / "kontakte.csv"
    path.write_text(
        "Name;Telefon;PLZ;Hausnummer;Status;Notiz;Kontakt am\n"
        "Ina Sommer;0241 999999;52062;3;Auf AB gesprochen;ruft zurück;20.11.2026\n"
        "Ina Sommer;0241 999999;52062;3;Noch offen;;\nEva Fremd;1;50667;1;Erreicht;;\n",
        "utf-8",
    )
    source = as_table(recognise(path, today=NOW.date()), FileKind.CONTACT_TABLE)
    for new, same in ((1, 0), (0, 1)):
        with desk.database.write() as session:
            report = import_file(session, source, now=NOW, today=NOW.date())
        assert (report.imported, report.changes, report.gone) == (new, (), 0)
        assert report.read == report.imported + report.unchanged + len(report.rejected)
        assert [(error.row, error.reason) for error in report.rejected] == [(4, "import.row.nobody_known")]
        assert report.unchanged >= same
    assert desk.rows() == before
    with desk.database.read() as session:
        (said,) = therapist_history(session, ina)
        assert (said.body, said.at.date().isoformat()) == ("Auf AB gesprochen: ruft zurück", "2026-11-20")
    with pytest.raises(Invalid, match=r"import\.undo_contacts"):
        desk.undo(report)


def test_a_file_changed_since_the_preview_is_refused(desk: Desk) -> None:
    """Row numbers a person chose by would mean somebody else."""
    path = desk.write(entry())
    source = recognise(path, today=datetime.now(UTC).date())
    path.write_text(path.read_text("utf-8").replace("Ina", "Mia"), "utf-8")
    with pytest.raises(Conflict, match=r"import\.file_changed"), desk.database.write() as session:
        import_file(session, source, now=NOW, today=NOW.date())


def test_the_same_file_is_recognised(desk: Desk) -> None:
    """By its hash, whatever it is called."""
    path = desk.write(entry())
    source = recognise(path, today=NOW.date())
    with desk.database.write() as session:
        assert import_file(session, source, now=NOW, today=NOW.date()).same_file_at is None
        assert import_file(session, source, now=NOW, today=NOW.date()).same_file_at == NOW


def test_an_import_of_patients_is_not_undone_as_a_whole(desk: Desk) -> None:
    """Their records may be worked with already."""
    path = desk.folder / "patienten.csv"
    path.write_text("Nachname;Vorname\nBerger;Lea\n", "utf-8")
    with desk.database.write() as session:
        report = import_file(session, recognise(path, today=NOW.date()), now=NOW, today=NOW.date())
    with pytest.raises(Invalid, match=r"import\.undo_patients"):
        desk.undo(report)


def test_what_is_only_confirmed_is_no_change(desk: Desk) -> None:
    """A newer file with the same hours changes nobody; the newer week is noted, and undone without a word."""
    person = {**entry(), "telephone_hours": {"Montag": ["09:00 - 10:00"]}}
    desk.take(person)
    before = desk.rows()
    again = desk.take(person)
    assert (again.updated, again.unchanged) == (0, 1)
    assert [(change.became, change.fields) for change in again.changes] == [(Became.UNCHANGED, ())]
    noted, kept = desk.rows()["therapist"][0], before["therapist"][0]
    assert noted["hours_as_of"] > kept["hours_as_of"]
    assert noted["source_as_of"] > kept["source_as_of"]
    undone = desk.undo(again)
    assert (undone.restored, undone.kept) == (0, ())
    assert desk.rows() == before


def test_what_differs_in_a_field_is_the_only_change(desk: Desk) -> None:
    """Of two people with newer hours only the one whose number differs is told as changed, and with that field."""
    hours = {"telephone_hours": {"Montag": ["09:00 - 10:00"]}}
    one, other = entry() | hours, entry("Winter", "Ole") | hours
    desk.take(one, other)
    report = desk.take(entry(phone="0241 7654321") | hours, other)
    told = [(change.became, tuple(field.name for field in change.fields)) for change in report.changes]
    assert told == [(Became.CHANGED, ("phone",)), (Became.UNCHANGED, ())]
    left = desk.take(entry(phone="0241 7654321") | hours, other, choice=NONE)
    assert (left.skipped, left.unchanged) == (0, 2)
