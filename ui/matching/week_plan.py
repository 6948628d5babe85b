"""Wochenplan: the contacts proposed for this week, each with its reason; a person accepts, skips or locks them."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from domain.casework.batches.gathering import Gathered, gather_plan
from domain.casework.preparing import preview
from domain.casework.sending import undo_sending
from domain.casework.week_plan import (
    Proposal,
    accept,
    give_line_back,
    lock,
    monday_of,
    propose,
    release_line,
    save,
    skip,
)
from domain.communication.leaving import Leaving, inquiry_leaving
from domain.database import Session
from domain.matching.week_listing import PlanLineRow, WeekSummary, list_plan_lines, week_summary
from domain.values import Channel
from ui import formats
from ui.changes import Refresher
from ui.errors import describe
from ui.labels import label
from ui.mail.batches.gathered import gathered_words, show_elsewhere
from ui.mail.leaving import inquiry_sent
from ui.matching.preview import preview_name, preview_text
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.columns import Column
from ui.widgets.forms import Field, NumberField, button, row
from ui.widgets.forms import label as words
from ui.widgets.paged_table import PagedTable

CHIPS = {"proposed": "neutral", "locked": "info", "skipped": "warning", "accepted": "success"}
MOST_MAILS, MOST_MINUTES = 20_000, 30_000  # what smallint in the office's settings holds, and more than a week has


class WeekPlanView(QWidget):
    """The week's lines and what can be done to each; planning runs in the background."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._filled = False
        self._figures = words(tr("Für diese Woche gibt es noch keinen Plan."), "heading")
        self._figures.setWordWrap(True)
        self._quality = words("", "muted")
        self._mails = _number(tr("E-Mails in dieser Woche"), MOST_MAILS)
        self._minutes = _number(tr("Minuten am Telefon in dieser Woche"), MOST_MINUTES)
        self._plan = button(tr("Woche &planen"), self.plan, role="primary", icon="calendar")
        self._accept = button(tr("A&nnehmen"), self._on_accept, icon="check")
        self._all = button(tr("A&lle im Sammelversand …"), self._on_batch, icon="send")
        self._skip = button(tr("Ü&berspringen"), self._on_skip, icon="x")
        self._lock = button(tr("&Festhalten"), self._on_lock, icon="save")
        self._back = button(tr("&Zurückholen"), self._on_back, icon="undo-2")
        self._letter = QPlainTextEdit()
        self._letter.setReadOnly(True)
        self._letter.setPlaceholderText(tr("Wählen Sie eine Zeile, um zu lesen, was die Praxis liest oder hört."))
        self._letter.setAccessibleName(preview_name(Channel.EMAIL))
        self.table = PagedTable(
            name="week_plan",
            title=tr("Wochenplan"),
            background=ui.background,
            fetch=lambda session, query: list_plan_lines(session, query, monday=self._monday()),
            columns=(
                Column(tr("Praxis"), 0, text=lambda r: r.therapist, second=_city, sort="therapist"),
                Column(tr("Für"), 0, text=_people, second=lambda r: r.patients, tooltip=lambda r: r.patients),
                Column(tr("Weg"), 104, text=_way, second=_when, sort="slot"),
                Column(tr("Warum"), 158, text=self._reason, second=self._second_reason, sort="order"),
                Column(tr("Zusage"), 76, text=lambda r: formats.share(r.probability), right=True, sort="chance"),
                Column(
                    tr("Stand"), 152, chip=lambda r: (label("plan_status", r.status), CHIPS[r.status]), sort="status"
                ),
            ),
            row_id=lambda record: record.line_id,
            empty=tr("Noch nichts geplant. „Woche planen“ schlägt vor, wen Sie in dieser Woche für wen fragen."),
            state=ui.state,
            sort=("order", True),
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addWidget(self._figures)
        outer.addWidget(self._quality)
        outer.addWidget(
            row(
                Field(tr("E-Mails"), self._mails), Field(tr("Minuten am Telefon"), self._minutes), Field("", self._plan)
            )
        )
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.table)
        split.addWidget(self._letter)
        split.setSizes([860, 264])
        split.setChildrenCollapsible(False)
        ui.state.bind_splitter("week_plan", split)
        outer.addWidget(split, 1)
        outer.addWidget(row(self._accept, self._skip, self._lock, self._back, self._all))
        self.table.selected.connect(lambda _: self._offer())
        self.table.activated.connect(lambda _: self._on_accept())
        self.table.model.modelReset.connect(self._offer)
        shortcut = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self._on_skip)
        Refresher(self, ui.changes, ("week_plan", "plan_line", "place_search", "inquiry"), self.refresh)
        self._offer()

    def _monday(self) -> date:
        return monday_of(self._ui.today())

    def refresh(self) -> None:
        """Lines and figures again."""
        self.table.refresh()
        monday = self._monday()
        self._ui.background.read(self, lambda s: week_summary(s, monday), self._show, key="week")

    def _show(self, week: WeekSummary | None) -> None:
        if week is None:
            return
        if not self._filled:  # what somebody is typing stays
            self._filled = True
            self._mails.setValue(week.mails)
            self._minutes.setValue(week.minutes)
        self._plan.setText(tr(" Neu planen"))
        parts = [
            ntr(week.mail_lines, "{n} E-Mail", "{n} E-Mails"),
            ntr(week.call_lines, "{n} Anruf", "{n} Anrufe"),
            ntr(week.people, "für {n} Menschen", "für {n} Menschen"),
        ]
        self._figures.setText(tr("Woche ab {day}: ").format(day=formats.day(week.monday)) + ", ".join(parts))
        self._quality.setText(
            tr(
                "Zu erwarten: {expected} mit mindestens einer Zusage. Kein anderer Plan wäre um mehr als {gap} besser."
                " {accepted} angenommen. Geplant {at}."
            ).format(
                expected=ntr(round(week.expected), "{n} Mensch", "{n} Menschen"),
                gap=f"{week.gap * 100:.1f} %".replace(".", ","),
                accepted=week.accepted,
                at=formats.moment(week.planned_at),
            )
        )

    def _reason(self, line: PlanLineRow) -> str:
        if line.waiting_since is None:
            return "–"
        urgent = ntr(line.urgent, "{n} dringend, ", "{n} dringend, ") if line.urgent else ""
        return urgent + tr("wartet {time}").format(time=formats.waiting_short(line.waiting_since, self._ui.today()))

    @staticmethod
    def _second_reason(line: PlanLineRow) -> str:
        if line.gain >= 1:  # the floor for those waiting longest (domain/planning)
            return tr("wartet am längsten")
        return tr("bringt {gain} Plätze").format(gain=f"{line.gain:.2f}".replace(".", ","))

    def plan(self) -> None:
        """Propose anew: reading and computing first, then writing."""
        mails = self._mails.value() if self._filled else None
        minutes = self._minutes.value() if self._filled else None
        self._propose(mails, minutes, refill=False)

    def _propose(self, mails: int | None, minutes: int | None, *, refill: bool) -> None:
        now = self._ui.now()
        self._plan.setEnabled(False)
        if not refill:
            self._ui.messages.info(tr("Der Wochenplan wird berechnet. Sie können weiterarbeiten."))
        self._ui.background.read(
            self,
            lambda s: propose(s, now=now, mails=mails, minutes=minutes, refill=refill),
            self._save,
            self._refused,
            key="propose",
        )

    def _save(self, proposal: Proposal) -> None:
        now = self._ui.now()
        self._ui.background.write(
            self, lambda s: save(s, proposal, now=now), lambda _: self._saved(proposal), self._refused
        )

    def _saved(self, proposal: Proposal) -> None:
        self._plan.setEnabled(True)
        self._filled = False
        if not proposal.refill:
            self._ui.messages.success(tr("Der Wochenplan steht. Prüfen Sie die Zeilen und nehmen Sie sie an."))
        self.refresh()

    def _refused(self, error: Exception) -> None:
        self._plan.setEnabled(True)
        self._ui.messages.error(describe(error))

    def _offer(self) -> None:
        """Only what the chosen line allows."""
        line: PlanLineRow | None = self.table.current()
        status = line.status if line is not None else ""
        if line is None and self.table.model.row_at(0) is not None:
            self.table.select_first()  # its letter is there to read at once; this comes here again
            return
        self._accept.setEnabled(status in {"proposed", "locked"})
        self._skip.setEnabled(status in {"proposed", "locked"})
        self._lock.setEnabled(status == "proposed")
        self._back.setEnabled(status in {"locked", "skipped"})
        self._all.setEnabled(self.table.model.total > 0)
        if line is None:
            self._letter.setPlainText("")
        elif line.status != "accepted":
            chosen, channel, now = line, Channel(line.channel), self._ui.now()
            self._letter.setAccessibleName(preview_name(channel))
            self._ui.background.read(
                self,
                lambda s: preview(s, chosen.therapist_id, chosen.search_ids, now=now, channel=channel),
                lambda letter: self._letter.setPlainText(preview_text(letter, channel)),
                key="letter",
            )
        else:
            self._letter.setPlainText(tr("{people}: {names}").format(people=_people(line), names=line.patients))

    def _decide(self, work: Callable[[Session, PlanLineRow], object], done: Callable[[], None]) -> None:
        line: PlanLineRow | None = self.table.current()
        if line is not None:
            chosen = line
            self._ui.background.write(self, lambda s: work(s, chosen), lambda _: done())

    def _on_skip(self) -> None:
        self._decide(
            lambda s, line: skip(s, line.line_id, version=line.version),
            lambda: self._propose(None, None, refill=True),
        )

    def _on_lock(self) -> None:
        self._decide(lambda s, line: lock(s, line.line_id, version=line.version), lambda: None)

    def _on_back(self) -> None:
        self._decide(lambda s, line: release_line(s, line.line_id, version=line.version), lambda: None)

    def _on_accept(self) -> None:
        line: PlanLineRow | None = self.table.current()
        if line is None or line.status not in {"proposed", "locked"}:
            return
        now, chosen = self._ui.now(), line

        def work(session: Session) -> tuple[int, Leaving | None]:
            made = accept(session, chosen.line_id, now=now, version=chosen.version)
            return made, inquiry_leaving(session, made, now=now)

        self._ui.background.write(self, work, lambda made: self._accepted(made[0], chosen, made[1]))

    def _accepted(self, inquiry_id: int, line: PlanLineRow, leaving: Leaving | None) -> None:
        phone = line.channel == "phone"
        now = self._ui.now()
        said = inquiry_sent(Channel(line.channel), leaving, now)

        def take_back(session: Session) -> None:
            undo_sending(session, inquiry_id, now=now)
            give_line_back(session, line.line_id)

        def undo() -> None:
            done = tr("Zurückgeholt; nichts wurde gesendet. Die Zeile wartet wieder.")
            self._ui.background.write(self, take_back, lambda _: self._ui.messages.info(done))

        seconds = (leaving.at - now).total_seconds() if leaving is not None and leaving.at is not None else 0
        if phone or seconds > 0:
            self._ui.messages.undoable(said, undo, seconds=None if phone else seconds)
        else:
            self._ui.messages.success(said)

    def _on_batch(self) -> None:
        """All open lines of the week as a batch to look through; nothing is sent yet."""
        monday = self._monday()
        self._ui.background.write(
            self,
            lambda s: gather_plan(s, monday=monday),
            self._gathered,
            lambda error: show_elsewhere(self._ui, error, self._show_batch),
        )

    def _gathered(self, gathered: Gathered) -> None:
        self._show_batch(gathered.batch_id)
        self._ui.messages.info(gathered_words(gathered))

    def _show_batch(self, batch_id: int) -> None:
        self._ui.navigate("mail", batch_id, "batch")


def _number(name: str, most: int) -> NumberField:
    control = NumberField(name, 0, most)
    control.setMinimumWidth(96)
    return control


def _city(line: PlanLineRow) -> str:
    return " · ".join(part for part in (line.city, formats.distance(line.nearest_km)) if part)


def _people(line: PlanLineRow) -> str:
    return ntr(line.count, "{n} Person", "{n} Personen")


def _way(line: PlanLineRow) -> str:
    return label("channel", line.channel)


def _when(line: PlanLineRow) -> str:
    if line.channel == "email":
        return ""
    return formats.weekday_clock(line.slot_at) if line.slot_at is not None else tr("Zeit offen")
