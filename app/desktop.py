"""Wiring of the window: database, background work, news, worker, pages. Nothing else knows all of them."""

import gc
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, Qt, QTimer, QTranslator, Signal
from PySide6.QtWidgets import QApplication

from app.backups.fresh_seat import data_aside
from app.change_listener import ChangeListener
from app.collector import GuiThreadCollector
from app.crash import note, on_crash
from app.doctor.seat import seat_findings
from app.draft_uploader import DraftUploader
from app.draft_vault import DraftVault
from app.pages import pages_for
from app.paths import Profile
from app.seat import Seat
from app.seat_porter import SeatPorter
from app.settings import load
from app.worker_process import WorkerProcess, WorkerState
from domain.access import PERSON_ROLES, office
from domain.communication.drafts.records import Waiting
from domain.errors import PlatzlotseError
from domain.weektime import BERLIN
from ui.about.dialog import AboutDialog
from ui.admin.source_keeper import SourceKeeper
from ui.appearance import Appearance, AppearanceButton
from ui.background import Background
from ui.changes import Changes
from ui.global_search import GlobalSearch
from ui.lock.button import LockButton
from ui.lock.idle import IdleWatch
from ui.lock.lock import Lock
from ui.mail.batches.status import BatchStatus
from ui.main_window import MainWindow
from ui.messages import Messages
from ui.patients import files_folder
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import button
from ui.window_state import WindowState

SWITCH_SECONDS = 0.0005  # how long a thread may hold Python while the window waits


def utc_now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def today() -> date:
    """The office's day."""
    return datetime.now(BERLIN).date()


class _News(QObject):
    """Carries what other threads say to the GUI thread."""

    changed = Signal(str, int)
    connected = Signal(bool)
    shut_out = Signal()
    worker = Signal(str)
    crashed = Signal()


class Desktop:
    """The running program behind one window."""

    def __init__(self, profile: Profile, seat: Seat, *, with_worker: bool = True) -> None:
        self._seat = seat
        self.collector = GuiThreadCollector()
        self.database = seat.desk_database("platzlotse-desktop")
        self.database.forbid_this_thread()
        self.news = _News()
        self.changes = Changes()
        self.messages = Messages()
        self.background = Background(self.database)
        self.state = WindowState(profile.window_state)
        self.vault = DraftVault(profile)
        self.window = MainWindow(background=self.background, messages=self.messages, state=self.state)
        self.ui = UiContext(
            background=self.background,
            changes=self.changes,
            messages=self.messages,
            state=self.state,
            navigate=self.window.show_page,
            vault=self.vault,
            now=utc_now,
            today=today,
            machine=lambda: seat_findings(profile, load(profile.settings), now=utc_now()),
            roles=self._roles(),
            data_aside=lambda: data_aside(profile),
        )
        self.news.changed.connect(self._on_news)
        self.news.connected.connect(self._on_connection)
        self.news.worker.connect(self.window.show_worker)
        self.news.crashed.connect(lambda: self._tell_crash(profile))
        self._hear_no_more = on_crash(self.news.crashed.emit)
        self.background.failed.connect(lambda error: None if isinstance(error, PlatzlotseError) else note(error))
        # one's own save must show even while LISTEN hangs half-open
        self.background.committed.connect(lambda: QTimer.singleShot(1500, self.changes, self._catch_up))
        self._heard = time.monotonic()
        self.changes.changed.connect(lambda *_: self._note_news())
        self.appearance = Appearance(self.window, self.state, lambda: self.changes.changed.emit("*", 0))
        porter = SeatPorter(profile, seat)
        porter.supply(self.database.engine)
        self.lock = Lock(self.window, porter)
        self.news.shut_out.connect(self.lock.shut_out)
        files_folder.sweep_all()
        self.lock.changed.connect(lambda locked: files_folder.clear() if locked else None)
        self.idle = self._watch_for_idleness()
        search = GlobalSearch(self.background, self.window.show_page) if self.ui.sees_records else None
        self.window.install(
            pages_for(self.ui), search, LockButton(self.lock.lock_by_hand), AppearanceButton(self.appearance)
        )
        if self.ui.sees_records:
            self.window.statusBar().addWidget(BatchStatus(self.ui))
        self.window.statusBar().addPermanentWidget(button(tr("Über Platzlotse"), self._show_about, role="link"))
        self.listener = ChangeListener(
            seat.person_url,
            changed=self.news.changed.emit,
            connected=self.news.connected.emit,
            shut_out=self.news.shut_out.emit,
            password=lambda: porter.password,
        )
        self.listener.start()
        self.sources = self._tend_records() if self.ui.sees_records else None
        self.worker = self._start_worker(profile) if with_worker and seat.worker_url else None
        self.window.on_close = self.close
        self._closed = False
        if seat.admit is not None:
            self.window.show_page("mail", 0, "drafts")  # what can be done without the server

    def _roles(self) -> frozenset[str]:
        """The person's, as the server said them; while it is away those of the last time, and at the very first all."""
        if self._seat.roles:
            self.state.remember("window/roles", " ".join(sorted(self._seat.roles)))
            return self._seat.roles
        known = frozenset(self.state.text("window/roles").split()) & frozenset(PERSON_ROLES)
        return known or frozenset(PERSON_ROLES)

    def _tend_records(self) -> SourceKeeper:
        """What goes on beside the pages, for whoever works with records."""
        # the first page of many fields pays for all that Qt makes only once; better now than under somebody's hand
        self.window.prepare("patients")
        self.uploader = DraftUploader(self.vault, self.database, self.background, self.changes, utc_now)
        self.uploader.waiting.connect(self._on_waiting)
        return SourceKeeper(self.ui)

    def _show_about(self) -> None:
        about = AboutDialog(self.background, self.window)
        about.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        about.open()

    def _start_worker(self, profile: Profile) -> WorkerProcess:
        command = [sys.executable, *_program(), "--profile", str(profile.home), "worker"]
        worker = WorkerProcess(command, profile.logs / "worker-output.log")
        words = {"running": tr("Hintergrunddienst läuft"), "stopped": tr("Hintergrunddienst beendet")}

        def tell(state: WorkerState) -> None:
            self.news.worker.emit(words.get(str(state.phase), tr("Hintergrunddienst startet neu")))

        worker.on_state(tell)
        worker.start()
        return worker

    def _watch_for_idleness(self) -> IdleWatch:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        idle = IdleWatch(app, self.window)
        idle.left.connect(self.lock.lock)
        idle.wanted.connect(self.lock.lock_by_hand)
        self.changes.changed.connect(lambda topic, _: self._ask_minutes() if topic == "office" else None)
        return idle

    def _ask_minutes(self) -> None:
        self.background.read(
            self.idle, lambda s: office(s).lock_minutes, self.idle.set_minutes, lambda _: None, key="lock_minutes"
        )

    def _tell_crash(self, profile: Profile) -> None:
        self.messages.everywhere(
            tr(
                "Im Programm ist etwas Unerwartetes passiert. Gespeichertes ist unverändert; speichern Sie, was noch "
                "offen ist, und starten Sie das Programm neu. Ein Bericht ohne Namen und Inhalte liegt in {path}."
            ).format(path=profile.logs)
        )

    def _on_news(self, topic: str, row: int) -> None:
        if topic == "person":
            topic, row = "*", 0  # whom one sees hangs on one's team and on whom one stands in for
        self.changes.changed.emit(topic, row)

    def _note_news(self) -> None:
        self._heard = time.monotonic()

    def _catch_up(self) -> None:
        if time.monotonic() - self._heard > 1.4:
            self.changes.changed.emit("*", 0)

    def _on_connection(self, connected: bool) -> None:
        since = f"{datetime.now(BERLIN):%H:%M}"
        if connected:
            self.messages.relieve()
            self._ask_minutes()
        self.window.show_connection(tr("verbunden") if connected else tr("offline seit {time}").format(time=since))

    def _on_waiting(self, waits: Waiting) -> None:
        said = []
        if waits.queued:
            said.append(ntr(waits.queued, "{n} Entwurf wartet", "{n} Entwürfe warten"))
        if waits.edits:
            said.append(ntr(waits.edits, "{n} Kontaktänderung wartet", "{n} Kontaktänderungen warten"))
        if waits.refused:
            said.append(ntr(waits.refused, "{n} Entwurf zu klären", "{n} Entwürfe zu klären"))
        self.window.show_drafts(" · ".join(said))

    def close(self) -> None:
        """End everything that runs beside the window."""
        if self._closed:
            return
        self._closed = True
        self._hear_no_more()
        self.listener.stop()
        if self.worker is not None:
            self.worker.stop()
        if self.sources is not None:
            self.sources.stop()
        self.lock.wait()
        self.background.end()
        files_folder.clear()
        self.vault.close()
        self.database.close()
        self.collector.stop()


def _program() -> Sequence[str]:
    """How this program is started: its script, or nothing when it is packaged."""
    return () if getattr(sys, "frozen", False) else (sys.argv[0],)


def make_application(arguments: list[str]) -> QApplication:
    """The one application object, in German, dressed; the map's needs are met before it exists."""
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    # every call into Qt lets go of Python's lock and has to get it back: with the usual 5 ms a page of forty such
    # calls stood still for 200 ms while another thread read from the database
    sys.setswitchinterval(SWITCH_SECONDS)
    # what was imported stays anyway: walking through it in search of garbage held the window for 180 ms
    gc.freeze()
    app = QApplication(arguments)
    app.setApplicationName("Platzlotse")
    app.setApplicationDisplayName("Platzlotse")
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    translator = QTranslator(app)
    if translator.load("qtbase_de", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(translator)
    return app
