"""What a person takes of a file's changes, and how the import hears of it."""

from hypothesis import given
from hypothesis import strategies as st

from domain.therapists.changes import Became, FieldChange, RecordChange
from ui.imports.selection import Selection

FIELDS = (FieldChange("phone", "", "1"), FieldChange("street", "A", "B"), FieldChange("plz", "52062", "52064"))


def change(row: int, became: Became) -> RecordChange:
    """A record of a file; of somebody gone there is no row."""
    gone = became is Became.GONE
    return RecordChange(0 if gone else row, became, 100 + row, f"Person {row}", "", () if gone else FIELDS)


def test_at_first_all_is_taken_but_nobody_is_retired() -> None:
    """A file that does not name somebody proves nothing."""
    selection = Selection([change(1, Became.NEW), change(2, Became.UNCHANGED), change(3, Became.GONE)])
    choice = selection.choice()
    assert (selection.wanted(), choice.skipped_rows, choice.gone) == (1, frozenset(), frozenset())
    selection.take(selection.numbers("gone"), wanted=True)
    assert selection.choice().gone == {103}


def test_fields_are_left_one_by_one_and_an_address_as_a_whole() -> None:
    """Half an address is none; without any field the record is left."""
    selection = Selection([change(1, Became.MOVED)])
    selection.take_field(0, "plz", wanted=False)
    assert selection.choice().skipped_fields == {1: {"street", "plz"}}
    assert selection.is_part(0)
    selection.take_field(0, "phone", wanted=False)
    assert selection.choice().skipped_rows == {1}
    assert not selection.choice().skipped_fields
    selection.take_field(0, "phone", wanted=True)
    assert not selection.choice().skipped_rows
    assert selection.choice().skipped_fields == {1: {"street", "plz"}}


ACTS = st.tuples(st.integers(0, 5), st.sampled_from(["", "phone", "street", "plz"]), st.booleans())


@given(st.lists(st.sampled_from(list(Became)), min_size=6, max_size=6), st.lists(ACTS, max_size=30))
def test_what_is_shown_is_what_the_import_hears(kinds: list[Became], acts: list[tuple[int, str, bool]]) -> None:
    """After any presses: a box is ticked if and only if the import would take the record, and the field."""
    selection = Selection([change(number + 1, became) for number, became in enumerate(kinds)])
    for number, name, wanted in acts:
        if name:
            selection.take_field(number, name, wanted=wanted)
        else:
            selection.take([number], wanted=wanted)
    choice = selection.choice()
    for number, entry in enumerate(selection.changes):
        if entry.became is Became.GONE:
            assert selection.takes(number) == (entry.therapist_id in choice.gone)
        elif entry.became is not Became.UNCHANGED:
            assert selection.takes(number) == choice.accepts(entry.row, entry.became)
            left = choice.skipped(entry.row)
            assert left != {field.name for field in FIELDS}  # then the record is left as a whole
            for field in FIELDS:
                assert selection.takes_field(number, field.name) == (selection.takes(number) and field.name not in left)
