"""How deep a JSON file's brackets open, in whatever pieces it is read."""

import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.acquisition import json_depth
from domain.acquisition.json_depth import Shallow, TooDeep, check_depth

ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(alphabet='[]{}"\\aä\n', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(alphabet='[]{}"\\', max_size=3), inner, max_size=4)
    ),
    max_leaves=25,
)


def _deep(value: object) -> int:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inside is None else 1 + max(map(_deep, inside), default=0)


def _pieces(file: Shallow, size: int) -> Iterator[bytes]:
    while piece := file.read(size):
        yield piece


@given(value=ANYTHING, piece=st.integers(1, 40), escaped=st.booleans())
def test_the_depth_is_that_of_the_brackets_outside_of_texts(value: object, piece: int, escaped: bool) -> None:
    """Just as many are let through, one fewer is not; what was read is what the file holds."""
    content = json.dumps(value, ensure_ascii=escaped).encode()
    for most in (depth := _deep(value)), depth - 1:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_depth, "DEEPEST", most)
            file = Shallow(io.BytesIO(content))
            try:
                assert b"".join(_pieces(file, piece)) == content
            except TooDeep:
                assert most < depth
            else:
                assert most >= depth


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_closing_brackets_in_a_text_make_no_room(opening: str) -> None:
    """300 kB hid a hundred thousand brackets that way, and took six gigabytes."""
    with pytest.raises(TooDeep):
        check_depth('{"x":"' + "]" * 200_000 + "}" * 200_000 + '","y":' + opening * 100_000)
