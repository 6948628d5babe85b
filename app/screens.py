"""Pictures of every page, made by the program itself: without a display offscreen, light and dark, two sizes."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import Profile
from app.seat import open_seat
from app.settings import load

if TYPE_CHECKING:
    from ui.background import Background

SIZES = ((1366, 768), (1920, 1080))
SETTLE_MS = 700
MAP_MS = 4000
LONGEST_MS = 60_000


def take_screens(profile: Profile, folder: Path, sizes: Sequence[tuple[int, int]] = SIZES) -> list[Path]:
    """Open the window on a profile and write one PNG a page, size and appearance; returns the files."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY") and os.name == "posix":
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if os.name != "nt" and os.geteuid() == 0:
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    from app.desktop import Desktop, make_application
    from ui import theme

    folder.mkdir(parents=True, exist_ok=True)
    app = make_application(["platzlotse"])
    written: list[Path] = []
    with open_seat(profile, load(profile.settings)) as seat:
        for dark in (False, True):
            theme.apply(app, dark=dark)
            written += _first_run(profile, folder, sizes, dark=dark)
            desktop = Desktop(profile, seat, with_worker=False)
            for width, height in sizes:
                desktop.window.resize(width, height)
                desktop.window.show()
                for step, prepare in _steps(desktop).items():
                    prepare()
                    _settle(MAP_MS if "karte" in step else SETTLE_MS, desktop.background)
                    path = folder / _name(step, width, height, dark=dark)
                    desktop.window.grab().save(str(path))
                    written.append(path)
            desktop.window.close()
    return written


def _name(step: str, width: int, height: int, *, dark: bool) -> str:
    return f"{step}-{'dunkel' if dark else 'hell'}-{width}x{height}.png"


def _first_run(profile: Profile, folder: Path, sizes: Sequence[tuple[int, int]], *, dark: bool) -> list[Path]:
    """The pages before the main window; nothing is set up by looking at them."""
    from app.first_run import SeatKeeper
    from ui.first_run.window import FirstRunWindow

    window = FirstRunWindow(SeatKeeper(profile))
    window.begin()
    written = []
    for width, height in sizes:
        window.resize(width, height)
        for step, page in (
            ("erster-start", window.choices),
            ("erster-start-einzelplatz", window.own_seat),
            ("erster-start-server", window.server),
            ("erster-start-kennwort", window.own_password),
        ):
            window.turn_to(page)
            _settle(SETTLE_MS)
            path = folder / _name(step, width, height, dark=dark)
            window.grab().save(str(path))
            written.append(path)
    window.close()
    return written


def _steps(desktop: object) -> dict[str, Callable[[], None]]:
    from sqlalchemy import text

    from app.desktop import Desktop

    assert isinstance(desktop, Desktop)
    found: dict[str, int] = {}
    queries = {
        "patients": "SELECT min(patient_id) FROM matching_service.patient_state WHERE state = 'searching'",
        "therapists": "SELECT min(therapist_id) FROM matching_service.inquiry",
        "matching": "SELECT min(id) FROM matching_service.place_search WHERE status = 'active'",
        "inquiries": "SELECT min(inquiry_id) FROM matching_service.inquiry_overview WHERE answered > 0 OR items > 1",
        "mail": "SELECT min(id) FROM communication_service.email",
        "reply": "SELECT min(id) FROM communication_service.incoming_email WHERE status = 'unread'",
    }
    engine = desktop.database.engine
    with engine.connect() as connection:
        for page, query in queries.items():
            found[page] = connection.scalar(text(query)) or 0

    def show(page: str) -> Callable[[], None]:
        return lambda: desktop.window.show_page(page, found.get(page) or None)

    def choose(page: str, act: str, number: int) -> Callable[[], None]:
        def turn() -> None:
            desktop.window.show_page(page)
            getattr(desktop.window.page(page), act)(number)

        return turn

    return {
        "heute": show("today"),
        "patienten": show("patients"),
        "patienten-nachweis": lambda: desktop.window.show_page("patients", found["patients"] or None, "evidence"),
        "therapeuten": show("therapists"),
        "vermittlung": show("matching"),
        "vermittlung-karte": choose("matching", "show_tab", 1),
        "vermittlung-warum-nicht": choose("matching", "show_tab", 2),
        "vermittlung-fehlt": choose("matching", "show_tab", 3),
        "vermittlung-wochenplan": choose("matching", "show_view", 1),
        "vermittlung-gruppen": choose("matching", "show_view", 2),
        "anfragen": show("inquiries"),
        "post": show("mail"),
        "post-entwuerfe": lambda: desktop.window.show_page("mail", 0, "drafts"),
        "post-sammelversand": lambda: desktop.window.show_page("mail", 0, "batches"),
        "telefon": show("phone"),
        "karte": lambda: desktop.window.show_page("map"),
        "karte-patient": lambda: desktop.window.show_page("map", -found["matching"] or None),
        "verwaltung-buero": show("admin"),
        "verwaltung-vorlagen": choose("admin", "show_tab", 1),
        "verwaltung-postkonten": choose("admin", "show_tab", 2),
        "verwaltung-krankenkassen": choose("admin", "show_tab", 3),
        "verwaltung-karten": choose("admin", "show_tab", 4),
        "verwaltung-einlesen": choose("admin", "show_tab", 5),
        "verwaltung-quellen": choose("admin", "show_tab", 6),
        "verwaltung-webseiten": choose("admin", "show_tab", 7),
        "verwaltung-personen": choose("admin", "show_tab", 8),
        "verwaltung-protokoll": choose("admin", "show_tab", 9),
        "verwaltung-aufbewahrung": choose("admin", "show_tab", 10),
        "verwaltung-widersprueche": choose("admin", "show_tab", 11),
        "verwaltung-zustand": choose("admin", "show_tab", 12),
        "verwaltung-dienste": choose("admin", "show_tab", 13),
        "verwaltung-sicherungen": choose("admin", "show_tab", 14),
        "post-eingang": lambda: desktop.window.show_page("mail", found["reply"] or None, "incoming"),
    }


def _settle(milliseconds: int, background: "Background | None" = None) -> None:
    """Let what was painted last stand this long with nothing on its way; a busy machine has LONGEST_MS for it."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop, rest = QEventLoop(), QTimer()
    rest.setSingleShot(True)
    rest.setInterval(milliseconds)
    rest.timeout.connect(loop.quit)
    QTimer.singleShot(LONGEST_MS, loop.quit)
    if background is None or not background.running:
        rest.start()
    if background is not None:
        heard = background.busy.connect(lambda running: rest.stop() if running else rest.start())
    loop.exec()
    if background is not None:
        background.busy.disconnect(heard)
