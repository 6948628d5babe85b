"""The password an admin gave is replaced by the person's own one, which only that person knows.

The server gets its SCRAM verifier. Where the answer to the change is lost, the server is asked by logging in with the
new one: the old one may be refused already. Knows no window and no keyring.
"""

from app.server_seat import reach, server_url
from app.settings import ServerSettings
from domain.database import Database
from domain.errors import Unavailable
from domain.person_admin import change_own_password


class OwnPassword:
    """One person's way from a given password to an own one; it may take several tries."""

    def __init__(self, server: ServerSettings, given: str | None) -> None:
        self._server, self._known = server, given
        self._sent: str | None = None  # what the server was told last, without saying whether it took it

    def choose(self, chosen: str) -> None:
        """Have the server take it; when this returns it holds, when this raises the old one does.

        Raises Invalid (short, the same as before) and Unavailable; where nobody can say which of both holds,
        ``person.password_unclear``: the next try finds out.
        """
        if self._sent is not None and self._holds(self._sent):
            self._known = self._sent
            if chosen == self._sent:
                return
        self._sent = None
        database = Database(server_url(self._server, password=self._known), pool_size=1)
        try:
            with database.write() as session:
                change_own_password(session, chosen)
        except Unavailable as error:
            if error.code != "database.unclear":
                raise
            self._sent = chosen
            if not self._holds(chosen):
                raise Unavailable("person.password_unclear") from error
            self._sent = None
        finally:
            database.close()
        self._known = chosen

    def _holds(self, sent: str) -> bool:
        """Whether the server knows the person by this one, as an own one."""
        try:
            return not reach(self._server, password=sent).password_given
        except Unavailable as error:
            if error.code == "server.password_wrong":
                return False
            raise Unavailable("person.password_unclear") from error
