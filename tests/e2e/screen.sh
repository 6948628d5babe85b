#!/usr/bin/env bash
# A virtual screen with window manager and accessibility bus around a command.
# usage: dbus-run-session -- bash screen.sh COMMAND…
set -u
# the server itself picks a free number: two screens may come up in the same moment
chosen=$(mktemp)
Xvfb -displayfd 3 -screen 0 1366x768x24 -nolisten tcp 3>"$chosen" >/dev/null 2>&1 & server=$!
for _ in $(seq 300); do [ -s "$chosen" ] && break; sleep 0.1; done
DISPLAY=":$(cat "$chosen")"; rm -f "$chosen"
export DISPLAY QT_QPA_PLATFORM=xcb QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 LANG=C.UTF-8
[ "$(id -u)" = 0 ] && export QTWEBENGINE_DISABLE_SANDBOX=1
openbox >/dev/null 2>&1 & manager=$!
/usr/libexec/at-spi-bus-launcher --launch-immediately >/dev/null 2>&1 & bus=$!
sleep 0.5
"$@"; code=$?
kill "$bus" "$manager" "$server" 2>/dev/null
exit "$code"
