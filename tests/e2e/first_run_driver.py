"""Sets up an own seat in the window from outside, closes it, and opens it again. Runs under the system's Python.

usage: first_run_driver.py PICTURES PYTHON MAIN PROFILE
"""

import subprocess
import sys
import time
from contextlib import suppress

from driver import SECONDS, enter, find, press, program


def close(running):
    """Close the window as a person does; the program ends by itself and in peace."""
    windows = ["xdotool", "search", "--onlyvisible", "--pid", str(running.pid)]
    end = time.time() + SECONDS
    while running.poll() is None and time.time() < end:
        shown = subprocess.run(windows, capture_output=True, text=True, check=False).stdout.split()
        with suppress(subprocess.TimeoutExpired):  # a key may get lost: once more
            if len(shown) == 1:  # while the first window makes room for the next, it would go to either
                key = ["xdotool", "windowactivate", "--sync", shown[0], "key", "alt+F4"]
                subprocess.run(key, check=False, timeout=60)
            running.wait(20)
    if running.wait(SECONDS) != 0:
        raise SystemExit(f"ended with {running.returncode}")


def main(pictures, python, script, profile):
    """The first run of somebody who works alone, and the second start."""

    def shot(name):
        subprocess.run(["scrot", "-o", f"{pictures}/{name}.png"], check=True)

    running = subprocess.Popen([python, script, "--profile", profile])
    try:
        root = program()
        find(root, name="Ausprobieren", role="push button")
        shot("erster-start")
        press(find(root, name="Einzelplatz einrichten", role="push button"))
        press(find(root, name="Einrichten und öffnen", role="push button"))
        find(root, name="Bitte tragen Sie Ihren Namen ein.")
        enter(find(root, name="Ihr Name", role="text"), "Jörg Überall")
        enter(find(root, name="Name des Büros", role="text"), "Vermittlung Aachen")
        shot("einzelplatz")
        press(find(root, name="Einrichten und öffnen", role="push button"))
        find(root, name="Patienten", role="check box")
        shot("einzelplatz-offen")
        close(running)
        running = subprocess.Popen([python, script, "--profile", profile])
        find(program(), name="Patienten", role="check box")
        close(running)
    finally:
        if running.poll() is None:
            running.terminate()
            running.wait(SECONDS)
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
