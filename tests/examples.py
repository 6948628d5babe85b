"""How often a property is tried: a few times in each run, many times in the long one (`make soak`)."""

import os

from tests.servers.wanted import ALL_WANTED

THOROUGH = ALL_WANTED in os.environ
TIMES = 10


def examples(few: int) -> int:
    """The number for `max_examples` where one example takes a good part of a second."""
    return few * TIMES if THOROUGH else few
