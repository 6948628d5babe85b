"""JSON of somebody else, read and written so that one strange value hinders nothing but itself."""

import json
import math
from typing import Any

MOST_DIGITS = 15  # of a whole number: more are no coordinate, no id and no day


def read_json(text: str | bytes) -> Any:
    """A text as values; a number nobody can mean, and NaN, are none. Raises ValueError and RecursionError."""
    return json.loads(text, parse_constant=_nothing, parse_int=_whole, parse_float=_number)


def write_json(value: Any) -> bytes:
    """As UTF-8; half a character, which JSON may hold, is none there and becomes "?"."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _nothing(_constant: str) -> None:
    return None


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= MOST_DIGITS else None


def _number(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None
