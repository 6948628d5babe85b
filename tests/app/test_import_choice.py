"""Which table a file is taken for on the command line, where nobody looks at a trial."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli import parser
from app.commands.import_choice import as_asked, choice_of, columns_of
from domain.acquisition.chosen_sheet import PAGE
from domain.acquisition.reading import FileKind, recognise
from domain.acquisition.remembered_columns import remember
from domain.database import Database
from domain.errors import Invalid

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEADERS = ("Name", "PLZ", "Telefon")
SAID = {"name": "Name", "plz": "PLZ", "phone": "Telefon"}


def test_a_table_that_may_be_of_patients_is_not_taken_for_what_another_was(database: Database, tmp_path: Path) -> None:
    """With the same plain headers as a list of therapists: somebody has to say it, and then its columns are known."""
    path = tmp_path / "liste.csv"
    path.write_text("Name;PLZ;Telefon\nKarl Beispiel;52064;0241 99999\n", "utf-8")
    source = recognise(path, today=NOW.date())
    with database.write() as session:
        remember(session, HEADERS, FileKind.THERAPIST_TABLE, SAID, now=NOW)
        with pytest.raises(Invalid, match=r"import\.about_open"):
            columns_of(session, source, about=None, mapping=None)
        said, mapping, known = columns_of(session, as_asked(source, "therapists"), about="therapists", mapping=None)
        assert (said.kind, mapping, known is not None) == (FileKind.THERAPIST_TABLE, SAID, True)
        said, mapping, known = columns_of(session, as_asked(source, "patients"), about="patients", mapping=None)
        assert (said.kind, mapping, known) == (FileKind.OFFICE_TABLE, None, None)


def test_a_table_that_can_be_nothing_else_is_what_it_was(database: Database, tmp_path: Path) -> None:
    """Nobody has to say it again."""
    path = tmp_path / "liste.csv"
    path.write_text("Behandler;Wo\nIna Sommer;Weg 3, 52062 Aachen\n", "utf-8")
    with database.write() as session:
        remember(session, ("Behandler", "Wo"), FileKind.THERAPIST_TABLE, {"name": "Behandler"}, now=NOW)
        said, mapping, _ = columns_of(session, recognise(path, today=NOW.date()), about=None, mapping=None)
    assert (said.kind, mapping) == (FileKind.THERAPIST_TABLE, {"name": "Behandler"})


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ("Name;Adresse;Telefon;E-Mail", "import.about_doubt"),
        ("Nachname;Vorname;Krankenkasse", None),
        ("Nachname;Vorname;Beschwerden", None),
        ("Name;Fachgebiete;Therapieverfahren", None),
        ("Name;Adresse;Telefon;Montag;Dienstag", "import.about_doubt"),
        ("Name;Adresse;Telefon;E-Mail;Montag;Dienstag;Mittwoch;Donnerstag;Freitag;Samstag;Sonntag", None),
        ("Name;Adresse;Telefon;E-Mail;23.11.2026;24.11.2026", None),
        ("Name;Sprechzeiten;Telefonnummer;E-Mail;Mobilfunknummer;Adresse", None),
        ("Name, Vorname;Handy;Mailadresse;Telefonzeiten;Bemerkungen", "import.about_doubt"),
        ("Name, Vorname;Telefon;Telefonzeiten;Kasse;Wartet seit", "import.about_doubt"),
        ("Name;Telefon;Kasse", "import.about_doubt"),
    ],
)
def test_a_table_that_may_be_either_is_refused(
    database: Database, tmp_path: Path, headers: str, code: str | None
) -> None:
    """Until somebody says what it is: patients cannot be taken back."""
    path = tmp_path / "liste.csv"
    path.write_text(f"{headers}\nKarl Beispiel;;\n", "utf-8")
    source = recognise(path, today=NOW.date())
    with database.write() as session:
        if code is None:
            columns_of(session, source, about=None, mapping=None)
            return
        with pytest.raises(Invalid) as refused:
            columns_of(session, source, about=None, mapping=None)
        assert refused.value.code == code
        said, _, _ = columns_of(session, as_asked(source, "therapists"), about="therapists", mapping=None)
        assert said.kind is FileKind.THERAPIST_TABLE


def test_a_row_is_left_out_on_its_page() -> None:
    """As it is told: row 7 is not row 7 of sheet 2."""
    choice = choice_of(parser().parse_args(["import", "x.xlsx", "--without", "1/7", "--without", "2/7:phone"]))
    assert choice.skipped_rows == frozenset({7})
    assert dict(choice.skipped_fields) == {2 * PAGE + 7: frozenset({"phone"})}
