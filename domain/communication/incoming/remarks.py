"""What the program itself has to say of a mail that came in: it could not be read, it is a report without effect.

It stands before the words of the mail, behind a sign no words of a mail can have (`charsets.clean` takes it out).
"""

import json
from dataclasses import dataclass, field

SIGN = "\x1f"


@dataclass(frozen=True, slots=True)
class Remark:
    """A code and what its sentence needs to know."""

    code: str
    params: dict[str, int | str] = field(default_factory=dict)

    @property
    def unreadable(self) -> bool:
        """Whether the mail itself is not to be read here."""
        return self.code.startswith("mail.")


def with_remark(remark: Remark | None, words: str) -> str:
    """The words as they are kept."""
    return words if remark is None else f"{SIGN}{json.dumps([remark.code, remark.params])}\n{words}"


def remark_of(kept: str) -> Remark | None:
    """What stands before the words that are kept."""
    if not kept.startswith(SIGN):
        return None
    code, params = json.loads(kept[len(SIGN) :].partition("\n")[0])
    return Remark(code, params)


def words_after(kept: str) -> str:
    """The words of the mail alone."""
    return kept.partition("\n")[2] if kept.startswith(SIGN) else kept
