"""Two directories stay two: what one says of somebody moves and retires nobody of the other, and grants no licence."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.acquisition.reading import recognise
from domain.acquisition.source_models import DirectorySource, SourceRun
from domain.casework.imports import ImportReport, import_file
from domain.casework.source_review import take_over
from domain.database import Database
from domain.matching.candidates import candidates_for_search
from domain.matching.rules import Rule
from domain.therapists.changes import Became
from domain.therapists.models import PracticeSite, Therapist
from domain.therapists.sites import sites_of
from tests.builders import add_patient, add_search
from tests.conftest import NOW
from tests.domain.acquisition.files import SAMPLES
from tests.domain.acquisition.test_tables import workbook
from tests.domain.acquisition.therapist_files import PAGE, USERSCRIPT, exporter
from tests.domain.casework.test_import_diff import entry


def add_source(database: Database, name: str) -> int:
    """A directory on the web that may be read."""
    with database.write() as session:
        source = DirectorySource(
            name=name, kind="json", address=f"https://{name}.example/", permitted=True, permitted_by="Frau Muster",
            permitted_on=date(2026, 11, 1), enabled=True,
        )  # fmt: skip
        session.add(source)
        session.flush()
        return source.id


def brought(database: Database, worker: Database, source_id: int, *entries: object, day: int) -> ImportReport:
    """A reading of that day brought these entries, as the worker notes it, and they are taken over."""
    at = NOW + timedelta(days=day)
    content = json.dumps({"metadata": {"scrape_date": at.date().isoformat()}, "therapists": entries}).encode()
    with worker.write() as session:
        run = SourceRun(
            source_id=source_id, state="review", asked_at=at, not_before=at, done_at=at, content=content,
            content_sha256=f"{day:064}", params={},
        )  # fmt: skip
        session.add(run)
        session.flush()
        number = run.id
    with database.write() as session:
        return take_over(session, number, now=at, today=at.date())


def test_another_directorys_address_is_a_further_site(database: Database, worker_database: Database) -> None:
    """Two sources of one shape: the later one's address moves nobody, and nobody of the first is gone."""
    first, second = add_source(database, "kammer"), add_source(database, "verband")
    (ina, _) = brought(database, worker_database, first, entry(), entry("Winter", "Eva"), day=1).ids
    elsewhere = entry(street="Platz", house_number="9")
    report = brought(database, worker_database, second, elsewhere, day=2)
    assert [(change.became, change.second_site) for change in report.changes] == [(Became.MOVED, True)]
    with database.read() as session:
        assert [site.form.street for site in sites_of(session, ina)] == ["Weg", "Platz"]
    again = brought(database, worker_database, first, entry("Winter", "Eva"), day=3)
    assert [change.became for change in again.changes] == [Became.UNCHANGED]  # the second one still names Ina


def test_one_directory_still_moves_and_misses_its_own(database: Database, worker_database: Database) -> None:
    """A later reading of the same source: the new address is where they work, and who is not named is told."""
    first = add_source(database, "kammer")
    ina, eva = brought(database, worker_database, first, entry(), entry("Winter", "Eva"), day=1).ids
    report = brought(database, worker_database, first, entry(house_number="9"), day=2)
    assert [(change.therapist_id, change.became, change.second_site) for change in report.changes] == [
        (ina, Became.MOVED, False),
        (eva, Became.GONE, False),
    ]


def test_tables_of_another_exporter_are_another_directory(tmp_path: Path) -> None:
    """By their headers without the days, which differ from week to week."""
    keys = []
    for content in (USERSCRIPT, USERSCRIPT.replace("23.11.2026", "30.11.2026"), "Name;Telefon;Sprechzeiten\nA;1;\n"):
        path = tmp_path / "x"
        path.write_text(content, "utf-8")
        keys.append(recognise(path, today=NOW.date()).key)
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize(
    ("content", "seat"),
    [
        ((SAMPLES / "arztsuche-v1.json").read_bytes(), "statutory"),
        (PAGE.encode(), "statutory"),
        (USERSCRIPT.encode(), "statutory"),
        (exporter(), "statutory"),
        (b"Name;Telefon;Sprechzeiten\nDr. Ina Sommer;0241 1234567;Mo 8-9\n", "unknown"),
        (json.dumps({"metadata": {}, "therapists": [entry()]}).encode(), "unknown"),
    ],
    ids=["answer", "page", "userscript", "exporter", "own", "plz"],
)
def test_only_the_statutory_search_says_statutory(
    database: Database, tmp_path: Path, content: bytes, seat: str
) -> None:
    """A chamber's page or an own list names private practices, too."""
    path = tmp_path / "x"
    path.write_bytes(content)
    source = recognise(path, today=NOW.date())
    with database.write() as session:
        assert import_file(session, source, now=NOW, today=NOW.date()).imported
    with database.read() as session:
        assert set(session.scalars(text("SELECT seat FROM therapist_service.practice"))) == {seat}


def test_matching_does_not_take_a_chambers_practice_for_a_statutory_one(
    database: Database, worker_database: Database
) -> None:
    """For somebody insured by statute the rule says unknown, never yes."""
    source = add_source(database, "kammer")
    (ina,) = brought(database, worker_database, source, entry(), day=1).ids
    with database.write() as session:
        search = add_search(session, add_patient(session))
        session.get_one(Therapist, ina).offers = ["cbt:adult:individual"]
        ina_site = session.get_one(PracticeSite, session.get_one(Therapist, ina).site_id)
        assert ina_site.lat is not None  # the PLZ is known, so that only the insurance may be in doubt
    with database.read() as session:
        found = candidates_for_search(session, search, now=NOW)
    assert (found.fit, [group.rule for group in found.unknown]) == ((), [Rule.INSURANCE])


def test_a_colleague_from_elsewhere_shares_no_statutory_practice(
    database: Database, worker_database: Database, tmp_path: Path
) -> None:
    """The same mailbox and house, but only the statutory search knows the first: two practices, one mailbox."""
    person = {"arzt": True, "vorname": "Ina", "name": "Sommer", "plz": "52062", "ort": "Aachen", "strasse": "Weg"}
    answer = {"arztPraxisDatas": [person | {"hausnummer": "3", "email": "praxis@weg.example"}], "moreResults": False}
    path = tmp_path / "x"
    path.write_text(json.dumps(answer), "utf-8")
    with database.write() as session:
        import_file(session, recognise(path, today=NOW.date()), now=NOW, today=NOW.date())
    brought(
        database,
        worker_database,
        add_source(database, "kammer"),
        entry("Winter", "Eva", email="praxis@weg.example"),
        day=1,
    )
    query = """SELECT t.last_name, pr.seat FROM therapist_service.therapist t
        JOIN therapist_service.practice pr ON pr.id = t.practice_id ORDER BY t.id"""
    with database.read() as session:
        rows = [tuple(row) for row in session.execute(text(query))]
        points = session.scalar(text("SELECT count(DISTINCT contact_point_id) FROM therapist_service.therapist"))
    assert (rows, points) == ([("Sommer", "statutory"), ("Winter", "unknown")], 1)


def test_a_sheet_that_was_not_read_is_told_and_is_no_row(database: Database, tmp_path: Path) -> None:
    """Nothing of the file was refused; its title may be anybody's name and is not kept."""
    header = ["Name", "PLZ", "Telefon", "Sprechzeiten", "Therapieverfahren"]
    anna, eva = ["Kern, Anna", "52062", "0241 889900"], ["Tal, Eva", "52062", "0241 889901"]
    before = workbook(tmp_path / "alle.xlsx", Praxen=[header, anna, eva])
    path = workbook(tmp_path / "liste.xlsx", Praxen=[header, anna], Lea=[header, eva])
    with database.write() as session:
        import_file(session, recognise(before, today=NOW.date() - timedelta(7)), now=NOW, today=NOW.date())
        report = import_file(session, recognise(path, today=NOW.date()), now=NOW, today=NOW.date())
        kept = session.execute(text("SELECT row, reason FROM scraping_service.left_out_value WHERE row = 0")).all()
    assert (report.read, report.unchanged, report.rejected) == (1, 1, ())
    assert [change.name for change in report.changes if change.became is Became.GONE] == ["Eva Tal"]
    assert [note.params for note in report.noted if not note.row] == [{"sheet": "Lea"}]
    assert kept == [(0, "import.note.other_sheet")]
