"""The real program with somebody at its window: one act after another, each once the one before has come to rest.

``python -m tests.app.canaries.window PROFILE SMTP_PORT IMAP_PORT MAILBOX OUTSIDE`` enters a patient, asks practices,
is refused, answered and called, writes a letter while the database is gone, crashes, and looks at every page. OUTSIDE
is a folder of the person's own. At last it says which titles its windows had.
"""

import json
import os
import runpy
import signal
import smtplib
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QWidget
from sqlalchemy import text

from app.desktop import Desktop
from app.embedded_postgres import EmbeddedPostgres
from app.paths import Profile
from app.start import Start
from domain.casework.preparing import create_and_send
from domain.communication.accounts import AccountForm, save_account
from domain.communication.contacts import ContactNote, note_patient_contact
from domain.database import Session
from domain.matching.models import PlaceSearch
from domain.office_settings import read_office, save_office
from domain.patients.files import add_file
from domain.patients.models import Consent, MedicalInformation, Patient
from domain.values import Channel
from domain.weektime import office_day
from tests.app.canaries import words
from tests.builders import add_therapist
from tests.servers.mail import UNKNOWN
from tests.ui.hands import enter, scalar
from ui.mail.page import MailPage
from ui.patients.files_folder import put_to_read
from ui.patients.form import PatientFormView
from ui.patients.page import PatientsPage
from ui.widgets.choosing_files import choose_place

ROOT = Path(__file__).parents[3]
Wait = Callable[[], bool]
TICK_MS = 50
PATIENCE = 120  # seconds for what comes to rest after an act
PDF = f"%PDF-1.7\n1 0 obj\n<</Title ({words.STEM}-Titel)>>\nendobj\n".encode("latin-1")


class Person:
    """Who sits at the window."""

    def __init__(self, start: Start, profile: Profile, *, smtp: int, imap: int, mailbox: str, outside: Path) -> None:
        self._start, self._profile = start, profile
        self._smtp, self._imap, self._mailbox, self._outside = smtp, imap, mailbox, outside
        self.patient = self.search = 0
        self.titles: set[str] = set()
        self._acts = self._day()
        self._rested: Wait = lambda: True
        self._since = time.monotonic()
        self._timer = QTimer(interval=TICK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    @property
    def desk(self) -> Desktop:
        """The open program."""
        assert self._start.desktop is not None
        return self._start.desktop

    def _look(self) -> None:
        self.titles |= {widget.windowTitle() for widget in QApplication.topLevelWidgets()}
        try:
            if self._rested():
                self._rested, self._since = next(self._acts, lambda: False), time.monotonic()
            elif time.monotonic() - self._since > PATIENCE:
                raise TimeoutError(self._stand())  # noqa: TRY301 - told like what else goes wrong here
        except BaseException:  # noqa: BLE001 - it would wait for ever
            traceback.print_exc()  # of this script, not of the program
            sys.stderr.flush()
            os._exit(3)

    def _stand(self) -> str:
        """What is to be seen, for whom finds out why it does not go on."""
        window = self.desk.window
        titles = [one.windowTitle() for one in QApplication.topLevelWidgets() if one.isVisible()]
        mails = self._tolerant("SELECT string_agg(status, ' ' ORDER BY id) FROM communication_service.email")
        return f"{titles} {self.desk.messages.text()} {window._connection.text()} {window._drafts.text()} {mails}"

    def _day(self) -> Iterator[Wait]:
        yield lambda: self._start.desktop is not None and self.desk.window.isVisible()
        for act in (
            self._unlock, self._enter_patient, self._set_up, self._ask, self._hear, self._keep_papers,
            self._write_offline, self._crash, self._look_round, self._choose_a_folder,
        ):  # fmt: skip
            say(act.__name__)
            yield from act()
        say(json.dumps(sorted(self.titles)))
        self._timer.stop()
        self.desk.window.closing.agree()
        self.desk.window.close()

    def _mail_page(self) -> MailPage:
        page = self.desk.window.page("mail")
        assert isinstance(page, MailPage)
        return page

    def _unlock(self) -> Iterator[Wait]:
        """A passphrase for the drafts: there is no keyring."""
        self.desk.window.show_page("mail", 0, "drafts")
        unlock = self._mail_page().drafts._unlock
        yield unlock._again.isVisible
        for line in (unlock._first, unlock._second):
            line.setText(words.PASSPHRASE)
        yield from press(unlock, "Passphrase einrichten")
        yield lambda: self.desk.vault.opened is not None

    def _enter_patient(self) -> Iterator[Wait]:
        """Typed and saved, then the street once more, so that the audit holds both."""
        self.desk.window.show_page("patients")
        page = self.desk.window.page("patients")
        assert isinstance(page, PatientsPage)
        yield from press(page, "Neuer Patient")
        for name, said in (
            ("Vorname", words.FIRST), ("Nachname", words.LAST), ("Geburtsdatum", words.BIRTH_TYPED),
            ("Straße", words.STREET), ("Hausnummer", "7"), ("PLZ", "52062"), ("Ort", "Aachen"),
            ("Telefon", words.PHONE_TYPED), ("E-Mail", words.MAILBOX), ("Versichertennummer", words.INSURED),
        ):  # fmt: skip
            enter(page, name, said)
        form = page._detail._form
        assert isinstance(form, PatientFormView)
        form._note.setPlainText(words.NOTE)
        yield from press(page, "Speichern")
        yield lambda: self._count("patient_service.patient") == 1
        self.patient = int(str(scalar(self.desk.database, "SELECT max(id) FROM patient_service.patient")))
        yield lambda: page._detail._record is not None
        enter(page, "Straße", words.STREET_LATER)
        yield from press(page, "Speichern")
        saved = f"SELECT count(*) FROM patient_service.patient WHERE street = '{words.STREET_LATER}'"
        yield lambda: scalar(self.desk.database, saved) == 1

    def _set_up(self) -> Iterator[Wait]:
        """Consent and need of the patient, an account with its password, no undo window."""
        yield lambda: self._count("platform.worker_key") == 1
        now = datetime.now(UTC)

        def work(session: Session) -> None:
            session.get_one(MedicalInformation, self.patient).complaint_note = words.NEED
            session.get_one(Patient, self.patient).ready_at = now
            for scope in ("storage", "pseudonymous_inquiry"):
                session.add(
                    Consent(
                        patient_id=self.patient, scope=scope, text_version="2026-01", given_on=office_day(now),
                        given_by="patient",
                    )
                )  # fmt: skip
            settings, version = read_office(session)
            save_office(session, replace(settings, undo_seconds=0), version=version)
            save_account(
                session,
                AccountForm(
                    "Büro", self._mailbox, imap_host="127.0.0.1", imap_port=self._imap, imap_security="none",
                    username=self._mailbox.partition("@")[0], password=words.PASSWORD,
                ),
            )  # fmt: skip
            search = PlaceSearch(patient_id=self.patient, status="active", waiting_since=office_day(now))
            session.add(search)
            session.flush()
            self.search = search.id

        yield self._written(work)

    def _ask(self) -> Iterator[Wait]:
        """A practice that takes the mail, and one whose address its server refuses."""
        now = datetime.now(UTC)

        def work(session: Session) -> None:
            for address in ("praxis@praxis.example", UNKNOWN):
                create_and_send(
                    session, therapist_id=add_therapist(session, email=address), search_ids=[self.search],
                    channel=Channel.EMAIL, now=now,
                )  # fmt: skip

        yield self._written(work)
        settled = (
            "SELECT count(*) FROM communication_service.email WHERE status NOT IN ('queued', 'sending', 'retry_wait')"
        )
        yield lambda: scalar(self.desk.database, settled) == 2

    def _hear(self) -> Iterator[Wait]:
        """An answer with a paper, a mail nobody can read, a call; all looked at."""
        query = "SELECT message_id FROM communication_service.email WHERE status = 'sent' ORDER BY id LIMIT 1"
        answers = str(scalar(self.desk.database, query))
        broken = (
            f"From: {words.LAST} <{words.MAILBOX}>\r\nSubject: =?utf-9?Q?{words.STEM}?=\r\nDate: {words.STEM}\r\n"
            f'Content-Type: multipart/mixed; boundary="{words.STEM}"\r\n\r\n--{words.STEM}\r\n'
            f"Content-Transfer-Encoding: base64\r\nContent-Type: text/{words.STEM}\r\n\r\n{words.STEM}\xff"
        )
        yield beside(lambda: self._deliver(_answer(answers), broken.encode("latin-1")))
        yield lambda: self._count("communication_service.incoming_email") == 2
        newest = int(str(scalar(self.desk.database, "SELECT min(id) FROM communication_service.incoming_email")))
        self.desk.window.show_page("mail", newest, "incoming")
        now = datetime.now(UTC)
        note = ContactNote(now, "phone", "in", words.LAST, words.CALLED)
        yield self._written(lambda s: note_patient_contact(s, self.patient, note, now=now))

    def _keep_papers(self) -> Iterator[Wait]:
        """A paper of the patient, put where another program reads it."""
        now = datetime.now(UTC)
        yield self._written(lambda s: add_file(s, self.patient, name=words.PAPER, content=PDF, kind="other", now=now))
        yield beside(lambda: put_to_read(words.PAPER, PDF))

    def _write_offline(self) -> Iterator[Wait]:
        """The database goes while somebody writes; the letter waits, comes back to be confirmed, and goes out."""
        self.desk.window.show_page("mail", 0, "drafts")
        page = self._mail_page()
        yield from press(page, "Neue E-Mail")
        composer = page.drafts.composer
        yield composer._body.isVisible
        composer._to.setText("kollegin@praxis.example")
        composer._to.textEdited.emit(composer._to.text())
        composer._subject.setText(words.SUBJECT)
        paper = self._outside / words.PAPER
        paper.write_bytes(PDF)
        composer._attach([paper])
        yield lambda: not composer._files.is_empty
        postmaster = self._profile.postgres / "data" / "postmaster.pid"
        os.kill(int(postmaster.read_text("utf-8").split("\n", 1)[0]), signal.SIGQUIT)
        composer._body.setPlainText(words.BODY)
        yield lambda: "offline" in self.desk.window._connection.text()
        yield from press(page, "Senden")
        server = EmbeddedPostgres(self._profile.postgres)
        yield beside(server.start)
        yield lambda: self.desk.window._connection.text() == "verbunden"
        # it names the patient to somebody who was never asked, which nobody could confirm without the server
        yield lambda: "zu klären" in self.desk.window._drafts.text()
        yield from press(page, "Senden")
        yield from press(page, "Trotzdem senden")
        gone = f"SELECT count(*) FROM communication_service.email WHERE subject = '{words.SUBJECT}' AND status = 'sent'"
        yield lambda: self._tolerant(gone) == 1
        yield beside(server.stop)

    def _crash(self) -> Iterator[Wait]:
        """In a slot, in a thread, in a pool's thread, in the database."""

        def fall() -> None:
            raise ValueError(words.CRASH)

        def fall_in_database(session: Session) -> None:
            session.execute(text("SELECT CAST(:words AS int)"), {"words": words.CRASH})

        def break_rule(session: Session) -> None:
            session.execute(text("UPDATE patient_service.patient SET sex = :words"), {"words": words.CRASH})

        QTimer.singleShot(0, fall)
        threading.Thread(target=fall).start()
        desk = self.desk
        told: list[str] = []
        desk.messages.shown.connect(lambda _, said: told.append(said))
        desk.background.local(desk.window, fall)
        desk.background.write(desk.window, fall_in_database)
        desk.background.write(desk.window, break_rule)
        log = self._profile.logs / "desktop.log"
        yield lambda: log.exists() and log.read_text("utf-8").count("not foreseen") >= 4
        yield lambda: any("Bericht ohne Namen und Inhalte" in said for said in told)

    def _look_round(self) -> Iterator[Wait]:
        """Every page, with the patient open, and a search for the name."""
        search = self.desk.window._search
        assert search is not None
        search.setText(words.LAST)
        for key in ("today", "patients", "therapists", "matching", "inquiries", "mail", "phone", "map", "admin"):
            self.desk.window.show_page(key, *((self.patient,) if key == "patients" else ()))
            yield self._at_rest(key)

    def _choose_a_folder(self) -> Iterator[Wait]:
        """Something is saved into a folder that has the patient's name."""
        folder = self._outside / words.FOLDER
        folder.mkdir()
        chosen: list[Path] = []
        for _ in range(2):  # the second dialog begins where the first one ended
            choose_place(self.desk.window, self.desk.state, "Anlage speichern", words.PAPER, chosen.append)
            dialog = next(d for d in self.desk.window.findChildren(QFileDialog) if d.isVisible())
            dialog.setDirectory(str(folder))
            dialog.selectFile(words.PAPER)
            dialog.accept()
            yield lambda: not any(d.isVisible() for d in self.desk.window.findChildren(QFileDialog))
        assert chosen == [folder / words.PAPER] * 2

    def _at_rest(self, key: str) -> Wait:
        window = self.desk.window
        return lambda: window._stack.currentWidget() is window.page(key) and window._busy.text() == ""

    def _count(self, table: str) -> object:
        return self._tolerant(f"SELECT count(*) FROM {table}")

    def _tolerant(self, query: str) -> object:
        """A value, or None while the database is away."""
        try:
            return scalar(self.desk.database, query)
        except Exception:  # noqa: BLE001 - whatever it is, it is asked again
            return None

    def _written(self, work: Callable[[Session], object]) -> Wait:
        """As a page does it, on a thread of the pool."""
        done: list[bool] = []

        def failed(error: Exception) -> None:
            raise SystemExit(f"{type(error).__name__} {getattr(error, 'code', '')}")

        self.desk.background.write(self.desk.window, lambda s: bool(work(s)), done.append, failed)
        return lambda: bool(done)

    def _deliver(self, *sources: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self._smtp) as smtp:
            for source in sources:
                smtp.sendmail("praxis@anders.example", [self._mailbox], source)


def _answer(answers: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"{words.LAST} <{words.MAILBOX}>"
    message["To"], message["Subject"] = "vermittlung@buero.example", words.ANSWER_SUBJECT
    message["Message-ID"] = f"<{words.STEM.lower()}.1@praxis.example>"
    message["In-Reply-To"] = message["References"] = answers
    message.set_content(words.ANSWER)
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename=words.PAPER)
    return message.as_bytes()


def say(words_of_it: str) -> None:
    """For whom waits for it."""
    sys.stdout.write(f"{words_of_it}\n")
    sys.stdout.flush()


def press(parent: QWidget, name: str) -> Iterator[Wait]:
    """Press the visible button of that accessible name, as soon as it may be pressed."""

    def there() -> QAbstractButton | None:
        return next(
            (
                one
                for one in parent.findChildren(QAbstractButton)
                if (one.accessibleName() or one.text().replace("&", "")) == name and one.isVisible() and one.isEnabled()
            ),
            None,
        )

    yield lambda: there() is not None
    found = there()
    assert found is not None
    found.click()


def beside(work: Callable[[], object]) -> Wait:
    """What would hold the window, on a thread of its own."""
    thread = threading.Thread(target=work)
    thread.start()
    return lambda: not thread.is_alive()


def main() -> None:
    profile, smtp, imap, mailbox, outside = sys.argv[1:]
    begin = Start.begin
    persons: list[Person] = []

    def sit_down(start: Start) -> None:
        begin(start)
        persons.append(
            Person(
                start, Profile(Path(profile)), smtp=int(smtp), imap=int(imap), mailbox=mailbox, outside=Path(outside)
            )
        )

    Start.begin = sit_down  # type: ignore[method-assign,assignment]
    sys.argv = [str(ROOT / "main.py"), "--profile", profile]
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
