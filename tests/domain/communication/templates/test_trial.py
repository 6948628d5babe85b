"""A template is tried before it is kept: what would fail, or leave out what it must say, is refused with a sentence."""

from datetime import date

import pytest

from domain.casework.template_previews import preview
from domain.communication.templates.kinds import BLOCKS, KINDS, OWN
from domain.communication.templates.language import LONGEST_OUTPUT, check, filled
from domain.communication.templates.rendering import Source, fill
from domain.communication.templates.samples import sample
from domain.communication.templates.service import create_own, save_template, shipped
from domain.communication.templates.trial import try_out
from domain.database import Database
from domain.errors import Invalid
from ui.errors import describe

TODAY = date(2026, 11, 24)
WHOLE = "{{ signatur }}{{ profile }}{{ herkunft }}"
SUBJECT = "{{ kennzeichen }}"


def refused(body: str, kind: str = "inquiry", subject: str = SUBJECT) -> str:
    """The code with which saving ends; empty where it is kept."""
    try:
        check(KINDS[kind], subject=subject, body=body)
        try_out(kind, subject=subject, body=body)
    except Invalid as exc:
        return exc.code if describe(exc) else "without a sentence"
    return ""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OWN])
def test_every_shipped_text_stands_the_trial(kind: str) -> None:
    """With one person and with six, everything known and next to nothing."""
    assert refused(shipped(kind).body, kind, shipped(kind).subject) == ""


@pytest.mark.parametrize(
    "said",
    [
        "{{ anzahl|length }}", "{{ anrede|length(1,2,3) }}", "{{ anzahl < anrede }}", "{{ 1 in anzahl }}",
        "{{ personen|join(',', '__class__.__mro__') }}", "{{ personen|join(',') }}", "{{ personen }}",
        "{% for loop in personen %}{% endfor %}", "{% for anrede in personen %}{% endfor %}",
        "{% for mehrzahl in personen %}{% endfor %}", "{{ mehrzahl }}", "{{ anrede|join(', ') }}",
        "{{ anrede" + "|join('aaaaaaaaaa')" * 7 + " }}", "{{ absender|length }}", "{{ absender }}", "{{ brief }}",
        "{{ 1 < 2 < 3 }}", "{{ personen|first }}", "{{ anrede|length(x=1) }}", "{{ none }}", "{{ 1.5 }}",
        "{{ mehrzahl(anzahl, anrede) }}", "{{ krisennummern|join('x') }}",
    ],
)  # fmt: skip
def test_what_would_fail_or_make_no_sense_is_refused(said: str) -> None:
    """By its line."""
    assert refused(WHOLE + said) in {"template.not_allowed", "template.unknown_name"}


@pytest.mark.parametrize(
    "said",
    [
        "{% if anrede %}" * 100 + "x" + "{% endif %}" * 100, "{{ " + "9" * 5000 + " }}",
        "{{ " + "(" * 20_000 + "1" + ")" * 20_000 + " }}", "{{ " + "not " * 9000 + "1 }}",
        "{{ anzahl }}" * 3500,
    ],
)  # fmt: skip
def test_what_is_too_deep_or_too_large_is_refused(said: str) -> None:
    """Before anything of it runs."""
    assert refused(WHOLE + said) in {"template.too_deep", "template.not_allowed"}


@pytest.mark.parametrize(
    ("kind", "subject", "body"),
    [
        ("inquiry", SUBJECT, "{% if false %}" + WHOLE + "{% endif %}"),
        ("inquiry", "{% if false %}" + SUBJECT + "{% endif %}x", WHOLE),
        ("inquiry", SUBJECT, "{{ signatur }}{{ profile }}{% if anzahl > 1 %}{{ herkunft }}{% endif %}"),
        ("inquiry", SUBJECT, "{{ signatur }}{{ profile }}{% if brief %}{{ herkunft }}{% endif %}"),
        ("first_letter", "x", "{{ signatur }}{% for f in fehlt %}{{ krisennummern|join }}{% endfor %}"),
        ("profile", "x", "{% for p in personen %}{% if loop.first %}{{ p.kennung }}{% endif %}{% endfor %}"),
        ("signature", "x", "{% if absender.strasse == 'x' %}{{ absender.name }}{% endif %}"),
    ],
)
def test_what_must_be_said_is_said_in_every_letter(kind: str, subject: str, body: str) -> None:
    """A name that stands where it is never written is no name."""
    assert refused(body, kind, subject) == "template.name_unsaid"


def test_a_later_letter_knows_codes_only() -> None:
    """What is asked of a person that the letter will not know is found at saving."""
    body = "{{ signatur }}{{ kennungen }}{% for p in personen %}{{ p.alter }}{% endfor %}"
    assert refused(body, "reminder") == "template.trial_fails"


def test_nothing_of_it_is_saved(database: Database) -> None:
    """Neither for all nor for the office itself; the preview refuses it as well."""
    with database.write() as session:
        with pytest.raises(Invalid):
            save_template(session, "inquiry", subject=SUBJECT, body=WHOLE + "{{ anzahl|length }}", seen=0)
        with pytest.raises(Invalid):
            create_own(session, "own_practice", "n", subject="x", body="{{ mehrzahl }}")
        with pytest.raises(Invalid):
            preview(session, "inquiry", subject=SUBJECT, body=WHOLE + "{{ mehrzahl }}", case_id=None, today=TODAY)
        assert save_template(session, "inquiry", subject=SUBJECT, body=WHOLE, seen=0) == 1


@pytest.mark.parametrize(
    "said",
    ["{{ anzahl|length }}", "{{ anrede" + "|join('aaaaaaaaaa')" * 7 + " }}", "{{ fehlt }}", "{% if %}",
     "{% for a in krisennummern %}{% for b in krisennummern %}{{ signatur }}{% endfor %}{% endfor %}" * 2000],
)  # fmt: skip
def test_a_text_of_a_release_before_makes_no_half_letter(said: str) -> None:
    """It was kept when less was looked at: the letter is refused with the template's name, and nothing is written."""
    sources = {name: shipped(name) for name in BLOCKS.values()} | {"inquiry": Source("x", "Guten Tag " + said)}
    with pytest.raises(Invalid) as caught:
        fill("inquiry", sample("inquiry", 2, today=TODAY), sources)
    assert caught.value.code == "template.fails"
    assert "Anfrage an eine Praxis" in describe(caught.value)


def test_no_letter_grows_without_end() -> None:
    """It is given up as soon as it is too long."""
    with pytest.raises(Invalid):
        filled("{{ a }}" * 10, {"a": "x" * (LONGEST_OUTPUT // 9)}, markdown=False)
