"""The store in trouble: a full disk, another window that holds it, a subject of two lines. Nothing is lost."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.casework.own_letters import begin_answer
from domain.communication.drafts import schema
from domain.communication.drafts.accepting import accept_draft
from domain.communication.drafts.contacts import keep_contacts
from domain.communication.drafts.records import Addressee, DraftText
from domain.communication.drafts.store import DraftStore
from domain.communication.subjects import in_one_line, is_one_line
from domain.database import Database
from domain.errors import Invalid, Unavailable
from tests.domain.casework.test_receiving import take_in
from tests.domain.communication.drafts.conftest import KEY
from tests.domain.communication.incoming.letters import reply
from ui.errors import describe

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[4]
TEXT = DraftText(Addressee("anna@praxis.example", "Anna Sommer"), "Danke", "Vielen Dank.")


def longer(times: int = 30_000) -> DraftText:
    """More than a few pages hold."""
    return DraftText(TEXT.addressee, TEXT.subject, "Viel Text. " * times)


@contextmanager
def another_window(path: Path) -> Iterator[None]:
    """A process that holds the store."""
    program = [sys.executable, "-m", "tests.domain.communication.drafts.hold_store", str(path)]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield
        process.communicate(timeout=120)


def test_a_store_another_window_holds_says_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading goes on, and once it is let go the same words are saved; a store just being opened is told the same."""
    monkeypatch.setattr(schema, "BUSY_MS", 200)
    store = DraftStore(path, KEY)
    number = store.add(TEXT, now=NOW)
    with another_window(path):
        for work in (
            lambda: store.save(number, longer(), now=NOW),
            lambda: store.forget(number),
            lambda: keep_contacts(store, ()),
            lambda: DraftStore(path, KEY),
        ):
            with pytest.raises(Unavailable) as caught:
                work()
            assert caught.value.code == "drafts.busy"
            assert "anderes Fenster" in describe(caught.value)
        assert store.get(number).body == TEXT.body
    store.save(number, longer(), now=NOW)
    assert store.get(number).body == longer().body
    store.close()


def test_a_store_that_may_not_grow_says_the_disk_is_full(store: DraftStore) -> None:
    """What was saved before stays whole; with room again the same words are saved."""
    number = store.add(TEXT, now=NOW)
    with store.transaction() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    with store.transaction() as connection:
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    for work in (
        lambda: store.save(number, longer(), now=NOW),
        lambda: store.attach(number, "Plan.txt", b"Plan\n" * 50_000),
        lambda: store.add(longer(), now=NOW),
    ):
        with pytest.raises(Unavailable) as caught:
            work()
        assert caught.value.code == "drafts.full"
        assert "voll" in describe(caught.value)
    (draft,) = store.drafts()
    assert (draft.body, draft.files) == (TEXT.body, ())
    with store.transaction() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    store.save(number, longer(), now=NOW)
    assert store.get(number).body == longer().body


def test_a_really_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """On a file system of half a megabyte, filled to the last byte by another file, then with room again."""
    program = [sys.executable, "-m", "tests.domain.communication.drafts.fill_disk", str(tmp_path)]
    try:
        subprocess.run(["unshare", "-rm", "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no mount namespace of one's own here")
    done = subprocess.run(["unshare", "-rm", *program], cwd=ROOT, check=True, capture_output=True, text=True)
    saved, kept, opened, later = done.stdout.splitlines()
    assert (saved, kept, later) == ("drafts.full", "Kurz.", "Wieder Platz.")
    assert opened in {"drafts.full", "drafts.unwritable"}


@pytest.mark.parametrize("subject", ["Danke\nBcc: x@y.example", "Danke\r", "Dan\u2028ke", "Dan\0ke"])
def test_a_subject_of_two_lines_is_not_sent(store: DraftStore, database: Database, subject: str) -> None:
    """Neither queued here nor taken by the server; the draft is kept as it was written."""
    number = store.add(DraftText(TEXT.addressee, subject, "Text"), now=NOW)
    with pytest.raises(Invalid) as caught:
        store.queue(number, now=NOW)
    assert (caught.value.code, caught.value.field) == ("email.subject_lines", "subject")
    draft = store.get(number)
    with database.write() as session, pytest.raises(Invalid) as refused:
        accept_draft(session, draft, (), now=NOW)
    assert refused.value.code == "email.subject_lines"


def test_an_answer_to_a_folded_subject_can_be_sent(database: Database) -> None:
    """Whoever wrote first may have broken it; the answer's subject is one line."""
    with database.write() as session:
        source = reply("Danke", sender="x@y.example", subject="Ihre Anfrage")
        broken = source.replace(b"Ihre Anfrage", b"=?utf-8?q?Ihre=0AAnfrage?=")
        filed = take_in(session, broken)
        assert is_one_line(begin_answer(session, filed.incoming_id).subject)


@given(st.text(max_size=60))
def test_breaks_become_spaces(text: str) -> None:
    """Nothing else changes, and one line stays as it is."""
    made = in_one_line(text)
    assert is_one_line(made)
    assert len(made) == len(text)
    assert made == text or not is_one_line(text)
