"""Ob der Hintergrunddienst lebt: sein letztes Lebenszeichen in der Warteschlange ist jünger als eine Minute."""

import os
import sys

import psycopg

HEARTBEAT = (
    "SELECT coalesce(max(last_heartbeat) > now() - interval '60 seconds', false) FROM platform.procrastinate_workers"
)


def main() -> int:
    """0 lebt, 1 nicht."""
    given = psycopg.conninfo.make_conninfo(
        host=os.environ.get("PLATZLOTSE_SERVER", "postgres"),
        port=os.environ.get("PLATZLOTSE_PORT", "5432"),
        dbname=os.environ.get("PLATZLOTSE_DATABASE", "platzlotse"),
        user="vermittlungsdienst",
        sslmode="verify-full",
        sslrootcert=os.environ.get("PLATZLOTSE_CA", "/run/secrets/ca_crt"),
        passfile=os.environ.get("PLATZLOTSE_PASSFILE", "/tmp/pgpass"),  # noqa: S108 - the container's own memory
        connect_timeout=5,
    )
    try:
        with psycopg.connect(given) as connection:
            row = connection.execute(HEARTBEAT).fetchone()
    except psycopg.Error as error:
        sys.stderr.write(f"{type(error).__name__}\n")
        return 1
    return 0 if row is not None and row[0] else 1


if __name__ == "__main__":
    sys.exit(main())
