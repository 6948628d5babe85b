#!/usr/bin/env bash
# Sets everything up: system packages (apt, when root or sudo allows), .venv, dependencies from a lock with hashes.
# usage: scripts/setup.sh run|lint|test|soak   May be repeated and interrupted at will; quick when nothing changed.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}
case "$purpose" in run | lint | test | soak) ;; *)
    echo "usage: scripts/setup.sh run|lint|test|soak" >&2
    exit 2
    ;;
esac

# two set-ups at once (make run beside make test) take turns
if command -v flock >/dev/null; then
    exec 9<scripts/setup.sh
    flock 9
fi

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

# --- Python ---------------------------------------------------------------------------------------------------------
python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    found=$(python3 --version 2>/dev/null || echo "keines")
    complain "Platzlotse braucht Python 3.11 oder neuer, gefunden wurde: $found"
    complain "Unter Debian 12 oder Ubuntu 24.04 genügt: sudo apt-get install python3"
    exit 1
fi

# --- .venv ----------------------------------------------------------------------------------------------------------
lock=requirements.lock
if [ "$purpose" != run ]; then lock=requirements-dev.lock; fi
fill_venv() {
    # the copies beside the packages tell which lists were taken in whole
    if .venv/bin/python -c '' 2>/dev/null && cmp -s "$lock" ".venv/$lock"; then return; fi
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then "$python" -m venv --clear .venv; fi
    say "Programmteile werden eingerichtet ($lock); beim ersten Mal dauert das einige Minuten …"
    if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" 9<&-; then
        complain "Die Programmteile ließen sich nicht vollständig einrichten (Netz? Platz auf der Platte?)."
        complain "Was schon da ist, bleibt; einfach erneut starten."
        exit 1
    fi
    # the list for tests holds everything of the other one, in the same versions (tests/test_project.py)
    cp requirements.lock .venv/
    cp "$lock" .venv/
}

# both halves come over the network and wait for it: side by side, where none needs the other
filling=""
if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    fill_venv &
    filling=$!
fi

# --- system packages ------------------------------------------------------------------------------------------------
wanted=$(cat scripts/apt-run.txt)
case "$purpose" in test | soak) wanted+=" $(cat scripts/apt-test.txt)" ;; esac # lint reads the source only
if [ "$purpose" = soak ]; then wanted+=" $(cat scripts/apt-soak.txt)"; fi
if [ -z "$filling" ]; then
    # a Python beside the system's own brings its venv in a package of its own version
    if [ "$(command -v "$python")" = /usr/bin/python3 ]; then wanted+=" python3-venv"; else
        wanted+=" $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
fi

# Since the change to 64-bit time Ubuntu and newer Debians add t64 to the names of some libraries.
missing_packages() {
    local installed package
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted $(printf '%st64 ' $wanted) 2>/dev/null || true)
    for package in $wanted; do
        grep -qxE "installed ${package//+/\\+}(t64)?" <<<"$installed" || printf ' %s' "$package"
    done
}

names_of_this_release() {
    local package
    for package in "$@"; do
        if [ -z "$(apt-cache show "$package" 2>/dev/null)" ] && [ -n "$(apt-cache show "${package}t64" 2>/dev/null)" ]; then
            package+=t64
        fi
        printf ' %s' "$package"
    done
}

# Debian starts a freshly installed server at once; ours are for the tests, which start their own.
policy=/usr/sbin/policy-rc.d
forbid_starts() {
    if [ -e "$policy" ]; then return; fi
    trap allow_starts EXIT
    printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
    $root chmod 755 "$policy"
}
allow_starts() {
    $root rm -f "$policy"
    trap - EXIT
}

# --no-remove: whoever has another mail server keeps it, and reads why the tests cannot have theirs
install="apt-get install -y --no-install-recommends --no-remove"
missing=""
if command -v dpkg-query >/dev/null; then missing=$(missing_packages); fi
if [ -n "$missing" ]; then
    root=unable
    if [ "$(id -u)" = 0 ]; then root=""; elif sudo -n true 2>/dev/null; then root=sudo; fi
    if [ "$root" != unable ]; then
        say "Systempakete werden eingerichtet:$missing"
        # another source of this machine may be out of reach; what counts is whether the packages come
        $root apt-get update -qq || true
        forbid_starts
        if $root env DEBIAN_FRONTEND=noninteractive $install -qq -o Dpkg::Use-Pty=0 $(names_of_this_release $missing) \
            </dev/null >/dev/null 9<&-; then missing=""; fi
        if [ -n "$(trap -p EXIT)" ]; then allow_starts; fi
    fi
fi
if [ -n "$missing" ]; then
    if command -v apt-cache >/dev/null; then missing=$(names_of_this_release $missing); fi
    command="sudo $install$missing"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        complain "Es fehlen Systempakete. Bitte einmal ausführen und danach erneut starten:"
        complain "  $command"
        exit 1
    fi
fi

if [ -n "$filling" ]; then wait "$filling" || exit 1; else fill_venv; fi

# --- does it load? --------------------------------------------------------------------------------------------------
# Packages that apt does not know as installed may be there all the same: another system, other sources.
if [ -n "$missing" ] || ! command -v dpkg-query >/dev/null; then
    if ! .venv/bin/python scripts/check_system.py "$purpose"; then
        if [ -n "$missing" ]; then complain "Bitte einmal ausführen und danach erneut starten:"; fi
        if [ -n "$missing" ]; then complain "  $command"; fi
        exit 1
    fi
fi
