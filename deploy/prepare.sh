#!/usr/bin/env bash
# Legt an, was compose.yaml braucht: Kennwörter (secrets/), CA und Zertifikat (tls/), .env. Was da ist, bleibt.
# Aufruf, als Verwalter des Servers: sudo deploy/prepare.sh NAME [NAME …]
set -euo pipefail
cd "$(dirname "$0")"
if [ $# -lt 1 ] || [[ $1 == -* ]]; then
    echo "Aufruf: deploy/prepare.sh NAME [NAME …]   Namen oder Adressen, unter denen man den Server erreicht" >&2
    exit 2
fi
umask 077
mkdir -p secrets
for name in superuser owner worker backup pooler; do
    if [ ! -s "secrets/$name" ]; then openssl rand -hex 24 >"secrets/$name"; fi
done
# Einrichtung und Dienst laufen als 10001 und lesen nur ihre Dateien
if [ "$(id -u)" = 0 ]; then chown -R 10001:10001 secrets; else
    echo "Hinweis: ohne sudo gehören die Kennwörter Ihnen; die Container (Konto 10001) können sie so nicht lesen." >&2
fi
if [ -s tls/server.crt ]; then echo "Das Zertifikat bleibt; neu ausstellen: deploy/certificate.sh tls NAME"; else
    ./certificate.sh tls "$@" postgres pgbouncer
fi
if [ ! -e .env ]; then cp .env.example .env; fi
echo "Bereit. Weiter: cd deploy && docker compose up --build --detach"
