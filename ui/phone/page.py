"""Telefon: whom one reaches now, in the order of what lapses first; the call with its script; then the next one."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHeaderView, QSplitter, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from domain.casework.call_minutes import minutes_today
from domain.casework.calling import Fate, fate_of
from domain.casework.phone_queue import Later, QueuedCall, Reach, next_call, phone_queue, planned_later
from domain.communication.states import CallStatus
from domain.database import Session
from domain.weektime import office_day
from ui import formats
from ui.changes import Refresher
from ui.labels import label
from ui.page import PageWidget
from ui.phone.call_panel import CallPanel
from ui.phone.minutes_dialog import MinutesDialog
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import EmptyState, button, row
from ui.widgets.forms import label as words

TICK_MS = 30_000  # windows open and close while nobody changes anything


class PhonePage(PageWidget):
    """The queue at the left, one call at the right."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self._calls: tuple[QueuedCall, ...] = ()
        self._wanted: int | None = None
        self._told: int | None = None  # the call of which one said that it is gone
        self._sum = words("", "muted")
        self._mine = QCheckBox(tr("nur &meine"))
        self._mine.setAccessibleName(tr("nur meine"))
        self._mine.toggled.connect(lambda _: self._fill())
        minutes = button(tr("M&inuten …"), self._show_minutes, role="link")
        self.body.addWidget(row(self._mine, self._sum, minutes, stretch=(0, 1, 0)))
        self._tree = QTreeWidget()
        self._tree.setAccessibleName(tr("Anrufe"))
        self._tree.setHeaderLabels([tr("Praxis"), tr("Erreichbar"), tr("Menschen")])
        self._tree.setRootIsDecorated(False)
        self._tree.setUniformRowHeights(True)
        self._tree.header().setStretchLastSection(False)
        self._tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for section, width in ((1, 130), (2, 90)):
            self._tree.header().resizeSection(section, width)
        self._tree.itemSelectionChanged.connect(self._on_selection)
        self._panel = CallPanel(ui)
        self._panel.finished.connect(self._go_on)
        self._panel.taken_back.connect(self._back_to)
        self._panel.refused.connect(self.refresh)
        self._empty = EmptyState(
            "phone", tr("Keine Anrufe geplant"),
            tr("Anrufe entstehen aus Anfragen per Telefon, aus dem Wochenplan und beim Nachfassen."),
        )  # fmt: skip
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._tree, 1)
        column.addWidget(self._empty, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self._panel)
        split.setSizes([480, 660])
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("phone", split)
        self.body.addWidget(split, 1)
        self._empty.hide()
        Refresher(self, ui.changes, ("phone_call", "inquiry", "inquiry_item", "therapist"), self.refresh)
        self._clock = self.startTimer(TICK_MS)

    def timerEvent(self, _event: object) -> None:
        """Look at the clock while the page is shown."""
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Ask for the calls again."""
        now = self.ui.now()

        def work(session: Session) -> tuple[tuple[QueuedCall, ...], int, Later]:
            return phone_queue(session, now=now), minutes_today(session, now=now), planned_later(session, now=now)

        self.ui.background.read(self, work, self._show, key="queue")

    def open_item(self, item_id: int) -> None:
        """Show one call."""
        self._wanted = item_id
        self._fill()

    def _show(self, found: tuple[tuple[QueuedCall, ...], int, Later]) -> None:
        self._calls, minutes, later = found
        now = sum(call.reach is Reach.NOW for call in self._calls)
        spoken = ntr(minutes, "heute {n} Minute telefoniert", "heute {n} Minuten telefoniert")
        parts = [ntr(now, "{n} Praxis jetzt erreichbar", "{n} Praxen jetzt erreichbar"), spoken]
        if later.first is not None:
            day = formats.day(office_day(later.first))
            more = ntr(later.calls, "später {n} Anruf", "später {n} Anrufe")
            parts.append(tr("{calls}, der nächste am {day}").format(calls=more, day=day))
        self._sum.setText(" · ".join(parts))
        self._fill()

    def _fill(self) -> None:
        shown = [call for call in self._calls if call.mine or not self._mine.isChecked()]
        blocked = self._tree.blockSignals(True)
        self._tree.clear()
        chosen: QTreeWidgetItem | None = None
        bold = self._tree.font()
        bold.setBold(True)
        for reach in Reach:
            part = [call for call in shown if call.reach is reach]
            if not part:
                continue
            top = QTreeWidgetItem([f"{label('reach', reach)} ({len(part)})", "", ""])
            top.setFont(0, bold)
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self._tree.addTopLevelItem(top)
            for call in part:
                item = QTreeWidgetItem([_name(call), _when(call), str(call.patients or "")])
                item.setData(0, Qt.ItemDataRole.UserRole, call.call_id)
                item.setToolTip(0, call.city)
                top.addChild(item)
                if call.call_id == self._wanted:
                    chosen = item
            top.setExpanded(True)
        self._tree.blockSignals(blocked)
        self._tree.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        if chosen is None and self._wanted is None:
            first = next((c for c in shown if c.status is CallStatus.IN_PROGRESS and c.mine), None) or next(
                iter(shown), None
            )
            if first is not None:
                self._wanted = first.call_id
                self._fill()
            else:
                self._panel.show_call(None)  # what was settled last must not look like a call under way
            return
        if chosen is not None:
            self._tree.setCurrentItem(chosen)
        there = next((c for c in self._calls if c.call_id == self._wanted), None)
        if there is None and self._wanted == self._panel.shown():
            self._ask_what_became(self._wanted)
            return
        self._told = None
        self._panel.show_call(there)

    def _ask_what_became(self, call_id: int | None) -> None:
        """The call one looks at left the list: somebody or something else settled it."""
        if call_id is None or call_id == self._told:
            return
        self._told = call_id

        def tell(fate: Fate) -> None:
            if self._panel.shown() == call_id and not self._panel.show_gone(fate):
                self._wanted = None
                self._fill()

        self.ui.background.read(self, lambda s: fate_of(s, call_id), tell, key="fate")

    def _on_selection(self) -> None:
        items = self._tree.selectedItems()
        number = items[0].data(0, Qt.ItemDataRole.UserRole) if items else None
        if isinstance(number, int) and number != self._wanted:
            self._wanted = number
            self._panel.show_call(next((c for c in self._calls if c.call_id == number), None))

    def _back_to(self, call_id: int) -> None:
        """A result was taken back: its call is on again."""
        self._wanted = call_id
        self.refresh()

    def _show_minutes(self) -> None:
        MinutesDialog(self, self.ui).open()

    def _go_on(self, call_id: int) -> None:
        """To the next call one can make now."""
        following = next_call(self._calls, call_id)
        self._wanted = following.call_id if following is not None else None
        self.refresh()


def _name(call: QueuedCall) -> str:
    mark = "↩ " if call.phone_tag else "☎ " if call.status is CallStatus.IN_PROGRESS else ""
    return f"{mark}{call.practice}"


def _when(call: QueuedCall) -> str:
    if not call.phone:
        return tr("Nummer falsch")
    if call.agreed:
        return (
            tr("um {time}").format(time=formats.time_of_day(call.planned_at))
            if call.reach is Reach.NOW
            else (formats.weekday_clock(call.planned_at))
        )
    if call.status is CallStatus.IN_PROGRESS:
        return tr("Anruf läuft")
    if call.phone_tag:
        return tr("rief zurück")
    if call.window is None:
        return tr("keine Zeit bekannt")
    if call.reach is Reach.NOW:
        return tr("bis {time}").format(time=f"{formats.local(call.window.end):%H:%M}")
    return formats.weekday_clock(call.window.start)
