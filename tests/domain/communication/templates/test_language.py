"""What a template may say: known names only, nothing that computes or loads, and values that are never markup."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.templates.kinds import BLOCKS, KINDS, OWN, Audience
from domain.communication.templates.language import check, compiled, environment
from domain.communication.templates.markdown import escaped, quoted, to_html, to_text
from domain.communication.templates.rendering import Source, page, render
from domain.communication.templates.samples import sample
from domain.communication.templates.service import shipped
from domain.errors import Invalid

TODAY = date(2026, 11, 24)
LETTERS = [kind for kind in KINDS if kind not in OWN and KINDS[kind].audience is not Audience.BLOCK]
INQUIRY = shipped("inquiry")


def refused(body: str, kind: str = "inquiry") -> Invalid:
    """How saving a text ends."""
    with pytest.raises(Invalid) as caught:
        check(KINDS[kind], subject=INQUIRY.subject, body=body)
    return caught.value


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OWN])
def test_every_shipped_text_could_be_saved(kind: str) -> None:
    """What we ship keeps the rules we set."""
    check(KINDS[kind], subject=shipped(kind).subject, body=shipped(kind).body)


@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("count", [1, 2, 6])
def test_every_shipped_text_reads_whole(kind: str, count: int) -> None:
    """Filled with an invented case, nothing of the language and no empty number is left."""
    made = render(kind, sample(kind, count, today=TODAY), {name: shipped(name) for name in (kind, *BLOCKS.values())})
    whole = f"{made.subject}\n{made.text}\n{made.html}"
    assert not re.search(r"\{[{%]|[%}]\}|None|Undefined|\\", whole)
    assert not re.search(r"\b1 (Personen|Praxen|Wochen|Kennungen)\b", whole)
    assert made.subject.strip()
    assert "\n\n\n" not in made.text


@pytest.mark.parametrize(
    ("said", "line", "near"),
    [("{{ anerde }}", 1, "anrede"), ("gut\n{{ absender.nahme }}", 2, "absender.name"), ("{{ zzz }}", 1, "")],
)
def test_an_unknown_name_is_told_with_its_line(said: str, line: int, near: str) -> None:
    """And with what was probably meant."""
    error = refused(f"{said}\n{INQUIRY.body}")
    assert (error.code, error.field) == ("template.unknown_name", "body")
    assert error.params["line"] == line
    assert error.params["near"] == near


@pytest.mark.parametrize(
    "said",
    [
        "{% include 'x' %}", "{% set a = 1 %}", "{{ 9 ** 99 }}", "{{ 'a' * 999999999 }}", "{{ mehrzahl('a') }}",
        "{% for a in personen if a %}x{% endfor %}", "{% macro a() %}{% endmacro %}", "{{ [1, 2] }}",
        "{% import 'x' as y %}", "{{ personen[0] }}", "{{ mehrzahl(*personen) }}", "{{ anrede.upper() }}",
        "{% for k in range(9) %}{% endfor %}",
        "{% for a in personen %}{% for b in personen %}x{% endfor %}{% endfor %}",
    ],
)  # fmt: skip
def test_what_computes_or_loads_is_refused(said: str) -> None:
    """A template tells, it does not run."""
    assert refused(f"{said}\n{INQUIRY.body}").code in {"template.not_allowed", "template.unknown_name"}


@pytest.mark.parametrize(
    "said",
    ["{{ anrede.__class__ }}", "{{ personen|attr('x') }}", "{{ loop.index }}"],
)
def test_nothing_is_reached_that_is_not_named(said: str) -> None:
    """Neither insides of objects nor Jinja's own helpers."""
    assert refused(f"{said}\n{INQUIRY.body}").code == "template.unknown_name"


def test_a_name_of_another_kind_is_unknown() -> None:
    """A reminder names codes only: nobody's profile slips into it."""
    assert refused("{{ profile }}{{ kennungen }}{{ signatur }}", "reminder").params["name"] == "profile"
    assert refused("{{ praxis }}", "reminder").params["name"] == "praxis"


@pytest.mark.parametrize(("left_out", "field"), [("herkunft", "body"), ("profile", "body"), ("signatur", "body")])
def test_what_a_first_letter_must_say_cannot_be_left_out(left_out: str, field: str) -> None:
    """The source of the address (Art. 14 GDPR), whom it is about, who writes."""
    error = refused(INQUIRY.body.replace(f"{{{{ {left_out} }}}}", ""))
    assert (error.code, error.field, error.params["name"]) == ("template.name_missing", field, left_out)


def test_the_reference_stays_in_the_subject() -> None:
    """By it answers find their inquiry."""
    with pytest.raises(Invalid) as caught:
        check(KINDS["inquiry"], subject="Anfrage", body=INQUIRY.body)
    assert (caught.value.field, caught.value.params["name"]) == ("subject", "kennzeichen")


@pytest.mark.parametrize(("subject", "code"), [("  ", "template.no_subject"), ("a\nb", "template.subject_lines")])
def test_a_subject_is_one_line(subject: str, code: str) -> None:
    """A header cannot be injected by a template."""
    with pytest.raises(Invalid) as caught:
        check(KINDS["own_practice"], subject=subject, body="x")
    assert caught.value.code == code


@given(st.text(max_size=200))
def test_any_text_is_saved_or_refused_with_a_reason(body: str) -> None:
    """Never anything else; what is saved can be filled in."""
    try:
        check(KINDS["own_practice"], subject="Hallo", body=body)
    except Invalid:
        return
    source = Source("Hallo", body)
    context = sample("inquiry", 1, today=TODAY)
    render("own_practice", context, {"own_practice": source} | {name: shipped(name) for name in BLOCKS.values()})


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), min_size=1, max_size=40))
def test_a_value_is_text_in_both_parts(value: str) -> None:
    """Whatever signs it holds: Markdown, HTML, braces, backslashes."""
    filled = environment(markdown=True).from_string("vor {{ wert }} nach").render(wert=value)
    assert to_text(filled) == f"vor {value} nach\n"
    assert "<" not in to_html(filled).replace("<p>", "").replace("</p>", "")


@pytest.mark.parametrize(
    "said", ["<script>x</script>", "![x](http://a.example/b.png)", "<img src=x>", "[x](javascript:alert(1))"]
)
def test_markdown_brings_nothing_to_run_or_load(said: str) -> None:
    """Neither HTML nor pictures nor links that run."""
    made = page("Betreff", said)
    assert not re.search(r"<(script|img)|href=\"javascript", made)


def test_both_parts_say_the_same() -> None:
    """Lists, quotes, rules, links and emphasis read well without their signs."""
    source = "**Fett** und *kursiv*\n\n- eins\n- zwei\n  - innen\n\n3. drei\n4. vier\n\n> Zitat\n> weiter\n\n---\n\n[Seite](https://a.example)"
    assert to_text(source) == (
        "Fett und kursiv\n\n- eins\n- zwei\n  - innen\n\n3. drei\n4. vier\n\n  Zitat\n  weiter\n\n--\nSeite (https://a.example)\n"
    )
    html = page("Betreff", source)
    assert "<style" not in html
    assert 'style="' in html
    assert "<strong>Fett</strong>" in html


def test_a_template_is_compiled_once() -> None:
    """A batch of letters reads its template one time."""
    assert compiled("{{ a }}", markdown=True) is compiled("{{ a }}", markdown=True)
    assert escaped(3) == 3


@pytest.mark.parametrize(
    "typed",
    [
        "5*3 Termine und 2*50 min", "2 * 50 min oder 3 * 25 min", "a_b und c_d", "Therapeut*innen und Patient*innen",
        "Vor- und Zuname*", "3. Mai\n5. Mai", "+ 2 Plätze\n+ 1 Platz", "1) eins\n2) zwei", "Jana Brand\n--\nBüro",
    ],
)  # fmt: skip
def test_what_people_type_stays(typed: str) -> None:
    """Stars and lines within words, dates and sums at the beginning of a line are read as they were typed."""
    assert to_text(typed) == typed + "\n"
    assert not re.search("<(em|strong|h.)>", to_html(typed))


def test_both_parts_count_alike() -> None:
    """A list that jumps says so in the HTML, too."""
    assert to_html("24. Dezember\n26. Dezember").count("<li>") == 1
    assert '<li value="26">' in to_html("24. Dezember\n26. Dezember")


@given(st.text("ab 5*_\\[]()#!.-", min_size=1, max_size=30))
def test_a_quote_says_what_was_written(line: str) -> None:
    """Whatever signs stood in the mail; several blanks become what they look like."""
    line = "x" + line.strip()
    assert to_text(quoted(line)) == f"  {line}\n"


def test_a_quote_keeps_rules_and_headings_as_words() -> None:
    """And the quotes of those who wrote before stay quotes."""
    assert to_text(quoted("# 3\n---\n*wichtig*\n> davor")) == "  # 3\n  ---\n  *wichtig*\n\n    davor\n"


def test_an_author_keeps_markup_where_a_value_does_not() -> None:
    """Also in words that depend on something."""
    made = environment(markdown=True).from_string(
        "**{{ wert }}** {{ '*viele*' if wert else '' }} {{ wahl('*a*', wert) }} {{ wahl(wert, '*b*') }}"
    )
    filled = made.render(wert="*5*", wahl=lambda one, _other: one)
    assert to_html(filled) == "<p><strong>*5*</strong> <em>viele</em> <em>a</em> *5*</p>\n"


@pytest.mark.parametrize("typed", ["-", "+", "Ja\n\n-\n\nNein", "- - a", "- + a\n  + b", "-\n- b", "- a\n  - b\n- c"])
def test_no_sign_of_a_list_is_lost(typed: str) -> None:
    """One that stands alone on its line, and one that follows another at once."""
    assert to_text(typed) == typed + "\n"


@pytest.mark.parametrize("footer", ["A\n\n+49 241 123456", "A\n\n\n# 1", "A\n\n1. Kammer", "a\r# b", "A\r\n\r\n- B"])
def test_a_line_after_a_blank_one_is_escaped_once(footer: str) -> None:
    """Nobody reads a backslash, and none of its signs is markup."""
    assert "\\" not in to_text(str(escaped(footer)))
    assert not re.search(r"<(h1|ul|ol|li)\b", to_html(str(escaped(footer))))
