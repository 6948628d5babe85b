"""What practices' own pages say, on invented ones; and whatever they hold, nothing crashes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.casework.enrichment import website_of
from domain.casework.practice_page import findings, links

TODAY = date(2026, 11, 28)
PRACTICE = """<html><head><title>Praxis</title><script>var m = "falsch@muster.example";</script></head><body>
<nav><a href="/kontakt.html">Kontakt</a> <a href="impressum/">Impressum</a> <a href="https://fremd.example/kontakt">Kontakt</a>
<a href="/blog">Blog</a> <a href="mailto:ada@muster-praxis.example?subject=Anfrage">Schreiben Sie mir</a></nav>
<h1>Psychotherapie Ada Muster</h1>
<ul><li>Verhaltenstherapie für Erwachsene in Einzeltherapie</li></ul>
<p>Sprachen: Deutsch, Englisch und Türkisch</p>
<p>Zurzeit habe ich leider keine freien Plätze. Die Warteliste ist geschlossen.</p>
<h2>Telefonische Erreichbarkeit</h2><p>Mo 12-13 Uhr</p><p>Do 8.15 bis 8.45 Uhr</p>
<h2>Sprechstunde</h2><p>Nach Vereinbarung</p>
<p>E-Mail: praxis (at) muster-praxis (punkt) example</p></body></html>"""


def found(html: str) -> dict[str, list[dict[str, object]]]:
    """Values by kind."""
    made: dict[str, list[dict[str, object]]] = {}
    for finding in findings(html, on=TODAY):
        made.setdefault(finding.kind, []).append(finding.value)
    return made


def test_a_page_says_how_it_is_reached_and_what_it_offers() -> None:
    """Each with its words; what stands in a script is not said."""
    said = found(PRACTICE)
    assert {v["email"] for v in said["email"]} == {"ada@muster-praxis.example", "praxis@muster-praxis.example"}
    assert said["phone_hours"] == [{"spans": [[720, 780], [3 * 1440 + 495, 3 * 1440 + 525]]}]
    assert said["capacity"][0]["capacity"] == "list_closed"
    assert said["methods"][-1]["sentence"] == "Verhaltenstherapie für Erwachsene in Einzeltherapie"
    assert said["languages"] == [{"languages": ["Englisch", "Türkisch"]}]
    assert all(finding.quote for finding in findings(PRACTICE, on=TODAY))


@pytest.mark.parametrize(
    ("words", "capacity"),
    [
        ("Aktuell sind leider keine freien Therapieplätze vorhanden.", "full"),
        ("Die Warteliste ist geschlossen.", "list_closed"),
        ("Freie Plätze finden Sie im Kalender der Volkshochschule.", None),
        ("Ich habe derzeit freie Therapieplätze.", "free"),
        ("Aktuell sind wieder Plätze frei.", "free"),
        ("Ab 1. März 2027 habe ich wieder freie Plätze.", "free"),
        ("Freie Kapazitäten vorhanden", "free"),
        ("Sobald Plätze frei werden, melde ich mich.", None),
        ("Es sind freie Plätze für Selbstzahler vorhanden.", None),
        ("Haben Sie freie Plätze?", None),
        ("Informationen zu freien Plätzen erhalten Sie telefonisch.", None),
        ("In unserer Gruppe sind noch Plätze frei.", None),
        ("Im Mai 2025 habe ich wieder freie Plätze.", None),
        ("Ich habe freie Plätze.</p><p>Die Warteliste ist geschlossen.", None),
        ("Ich freue mich auf Sie.", None),
    ],
)
def test_free_places_are_read_with_the_words_for_answers(words: str, capacity: str | None) -> None:
    """As an answer by mail is; what is not clear is not suggested."""
    said = found(f"<p>{words}</p>").get("capacity", [{"capacity": None}])
    assert said[0]["capacity"] == capacity


def test_a_word_on_places_has_its_day() -> None:
    """The one the page names beside it, else that of the reading; a day that is none is not believed."""
    for stand, day in (
        ("Stand: 03.09.2026", "2026-09-03"), ("Stand 9/2026", "2026-09-01"), ("Stand 40.13.2026", TODAY.isoformat()),
        ("Stand 03.09.2030", TODAY.isoformat()), ("", TODAY.isoformat()),
    ):  # fmt: skip
        said = found(f"<p>Derzeit keine freien Plätze ({stand})</p>")["capacity"][0]
        assert (said["capacity"], said["as_of"]) == ("full", day)
    assert found("<p>Ab 1. März 2027 habe ich wieder freie Plätze.</p>")["capacity"][0]["from"] == "2027-03-01"


def test_only_pages_of_the_same_host_are_read() -> None:
    """Contact and imprint; no blog, no foreign host."""
    assert links(PRACTICE, "https://muster-praxis.example/") == (
        "https://muster-praxis.example/kontakt.html",
        "https://muster-praxis.example/impressum/",
    )


_PARTS = st.sampled_from(
    ["<p>", "</p>", "<a href='", "http://[", "//x", "'>", "Kontakt", "Telefon Mo 9-10", "(at)", "a@b.de", "Warteliste",
     "keine freien Plätze", "\x00", "<!--", "<![CDATA[", "Sprachen: Englisch", "&#1114112;", "Verhaltenstherapie", "\n"]
)  # fmt: skip


@given(st.lists(_PARTS, max_size=30).map("".join) | st.text(max_size=200))
def test_no_page_crashes(html: str) -> None:
    """Findings have short quotes, links stay on the host."""
    for finding in findings(html, on=TODAY):
        assert len(finding.quote) <= 200
    for link in links(html, "https://muster.example/"):
        assert link.startswith(("https://muster.example/", "http://muster.example/"))


@pytest.mark.parametrize(
    ("web", "address"),
    [
        ("www.muster.example", "https://www.muster.example"),
        ("http://muster.example/x", "http://muster.example/x"),
        ("  muster.example, Termine online", "https://muster.example"),
        ("ada@muster.example", ""),
        ("keine", ""),
        ("", ""),
    ],
)
def test_the_cell_of_a_directory_becomes_an_address(web: str, address: str) -> None:
    """Or none."""
    assert website_of(web) == address
