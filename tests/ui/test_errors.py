"""Every refusal has its sentence: found by walking the source for the codes it raises."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from domain import errors
from domain.errors import Conflict, PlatzlotseError
from ui.errors import _PARTS, _SENTENCES, describe, describe_row

ROOT = Path(__file__).parents[2]
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, PlatzlotseError)}
# words the sentences may use beside the parameters that are given: read from the error itself or left out gracefully
# host and port are added where the server is known (app/server_seat.py)
ALWAYS = {"code", "by", "at", "host", "port"}
ANYTHING = "**"


def raised() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Where, which code, with which parameters: every construction of a coded error with a literal code."""
    for folder in ("app", "domain", "sync", "ui"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in KINDS
                    and node.args
                ):
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and isinstance(first.value, str):
                        given = frozenset(k.arg for k in node.keywords if k.arg)
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", first.value, given


def row_errors() -> set[str]:
    """Codes of rejected rows."""
    return {
        node.value
        for path in (ROOT / "domain").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith("import.row.")
    }


def test_every_code_has_a_sentence_of_what_is_given() -> None:
    """Nobody reads a bare code, and no placeholder without its parameter leaves a hole."""
    codes = list(raised())
    assert len(codes) > 500
    assert not [(where, code) for where, code, _ in codes if code not in _SENTENCES]
    wanted = {
        code: {name for _, name, _, _ in Formatter().parse(sentence) if name} for code, sentence in _SENTENCES.items()
    }
    assert not [
        (where, code, wanted[code] - given - ALWAYS)
        for where, code, given in codes
        if ANYTHING not in given and not wanted[code] <= given | ALWAYS
    ]


def test_rejected_rows_have_a_reason() -> None:
    """In words, not as a code."""
    codes = row_errors()
    assert codes
    assert not [code for code in sorted(codes) if describe_row(code) == code]


def test_sentences_are_sentences() -> None:
    """They begin with a capital or a name and end with a full stop; reasons of rows are parts of one."""
    whole = [
        sentence
        for code, sentence in _SENTENCES.items()
        if not code.startswith(("import.row.", "import.note.", "import.kept."))
    ]
    assert not [sentence for sentence in whole if sentence[-1] not in ".?"]
    assert not [sentence for sentence in whole if not (sentence[0].isupper() or sentence[0] in "„{")]


def test_no_code_has_two_sentences() -> None:
    """A code stands in one of the parts only."""
    assert sum(len(part) for part in _PARTS) == len(_SENTENCES)


def test_what_nobody_foresaw_is_said_without_a_trace() -> None:
    """No English, no exception's text."""
    words = describe(RuntimeError("secret detail"))
    assert "secret" not in words
    assert words.endswith(".")


def test_a_code_without_a_sentence_says_at_least_what_kind() -> None:
    """The fallback names the code for whoever is asked."""
    assert "made.up" in describe(Conflict("made.up"))


@pytest.mark.parametrize("number", ["0013", "0014"])
def test_what_the_database_refuses_by_a_rule_of_its_own_has_a_sentence(number: str) -> None:
    """What a trigger names as broken is met by whoever works here, if only once a clock is wrong."""
    (script,) = (ROOT / "domain/migrations/sql").glob(f"{number}_*.sql")
    named = re.findall(r"CONSTRAINT = '(\w+)'|\.refuse\('(\w+)'\)", script.read_text("utf-8"))
    assert named
    for rule in {one or other for one, other in named}:
        assert f"db.{rule}" in _SENTENCES, rule
