#!/usr/bin/env bash
# Stellt eine eigene Zertifizierungsstelle (CA) und das Zertifikat des Servers aus; gebraucht wird nur openssl.
set -euo pipefail

usage() {
    cat <<'END'
Aufruf: deploy/certificate.sh ORDNER NAME [NAME …]

  ORDNER  wohin geschrieben wird; wird angelegt und gehört nur Ihnen
  NAME    Name oder IP-Adresse, unter der die Arbeitsplätze den Server erreichen
          (mehrere möglich: server.buero.example 192.168.1.20)

Es entstehen:
  ca.crt      an jeden Arbeitsplatz: dort als „CA-Datei“ eintragen
  ca.key      bleibt bei Ihnen, am besten nicht auf dem Server
  server.crt  auf den Server
  server.key  auf den Server, nur für dessen Konto lesbar

Ein zweiter Aufruf behält die CA und stellt nur das Zertifikat des Servers neu aus; an den Arbeitsplätzen ändert sich
dann nichts. Das Zertifikat gilt 2 Jahre, die CA 10. „main.py doctor“ sagt 30 Tage vorher Bescheid.
END
}

if [ $# -gt 0 ] && { [ "$1" = -h ] || [ "$1" = --help ]; }; then
    usage
    exit 0
fi
if [ $# -lt 2 ]; then
    usage >&2
    exit 2
fi
if ! command -v openssl >/dev/null; then
    echo "openssl fehlt. Unter Debian oder Ubuntu: sudo apt-get install openssl" >&2
    exit 1
fi

folder=$1
shift
names=""
for name in "$@"; do
    if [[ $name =~ ^[0-9.]+$ || $name == *:* ]]; then
        names+="${names:+,}IP:$name"
    elif [[ $name =~ ^[A-Za-z0-9.-]+$ ]]; then
        names+="${names:+,}DNS:$name"
    else
        echo "„$name“ ist weder ein Rechnername noch eine IP-Adresse. Es wurde nichts geschrieben." >&2
        exit 2
    fi
done

umask 077
mkdir -p "$folder"
cd "$folder"
work=$(mktemp -d ./.neu.XXXXXX)
trap 'rm -rf "$work"' EXIT

new_key() { openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null ||
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

if [ ! -s ca.crt ] || [ ! -s ca.key ]; then
    if [ -e ca.crt ] || [ -e ca.key ]; then
        echo "In $folder liegt nur eine Hälfte der CA (ca.crt oder ca.key). Es wurde nichts geändert." >&2
        exit 1
    fi
    new_key "$work/ca.key"
    openssl req -x509 -new -key "$work/ca.key" -sha256 -days 3650 -subj "/CN=Platzlotse CA" \
        -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" \
        -out "$work/ca.crt"
    mv "$work/ca.key" ca.key
    mv "$work/ca.crt" ca.crt
    echo "Neue CA: $folder/ca.crt (an jeden Arbeitsplatz), $folder/ca.key (gut verwahren)"
else
    echo "Die CA in $folder bleibt."
fi

new_key "$work/server.key"
openssl req -new -key "$work/server.key" -subj "/CN=$1" -out "$work/server.csr"
printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
    "extendedKeyUsage=serverAuth" "subjectAltName=$names" >"$work/server.ext"
openssl x509 -req -in "$work/server.csr" -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" \
    -sha256 -days 730 -extfile "$work/server.ext" -out "$work/server.crt" 2>/dev/null
chmod 644 "$work/server.crt"
chmod 644 ca.crt
mv "$work/server.key" server.key
mv "$work/server.crt" server.crt
echo "Zertifikat des Servers für $*: $folder/server.crt und server.key"
echo "Danach den Server neu laden (docker compose restart, oder: SELECT pg_reload_conf())."
