"""Drives the running window from outside, by roles and accessible names only. Runs under the system's Python.

usage: driver.py PICTURES PYTHON MAIN PROFILE
"""

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pyatspi
from gi.repository import Atspi, GLib

SECONDS = 120  # what the program may take on a busy machine


def seen(node):
    """All that is showing below, without looking into what is hidden: most pages are, and each look is a call."""
    for number in range(node.childCount):
        with suppress(Exception):  # it may vanish while we look
            child = node.getChildAtIndex(number)
            if child is not None and child.getState().contains(pyatspi.STATE_SHOWING):
                yield child
                yield from seen(child)


def program(seconds=SECONDS):
    """The program, as soon as it is on the bus."""
    end = time.time() + seconds
    while time.time() < end:
        for node in pyatspi.Registry.getDesktop(0):
            if node is not None and "Platzlotse" in (node.name or ""):
                return node
        time.sleep(0.2)
    raise SystemExit("the window did not appear")


def find(root, *, name, role=None, seconds=SECONDS):
    """The first showing node of that name (and role)."""
    end = time.time() + seconds
    while time.time() < end:
        for node in seen(root):
            with suppress(Exception):  # the node may vanish while we look
                if (node.name or "").strip() == name and (role is None or node.getRoleName() == role):
                    return node
        time.sleep(0.2)
    raise SystemExit(f"nothing named {name!r} ({role}) is showing")


def press_named(root, name: str) -> None:
    """Press what has a name, once more where the page was just made anew between finding and pressing."""
    end = time.time() + SECONDS
    while True:
        try:
            press(find(root, name=name))
        except GLib.GError:
            if time.time() > end:
                raise
            time.sleep(0.2)
        else:
            return


def press(node):
    """The node's first action, as soon as it may be pressed."""
    end = time.time() + SECONDS
    while not node.getState().contains(pyatspi.STATE_SENSITIVE) and time.time() < end:
        time.sleep(0.1)
    node.queryAction().doAction(0)
    time.sleep(0.4)


def enter(node, words):
    """Replace the text of a field."""
    node.queryEditableText().setTextContents(words)
    time.sleep(0.3)


def main(pictures, python, script, profile):
    """The main job: enter a patient, give consent, begin the search, ask a practice."""
    running = subprocess.Popen([python, script, "--profile", profile, "--sample"])
    try:
        root = program()
        root.set_cache_mask(Atspi.Cache.NONE)  # else nodes that are gone are found as if they were there

        def shot(name):
            subprocess.run(["scrot", "-o", f"{pictures}/{name}.png"], check=True)

        press(find(root, name="Patienten", role="check box"))
        press_named(root, "Neuer Patient")
        for field, words in (
            ("Vorname", "Jörg"),
            ("Nachname", "Überall"),
            ("Geburtsdatum", "04.05.1980"),
            ("PLZ", "52062"),
            ("Ort", "Aachen"),
        ):
            enter(find(root, name=field, role="text"), words)
        press(find(root, name="Anliegen", role="page tab"))
        press(find(root, name="Angst", role="check box"))
        press_named(root, "Speichern")
        shot("patient")
        press(find(root, name="Einwilligungen", role="page tab"))
        press_named(root, "Speicherung der Daten: Erteilen")
        press_named(root, "Anonyme Anfrage bei Praxen: Erteilen")
        shot("einwilligungen")
        press_named(root, "Suche beginnen")
        find(root, name="Passende Praxen")
        shot("vermittlung")
        table = find(root, name="Passende Praxen").queryTable()
        end = time.time() + SECONDS
        while table.nRows == 0 and time.time() < end:
            time.sleep(0.2)
        rows = [table.getAccessibleAt(row, 3).name for row in range(table.nRows)]
        mail = next(row for row, words in enumerate(rows) if "Mail" in words or "jetzt" in words)
        table.addRowSelection(mail)
        time.sleep(1)
        press_named(root, "Anfrage senden")
        press(find(root, name="Anfragen", role="check box"))
        find(root, name="Anfragenliste")
        time.sleep(2)
        shot("anfragen")
        caught = Path(profile) / "caught-mail"
        end = time.time() + 60 + 2 * SECONDS  # the new office's undo window is a minute
        while len(list(caught.glob("*.eml"))) < 9 and time.time() < end:
            time.sleep(0.5)
    finally:
        running.terminate()
        running.wait(SECONDS)
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
