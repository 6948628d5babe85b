"""Text folded for comparing, with the way back: every letter of the folded text knows where it came from."""

from dataclasses import dataclass

# people without umlauts on their keyboard write ae, oe, ue, ss: both become this
_SPELLED = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "–": "-", "—": "-", "’": "'", "\u00a0": " "}


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` in lower case without umlauts; `origin[i]` is where its i-th letter stood."""

    text: str
    origin: tuple[int, ...]

    def where(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of the folded text came from."""
        if start >= end:
            return (0, 0)
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> Folded:
    """Lower case, umlauts spelled out, every kind of white space one blank."""
    letters: list[str] = []
    origin: list[int] = []
    for position, letter in enumerate(text):
        low = letter.lower()
        spelled = _SPELLED.get(low, " " if low.isspace() else low)
        letters.append(spelled)
        origin.extend([position] * len(spelled))
    return Folded("".join(letters), tuple(origin))
