"""Guards of the house rules no linter knows: what belongs where, and what must never come into the project."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN_LOCK, TEST_LOCK = "requirements.lock", "requirements-dev.lock"
LONGEST_MODULE = 400
LONGEST_WINDOW = 200  # the main window grows into a god object unless something stops it
PROMISED = ("setup", "run", "test", "lint", "bench", "soak", "screens", "worker")


def project_files() -> Iterator[Path]:
    """Every file that is ours: what .gitignore names stays out, with or without git."""
    ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text("utf-8").split()]
    folders = [ROOT]
    while folders:
        for path in folders.pop().iterdir():
            if path.name == ".git" or any(fnmatch(path.name, pattern) for pattern in ignored):
                continue
            if path.is_dir():
                folders.append(path)
            else:
                yield path


def modules(*folders: str) -> Iterator[Path]:
    """The Python files below the given folders."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def texts() -> Iterator[tuple[str, str]]:
    """Name and content of every file that can be read as text."""
    for path in project_files():
        try:
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue


def calls(path: Path) -> Iterator[str]:
    """Names of everything a module calls, without what stands before the dot."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name


def pins(lock: str) -> set[tuple[str, str]]:
    """Name and version of everything a lock holds; a name has several where versions of Python need it."""
    text = (ROOT / lock).read_text("utf-8")
    return set(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;]+)", text, re.MULTILINE))


def wanted(group: str | None = None) -> set[str]:
    """Names of the dependencies pyproject.toml asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = project["dependency-groups"][group] if group else project["project"]["dependencies"]
    return {re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0].lower() for line in asked}


def test_the_entry_point_only_hands_over_to_app() -> None:
    """main.py imports nothing but the standard library's sys and the command line of app."""
    tree = ast.parse((ROOT / "main.py").read_text("utf-8"))
    imported: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                imported |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module)):
                imported.add(module)
    assert imported <= {"sys", "app.cli"}


def test_no_nested_event_loops_in_the_window() -> None:
    """Dialogs open and pages wait for signals: nothing in ui spins an event loop of its own."""
    offenders = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules("ui")
        for name in calls(path)
        if name in {"exec", "exec_", "processEvents", "qWait"}
    ]
    assert offenders == []


def test_nothing_prints() -> None:
    """What the domain, the window and the worker have to say goes to a log or to a person, not to standard output."""
    offenders = [str(path.relative_to(ROOT)) for path in modules("domain", "ui", "sync") if "print" in set(calls(path))]
    assert offenders == []


def test_modules_stay_readable() -> None:
    """No module is longer than 400 lines, and the main window not longer than 200."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in project_files()
        if path.suffix == ".py"
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}
    assert lengths["ui/main_window.py"] <= LONGEST_WINDOW


def test_no_place_of_somebodys_machine() -> None:
    """No file names a folder of the machine it was written on, nor this clone's."""
    personal = re.compile(r"(?<![\w.~<>$-])/(?:home|root|Users|work)/\w")
    here = f"{ROOT}/" if len(ROOT.parts) > 2 else None
    offenders = [name for name, text in texts() if personal.search(text) or (here and here in text)]
    assert offenders == []


@pytest.mark.parametrize("lock", [RUN_LOCK, TEST_LOCK])
def test_a_lock_trusts_hashes_and_names_no_source(lock: str) -> None:
    """Every package has a version and hashes; where it comes from is each machine's own choice."""
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"index-url|find-links|trusted-host", text)
    requirements = [line for line in text.splitlines() if line and not line[0].isspace()]
    assert len(requirements) == len(pins(lock)) > 0
    assert all(line.endswith("\\") for line in requirements)
    blocks = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_settings_name_no_source_of_packages() -> None:
    """Neither the build nor the set-up ties anybody to a package index."""
    files = [ROOT / "Makefile", ROOT / "pyproject.toml", *(ROOT / "scripts").iterdir()]
    offenders = [
        path.name
        for path in files
        if path.is_file() and re.search(r"index-url|find-links|\[\[tool\.uv\.index", path.read_text("utf-8"))
    ]
    assert offenders == []


def test_the_locks_agree() -> None:
    """The list for tests holds everything of the list for running, in the same versions: one set-up serves both."""
    assert pins(RUN_LOCK) - pins(TEST_LOCK) == set()


def test_the_locks_are_complete() -> None:
    """Whatever pyproject.toml asks for stands in the locks; after a change, `make lock` brings it there."""
    assert wanted() - {name for name, _ in pins(RUN_LOCK)} == set()
    assert wanted("dev") - {name for name, _ in pins(TEST_LOCK)} == set()


def test_make_help_names_every_promised_command() -> None:
    """A newcomer finds all commands by `make help`, each with a word on what it does."""
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    described = {line.split()[0] for line in shown.splitlines() if len(line.split()) > 1}
    assert set(PROMISED) - described == set()


def test_continuous_integration_runs_what_a_person_runs() -> None:
    """.ci/run is a program, and all it does is `make test`."""
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    commands = [line for line in script.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]


def test_links_of_the_documents_lead_somewhere() -> None:
    """Pictures and files the documents point to exist."""
    missing = [
        f"{document.name}: {target}"
        for document in ROOT.glob("*.md")
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8"))
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert missing == []


SCHEMAS = {
    "patients": "patient_service", "therapists": "therapist_service", "matching": "matching_service",
    "communication": "communication_service", "geocoding": "geocoding_service",
    "travel": "geocoding_service", "acquisition": "scraping_service",
}  # fmt: skip
# which modules read tables of other slices; each is argued in ARCHITECTURE.md
READS_ACROSS = {
    "communication/calls.py": {"matching_service", "therapist_service"},
    "communication/contacts.py": {"patient_service"},
    "communication/incoming/filing.py": {"matching_service", "patient_service", "therapist_service"},
    "communication/incoming/listing.py": {"matching_service", "patient_service", "therapist_service"},
    "communication/last_look.py": {"matching_service", "patient_service", "therapist_service"},
    "communication/numbers.py": {"therapist_service"},
    "communication/queries.py": {"matching_service", "therapist_service"},
    "matching/best_patients.py": {"therapist_service"},
    "matching/candidates.py": {"therapist_service"},
    "matching/expected.py": {"therapist_service"},
    "matching/facts.py": {"patient_service", "therapist_service"},
    "matching/inquiries.py": {"therapist_service"},
    "matching/judging.py": {"patient_service"},
    "matching/listing.py": {"patient_service", "therapist_service"},
    "matching/reimbursement.py": {"patient_service"},
    "matching/reimbursement_due.py": {"patient_service"},
    "matching/searches.py": {"therapist_service"},
    "matching/silence.py": {"communication_service"},
    "matching/unknowns.py": {"patient_service", "therapist_service"},
    "matching/promises.py": {"patient_service", "therapist_service"},
    "matching/week_listing.py": {"patient_service", "therapist_service"},
    "patients/queries.py": {"matching_service"},
    "therapists/known.py": {"scraping_service"},
    "therapists/on_map.py": {"matching_service"},
    "therapists/queries.py": {"matching_service", "scraping_service"},
}


def test_reads_across_schemas_are_listed_and_argued() -> None:
    """In SQL or by another slice's tables: what is not listed fails, and so does what is not argued."""
    found: dict[str, set[str]] = {}
    for name, own in SCHEMAS.items():
        for path in sorted((ROOT / "domain" / name).rglob("*.py")):
            source = path.read_text("utf-8")
            schemas = {schema for schema in SCHEMAS.values() if f"{schema}." in source}
            if not path.name.endswith("models.py"):  # foreign keys lead across; that is what they are for
                schemas |= {
                    schema for other, schema in SCHEMAS.items() if f"from domain.{other}.models import" in source
                }
            if schemas := schemas - {own}:
                found[path.relative_to(ROOT / "domain").as_posix()] = schemas
    assert found == READS_ACROSS
    argued = (ROOT / "ARCHITECTURE.md").read_text("utf-8").partition("## Reads across schemas")[2]
    assert [name for name in found if name.partition("/")[2] not in argued] == []
