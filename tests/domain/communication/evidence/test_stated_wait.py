"""The wait a practice named: this patient's or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.evidence.stated_wait import stated_wait


@pytest.mark.parametrize(
    ("note", "wait"),
    [
        ("Wartezeit derzeit etwa 9 Monate", "9 Monate"),
        ("Die Warteliste beträgt 6-8 Monate.", "6 bis 8 Monate"),
        ("wartezeit: zwei bis drei jahre", "2 bis 3 Jahre"),
        ("frühestens in einem Jahr", "1 Jahr"),
        ("Bitte rufen Sie in 2 Wochen wieder an.", ""),
        ("Nur B7K2 muss 12 Monate warten.", ""),
        ("Für Frau Sommer 12 Monate Wartezeit. Sonst Wartezeit 3 Monate.", "3 Monate"),
        ("Die andere Patientin muss 12 Monate warten.", ""),
        ("Wartezeit 3 Monate, für den anderen Patienten 12 Monate.", ""),
        ("Der andere Patient kommt auf die Warteliste. Er wartet etwa 12 Monate. Wartezeit hier 3 Monate.", "3 Monate"),
        ("Die andere Pat. Wartezeit 12 Monate", ""),
        ("Für die zweite Patientin ca. 12 Monate Wartezeit", ""),
        ("Der anderen Person: Warteliste; etwa 12 Monate Wartezeit", ""),
        ("Bei uns ca. 9 Monate Wartezeit", "9 Monate"),
        ("Wir können nicht anders: Wartezeit ca. 9 Monate", "9 Monate"),
        ("Die Wartezeit beträgt ein Jahr. Die Praxis meldet sich.", "1 Jahr"),
        ("", ""),
    ],
)
def test_the_stated_wait_is_a_number_and_nothing_else(note: str, wait: str) -> None:
    """Read where the sentence is about waiting and about nobody else."""
    assert stated_wait(note, others={"B7K2", "Sommer", ""}) == wait


@given(
    st.sampled_from(
        ("Der andere Patient", "die andere Patientin", "Das andere Kind", "den anderen", "B7K2", "Frau Sommer")
    ),
    st.sampled_from(
        (" wartet ", ": Wartezeit ", " hat eine Wartezeit von ca. ", " kommt auf die Warteliste. Sie wartet ")
    ),
    st.integers(2, 99),
)
def test_no_wait_of_anybody_else(who: str, says: str, months: int) -> None:
    """However it is put, before or after this patient's own sentence."""
    others = {"B7K2", "Sommer"}
    sentence = f"{who[0].upper()}{who[1:]}{says}{months} Monate."
    assert stated_wait(sentence, others=others) == ""
    assert stated_wait(f"Die Wartezeit beträgt 1 Jahr. {sentence}", others=others) == "1 Jahr"
    assert stated_wait(f"{sentence} Die Wartezeit beträgt 1 Jahr.", others=others) == "1 Jahr"
