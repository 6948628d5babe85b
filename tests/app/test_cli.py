"""The commands of main.py as another program sees them: JSON, exit codes, German sentences."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app import cli
from app.embedded_postgres import EmbeddedPostgres
from tests.app.command_line import ROOT, SAMPLES, answer, called, of_json, platzlotse
from tests.app.conftest import lent_home

FEW = 8  # patients of the demo here, and the first fifty therapists; `make soak` has all of them
DIRECTORIES = (SAMPLES / "arztsuche-v1.json", SAMPLES / "arztsuche-v2.json")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first patients of the sample."""
    path = tmp_path_factory.mktemp("few") / "patients.json"
    path.write_text(json.dumps(json.loads((SAMPLES / "intake-patients.json").read_text("utf-8"))[:FEW]), "utf-8")
    return path


@pytest.fixture(scope="module")
def demo(few: Path) -> dict[str, Any]:
    """One demo on the first part of the sample's directory."""
    return demonstrated(few, *DIRECTORIES[:1])


def demonstrated(patients: Path, *directories: Path) -> dict[str, Any]:
    """What a demo on these files tells."""
    return answer("demo", "--directory", *directories, "--patients", patients)


def add_up(demo: dict[str, Any], therapists: int, patients: int) -> None:
    """Rows, places, mails and placements add up, and nobody is placed twice."""
    for key, rows in (("therapists", therapists), ("patients", patients)):
        part = demo[key]
        assert part["read"] == rows
        assert part["read"] == part["imported"] + part["updated"] + part["unchanged"] + len(part["rejected"])
        assert len(part["ids"]) == len(set(part["ids"])) == part["imported"]
    assert sum(demo["geocoded"].values()) == therapists + patients
    mails = demo["mails"]
    assert mails["queued"] == mails["sent"] + mails["held"]
    assert mails["sent"] > mails["held"]
    assert mails["failed"] == mails["unclear"] == 0
    assert 0 < demo["placements"] <= demo["searches"] <= patients
    assert demo["inquiries"] > 0
    assert set(demo["seconds"]) >= {"database", "import", "searches", "matching", "inquiries", "sending", "answers"}
    assert "faults" not in demo


def test_every_count_of_the_demo_adds_up(demo: dict[str, Any]) -> None:
    """With some of the sample's patients."""
    add_up(demo, 50, FEW)


@pytest.mark.soak
def test_every_count_of_the_whole_sample_adds_up() -> None:
    """With all of them."""
    add_up(demonstrated(SAMPLES / "intake-patients.json", *DIRECTORIES), 250, 60)


def test_an_unknown_place_passes_no_distance(demo: dict[str, Any]) -> None:
    """Therapists without a place are listed as unknown for every search they could else fit."""
    assert demo["unknown"]["distance"] > 0


@pytest.mark.soak
def test_the_same_seed_gives_the_same_placements(demo: dict[str, Any], few: Path) -> None:
    """The dice of the demo fall alike again, in a process that puts sets into another order."""
    words: list[str | Path] = ["demo", "--directory", DIRECTORIES[0], "--patients", few, "--json"]
    again = of_json(
        subprocess.run(
            [sys.executable, ROOT / "main.py", *words], env=os.environ | {"PYTHONHASHSEED": "7"},
            capture_output=True, text=True, check=False,
        )
    )  # fmt: skip
    assert (again["placements"], again["answers"]) == (demo["placements"], demo["answers"])


@pytest.fixture(scope="module")
def filled() -> Iterator[Path]:
    """A profile with the sample directory and patients read in; its server runs on between the commands."""
    with lent_home() as home, EmbeddedPostgres(home):
        answer("--profile", home.parent, "import", SAMPLES / "arztsuche-v1.json", SAMPLES / "intake-patients.json")
        yield home.parent


def test_a_second_import_changes_nothing(filled: Path) -> None:
    """Everything of the same file is known and unchanged."""
    again = answer("--profile", filled, "import", SAMPLES / "arztsuche-v1.json", SAMPLES / "intake-patients.json")
    assert again["therapists"]["unchanged"] == 50
    assert again["patients"]["unchanged"] == 60
    assert again["warnings"]  # the list was cut at 50


def test_an_import_is_listed_and_undone(filled: Path, tmp_path: Path) -> None:
    """By its number; afterwards nobody it brought is there, and a second time is refused in words."""
    profile = ("--profile", filled)
    people = directory(tmp_path / "neu.json", "2025-03-01", ("Sommer", "09:00-09:50"), ("Winter", "10:00-10:50"))
    assert answer(*profile, "import", people)["therapists"]["imported"] == 2
    (shown,) = (one for one in answer(*profile, "import", "--list")["imports"] if one["file_name"] == "neu.json")
    assert (shown["imported"], shown["undone_at"]) == (2, None)
    undone = answer(*profile, "import", "--undo", str(shown["import_id"]))["undone"]
    assert (undone["removed"], undone["kept"]) == (2, [])
    assert answer(*profile, "import", people, "--dry-run")["therapists"]["imported"] == 2
    again = called(*profile, "import", "--undo", str(shown["import_id"]))
    assert (again.returncode, "schon zurückgenommen" in again.stderr) == (1, True)
    assert called(*profile, "import").returncode == 1


def test_a_dry_run_takes_nothing_over(filled: Path, tmp_path: Path) -> None:
    """The counts are told, the database stays as it was."""
    people = directory(tmp_path / "probe.json", "2025-03-01", ("Herbst", "09:00-09:50"), ("Lenz", "10:00-10:50"))
    for _ in range(2):
        assert answer("--profile", filled, "import", people, "--dry-run")["therapists"]["imported"] == 2


def directory(path: Path, day: str, *people: tuple[str, str]) -> Path:
    """A directory of that day: surnames with the hour at which each is called."""
    entries = [
        {
            "basic_info": {"first_name": "Ina", "last_name": name},
            "location": {"street": "Weg", "house_number": "3", "postal_code": "52062", "city": "Aachen"},
            "telephone_hours": {"Mo": [hours]},
        }
        for name, hours in people
    ]
    path.write_text(json.dumps({"metadata": {"scrape_date": day}, "therapists": entries}), "utf-8")
    return path


@pytest.mark.soak
def test_what_is_taken_is_chosen(tmp_path: Path) -> None:
    """A dry run tells the changes in words, with rows and numbers; these say what is taken and who is gone."""
    profile = ("--profile", tmp_path / "profil")
    first = directory(tmp_path / "1.json", "2025-01-01", ("Sommer", "09:00-09:50"), ("Winter", "10:00-10:50"))
    answer(*profile, "import", first)
    second = directory(tmp_path / "2.json", "2025-02-01", ("Sommer", "11:00-11:50"), ("Lenz", "12:00-12:50"))
    told = called(*profile, "import", second, "--dry-run").stdout
    assert "Telefonzeiten: Mo 09:00–09:50 → Mo 11:00–11:50" in told
    assert "{" not in told
    found = answer(*profile, "import", second, "--dry-run")
    changes = {change["name"]: change for change in found["changes"]}
    assert {name: change["became"] for name, change in changes.items()} == {
        "Ina Sommer": "changed", "Ina Lenz": "new", "Ina Winter": "gone",
    }  # fmt: skip
    assert (changes["Ina Sommer"]["row"], changes["Ina Winter"]["accepted"]) == (1, False)
    winter = str(changes["Ina Winter"]["therapist_id"])
    wrong = called(*profile, "import", second, "--gone", "4711")
    assert (wrong.returncode, "4711" in wrong.stderr) == (1, True)
    nothing = answer(*profile, "import", second, "--only", "none")
    assert (nothing["therapists"]["skipped"], nothing["therapists"]["gone"]) == (2, 0)
    taken = answer(*profile, "import", second, "--only", "changed", "--without", "1:phone_hours", "--gone", winter)
    assert [taken["therapists"][key] for key in ("imported", "updated", "gone")] == [0, 0, 1]
    rest = answer(*profile, "import", second, "--without", "1")
    assert [rest["therapists"][key] for key in ("imported", "updated", "skipped")] == [1, 0, 1]


@pytest.mark.soak
def test_whom_somebody_new_may_be_is_told(tmp_path: Path) -> None:
    """Beforehand and afterwards, in words and in JSON; nobody is joined on it."""
    profile = ("--profile", tmp_path / "profil")
    home = {
        "vorname": "Ina",
        "name": "Bäumler-Rübsam",
        "strasse": "Markt",
        "plz": "52062",
        "ort": "Aachen",
        "arzt": True,
    }
    files = []
    for house, phone in (("12", "0241 1111"), ("12 a", "0241 2222")):
        person = {**home, "hausnummer": house, "tel": phone, "web": "www.baeumler.example"}
        files.append(tmp_path / f"{phone}.json")
        files[-1].write_text(json.dumps({"arztPraxisDatas": [person], "moreResults": False}), "utf-8")
    assert [change["like"] for change in answer(*profile, "import", files[0])["changes"]] == [[]]
    words = (
        "Zeile 1: Ina Bäumler-Rübsam, 52062 Aachen. Vielleicht dieselbe Person wie Ina Bäumler-Rübsam, 52062 Aachen."
    )
    assert words in called(*profile, "import", files[1], "--dry-run").stdout
    (change,) = answer(*profile, "import", files[1])["changes"]
    assert (change["became"], [like["name"] for like in change["like"]]) == ("new", ["Ina Bäumler-Rübsam"])
    assert change["therapist_id"] != change["like"][0]["therapist_id"]


def test_a_table_is_what_one_says(filled: Path, tmp_path: Path) -> None:
    """With the columns named; a file that is no table is not made one."""
    table = tmp_path / "liste.csv"
    table.write_text("Behandler;Wo\nUte Tafel;Ring 8, 52062 Aachen\n", "utf-8")
    columns = ("--map", "name=Behandler", "--map", "address=Wo")
    profile = ("--profile", filled)
    found = answer(*profile, "import", table, "--about", "therapists", *columns, "--dry-run")
    assert (found["therapists"]["imported"], found["patients"]["read"]) == (1, 0)
    assert "import.columns_unknown" in called(*profile, "import", table, "--json", "--dry-run").stdout
    answer(*profile, "import", table, "--about", "therapists", *columns)
    again = called(*profile, "import", table, "--dry-run").stdout
    assert "Zuordnung der Spalten vom " in again
    assert "unverändert 1" in again
    no_table = called(*profile, "import", SAMPLES / "arztsuche-v1.json", "--about", "patients")
    assert (no_table.returncode, "keine CSV- oder Excel-Tabelle" in no_table.stderr) == (1, True)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "leer"),
        ((SAMPLES / "arztsuche-v1.json").read_bytes()[:20_000], "bricht"),
        (b"<!doctype html><html><body>Anmeldung</body></html>", "Webseite"),
        (b'{"foo": 1}', "weder"),
        (b"MZ\x00\x01\x02binary", "lässt sich so nicht lesen"),
        (b"a;b;c\n1;2;3\n", "Nachnamen"),
    ],
    ids=["empty", "truncated", "html", "unknown", "binary", "columns"],
)
def test_a_bad_file_is_refused_with_a_sentence(filled: Path, tmp_path: Path, content: bytes, word: str) -> None:
    """Exit code 1, a German sentence and nothing else."""
    bad = tmp_path / "liste.json"
    bad.write_bytes(content)
    done = called("--profile", filled, "import", bad)
    assert done.returncode == 1
    assert word in done.stderr


def test_what_is_refused_ends_the_process_with_the_sentence_alone(filled: Path, tmp_path: Path) -> None:
    """As a shell sees it: exit code 1, no traceback."""
    done = platzlotse("--profile", filled, "import", tmp_path / "liste.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "liste.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_candidates_tell_reasons_in_words(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A patient without a running search is refused in words; a wrong call is usage."""
    done = platzlotse("--profile", filled, "candidates", "--patient", "1", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "place_search.not_found"
    assert asked(capsys, "candidates")[0] == 2


def test_doctor_finds_a_sound_seat(filled: Path) -> None:
    """Nothing of a fresh seat must be mended; people read the same with what to do."""
    checks = answer("--profile", filled, "doctor")["checks"]
    assert {check["name"] for check in checks} >= {
        "schema",
        "roles",
        "grants",
        "worker",
        "folder",
        "disk",
        "encryption",
    }
    assert all(check["ok"] and check["text"] for check in checks)
    done = platzlotse("--profile", filled, "doctor")
    assert done.returncode == 0
    assert "✓ Rechte: " in done.stdout
    assert "Ergebnis: " in done.stdout


COMMANDS = (
    "import", "candidates", "demo", "worker", "simulate", "migrate", "verify-log", "backup", "restore", "doctor",
)  # fmt: skip
# words of argparse's own sentences that no German text has
ENGLISH = re.compile(r"\b(usage|options|arguments?|show this|required|invalid|choose|expected|unrecognized|error)\b")


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[object, str]:
    """Exit code and words of a call that ends at once."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    said = capsys.readouterr()
    return ended.value.code, said.out + said.err


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_is_german(capsys: pytest.CaptureFixture[str], command: str) -> None:
    """Every word of it, also what argparse adds by itself."""
    code, said = asked(capsys, *filter(None, [command]), "--help")
    assert code == 0
    assert said.startswith("Aufruf: ")
    assert "diese Hilfe zeigen" in said
    assert not ENGLISH.search(said)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["hilfe"], "'hilfe' gibt es nicht"),
        (["candidates"], "Es fehlt: --patient"),
        (["candidates", "--patient"], "--patient: Es fehlt ein Wert."),
        (["candidates", "--patient", "eins"], "--patient: eine ganze Zahl ab 1 wird gebraucht"),
        (["demo", "--seed", "x"], "--seed: eine ganze Zahl wird gebraucht"),
        (["import", "--undo", "eins"], "--undo: eine ganze Zahl ab 1 wird gebraucht"),
        (["demo", "--directory"], "Mindestens ein Wert fehlt."),
        (["doctor", "--jsn"], "Nicht verstanden: --jsn"),
        (["doctor", "--json=ja"], "nimmt keinen Wert"),
        (["demo", "--s", "1"], "nicht eindeutig"),
        (["simulate", "--policy", "dice"], "'dice' gibt es nicht"),
        (["simulate", "--seeds", "0"], "--seeds: eine ganze Zahl ab 1 wird gebraucht"),
    ],
)
def test_a_wrong_call_is_told_in_german(capsys: pytest.CaptureFixture[str], arguments: list[str], wanted: str) -> None:
    """Exit code 2 and what is wrong with it."""
    code, said = asked(capsys, *arguments)
    assert code == 2
    assert wanted in said
    assert not ENGLISH.search(said)


def test_a_list_of_unknown_columns_says_how_to_map_them(filled: Path, tmp_path: Path) -> None:
    """The option is named with an example, and the columns there are."""
    path = tmp_path / "eigen.csv"
    path.write_text("Wer;Wo;Fon\nHans Muster;Aachen;0241 1\n", "utf-8")
    done = called("--profile", filled, "import", path)
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert "--map last_name=" in said
    assert "Spalten der Datei: Wer, Wo, Fon" in said


def test_who_has_read_enough_ends_nothing() -> None:
    """`main.py import … | head`: the command goes on to its end, without an error."""
    telling = "from app.cli import say, tell\nfor _ in range(2000): tell('x' * 100)\nsay({}); print(end='', flush=True)"
    command = [sys.executable, "-c", telling]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "x" * 100 + "\n"
        running.stdout.close()
        assert running.stderr is not None
        assert running.stderr.read() == ""
    assert running.returncode == 0
