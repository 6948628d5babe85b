"""One batch: before its release to look through, then its progress, with Pause, Weiter and Zurückholen."""

from collections.abc import Callable

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from domain.casework.batches.forecast import Forecast, forecast
from domain.casework.batches.listing import BatchRow, Ways, count_ways, get_batch
from domain.casework.batches.steering import leave_out, pause, put_back, release, resume, take_back
from domain.database import Session
from ui.errors import describe
from ui.mail.batches.lines import BatchLines
from ui.mail.batches.runner import BatchRunner
from ui.mail.batches.wording import (
    draft_figures,
    figures,
    leaving,
    origin,
    released_words,
    send_label,
    send_words,
    state_chip,
    time_left,
    title,
)
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.chips import Chip
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words

Shown = tuple[BatchRow, Ways, Forecast]


class BatchView(QWidget):
    """Buttons offer what the state allows; the runner does what takes long."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._wanted: int | None = None
        self._batch: BatchRow | None = None
        self._ways = Ways(0, 0, 0)
        self._releasing: set[int] = set()  # every line of theirs is looked at once more; nobody sends them twice
        self._runner = BatchRunner(ui, self)
        self._title = words("", "heading")
        self._chip = Chip()
        self._figures = words("", "muted")
        self._time = words("", "muted")
        self._hints = words("", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setAccessibleName(tr("Fortschritt des Sammelversands"))
        self._lines = BatchLines(ui)
        self._send = button("", self._on_send, role="primary", icon="send")
        self._pause = button(tr("&Pause"), self._on_pause, icon="pause")
        self._go_on = button(tr("&Weiter"), self._on_resume, role="primary", icon="play")
        self._back = button(tr("&Zurückholen"), self._on_back, icon="undo-2")
        self._drop = button(tr("&Verwerfen"), self._on_drop, icon="x")
        self._out = button(tr("&Herausnehmen"), self._on_out, icon="ban")
        self._in = button(tr("Wieder auf&nehmen"), self._on_in, icon="plus")
        self._open = button(tr("Ö&ffnen"), self._on_open, icon="external-link")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(row(self._title, self._chip))
        for widget in (self._figures, self._bar, self._time, self._hints):
            outer.addWidget(widget)
        outer.addWidget(self._lines, 1)
        acts = (self._send, self._go_on, self._pause, self._back, self._drop, self._out, self._in)
        outer.addWidget(row(*acts, self._open))
        for act in acts:
            act.hide()  # never all at once: together they would be wider than a small screen
        self._lines.chosen.connect(self._offer_line)
        self._lines.removed.connect(self._on_out)
        self._lines.opened.connect(self._on_open)
        self._lines.hindered.connect(self._show_hindered)
        self._lines.checked.connect(self.refresh)
        self._runner.stopped.connect(lambda _: self.refresh())

    def show_batch(self, batch_id: int) -> None:
        """Open a batch."""
        if batch_id != self._wanted:
            self._wanted, self._batch = batch_id, None
        self.refresh()

    def follow(self) -> None:
        """Something changed in the database."""
        self.refresh()
        if self._batch is not None and self._batch.state == "draft":
            self._lines.check_hindered()

    def refresh(self) -> None:
        """Ask for the batch again."""
        number, now, stopped = self._wanted, self._ui.now(), self._lines.stopped()
        if number is None:
            return

        def work(session: Session) -> Shown:
            batch = get_batch(session, number)
            draft = batch.state == "draft"
            ways = count_ways(session, number, without=stopped)
            mails = ways.mails if draft else batch.open + batch.waiting + batch.sending
            return batch, ways, forecast(session, mails, now=now, under_way=not draft)

        self._ui.background.read(self, work, self._show, key="batch")

    def _show(self, shown: Shown) -> None:
        batch, self._ways, told = shown
        before, self._batch = self._batch, batch
        self._title.setText(f"{title(batch)} – {origin(batch)}")
        self._chip.show_state(*state_chip(batch))
        draft, over = batch.state == "draft", batch.sent + batch.failed + batch.unclear
        self._figures.setText(
            draft_figures(self._ways, batch.left_out, batch.open - self._ways.all) if draft else figures(batch)
        )
        self._bar.setVisible(batch.state in {"running", "paused"})
        self._bar.setRange(0, max(1, over + batch.open + batch.waiting + batch.sending))
        self._bar.setValue(over)
        self._time.setText(self._time_words(batch, told))
        self._time.setVisible(bool(self._time.text()))
        if not draft:
            self._hints.setText("")
        self._hints.setVisible(bool(self._hints.text()))
        sends = send_words(self._ways)
        self._send.setText(f" {send_label(self._ways)}")
        self._send.setAccessibleName(sends.replace("&", ""))
        self._send.setToolTip(sends.replace("&", ""))
        self._offer(batch)
        if before is None or before != batch:
            self._lines.show_batch(batch.batch_id)
            if draft:
                self._lines.check()

    def _time_words(self, batch: BatchRow, told: Forecast) -> str:
        now = self._ui.now()
        if batch.state == "draft":
            return leaving(told, self._ways.mails, now)
        if batch.state == "paused":
            return tr("Angehalten: Von den wartenden E-Mails geht keine hinaus, bis jemand „Weiter“ drückt.")
        if batch.state != "running":
            return ""
        if batch.open and not self._runner.works_on(batch.batch_id):
            return tr(
                "Unterbrochen: Drücken Sie „Weiter“, dann werden die übrigen geschrieben. Niemand wird doppelt angefragt."
            )
        return time_left(told, now)

    def _offer(self, batch: BatchRow) -> None:
        draft, running = batch.state == "draft", batch.state == "running"
        busy = self._runner.works_on(batch.batch_id)
        self._send.setVisible(draft)
        self._send.setEnabled(self._ways.all > 0 and batch.batch_id not in self._releasing)
        self._drop.setVisible(draft)
        self._pause.setVisible(running)
        cut = batch.open > 0 and running and not busy
        self._go_on.setVisible(batch.state == "paused" or cut)
        here = batch.open + batch.waiting + batch.failed
        # taking back that was cut goes on where it was
        self._back.setVisible(batch.released_at is not None and here > 0)
        self._back.setEnabled(not (busy and batch.state == "taken_back"))
        self._offer_line()

    def _offer_line(self) -> None:
        line = self._lines.current()
        draft = self._batch is not None and self._batch.state == "draft"
        self._out.setVisible(draft)
        self._in.setVisible(draft)
        self._out.setEnabled(line is not None and line.status == "open")
        self._in.setEnabled(line is not None and line.status == "left_out")
        self._open.setEnabled(line is not None)

    def _show_hindered(self, count: int) -> None:
        self._hints.setText(
            ntr(
                count,
                "Bei {n} Zeile steht etwas im Weg; was nicht geht, wird beim Senden ausgelassen und genannt.",
                "Bei {n} Zeilen steht etwas im Weg; was nicht geht, wird beim Senden ausgelassen und genannt.",
            )
            if count
            else ""
        )
        self._hints.setVisible(bool(count))

    def _write(self, work: Callable[[Session, BatchRow], object], done: Callable[[BatchRow], None]) -> None:
        batch = self._batch
        if batch is not None:
            self._ui.background.write(self, lambda s: work(s, batch), lambda _: done(batch))

    def _on_send(self) -> None:
        """What leaves is no more than the button says; the message says what was released."""
        batch, now, shown = self._batch, self._ui.now(), self._ways
        if batch is None or batch.batch_id in self._releasing:
            return
        self._releasing.add(batch.batch_id)
        self._offer(batch)

        def done(ways: Ways) -> None:
            self._releasing.discard(batch.batch_id)
            said = released_words(ways, batch.open - ways.all)
            self._runner.make(batch.batch_id)
            self._ui.messages.undoable(said, lambda: self._take_back(batch.batch_id))
            self.refresh()

        def refused(error: Exception) -> None:
            self._releasing.discard(batch.batch_id)
            self._ui.messages.error(describe(error))
            self._lines.check()
            self.refresh()

        self._ui.background.write(
            self,
            lambda s: release(s, batch.batch_id, now=now, version=batch.version, shown=shown),
            done,
            refused,
        )

    def _on_pause(self) -> None:
        self._write(lambda s, batch: pause(s, batch.batch_id), lambda _: self.refresh())

    def _on_resume(self) -> None:
        now = self._ui.now()

        def work(session: Session, batch: BatchRow) -> None:
            if batch.status == "paused":
                resume(session, batch.batch_id, now=now)

        def done(batch: BatchRow) -> None:
            self._runner.make(batch.batch_id)
            self.refresh()

        self._write(work, done)

    def _on_back(self) -> None:
        if self._batch is not None:
            self._take_back(self._batch.batch_id)

    def _take_back(self, batch_id: int) -> None:
        """Hold all at once, then cancel line by line; a second time only what a cut left."""

        def work(session: Session) -> None:
            if get_batch(session, batch_id).status != "taken_back":
                take_back(session, batch_id)

        def done(_: object) -> None:
            self._runner.take_back(batch_id)
            self._ui.messages.info(
                tr(
                    "Wird zurückgeholt. Was noch nicht gesendet oder gedruckt ist, geht nicht mehr hinaus; gedruckte Briefe gelten weiter."
                )
            )

        self._ui.background.write(self, work, done)

    def _on_drop(self) -> None:
        self._write(
            lambda s, batch: take_back(s, batch.batch_id),
            lambda _: self._ui.messages.info(tr("Verworfen; nichts wurde gesendet.")),
        )

    def _on_out(self) -> None:
        line = self._lines.current()
        if line is not None and line.status == "open":
            self._write(lambda s, batch: leave_out(s, batch.batch_id, [line.line_id]), lambda _: self.refresh())

    def _on_in(self) -> None:
        line = self._lines.current()
        if line is not None:
            self._write(lambda s, batch: put_back(s, batch.batch_id, [line.line_id]), lambda _: self.refresh())

    def _on_open(self) -> None:
        line = self._lines.current()
        if line is None:
            return
        if line.email_id is not None:
            self._ui.navigate("mail", line.email_id)
        elif line.inquiry_id is not None:
            self._ui.navigate("inquiries", line.inquiry_id)
        elif line.patient_id is not None:
            self._ui.navigate("patients", line.patient_id)
        else:
            self._ui.navigate("therapists", line.therapist_id)
