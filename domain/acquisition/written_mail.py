"""Mail addresses as people write them against collectors: "praxis (at) beispiel punkt de". Text only.

Only what says "at" in brackets or between spaces before a domain is read so; a sentence with "at" in it is none.
"""

import re
from dataclasses import dataclass

from domain.acquisition.text import email

_AT = r"(?:@|\s?[\[({<]\s?(?:at|ät|@|a)\s?[\])}>]\s?|\s(?:at|ät)\s|\s?\[ät\]\s?)"
_DOT = r"(?:\.|\s?[\[({<]\s?(?:punkt|dot|\.)\s?[\])}>]\s?|\s(?:punkt|dot)\s)"
_WORD = r"[\w+\-]{1,60}"
_WRITTEN = re.compile(
    rf"(?<![\w.+\-@])(?P<local>{_WORD}(?:{_DOT}{_WORD}){{0,5}}){_AT}(?P<domain>{_WORD}(?:{_DOT}{_WORD}){{0,4}}?{_DOT}[a-z]{{2,12}})(?![\w@])",
    re.IGNORECASE,
)
_ANY_DOT = re.compile(_DOT, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """An address, and the text in which it stood, from `start` to `end`."""

    address: str
    start: int
    end: int


def written_mails(text: str) -> tuple[WrittenMail, ...]:
    """Every mail address of a text, plain or disguised; each once, in their order."""
    found: dict[str, WrittenMail] = {}
    for match in _WRITTEN.finditer(text):
        local, domain = (_ANY_DOT.sub(".", match[part]) for part in ("local", "domain"))
        address = email(f"{local}@{domain}")
        if address:
            found.setdefault(address, WrittenMail(address, match.start(), match.end()))
    return tuple(found.values())


def first_written_mail(text: str) -> str:
    """The first mail address of a text, or the empty text."""
    return next((found.address for found in written_mails(text)), "")
