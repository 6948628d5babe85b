"""The seat a command works at, opened with the person's password where a server wants one no keyring holds."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from app.paths import Profile
from app.seat import Seat, open_seat
from app.secret_input import ask_secret
from app.settings import Settings
from domain.errors import Unavailable
from ui.translation import tr


@contextmanager
def opened_seat(profile: Profile, settings: Settings) -> Iterator[Seat]:
    """As `open_seat`; the password comes from the environment or is typed unseen. Raises Invalid with nobody to ask."""
    with ExitStack() as held:
        try:
            seat = held.enter_context(open_seat(profile, settings))
        except Unavailable as error:
            if error.code != "server.password_missing":
                raise
            words = tr("Ihr Kennwort ({login}): ").format(login=settings.server.user)
            password = ask_secret("PLATZLOTSE_PASSWORD", words)
            seat = held.enter_context(open_seat(profile, settings, password=password))
        yield seat
