"""A server that is not there: a test that wants it is skipped, but fails where all long runs are wanted."""

import os
from typing import NoReturn

import pytest

ALL_WANTED = "PLATZLOTSE_TEST_ALL"


def absent(reason: str) -> NoReturn:
    """Skip, or fail under `make soak`."""
    if os.environ.get(ALL_WANTED):
        pytest.fail(reason)
    pytest.skip(reason)
