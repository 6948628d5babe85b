"""The settings an office's server gets against guessing (deploy/auth_delay.conf) do what they say."""

import time
from pathlib import Path

import psycopg
import pytest

from tests.servers.office_server import OfficeServer

SETTINGS = Path(__file__).parents[2] / "deploy" / "auth_delay.conf"


class Slowed(OfficeServer):
    """A server with these settings."""

    def _more_configuration(self, data: Path) -> str:
        return super()._more_configuration(data) + SETTINGS.read_text("utf-8")


def test_a_refused_login_takes_its_time() -> None:
    """The server starts with them, and a wrong password is answered a second later."""
    with Slowed() as server:
        begun = time.monotonic()
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(host="127.0.0.1", port=server.port, user="nobody", password="falsch", dbname="postgres")
        assert time.monotonic() - begun >= 1
