"""How often a suggestion holds, by how sure the reading was: what people are told instead of the reading's own number.

A reading that is 99 % sure of itself is wrong more often than once in a hundred times: its weights are learned from few
hundred answers. So its bands were measured: ``benchmarks/fit_reading.py --bands`` reads the even city mails
(`tests/domain/communication/reading/tuning_city.jsonl`, on which no rule was tuned) with weights that never saw the
mail, in five folds. Of 194 suggestions 186 held (96 %, Wilson interval 92–98):

=============  ==========  ========
how sure       held        interval
=============  ==========  ========
0.90 to 0.99   71 of 77    84–96 %
0.99 to 1      115 of 117  94–100 %
=============  ==========  ========

What is told is a fraction within each interval, below what was measured, since practices write other mails than these.
The answers held back (`benchmarks/answers`) measure the whole and were not used here. Weights learned anew want
these numbers measured anew.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holds:
    """So many of so many suggestions hold."""

    right: int
    of: int


SURER = 0.99
_SURER, _OTHERS = Holds(19, 20), Holds(9, 10)


def holds(confidence: float) -> Holds:
    """How many suggestions of this confidence hold, for anything that is suggested at all (`reader.SURE_ENOUGH`)."""
    return _SURER if confidence >= SURER else _OTHERS
