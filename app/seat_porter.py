"""Whether the person at a locked seat is the one who works there: the server is asked, by a new connection.

Where it is away, or lets people in without asking (trust, peer), the password this session logged in with decides. The
embedded database of a single seat has no password of a person; there nothing is asked. Where the server took another
password, this session's next connections come with it, too: the old one may be refused by now.
"""

import hmac
import logging
import os

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine, make_url

from app.computer_lock import lock_command, lock_computer
from app.paths import Profile
from app.seat import Seat
from app.server_seat import PATIENCE_SECONDS, refusal
from app.settings import ServerSettings
from app.wrong_passwords import WRONG, WrongPasswords, account
from domain.access import IS_GIVEN
from domain.errors import Forbidden, PlatzlotseError, Unavailable

LOG = logging.getLogger(__name__)
# the server says that this is not the person, or that nobody may come in any more; and whoever was given a password
# chooses an own one first, which the next start asks for
_GIVEN = "person.password_given"
DECIDED = frozenset({WRONG, "person.unknown", "server.not_admitted", "server.no_database", _GIVEN})


class SeatPorter:
    """A `Porter` for the seat of a profile."""

    def __init__(self, profile: Profile, seat: Seat) -> None:
        self._profile = profile
        self._url: URL = make_url(seat.person_url)
        self._server = _server(self._url)
        self._wrong = WrongPasswords(profile.wrong_passwords)
        self._lock_command = lock_command()
        self._is_persons = seat.worker_url is None and bool(self._url.password)

    @property
    def person(self) -> str:
        """The name one logs in with; empty at a single seat."""
        return self._server.user if self._is_persons else ""

    @property
    def password(self) -> str | None:
        """The one this session logs in with: that of its start, or what the server took since."""
        return None if self._url.password is None else str(self._url.password)

    def supply(self, engine: Engine) -> None:
        """Have an engine's next connections log in with `password`."""
        event.listen(engine, "do_connect", lambda _, __, ___, known: known.update(password=self.password))

    @property
    def can_lock_computer(self) -> bool:
        """Whether there is something to ask."""
        return bool(self._lock_command)

    def note(self, *, locked: bool) -> None:
        """Leave word for the next start, which then asks for the password though the keyring knows it."""
        if not self._is_persons:
            return
        try:
            if locked:
                self._profile.locked.touch(mode=0o600)
            else:
                self._profile.locked.unlink(missing_ok=True)
        except OSError as exc:
            LOG.warning("the lock could not be noted: %s", type(exc).__name__)

    def seconds_left(self) -> int:
        """How long the next password has to wait."""
        return self._wrong.seconds_left(account(self._server)) if self._is_persons else 0

    def check(self, password: str) -> None:
        """Ask the server. Raises Unavailable or Forbidden with the reason."""
        with self._wrong.counted(account(self._server)):
            try:
                was_checked = self._log_in(password)
            except PlatzlotseError as error:
                if error.code in DECIDED:
                    error.params |= {"host": self._server.host, "database": self._server.database}
                    raise
                was_checked = False
            if was_checked:
                self._url = self._url.set(password=password)
            elif not self._is_known(password):
                raise Unavailable(WRONG)

    def lock_computer(self) -> bool:
        """Ask the system."""
        return lock_computer(self._lock_command)

    def _log_in(self, password: str) -> bool:
        """Log in with nothing but this password; False where the server did not ask for one.

        Raises what the server says, and Forbidden (``person.password_given``).
        """
        url = self._url
        way = {name: str(value) for name, value in url.query.items()}
        way |= {"host": str(self._server.host), "port": str(way.get("port", self._server.port))}
        try:
            connection = psycopg.connect(
                psycopg.conninfo.make_conninfo(
                    "",
                    user=url.username,
                    dbname=url.database,
                    password=password,
                    passfile=os.devnull,
                    connect_timeout=str(PATIENCE_SECONDS),
                    application_name="platzlotse-unlock",
                    **way,
                )
            )
        except psycopg.Error as exc:
            raise refusal(str(exc), ca_file=self._server.sslrootcert) from exc
        with connection:
            was_checked = bool(connection.pgconn.used_password)
            if was_checked and connection.execute(IS_GIVEN).fetchone() == (True,):
                raise Forbidden(_GIVEN)
        return was_checked

    def _is_known(self, password: str) -> bool:
        return hmac.compare_digest(password.encode(), str(self._url.password).encode())


def _server(url: URL) -> ServerSettings:
    return ServerSettings(
        host=url.host or str(url.query.get("host", "")),
        port=url.port or 5432,
        database=url.database or "",
        user=url.username or "",
        sslrootcert=str(url.query.get("sslrootcert", "")),
    )
