"""The paper takes whatever people wrote: long, broken into lines, without a space, in any script."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.chain_walk import START, Head
from domain.communication.evidence.facts import Attempt, Evidence, Outcome, Paper, Person, Step
from domain.communication.evidence.paper import to_pdf
from domain.matching.reimbursement import USUAL, CaseForm
from tests.domain.casework.pdf_reading import pages
from tests.examples import examples

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORDS = "Zentrum für seelische Gesundheit "


def paper(text: str, steps: int = 2) -> Evidence:
    """An evidence in which everything somebody may have written is the same text."""
    profile = replace(USUAL, form=replace(USUAL.form, name=text, address=text, note=text))
    step = Step(AT, "phone", "out", "reached", text, text, 1)
    attempt = Attempt(
        1, text, text, text, (step,) * steps, Outcome.REJECTION_CAPACITY, AT.date(), None, "9 Monate", True
    )
    return Evidence(
        office=(text, text, "52062 Aachen"), person=Person(text, None, text, True, text, ("cbt",), date(2026, 9, 1)),
        profile=profile, case=CaseForm(note=text), attempts=(attempt, attempt), counted=2,
        papers=(Paper("ptv11", None, None),),
        consent_to_insurer=True, silent_after=21, tss=None, insurer=None, made_on=AT.date(), made_by=text,
        head=Head(1, START),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        WORDS * 400,  # a counterpart of 1,600 words
        "Praxis\n" * 400,  # a name of 400 lines
        "W" * 20_000,
        "<b>&amp;" * 500,
        "\r\n\t\v" * 300 + "Ende",
        "",
    ],
    ids=["words", "lines", "one-word", "markup", "blank", "empty"],
)
def test_the_paper_is_set_whatever_was_written(text: str) -> None:
    """It is cut with "…" where it does not fit; what the office says of itself stays whole."""
    read = "".join(pages(to_pdf(paper(text))))
    assert ("…" in read) == (len(text) > 2_000)
    flat = " ".join(read.split())
    for ours in ("Absage am 23.11.2026", "genannte Wartezeit: 9 Monate", "Glied 1", "unversehrt ist"):
        assert ours in flat


@settings(max_examples=examples(15), deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    st.sampled_from((1, 7, 60, 700)),
    st.sampled_from(("", " ", "\n")),
    st.integers(1, 40),
)
def test_no_text_hinders_an_evidence(text: str, times: int, between: str, steps: int) -> None:
    """Any characters the database keeps, any length, any number of contacts."""
    assert to_pdf(paper(between.join([text] * times), steps)).startswith(b"%PDF")
