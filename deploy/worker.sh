#!/bin/sh
# Startet den Hintergrunddienst; seine Kennwörter kommen aus Dateien und stehen in keiner Umgebung.
set -eu
umask 077
host=${PLATZLOTSE_SERVER:-postgres} port=${PLATZLOTSE_PORT:-5432} database=${PLATZLOTSE_DATABASE:-platzlotse}
ca=${PLATZLOTSE_CA:-/run/secrets/ca_crt}
printf '%s:%s:%s:vermittlungsdienst:%s\n' "$host" "$port" "$database" \
    "$(sed 's/[\\:]/\\&/g' "$PLATZLOTSE_WORKER_PASSWORD_FILE")" >/tmp/pgpass
printf 'mode = "server"\n' >/data/settings.toml
export PLATZLOTSE_WORKER_URL="postgresql+psycopg://vermittlungsdienst@$host:$port/$database?sslmode=verify-full&sslrootcert=$ca&passfile=/tmp/pgpass"
# gesichert wird, wo es das Kennwort dafür gibt; das von prepare.sh besteht aus Ziffern und a–f, ein eigenes wird für die
# Adresse umgeschrieben
if [ -n "${PLATZLOTSE_BACKUP_PASSWORD_FILE:-}" ]; then
    export PLATZLOTSE_BACKUP_LOGIN="${PLATZLOTSE_BACKUP_LOGIN:-/tmp/backup-login}"
    printf 'postgresql+psycopg://sicherungsdienst:%s@%s:%s/%s?sslmode=verify-full&sslrootcert=%s\n' \
        "$(python -c 'import sys, urllib.parse; print(urllib.parse.quote(open(sys.argv[1]).read().rstrip(), safe=""))' \
            "$PLATZLOTSE_BACKUP_PASSWORD_FILE")" "$host" "$port" "$database" "$ca" >"$PLATZLOTSE_BACKUP_LOGIN"
fi
# was der Kafka-Server des Büros verlangt, legt man in den Ordner kafka (docs/kafka.md)
if [ -e /run/kafka/ca.crt ]; then export PLATZLOTSE_KAFKA_CA=/run/kafka/ca.crt; fi
if [ -e /run/kafka/password ]; then export PLATZLOTSE_KAFKA_PASSWORD_FILE=/run/kafka/password; fi
exec python main.py --profile /data worker
