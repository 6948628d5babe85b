"""Whether a mail came from an address of whom it belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.communication.incoming.known_senders import is_stranger


@pytest.mark.parametrize(
    ("sender", "theirs", "stranger"),
    [
        ("praxis@sommer.example", ["praxis@sommer.example"], False),
        ("Ina@Sommer.example", ["praxis@sommer.example"], False),
        ("evil@x.example", ["praxis@sommer.example", None], True),
        ("evil@sommer.example.x.example", ["praxis@sommer.example"], True),
        ("other@gmx.de", ["praxis@gmx.de"], True),
        ("praxis@gmx.de", ["praxis@gmx.de"], False),
        ("evil@x.example", [None, ""], False),
        ("", ["praxis@sommer.example"], False),
    ],
)
def test_whose_address_it_is(sender: str, theirs: list[str | None], *, stranger: bool) -> None:
    """The same one, or one of the practice's own host; a host of everybody's says nothing."""
    assert is_stranger(sender, theirs) is stranger


@given(st.emails(), st.lists(st.emails()))
def test_who_is_known_is_no_stranger(sender: str, others: list[str]) -> None:
    """However it is written."""
    assert not is_stranger(sender.swapcase(), [*others, sender])
