#!/usr/bin/env bash
# Sets up what the soak tests of addresses and ways run against: a real Nominatim, and Valhalla with OSRM where a Python
# 3.12 or newer is found. Each has a virtual environment of its own under build/, from a list with hashes.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=""
for package in $(cat scripts/apt-geo.txt); do
    if ! dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed; then missing+=" $package"; fi
done
if [ -n "$missing" ]; then
    root=unable
    if [ "$(id -u)" = 0 ]; then root=""; elif sudo -n true 2>/dev/null; then root=sudo; fi
    if [ "$root" = unable ]; then
        echo "Ohne diese Pakete scheitern die Tests mit Nominatim: sudo apt-get install --no-install-recommends$missing" >&2
    else
        $root apt-get update -qq || true
        $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --no-remove $missing \
            </dev/null >/dev/null || echo "Nicht alle Pakete kamen; die Tests mit Nominatim scheitern." >&2
    fi
fi

# usage: environment NAME PYTHON
environment() {
    local folder=build/$1 python=$2
    if cmp -s "scripts/$1.lock" "$folder/lock"; then return; fi
    "$python" -m venv --clear "$folder"
    if "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "scripts/$1.lock"; then
        cp "scripts/$1.lock" "$folder/lock"
    else
        rm -rf "$folder"
        echo "$1 ließ sich nicht einrichten; seine Tests scheitern." >&2
    fi
}

mkdir -p build
environment nominatim .venv/bin/python
newer=""
for candidate in python3.12 python3.13 python3.14 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
        newer=$candidate
        break
    fi
done
if [ -n "$newer" ]; then environment routing "$newer"; else
    echo "Ohne Python 3.12 oder neuer scheitern die Tests mit Valhalla und OSRM." >&2
fi
