#!/bin/sh
# Gibt PostgreSQL Schlüssel und Kennwort in den Arbeitsspeicher, so wie er sie verlangt, und startet ihn.
set -eu
umask 077
for name in server_crt server_key superuser; do
    install -o postgres -g postgres -m 0400 "/run/secrets/$name" "/run/platzlotse/$name"
done
chown postgres:postgres /run/platzlotse
exec docker-entrypoint.sh postgres \
    -c config_file=/etc/platzlotse/postgresql.conf -c hba_file=/etc/platzlotse/pg_hba.conf \
    -c ssl_cert_file=/run/platzlotse/server_crt -c ssl_key_file=/run/platzlotse/server_key \
    -c "listen_addresses=*"
