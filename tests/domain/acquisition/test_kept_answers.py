"""What a directory's page received: told apart, joined, and read by the import as one file."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition.kept_answers import MOST_BYTES, Came, KeptAnswers
from domain.acquisition.reading import FileKind, is_cut, recognise, records
from domain.acquisition.records import TherapistRecord

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"


def _answer(names: list[str], *, more: bool = False, **of_query: object) -> bytes:
    entries = [{"name": name, "plz": "52062", **of_query} for name in names]
    return json.dumps({"arztPraxisDatas": entries, "moreResults": more}).encode()


@pytest.mark.parametrize("count", [1, 49, 50, 51, 99, 100, 101])
def test_a_list_is_cut_at_50_100_or_when_it_says_so(count: int) -> None:
    """The directory cuts there; every other length is what there is."""
    names = [f"Muster{number}" for number in range(count)]
    assert KeptAnswers().add(_answer(names)).is_cut is (count in {50, 100})
    assert KeptAnswers().add(_answer(names, more=True)).is_cut


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True), max_size=6))
def test_however_searches_overlap_everybody_is_kept_once(searches: list[list[str]]) -> None:
    """What is new adds up to what is kept; where a query began makes nobody another."""
    kept = KeptAnswers()
    new = sum(kept.add(_answer(names, id=str(n), distance=n)).new for n, names in enumerate(searches))
    assert new == len(kept) == len({name for names in searches for name in names})


JSON = st.recursive(
    st.none() | st.text() | st.integers(), lambda c: st.lists(c) | st.dictionaries(st.text(), c), max_leaves=8
)


@given(st.binary(max_size=200) | JSON.map(lambda v: json.dumps({"arztPraxisDatas": v}).encode()))
def test_whatever_comes_is_told_and_never_fails(content: bytes) -> None:
    """Nobody's bytes stop the window."""
    kept = KeptAnswers()
    told = kept.add(content)
    assert (told.came is Came.CHANGED_SHAPE) == bool(kept.strange) or not content


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"results": []}', b'{"arztPraxisDatas": [{"nachname": "X"}]}', b"[" * 90_000],
)
def test_another_shape_is_kept_for_whoever_mends_it(content: bytes) -> None:
    """Nothing of it is taken over, what was kept before stays."""
    kept = KeptAnswers()
    kept.add(_answer(["Muster"]))
    assert kept.add(content).came is Came.CHANGED_SHAPE
    assert (kept.strange, len(kept)) == (content, 1)


def test_what_is_too_long_is_not_parsed() -> None:
    """Its length decides."""
    assert KeptAnswers().add(b" " * (MOST_BYTES + 1)).came is Came.TOO_MUCH


@pytest.mark.parametrize("sample", ["arztsuche-v1.json", "arztsuche-v2.json"])
def test_the_import_reads_what_is_kept_as_it_reads_the_answer(sample: str, tmp_path: Path) -> None:
    """Both shapes come through unchanged, record by record; a cut list stays known as one."""
    original = SAMPLES / sample
    kept, today, file = KeptAnswers(), date(2026, 11, 28), tmp_path / "kept.json"
    told = kept.add(original.read_bytes())
    kept.add(original.read_bytes())
    file.write_bytes(kept.as_file())
    source = recognise(file, today=today)
    assert source.kind is FileKind.ARZTSUCHE
    read, wanted = (list(records(recognise(path, today=today), today=today)) for path in (file, original))
    assert {r.last_name for r in read if isinstance(r, TherapistRecord)} == {
        r.last_name for r in wanted if isinstance(r, TherapistRecord)
    }
    assert len(read) == len(kept) == told.new
    assert is_cut(source, 1) is told.is_cut


def test_what_was_taken_over_goes_and_what_came_meanwhile_stays() -> None:
    """An answer that arrives while the import looks at the others is not lost with them."""
    kept = KeptAnswers()
    kept.add(_answer(["Muster"]))
    marks = kept.marks
    kept.add(_answer(["Später"]))
    kept.drop(marks)
    assert len(kept) == 1
    assert "Später" in kept.as_file().decode()


def test_one_strange_value_leaves_everybody_else_readable(tmp_path: Path) -> None:
    """Half a character, a number nobody can mean, what is no number: the rest is read by the import."""
    kept = KeptAnswers()
    strange = (
        '{"arztPraxisDatas": [{"name": "Muster", "plz": "52062"}, {"name": "Halb \\ud800", "plz": "52062"},'
        ' {"name": "Viel", "distance": NaN, "id": 1, "geo": 123456789012345678901234567890, "x": 1e999}]}'
    )
    assert kept.add(strange.encode()).entries == 3
    path = tmp_path / "alles.json"
    path.write_bytes(kept.as_file())
    today = date(2026, 11, 28)
    found = list(records(recognise(path, today=today), today=today))
    assert next(record.last_name for record in found if isinstance(record, TherapistRecord)) == "Muster"
    assert len(found) == 3
