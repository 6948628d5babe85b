"""A small program of a seat, run as a process of its own by the tests of the embedded server.

``python -m tests.app.seat_program HOME hold`` starts the server, says ``ready``, gives its lease back when
its input ends and says what became of the server. ``write`` inserts numbers instead and says each one the
server has acknowledged. ``as-user UID BINARIES`` gives up root after the imports, then does as ``hold``.
"""

import os
import sys
from pathlib import Path

import psycopg

from app.embedded_postgres import EmbeddedPostgres


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _hold(server: EmbeddedPostgres) -> None:
    server.start()
    _say("ready")
    sys.stdin.read()
    _say(server.stop())


def _write(server: EmbeddedPostgres) -> None:
    server.start()
    with psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int PRIMARY KEY)")
        number = 0
        while True:
            number += 1
            connection.execute("INSERT INTO kept VALUES (%s)", (number,))
            _say(number)


def _become(uid: int) -> None:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def main() -> None:
    home, action, *rest = sys.argv[1:]
    binaries = Path(rest[1]) if len(rest) > 1 else None
    if action == "as-user":
        _become(int(rest[0]))
    server = EmbeddedPostgres(Path(home), binaries=binaries)
    if action == "write":
        _write(server)
    else:
        _hold(server)


if __name__ == "__main__":
    main()
