"""What the program itself has to say of a mail that came in: it could not be read, it is a report without effect.

It stands beside the words of the mail, in columns of its own: nobody's words can pass for it.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Remark:
    """A code and what its sentence needs to know."""

    code: str
    params: dict[str, int | str] = field(default_factory=dict)

    @property
    def unreadable(self) -> bool:
        """Whether the mail itself is not to be read here."""
        return self.code.startswith("mail.")
