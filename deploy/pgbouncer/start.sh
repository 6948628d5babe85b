#!/bin/sh
# Legt PgBouncer seine Geheimnisse in den Arbeitsspeicher und startet ihn ohne Rechte des Verwalters.
set -eu
umask 077
for name in server_crt server_key ca_crt; do
    install -o postgres -g postgres -m 0400 "/run/secrets/$name" "/run/pgbouncer/$name"
done
printf '"platzlotse_pooler" "%s"\n' "$(cat /run/secrets/pooler)" >/run/pgbouncer/userlist.txt
sed 's|/run/secrets/|/run/pgbouncer/|' /etc/platzlotse/pgbouncer.ini >/run/pgbouncer/pgbouncer.ini
chown postgres:postgres /run/pgbouncer /run/pgbouncer/userlist.txt /run/pgbouncer/pgbouncer.ini
exec setpriv --reuid=postgres --regid=postgres --clear-groups pgbouncer /run/pgbouncer/pgbouncer.ini
