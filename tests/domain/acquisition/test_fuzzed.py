"""Files of every known kind, mutated: read or refused with a sentence that names file or row; never a crash.

A few hundred mutations in every run, 10,000 as `soak`; what the database makes of them: tests/domain/casework.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.acquisition.reading import is_cut, recognise, records
from domain.acquisition.records import RowError
from domain.errors import PlatzlotseError
from tests.domain.acquisition.files import SAMPLES, TODAY
from tests.domain.acquisition.therapist_files import DATES, DAYS, PAGE, ROWS, USERSCRIPT, exporter
from tests.examples import examples
from ui.errors import describe, describe_row

NASTY = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b";", b"\r", b"\n\n", b"=cmd|'/c calc'!A0", b"<script>", b"<!--",
    b"]]>", b"{", b"}", b"[[[[", b"\\u0000", b"1e999", b"99999999999999999999", "İ".encode(), "\u202e".encode(),
    b"\x1a", b"&#0;", b"<div class='praxis-list-element'>" * 30, b"a" * 3000, b"00:00-99:99", b"31.02.2026",
    "٣".encode(),
)  # fmt: skip


def few(name: str, count: int = 4) -> bytes:
    """A sample with its first rows only."""
    whole = json.loads((SAMPLES / name).read_text("utf-8"))
    rows = {key: value[:count] if isinstance(value, list) else value for key, value in whole.items()}
    return json.dumps(rows, ensure_ascii=False).encode()


def plz_file() -> bytes:
    """A directory per PLZ area."""
    ina = {
        "basic_info": {"first_name": "Ina", "last_name": "Sommer", "classification": "Psychologische"},
        "location": {"street": "Weg", "house_number": "3", "postal_code": "52062", "city": "Aachen"},
        "contact": {"phone": "0241 1234567", "email": "ina@post.example"},
        "telephone_hours": {"Mo": ["09:00-09:50"]},
        "therapy_methods": ["Verhaltenstherapie für Erwachsene in Einzeltherapie"],
    }
    return json.dumps({"metadata": {"scrape_date": "2026-11-23"}, "therapists": [ina, ina]}).encode()


FILES: dict[str, Callable[[], bytes]] = {
    "v1": lambda: few("arztsuche-v1.json"),
    "v2": lambda: few("arztsuche-v2.json", 2),
    "plz": plz_file,
    "userscript": USERSCRIPT.encode,
    "userscript-1252": lambda: USERSCRIPT.encode("cp1252"),
    "days": DAYS.encode,
    "dates": DATES.encode,
    "rows": ROWS.encode,
    "exporter": lambda: exporter(fork=True),
    "page": PAGE.encode,
}
MADE = {name: make() for name, make in FILES.items()}


def mutate(content: bytes, random: Random) -> bytes:
    """Up to five things that happen to files: cut, bytes changed, moved, doubled, lines shuffled, nonsense put in."""
    data = bytearray(content)
    for _ in range(random.randint(1, 5)):
        at, to = sorted(random.randrange(len(data) + 1) for _ in range(2))
        what = random.randrange(7)
        if what == 0:
            del data[at : at + random.randint(1, 40)]
        elif what == 1:
            data[at:at] = random.choice(NASTY)
        elif what == 2 and data:
            data[at % len(data)] = random.randrange(256)
        elif what == 3:
            data[at:at] = data[at : min(to, at + 400)]
        elif what == 4 and random.random() < 0.3:
            del data[at:]
        elif what == 5:
            lines = bytes(data).split(b"\n")
            random.shuffle(lines)
            data = bytearray(b"\n".join(lines))
        elif what == 6 and (words := re.findall(rb"[\w.@-]{3,}", bytes(data))):
            data = bytearray(bytes(data).replace(random.choice(words), random.choice(NASTY), 1))
    return bytes(data)


def assert_told(refusal: PlatzlotseError, path: Path) -> None:
    """A refusal names the file, the row where it broke off in one, and says that nothing was taken over."""
    sentence = describe(refusal)
    assert refusal.code not in sentence, refusal
    assert f"„{path.name}“" in sentence, sentence
    assert "Es wurde nichts übernommen" in sentence, refusal
    if "row" in refusal.params:
        assert f"Zeile {refusal.params['row']} " in sentence, sentence


def survive(path: Path, content: bytes) -> None:
    """The file is read or refused in German, and every row that is left out says why."""
    path.write_bytes(content)
    try:
        source = recognise(path, today=TODAY)
        rows = list(records(source, today=TODAY))
        is_cut(source, len(rows))
    except PlatzlotseError as error:
        refusal: PlatzlotseError | None = error
        rows = []
    else:
        refusal = None
    if refusal is not None:
        assert_told(refusal, path)
    for row in rows:
        if isinstance(row, RowError):
            assert row.row > 0
            assert describe_row(row.reason) != row.reason
        else:
            assert row.last_name
            assert not any(ord(c) < 32 for c in row.last_name + row.city)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=examples(13), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms(use_true_random=False))
def test_a_mutated_file_is_read_or_refused(tmp_path: Path, name: str, random: Random) -> None:
    """Forty of each kind."""
    survive(tmp_path / "geprueft.dat", mutate(MADE[name], random))


def test_a_table_that_breaks_off_names_its_row(tmp_path: Path) -> None:
    """As a person counts rows: the one where the quotation mark opens that never closes."""
    path = tmp_path / "liste.csv"
    path.write_text('Name;Telefon;Sprechzeiten\n"Ada\nMuster";1;\nKarl;"2;\nIna;3;\n', "utf-8")
    with pytest.raises(PlatzlotseError) as error:
        list(records(recognise(path, today=TODAY), today=TODAY))
    assert_told(error.value, path)
    assert error.value.params["row"] == 4


@pytest.mark.soak
@pytest.mark.parametrize("name", FILES)
@settings(max_examples=examples(250), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(random=st.randoms(use_true_random=False))
def test_ten_thousand_mutated_files_are_read_or_refused(tmp_path: Path, name: str, random: Random) -> None:
    """A thousand of each kind."""
    survive(tmp_path / "geprueft.dat", mutate(MADE[name], random))
