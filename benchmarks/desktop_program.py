"""The window on a filled database, walked through once; says in JSON what it cost. Started by test_desktop.py.

usage: desktop_program.py URL STARTED PROFILE [walk]   (STARTED: seconds since the epoch when the process was started)
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

# ruff: noqa: SLF001 - it presses what a person presses, inside the process that is measured
ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
TICK_MS = 5
SETTLE_MS = 900
MAP_MS = 5000


def main(url: str, started: float, folder: str, *, walk: bool) -> None:
    from app.desktop import Desktop, make_application

    imported = time.time()
    from PySide6.QtCore import QEventLoop, QTimer

    from app.paths import Profile
    from app.seat import Seat
    from ui import theme

    app = make_application([sys.argv[0]])
    theme.apply(app, dark=False)
    profile = Profile(Path(folder))
    profile.make()
    desktop = Desktop(profile, Seat(url, None), with_worker=False)
    desktop.window.show()
    shown = time.time()
    running = [0]
    desktop.background.busy.connect(lambda count: running.__setitem__(0, count))

    def settle(milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    # usable: the window is shown and everything its first page asked for has come and been painted
    settle(1)
    while running[0]:
        settle(1)
    app.processEvents()
    usable = time.time()
    found: dict[str, object] = {
        "seconds": {
            "imports": round(imported - started, 3),
            "window": round(shown - imported, 3),
            "usable": round(usable - started, 3),
        }
    }
    if walk:
        found |= _walk(desktop, settle)
    print(json.dumps(found))
    desktop.window.close()


def _walk(desktop: object, settle: Callable[[int], None]) -> dict[str, object]:
    """The worst gap of the GUI thread page by page (ms), and the memory (MB) before and after the map."""
    import psutil
    from PySide6.QtCore import Qt, QTimer

    from app.desktop import Desktop
    from ui.matching.page import MatchingPage
    from ui.patients.page import PatientsPage

    assert isinstance(desktop, Desktop)
    worst, last = [0.0], [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        worst[0] = max(worst[0], 1000 * (now - last[0]) - TICK_MS)
        last[0] = now

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(TICK_MS)
    settle(SETTLE_MS)
    gaps: dict[str, float] = {}

    def step(name: str, act: Callable[[], None], wait: int = SETTLE_MS) -> None:
        worst[0], last[0] = 0.0, time.perf_counter()
        act()
        settle(wait)
        gaps[name] = round(worst[0], 1)

    window = desktop.window
    for key in ("patients", "therapists", "inquiries", "mail", "matching", "today"):
        step(f"open {key}", lambda key=key: window.show_page(key))
    patients, matching = window.page("patients"), window.page("matching")
    assert isinstance(patients, PatientsPage)
    assert isinstance(matching, MatchingPage)
    window.show_page("patients")
    step("select a patient", lambda: patients._table.view.selectRow(3))
    step("search patients", lambda: patients._search.setText("person12"))
    step("scroll patients", patients._table.view.scrollToBottom)
    step("new patient", patients.begin_new)
    window.show_page("matching")
    step("select a search", lambda: matching._searches.view.selectRow(5))
    step("select a practice", lambda: matching._results.view.selectRow(0))
    step("why not", lambda: matching.show_tab(2))
    process = psutil.Process()
    memory = round(process.memory_full_info().pss / 1e6, 1)
    matching.show_tab(0)
    window.show_page("matching")
    step("open the map", lambda: matching.show_tab(1), MAP_MS)
    timer.stop()
    return {"gaps_ms": gaps, "pss_mb": memory, "pss_with_map_mb": round(process.memory_full_info().pss / 1e6, 1)}


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3], walk="walk" in sys.argv[4:])
