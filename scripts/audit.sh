#!/usr/bin/env bash
# Fragt, ob zu einem der festgeschriebenen Programmteile eine Sicherheitslücke bekannt ist (pip-audit).
# usage: scripts/audit.sh   Exit code 0: nothing known; 1: something is known; 3: nobody could be asked, nothing is checked.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=build/audit report=build/audit.json

unasked() {
    echo "NICHT GEPRÜFT: $1" >&2
    echo "Ob eine Sicherheitslücke bekannt ist, weiß damit niemand. Bitte dort wiederholen, wo das Netz erreichbar ist." >&2
    exit 3
}

mkdir -p build
if ! cmp -s scripts/audit.lock "$folder/lock"; then
    .venv/bin/python -m venv --clear "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r scripts/audit.lock ||
        unasked "pip-audit ließ sich nicht einrichten."
    cp scripts/audit.lock "$folder/lock"
fi
rm -f "$report"
# the lock names every part with its hash: nothing is resolved or installed, the list is asked about as it stands
"$folder/bin/pip-audit" --requirement requirements-dev.lock --disable-pip --require-hashes --progress-spinner off \
    --timeout 15 --format json --output "$report" >build/audit.log 2>&1 || true
if [ ! -s "$report" ]; then unasked "die Auskunft war nicht zu erreichen ($(tail -n 1 build/audit.log | cut -c1-200))."; fi
"$folder/bin/python" scripts/audit_report.py "$report"
