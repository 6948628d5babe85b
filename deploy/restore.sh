#!/bin/sh
# Holt das Büro aus einer Sicherung zurück; Dienst und PgBouncer sind vorher angehalten.
# Aufruf: docker compose run --rm setup deploy/restore.sh --at "28.11.2026 08:00"   (--list: zeigt, was da ist)
set -eu
umask 077
python - <<'PROGRAM' >/tmp/superuser-login
import os, pathlib
from urllib.parse import quote
secret = quote(pathlib.Path(os.environ["PLATZLOTSE_SUPERUSER_PASSWORD_FILE"]).read_text().rstrip(), safe="")
where = f"{os.environ['PLATZLOTSE_SERVER']}:{os.environ['PLATZLOTSE_PORT']}/{os.environ['PLATZLOTSE_DATABASE']}"
who = os.environ.get("PLATZLOTSE_SUPERUSER", "postgres")
print(f"postgresql+psycopg://{who}:{secret}@{where}?sslmode=verify-full&sslrootcert={os.environ['PLATZLOTSE_CA']}")
PROGRAM
export PLATZLOTSE_OWNER_LOGIN=/tmp/superuser-login
exec python main.py --profile /data restore "$@"
