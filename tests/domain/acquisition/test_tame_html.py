"""HTML nobody would write: read in a moment, and what a browser shows of it is found."""

import time
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition.saved_page import records
from domain.acquisition.source_description import entries_of, read_description
from domain.acquisition.tame_html import DEEPEST, TooManyTags, tamed
from domain.casework.practice_page import findings, links
from domain.errors import Invalid

ON = date(2026, 11, 28)
CARD = '<div class="praxis-list-element"><h1 class="praxisname">Ada Muster</h1>'
HOSTILE = {
    "paragraphs": "<p>x</p>" * 20_000,
    "open tags": "<a " * 70_000,
    "open attributes": "<a href='" * 50_000,
    "breaks": "<br>" * 50_000,
    "deep": "<div>" * 100_000,
    "items": "<li>x" * 40_000,
    "comments": "<!--" * 100_000,
    "signs": "<" * 200_000,
    "entities": "&#" * 200_000,
    "ends": "</" * 200_000,
    "days": "Telefon " + "Mo - " * 12_000,
    "more days": "Telefon " + "Mo, " * 12_000,
    "free": "freie" * 12_000,
    "mails": "<a href=mailto:a@praxis.example>x</a>" * 20_000,
}
SECONDS = 20  # the quickest of these took that long a hundred times over


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_in_a_moment(name: str) -> None:
    """Whatever it holds, the worker goes on."""
    began = time.process_time()
    findings(HOSTILE[name], on=ON)
    links(HOSTILE[name], "https://praxis.example/")
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_directory_is_read_in_a_moment_or_refused(name: str, tmp_path: Path) -> None:
    """As a source, and as a page a browser saved."""
    description = read_description("Eintrag: li\nName: a")
    began = time.process_time()
    try:
        entries_of(HOSTILE[name], description)
    except Invalid as exc:
        assert exc.code == "source.page_long"  # noqa: PT017 - either way is right
    path = tmp_path / "seite.html"
    path.write_text(f"{CARD}{HOSTILE[name]}", "utf-8")
    try:
        list(records(path, saved_on=ON))
    except Invalid as exc:
        assert exc.code == "import.page_too_large"  # noqa: PT017 - either way is right
    assert time.process_time() - began < 3 * SECONDS


def test_cards_inside_cards_are_one(tmp_path: Path) -> None:
    """Three thousand of them, saved and as a source."""
    path = tmp_path / "seite.html"
    path.write_text(CARD * 3000, "utf-8")
    assert len(list(records(path, saved_on=ON))) == 1
    entries = entries_of("<article><h2>Ada Muster</h2>" * 3000, read_description("Eintrag: article\nName: h2"))
    assert len(entries) == 1


def test_flat_cards_are_all_read(tmp_path: Path) -> None:
    """A page longer than any directory's, in one piece."""
    path = tmp_path / "seite.html"
    path.write_text(f"{CARD}<table><tr><td>Mo<td>9:00-10:00</table></div>" * 300, "utf-8")
    assert len(list(records(path, saved_on=ON))) == 300


def test_more_tags_than_a_page_has_are_refused_or_cut() -> None:
    """A directory whose end is missing would say that people are gone; of a practice the beginning is enough."""
    with pytest.raises(TooManyTags):
        tamed("<p>x</p>" * 10, most_tags=15)
    assert tamed("<p>x</p>" * 10, most_tags=15, cut=True).count("<p>") == 8


def test_what_a_browser_shows_is_kept() -> None:
    """Attributes with signs in them, siblings nobody closed, text with signs; no scripts, styles or comments."""
    page = BeautifulSoup(
        tamed(
            """<!DOCTYPE html><script>a < b; "<p>no</p>"</script><style>p{}</style><!-- <p>no</p> -->
            <ul><li>eins<li>zwei &amp; 3 < 4</ul><a href="/x?a=1&amp;b=2" title='5 > 4' data-x=y>Kontakt</a><br/>ä""",
            most_tags=100,
        ),
        "html.parser",
    )
    assert [item.get_text() for item in page.find_all("li")] == ["eins", "zwei & 3 < 4"]
    link = page.select_one("a")
    assert link is not None
    assert (link["href"], link["title"], link["data-x"]) == ("/x?a=1&b=2", "5 > 4", "y")
    assert "no" not in page.get_text()
    assert page.get_text().endswith("ä")


PIECES = st.sampled_from(
    ["<", ">", "/", "a", "<p>", "</p>", "<li>", "<div x='", '"', "'", "<!--", "-->", "&", "&#x41;", " ", "=", "\0",
     "<script>", "</script>", "<![CDATA[", "ü"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_text_becomes_a_page_no_deeper_than_allowed(html: str) -> None:
    """And a page that was made tame stays as it is."""
    tame = tamed(html, most_tags=1000)
    page = BeautifulSoup(f"<!-- -->{tame}", "html.parser")
    assert max((len(list(tag.parents)) for tag in page.find_all(True)), default=0) <= DEEPEST
    once = BeautifulSoup(f"<!-- -->{tamed(tame, most_tags=10_000)}", "html.parser")
    assert once.get_text() == page.get_text()
