"""Chance without a shared generator: each draw comes from a stream keyed by what it decides.

So a policy that asks one practice more changes nothing for any other practice or day (common random numbers).
"""

from enum import IntEnum

import numpy as np


class Draw(IntEnum):
    """What a stream is for; part of its key."""

    PLACES_ON_MAP = 1
    PRACTICE = 2
    FREE_PLACES = 3
    PATIENT = 4
    ARRIVALS = 5
    ANSWER = 6
    TALK = 7
    PAIR = 8
    SELF_SEARCH = 9
    OFFICE = 10


def stream(seed: int, region: int, draw: Draw, *key: int) -> np.random.Generator:
    """The generator of one decision; equal keys give equal numbers. Key parts are not negative."""
    return np.random.default_rng([seed, region, int(draw), *key])
