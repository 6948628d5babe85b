"""Sammelversand in Post: the office's batches at the left, one of them at the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from domain.casework.batches.gathering import Gathered, gather_weekly
from domain.casework.batches.listing import BatchRow, list_batches
from domain.casework.batches.weekly import count_left_out, count_reasons
from domain.database import Session
from domain.errors import Invalid
from ui import formats
from ui.mail.batches.detail import BatchView
from ui.mail.batches.gathered import gathered_words, left_out_words, nobody_words, show_elsewhere
from ui.mail.batches.labels import label
from ui.mail.batches.wording import figures, origin, state_chip, title
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.columns import Column
from ui.widgets.forms import EmptyState, button, row
from ui.widgets.paged_table import PagedTable


class BatchPane(QWidget):
    """List and batch; new ones are gathered here, in Vermittlung and in Anfragen."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._table = PagedTable(
            name="batches",
            title=tr("Sammelversände"),
            background=ui.background,
            fetch=list_batches,
            columns=(
                Column(tr("Versand"), 0, text=_short, second=_when, tooltip=_tip, sort="created"),
                Column(tr("Stand"), 110, chip=state_chip, sort="state"),
            ),
            row_id=lambda record: record.batch_id,
            empty=tr(
                "Noch nichts gesendet. Im Wochenplan und bei den fälligen Erinnerungen beginnt ein Sammelversand."
            ),
            state=ui.state,
            sort=("created", True),
        )
        weekly = button(tr("&Stand der Suche …"), self.gather_weekly, icon="users")
        weekly.setToolTip(tr("Allen mit laufender Suche schreiben, wie sie steht; höchstens einmal in der Woche"))
        self._view = BatchView(ui)
        self._right = QStackedWidget()
        self._right.addWidget(
            EmptyState(
                "send",
                tr("Kein Sammelversand ausgewählt"),
                tr("Wählen Sie links einen, um seine E-Mails durchzusehen oder ihn anzuhalten."),
            )
        )
        self._right.addWidget(self._view)
        left = QWidget()
        left.setMinimumWidth(290)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._table, 1)
        column.addWidget(row(weekly))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self._right)
        split.setSizes([310, 830])
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("batches", split)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)
        self._table.selected.connect(self._open)

    def refresh(self) -> None:
        """List and open batch again."""
        self._table.refresh()
        self._view.follow()

    def show_batch(self, batch_id: int) -> None:
        """Open one."""
        self._table.select(batch_id)
        self._table.refresh()
        self._open(batch_id)

    def gather_weekly(self) -> None:
        """A batch of those who are to hear this week how their search stands; says who hears nothing, and why."""
        now = self._ui.now()

        def work(session: Session) -> tuple[Gathered, dict[str, int]]:
            return gather_weekly(session, now=now), count_left_out(session, now=now)

        def done(found: tuple[Gathered, dict[str, int]]) -> None:
            gathered, left_out = found
            told = " ".join((gathered_words(gathered), *left_out_words(left_out)))
            self._ui.messages.info(told)
            self.show_batch(gathered.batch_id)

        def refused(error: Exception) -> None:
            if not (isinstance(error, Invalid) and error.code == "batch.nothing"):
                show_elsewhere(self._ui, error, self.show_batch)
                return
            self._ui.background.read(
                self,
                lambda s: count_reasons(s, now=now),
                lambda reasons: self._ui.messages.info(nobody_words(reasons)),
            )

        self._ui.background.write(self, work, done, refused)

    def _open(self, batch_id: int) -> None:
        self._right.setCurrentIndex(1)
        self._view.show_batch(batch_id)


def _short(batch: BatchRow) -> str:
    return f"{label('kind', batch.kind)} ({batch.lines})"


def _when(batch: BatchRow) -> str:
    return formats.moment(batch.released_at or batch.created_at)


def _tip(batch: BatchRow) -> str:
    return f"{title(batch)}\n{origin(batch)}\n{figures(batch)}"
