"""Every finding has its words: a title, a sentence, and where something is wrong what to do."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

from domain.health.guards import KINDS
from domain.health.models import Finding, Particular, State
from ui.admin.health_words import said, summary
from ui.words.health import OF_ONE, SENTENCES, TITLES

ROOT = Path(__file__).parents[3]


def written() -> list[tuple[str, ast.Call]]:
    """Each call of ok, warn and fail in the checks, by its function's name."""
    sources = [*(ROOT / "domain" / "health").glob("*.py"), *(ROOT / "app" / "doctor").glob("*.py")]
    calls = (node for path in sources for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return [
        (ast.unparse(call.func), call)
        for call in calls
        if isinstance(call, ast.Call) and re.search(r"\b(ok|warn|fail|late)\b", ast.unparse(call.func))
    ]


def strings(node: ast.AST) -> set[str]:
    """The codes an argument may be."""
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_no_check_says_what_has_no_words() -> None:
    """Read from the source, so that a new code without a sentence fails here and not in front of somebody."""
    calls = written()
    assert len(calls) > 40
    for _, call in calls:
        assert not strings(call.args[0]) - set(TITLES), ast.unparse(call)
        for code in strings(call.args[1]):
            assert code in SENTENCES, ast.unparse(call)


def test_what_is_wrong_comes_with_what_to_do() -> None:
    """Whatever is only warned of or failed."""
    assert all(SENTENCES[code][1] for code in KINDS.values())
    for function, call in written():
        if function in {"warn", "fail"}:
            for code in strings(call.args[1]):
                assert SENTENCES[code][1], code


def test_one_is_not_said_as_many() -> None:
    """Wherever a sentence begins with how many there are."""
    several = {code for code, (sentence, _) in SENTENCES.items() if sentence.startswith("{n} ")}
    assert several - set(OF_ONE) == {"guards", "chain"}  # thousands, and nothing that a sentence of one would say
    one = Finding("guards", State.FAIL, "guards.constraint", {"n": 1, "what": "a.b:c"})
    assert said(one).sentence.startswith("Eine Bedingung oder ein Verweis einer Tabelle ist nicht wie vorgesehen (+")
    assert "a.b:c" in said(one).sentence


def test_numbers_and_times_are_written_as_here() -> None:
    """A decimal comma, thousands apart, and the office's own time."""
    at = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
    late = said(Finding("queue", State.WARN, "queue.late", {"n": 1234, "since": at}))
    assert "1.234 E-Mails" in late.sentence
    assert "29.11.2026" in late.sentence
    assert "09:00" in late.sentence
    assert said(Finding("disk", State.OK, "disk", {"free": 12.34})).sentence == "12,3 GB frei"


def test_reasons_of_others_are_put_into_words() -> None:
    """A round of the worker by its work, an account by the sentence for its code."""
    trouble: dict[str, Particular] = {
        "round": "place",
        "why": "outside.busy",
        "since": datetime(2026, 11, 29, tzinfo=UTC),
    }
    assert said(Finding("worker", State.FAIL, "worker.trouble", trouble)).sentence.startswith("Das Suchen von Adressen")
    trouble |= {"round": "backups", "why": "backup.second_folder_missing"}
    copying = said(Finding("worker", State.FAIL, "worker.trouble", trouble)).sentence
    assert copying.startswith("Das Kopieren der Sicherungen an den zweiten Ort gelingt seit")
    assert "(Ursache: den Ordner gibt es gerade nicht" in copying
    box = said(Finding("accounts", State.FAIL, "accounts.reading", {"name": "Büro", "why": "mail.auth_failed"}))
    assert "„Büro“" in box.sentence


def test_the_summary_counts_the_worst_first() -> None:
    """And leaves out what there is none of."""
    findings = (
        Finding("disk", State.OK, "disk"),
        Finding("tls", State.FAIL, "tls.off"),
        Finding("clock", State.WARN, "clock.differs"),
        Finding("jit", State.OK, "jit"),
    )
    assert summary(findings) == "1 zu beheben · 1 bitte ansehen · 2 in Ordnung"
    assert summary(findings[:1]) == "1 in Ordnung"
