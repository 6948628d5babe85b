#!/usr/bin/env bash
# Sets everything up: system packages (apt, when root or sudo), .venv, dependencies from the lock with hashes.
# usage: scripts/setup.sh run|test|soak   Quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}

python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Platzlotse braucht Python 3.11 oder neuer; gefunden wurde keines." >&2
    exit 1
fi

wanted=$(cat scripts/apt-run.txt)
if [ "$what" != run ]; then wanted="$wanted $(cat scripts/apt-test.txt)"; fi
if [ "$what" = soak ]; then wanted="$wanted $(cat scripts/apt-soak.txt)"; fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then wanted="$wanted python3-venv"; fi

missing=""
if command -v dpkg-query >/dev/null; then
    for package in $wanted; do
        # newer releases add t64 to the names of some libraries
        if ! dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' \
            && ! dpkg-query -W -f='${Status}' "${package}t64" 2>/dev/null | grep -q 'ok installed'; then
            missing="$missing $package"
        fi
    done
fi
if [ -n "$missing" ]; then
    root=""
    if [ "$(id -u)" != 0 ]; then
        if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then root="sudo"; else
            echo "Es fehlen Systempakete. Bitte einmal ausführen und danach erneut starten:" >&2
            echo "  sudo apt-get install -y --no-install-recommends$missing" >&2
            exit 1
        fi
    fi
    echo "Systempakete werden eingerichtet:$missing"
    # servers that come along for the tests must not start by themselves
    policy=/usr/sbin/policy-rc.d
    made_policy=""
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null && $root chmod 755 "$policy" && made_policy=yes
    fi
    $root apt-get update -qq
    $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    if [ -n "$made_policy" ]; then $root rm -f "$policy"; fi
fi

lock=requirements.lock
if [ "$what" != run ]; then lock=requirements-dev.lock; fi
stamp=.venv/.installed
sum=$(sha256sum "$lock" | cut -d' ' -f1)
if [ -f "$stamp" ] && grep -qx "$sum" "$stamp"; then exit 0; fi
if [ ! -x .venv/bin/python ]; then "$python" -m venv .venv; fi
echo "Programmteile werden eingerichtet ($lock) …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
# the test lock holds everything of the other one
if [ "$what" = run ]; then echo "$sum" >>"$stamp"; else { echo "$sum"; sha256sum requirements.lock | cut -d' ' -f1; } >"$stamp"; fi
