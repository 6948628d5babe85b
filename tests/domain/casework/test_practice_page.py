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
<a href="/blog">Blog</a> <a href="mailto:ada%40muster-praxis.example?subject=Anfrage">Schreiben Sie mir</a></nav>
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
        ("Leider sind alle Therapieplätze belegt.", "full"),
        ("Bis auf Weiteres keine Neuaufnahmen.", "full"),
        ("Nicht alle Plätze sind belegt.", None),
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


@pytest.mark.parametrize(
    ("words", "capacity", "since"),
    [
        ("Plätze frei ab 01.03.2027", "free", "2027-03-01"),
        ("Freie Plätze ab März 2027", "free", "2027-03-01"),
        ("Therapieplätze frei ab 1. März 2027", "free", "2027-03-01"),
        ("Plätze frei ab 03/2027", "free", "2027-03-01"),
        ("Freie Therapieplätze ab sofort", "free", None),
        ("Therapieplatz frei ab Januar 2024", None, None),
        ("Plätze frei ab Ostern oder ab Herbst vielleicht", None, None),
        ("Freie Plätze ab 18 Jahren", None, None),
        ("Momentan Aufnahmestopp", "full", None),
        ("Es gilt ein Aufnahmestopp bis auf Weiteres.", "full", None),
        ("Derzeit Aufnahmestopp bis 31.03.2027!", "full", "2027-04-01"),
        ("Aufnahmestopp bis Ende Februar 2027", "full", "2027-03-01"),
        ("Aufnahmestopp bis 01.03.2026", None, None),
        ("Derzeit nehmen wir keine neuen Patient:innen auf.", "full", None),
        ("Im Moment können keine neuen Patientinnen und Patienten aufgenommen werden", "full", None),
        ("Im August nehmen wir keine neuen Patienten auf.", None, None),
        ("Wir nehmen keine neuen Patienten ohne Überweisung auf.", None, None),
        ("Für Kinder nehmen wir keine neuen Patienten auf.", None, None),
        ("Keine Plätze für Kassenpatienten", None, None),
        ("Keine Therapieplätze für Kinder", None, None),
        ("Keine freien Plätze für Kinder", None, None),
        ("Alle Plätze im Kurs belegt", None, None),
        ("Keine Neuaufnahmen ohne Überweisung", None, None),
        ("Keine Neuaufnahmen im Januar", None, None),
        ("Keine Neuaufnahmen im Moment", "full", None),
        ("Zurzeit alle Plätze belegt. Für Fragen rufen Sie an.", "full", None),
        ("Falls wir keine neuen Patienten aufnehmen können, melden wir uns.", None, None),
        ("Wir haben keinen Aufnahmestopp.", None, None),
        ("Der Aufnahmestopp ist aufgehoben.", None, None),
        ("Ab Januar gilt ein Aufnahmestopp.", None, None),
    ],
)
def test_the_day_stands_right_behind_from_and_a_stop_is_a_stop(
    words: str, capacity: str | None, since: str | None
) -> None:
    """As pages put it, shorter than letters do."""
    (said,) = found(f"<p>{words}</p>").get("capacity", [{"capacity": None, "from": None}])
    assert (said["capacity"], said["from"]) == (capacity, since)


MONDAY, WEDNESDAY = [540, 600], [2 * 1440 + 780, 2 * 1440 + 840]
BOTH = [MONDAY, WEDNESDAY]
ROWS = "<tr><td>Montag</td><td>9.00 - 10.00 Uhr</td></tr><tr><td>Mittwoch</td><td><p>13 - 14 Uhr</p></td></tr>"
TERMS = "<dt>Mo</dt> <dd>9-10 Uhr</dd><dt>Mi</dt><dd>13-14 Uhr</dd>"


@pytest.mark.parametrize(
    ("html", "spans"),
    [
        (f"<p>Telefonische Sprechzeiten:</p><table>{ROWS}</table><p>Öffnungszeiten Do 8-18 Uhr</p>", BOTH),
        (f"<h3>Telefonisch erreichbar</h3><dl>{TERMS}</dl><h3>Behandlung</h3><p>Fr 8-18 Uhr</p>", BOTH),
        ("<p>Telefon: 0241 12345</p><h2>Praxis Markt 1</h2><p>Do 8-18 Uhr</p>", None),
        ("<p>Telefon: 0241 12345</p><p>Mo-Do 8-12 Uhr Sprechstunden nach Vereinbarung</p>", None),
        ("<p>Telefon-Sprechzeit: Mo 9-10 Uhr</p>", [MONDAY]),
        ("<p>Telefon-Sprechzeit: Mo 9-10, Fr, 12-14 Tage</p>", [MONDAY]),
        ("<p>Telefon-Sprechzeit: Mo 9.00-10.00, Mi, 03.12-05.12 geschlossen</p>", [MONDAY]),
        ("<p>Telefon-Sprechzeit: Mo 9.00-10.00, Mi, 05.10-10.10 geschlossen</p>", [MONDAY]),
        ("<p>Sprechstunde Do 8-18 Uhr, telefonisch Mo 9-10 Uhr</p>", [MONDAY]),
        ("<p>Telefonisch Mo 9-10 Uhr, Di Sprechstunde 10-11 Uhr</p>", [MONDAY]),
        ("<p>Öffnungszeiten: Do 8-18 Uhr, Mo telefonisch 9-10 Uhr</p>", [MONDAY]),
        ("<p>Mo 9-10 Uhr telefonisch, Öffnungszeiten Do 8-18 Uhr</p>", [MONDAY]),
        (f"<table><tr><th>Tag</th><th>Telefonzeit</th><th>Sprechstunde</th></tr>{ROWS}</table>", None),
        ("<table><tr><td><h2>Telefonzeiten</h2><p>Mo 9-10 Uhr</p><h2>Praxis</h2><p>Do 8-18 Uhr</p></td></tr></table>",
         [MONDAY]),
    ],
)  # fmt: skip
def test_hours_on_the_phone_are_those_behind_a_word_for_it(html: str, spans: list[list[int]] | None) -> None:
    """Across the cells of a row; another heading, or another word in the line, ends them."""
    said = found(html).get("phone_hours")
    assert said == ([{"spans": spans}] if spans else None)


@pytest.mark.parametrize(
    ("words", "methods", "languages"),
    [
        ("Ich biete keine Verhaltenstherapie an.", None, None),
        ("Keine Verhaltenstherapie, sondern analytische Psychotherapie.", ["analytic"], None),
        ("Verhaltenstherapie (keine Kassenzulassung)", ["cbt"], None),
        ("Verhaltenstherapie nicht nur für Erwachsene", ["cbt"], None),
        ("Therapie auf Englisch und Türkisch möglich. Keine Therapie auf Russisch.", None, ["Englisch", "Türkisch"]),
        ("Therapie auch auf Englisch möglich", None, ["Englisch"]),
        ("Ich spreche Deutsch und Türkisch, kein Wort Russisch.", None, None),
        ("Ich spreche Deutsch und Türkisch.", None, ["Türkisch"]),
        ("Therapie auf Russisch biete ich nicht an.", None, None),
    ],
)
def test_what_is_denied_is_not_suggested(words: str, methods: list[str] | None, languages: list[str] | None) -> None:
    """Neither a method nor a language; what is said beside it is."""
    said = found(f"<p>{words}</p>")
    assert [v["methods"] for v in said.get("methods", [])] == ([methods] if methods else [])
    assert [v["languages"] for v in said.get("languages", [])] == ([languages] if languages else [])


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
