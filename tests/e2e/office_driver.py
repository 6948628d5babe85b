"""Sets up the persons of an office in its windows and works as each of them. Runs under the system's Python.

usage: office_driver.py PICTURES PYTHON MAIN HOME ADDRESS PORT CERTIFICATE PASSWORD
"""

import subprocess
import sys
import time
from contextlib import suppress

import pyatspi
from driver import enter, press, seen
from gi.repository import Atspi, GLib

SECONDS = 120  # what another process does may take on a busy machine
OWN = {name: f"{name}-waehlt-selbst" for name in ("verena", "silke", "jana", "omar", "paula")}
ROLES = {
    "Vermittlung": "Vermittlung: Patienten des eigenen Teams, Praxen, Post, Anrufe",
    "Leitung": "Leitung: das ganze Büro, Vorlagen und Postkonten",
    "Prüfung": "Prüfung: nur das Protokoll, ohne Inhalte",
}


class Seat:
    """The window of one person, with a profile of its own."""

    def __init__(self, office, person):
        self.office, self.person = office, person
        self.running = subprocess.Popen([office.python, office.script, "--profile", f"{office.home}/{person}"])
        self.root = self._program()

    def _program(self):
        end = time.time() + 2 * SECONDS
        while time.time() < end:
            for node in pyatspi.Registry.getDesktop(0):
                with suppress(Exception):
                    if node is not None and node.get_process_id() == self.running.pid:
                        node.set_cache_mask(Atspi.Cache.NONE)
                        return node
            time.sleep(0.2)
        raise SystemExit(f"the window of {self.person} did not appear")

    def find(self, name, role=None, *, seconds=SECONDS):
        """What is showing under that name."""
        end = time.time() + seconds
        while True:
            for node in seen(self.root):
                with suppress(Exception):
                    if (node.name or "").strip() == name and role in {None, node.getRoleName()}:
                        return node
            if time.time() > end:
                raise SystemExit(f"{self.person}: nothing named {name!r} ({role}) is showing")
            time.sleep(0.2)

    def press(self, name, role=None):
        """Press it, once more where the page was just made anew between finding and pressing."""
        end = time.time() + SECONDS
        while True:
            try:
                press(self.find(name, role))
            except GLib.GError:
                if time.time() > end:
                    raise
            else:
                return

    def enter(self, name, words):
        """Type into a field."""
        secret = {"Kennwort", "Neues Kennwort", "Noch einmal"}
        enter(self.find(name, "password text" if name in secret else "text"), words)

    def shows(self, name, role=None):
        """Whether something of that name is in sight now."""
        with suppress(SystemExit):
            return self.find(name, role, seconds=0) is not None
        return False

    def until(self, what, question):
        """Wait for a state."""
        end = time.time() + SECONDS
        while not question():
            if time.time() > end:
                raise SystemExit(f"{self.person}: {what}")
            time.sleep(0.2)

    def named(self, role):
        """All that is showing of a role, by name."""
        found = []
        for node in seen(self.root):
            with suppress(Exception):
                if node.getRoleName() == role:
                    found.append((node.name or "").strip())
        return found

    def keys(self, *keys):
        """Press keys in this window."""
        shown = ["xdotool", "search", "--onlyvisible", "--pid", str(self.running.pid)]
        windows = subprocess.run(shown, capture_output=True, text=True, check=False).stdout.split()
        subprocess.run(["xdotool", "windowactivate", "--sync", windows[-1], "key", *keys], check=False, timeout=60)
        time.sleep(0.3)

    def choose(self, box, *keys):
        """Open a box or a menu and choose in it by keys; a box bears the name of what is chosen."""
        self.keys("--clearmodifiers", "shift")
        self.press(box)
        subprocess.run(["xdotool", "key", *keys, "Return"], check=True, timeout=60)
        time.sleep(0.3)

    def shot(self, name):
        """A picture of the screen, with this window on it."""
        self.keys("--clearmodifiers", "shift")
        subprocess.run(["scrot", "-o", f"{self.office.pictures}/buero-{name}.png"], check=True)

    def join(self, given):
        """The first run: the office's server, the given password, then an own one."""
        self.press("Mit Büro-Server verbinden", "push button")
        for field, words in (
            ("Rechner", self.office.address),
            ("Port", self.office.port),
            ("Benutzername", self.person),
            ("Kennwort", given),
            ("Zertifikatsdatei (CA), freiwillig", self.office.certificate),
        ):
            self.enter(field, words)
        self.press("Verbindung testen", "push button")
        save = self.find("Speichern und öffnen", "push button")
        self.until("the server refused", lambda: save.getState().contains(pyatspi.STATE_SENSITIVE))
        press(save)
        self.enter("Neues Kennwort", "zu kurz")
        self.press("Kennwort ändern und öffnen", "push button")
        self.find("Das ist zu kurz: mindestens 12 Zeichen.")
        self.enter("Neues Kennwort", OWN[self.person])
        self.enter("Noch einmal", OWN[self.person])
        self.shot(f"{self.person}-kennwort")
        self.press("Kennwort ändern und öffnen", "push button")

    def end(self):
        """End the program."""
        self.running.terminate()
        self.running.wait(SECONDS)


class Office:
    """Where the office's server is, and who works there."""

    def __init__(self, pictures, python, script, home, address, port, certificate, password):
        self.pictures, self.python, self.script, self.home = pictures, python, script, home
        self.address, self.port, self.certificate, self.password = address, port, certificate, password
        self.given = {"verena": password}
        self.seats = []

    def seat(self, person):
        """Start the program as a person."""
        seat = Seat(self, person)
        self.seats.append(seat)
        return seat


def administer(office):
    """The first admin: sees nobody's records, makes teams and persons."""
    seat = office.seat("verena")
    seat.join(office.password)
    seat.find("Datenschutz", "page tab")
    seat.shot("verwaltung")
    if seat.shows("Patienten", "check box") or not seat.shows("Verwaltung", "check box"):
        raise SystemExit("an admin sees patients, or no administration")
    seat.press("Datenschutz", "page tab")
    seat.press("Personen", "page tab")
    for team in ("Nord", "Ost"):
        seat.enter("Neues Team", team)
        seat.press("Team anlegen", "push button")
        field = seat.find("Neues Team", "text")
        seat.until("no team was made", lambda node=field: node.queryText().getText(0, -1) == "")
    for login, name, role, team in (
        ("silke", "Silke Sommer", "Leitung", 0),
        ("jana", "Jana Brand", "Vermittlung", 1),
        ("omar", "Omar Ost", "Vermittlung", 2),
        ("paula", "Paula Prüfer", "Prüfung", 0),
    ):
        seat.press("Neue Person", "push button")
        seat.enter("Name", name)
        seat.enter("Anmeldename (bleibt, wie er ist)", login)
        if role != "Vermittlung":
            for changed in ("Vermittlung", role):
                seat.press(ROLES[changed], "check box")
        if team:
            seat.choose("ohne Team", *["Down"] * team)
        seat.shot(f"person-{login}")
        seat.press("Person speichern", "push button")
        field = seat.find("Kennwort zum Übergeben", "text")
        seat.until(
            "no password", lambda node=field: node.queryText().getText(0, -1) not in {"", *office.given.values()}
        )
        office.given[login] = field.queryText().getText(0, -1)
    seat.shot("personen")
    return seat


def lead(office):
    """The supervisor: enters a patient and puts it into a team."""
    seat = office.seat("silke")
    seat.join(office.given["silke"])
    seat.press("Patienten", "check box")
    seat.press("Neuer Patient")
    for field, words in (("Vorname", "Jörg"), ("Nachname", "Überall"), ("PLZ", "52062"), ("Ort", "Aachen")):
        seat.enter(field, words)
    seat.press("Speichern")
    seat.choose("Akte", "Down", "Down", "Down")
    seat.shot("team-zuweisen")
    seat.choose("Bitte wählen", "Down")
    seat.press("Team zuweisen", "push button")
    seat.find("Jörg Überall", "label")
    seat.until("no team", lambda: any("Nord" in words for words in seat.named("label")))
    seat.shot("leitung")
    return seat


def work(office):
    """The caseworker of that team: finds the patient, enters a practice and notes a call with it; locks and unlocks."""
    seat = office.seat("jana")
    seat.join(office.given["jana"])
    seat.press("Patienten", "check box")
    seat.until("the patient is not seen", lambda: any("Überall" in words for words in seat.named("table cell")))
    seat.shot("vermittlung-patienten")
    seat.press("Therapeuten", "check box")
    seat.press("Neuer Therapeut")
    seat.enter("Nachname", "Praxmann")
    seat.press("Speichern")
    seat.press("Verlauf", "page tab")
    seat.press("Kontakt notieren", "push button")
    seat.enter("Worum ging es", "Ruft am Montag zurück")
    seat.press("Eintragen", "push button")
    seat.until("the call is not noted", lambda: not seat.shows("Eintragen", "push button"))
    seat.shot("vermittlung-therapeut")
    seat.keys("ctrl+l")
    seat.find("Entsperren", "push button")
    if seat.shows("Verlauf", "page tab"):
        raise SystemExit("locked, and still seen")
    seat.enter("Kennwort", "das ist es nicht")
    seat.press("Entsperren", "push button")
    seat.find("Das Kennwort stimmt nicht. Auf Groß- und Kleinschreibung kommt es an.")
    seat.shot("gesperrt")
    unlock = seat.find("Entsperren", "push button")
    seat.enter("Kennwort", OWN["jana"])
    seat.until("may not try again", lambda: unlock.getState().contains(pyatspi.STATE_SENSITIVE))
    press(unlock)
    seat.find("Verlauf", "page tab")
    return seat


def stand_aside(office):
    """A caseworker of the other team sees nothing of the patient."""
    seat = office.seat("omar")
    seat.join(office.given["omar"])
    seat.press("Patienten", "check box")
    seat.find("0 Patienten", "label")
    if any("Überall" in words for role in ("table cell", "label") for words in seat.named(role)):
        raise SystemExit("another team sees the patient")
    seat.shot("anderes-team")
    return seat


def audit(office):
    """Who audits sees who did what, and no contents."""
    seat = office.seat("paula")
    seat.join(office.given["paula"])
    seat.find("Protokoll", "check box")
    seat.until("no entries", lambda: "Jana Brand" in seat.named("table cell"))
    cells = seat.named("table cell")
    seat.shot("pruefung")
    if any(word in words for words in cells for word in ("Überall", "Jörg", "Praxmann", "Montag")):
        raise SystemExit("the protocol shows contents")
    if seat.shows("Patienten", "check box"):
        raise SystemExit("who audits sees patients")
    return seat


def main(*arguments):
    """All of them, one after the other."""
    office = Office(*arguments)
    try:
        for act in (administer, lead, work, stand_aside, audit):
            act(office).end()
    finally:
        for seat in office.seats:
            if seat.running.poll() is None:
                seat.end()
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
