"""The worker's work on suggestions: take what somebody types, ask once, answer at once; never a second try."""

import logging
from collections.abc import Callable
from datetime import datetime

from domain.access import office
from domain.casework.suggesting import note_suggestions, take_suggestion
from domain.database import Session
from domain.errors import PlatzlotseError, Unavailable
from domain.geocoding.map_settings import read_maps
from sync.geo.suggesters import Suggester, suggester_of
from sync.http.client import OutsideClient, Write
from sync.http.identity import user_agent

log = logging.getLogger(__name__)


class Suggesting:
    """Asks what addresses may become, one person's a step."""

    def __init__(
        self, write: Write, *, now: Callable[[], datetime], make_client: Callable[..., OutsideClient] = OutsideClient
    ) -> None:
        self._write, self._now, self._make_client = write, now, make_client

    def step(self) -> bool:
        """Answer the next person; False where nobody waits, or the server does not answer."""
        asked = self._write(take_suggestion)
        if asked is None:
            return False
        try:
            found = self._write(self._suggester).suggest(asked.typed)
        except PlatzlotseError as exc:
            code = exc.code
            self._write(lambda s: note_suggestions(s, asked, (), cause=code))
            log.info("suggestion %d: %s", asked.request_id, code)
            return False
        self._write(lambda s: note_suggestions(s, asked, found))
        return True

    def _suggester(self, session: Session) -> Suggester:
        client = self._make_client(self._write, user_agent=user_agent(office(session)), now=self._now)
        suggester = suggester_of(read_maps(session).form, client)
        if suggester is None:
            raise Unavailable("map_settings.no_geocoder")
        return suggester
