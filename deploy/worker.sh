#!/bin/sh
# Startet den Hintergrunddienst; sein Kennwort kommt aus einer Datei und steht in keiner Umgebung.
set -eu
umask 077
host=${PLATZLOTSE_SERVER:-postgres} port=${PLATZLOTSE_PORT:-5432} database=${PLATZLOTSE_DATABASE:-platzlotse}
ca=${PLATZLOTSE_CA:-/run/secrets/ca_crt}
printf '%s:%s:%s:vermittlungsdienst:%s\n' "$host" "$port" "$database" \
    "$(sed 's/[\\:]/\\&/g' "$PLATZLOTSE_WORKER_PASSWORD_FILE")" >/tmp/pgpass
printf 'mode = "server"\n' >/data/settings.toml
export PLATZLOTSE_WORKER_URL="postgresql+psycopg://vermittlungsdienst@$host:$port/$database?sslmode=verify-full&sslrootcert=$ca&passfile=/tmp/pgpass"
exec python main.py --profile /data worker
