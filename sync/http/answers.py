"""What comes back from outside, and the limits a question has. Knows neither database nor network."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from domain.acquisition.decoding import decoded
from domain.errors import Unavailable

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to connect, of silence, and in all; bytes of a body; redirects; how often one question is asked.

    `turn` is how long a question waits for its turn at a host (s), `together` what all attempts may take (s).
    """

    connect: float = 5.0
    silence: float = 10.0
    total: float = 30.0
    largest: int = 5 * MEGABYTE
    redirects: int = 3
    attempts: int = 3
    turn: float = 60.0
    together: float = 60.0


@dataclass(frozen=True, slots=True)
class Validators:
    """What a page said of its state, to ask for it again only if it changed; None where it said nothing."""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """As request headers; what is no header of ours to send is left out."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in given.items() if value and value.isascii() and value.isprintable()}


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer with status 2xx, or 304 where `unchanged`. `url` is the last one after redirects."""

    status: int
    url: str
    body: bytes
    content_type: str
    charset: str
    validators: Validators

    @property
    def unchanged(self) -> bool:
        """Whether it is as when it was last seen."""
        return self.status == 304

    def text(self) -> str:
        """The body as text; bytes of another charset become replacement characters."""
        return decoded(self.body, self.charset)

    def json(self) -> Any:
        """The body as JSON. Raises Unavailable (outside.garbage)."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as exc:
            raise Unavailable("outside.garbage", host=urlsplit(self.url).hostname) from exc
