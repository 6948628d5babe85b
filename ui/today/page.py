"""Heute: what wants doing, most pressing first. Enter or a double click opens the place to do it."""

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from domain.casework.agenda import HELD_UP, TURNED_OFF, Agenda, Task, TaskKind, agenda
from domain.person_admin import ActLine, latest_acts
from ui import formats, icons
from ui.admin.person_words import act_words
from ui.changes import Refresher
from ui.errors import describe_code
from ui.labels import label
from ui.mail.account_words import account_words
from ui.mail.batches.labels import label as batch_label
from ui.page import PageWidget
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import EmptyState
from ui.widgets.forms import label as words

CLOCK_MS = 60_000
TOLD = timedelta(days=7)  # how long supervisors read what an admin did with persons
ICONS = {
    TaskKind.BACKUP: "triangle-alert", TaskKind.MAIL_ACCOUNT: "triangle-alert", TaskKind.ACCOUNT_TROUBLE: "triangle-alert",
    TaskKind.REPLY: "inbox", TaskKind.REACHABLE: "phone",
    TaskKind.MAIL_TROUBLE: "triangle-alert", TaskKind.SEND_FAILED: "circle-alert",
    TaskKind.MAIL_OUTSIDE: "external-link",
    TaskKind.BATCH: "pause", TaskKind.WEEKLY_STATUS: "users", TaskKind.ACCEPTED: "heart-handshake",
    TaskKind.PLACE_FREE: "heart-handshake",
    TaskKind.TSS_CLOCK: "hourglass", TaskKind.INSURER_CLOCK: "hourglass",
    TaskKind.CALL_PLANNED: "phone", TaskKind.CALL_STUCK: "circle-alert", TaskKind.LETTER: "file-input",
    TaskKind.FOLLOW_UP: "clock", TaskKind.WAITLIST_DUE: "hourglass",
    TaskKind.NEEDS_INFO: "info", TaskKind.RESUBMISSION: "calendar", TaskKind.DRAFT_INQUIRY: "pencil",
    TaskKind.READY_PATIENT: "play", TaskKind.STALE_SEARCH: "refresh-cw",
    TaskKind.CHECK_PATIENT: "users", TaskKind.CHECK_THERAPIST: "stethoscope", TaskKind.RETENTION: "x",
}  # fmt: skip
FIELDS = {
    TaskKind.BACKUP: "backups",
    TaskKind.MAIL_ACCOUNT: "accounts",
    TaskKind.ACCOUNT_TROUBLE: "accounts",
    TaskKind.REPLY: "incoming",
    TaskKind.BATCH: "batch",
    TaskKind.WEEKLY_STATUS: "weekly",
    TaskKind.RETENTION: "retention",
    TaskKind.TSS_CLOCK: "evidence",
    TaskKind.INSURER_CLOCK: "evidence",
}  # where on its page a task is done
CHECKED_AT = {
    "name": "first_name", "birth_date": "birth_date", "age": "birth_date", "place": "plz", "insurance": "insurance_kind",
    "complaint": "diagnoses", "consent_storage": "consent", "consent_pseudonymous_inquiry": "consent",
    "guardian": "consent", "guardian_consent": "consent",
    "papers": "papers",
    "reach": "phone", "offers": "offers", "website": "website", "capacity": "capacity",
}  # fmt: skip
CHECKS = frozenset({TaskKind.CHECK_PATIENT, TaskKind.CHECK_THERAPIST})
TOPICS = (
    "incoming_email",
    "patient",
    "place_search",
    "inquiry",
    "inquiry_item",
    "email",
    "phone_call",
    "letter",
    "import",
    "batch",
    "office",
    "retention",
    "reimbursement_case",
    "therapist",
    "web_finding",
    "backup",
    "mail_account",
)


class TodayPage(PageWidget):
    """The agenda as a tree of kinds and tasks."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__(ui)
        self._head = words("", "title")
        self._sum = words("", "muted")
        self.body.addWidget(self._head)
        self.body.addWidget(self._sum)
        self._acts = words("", "muted")
        self._acts.setAccessibleName(tr("Was mit Personen geschah"))
        self._acts.hide()
        self.body.addWidget(self._acts)
        self._tree = QTreeWidget()
        self._tree.setAccessibleName(tr("Aufgaben heute"))
        self._tree.setHeaderLabels([tr("Aufgabe"), tr("Einzelheit"), tr("Fällig")])
        self._tree.setRootIsDecorated(False)
        self._tree.setUniformRowHeights(True)
        self._tree.setIndentation(24)
        self._tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._tree.header().setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        self._tree.header().resizeSection(2, 160)
        self._tree.header().setStretchLastSection(False)
        self._tree.itemActivated.connect(self._open)
        self.body.addWidget(self._tree, 1)
        self._empty = EmptyState(
            "circle-check",
            tr("Für heute ist alles getan."),
            tr("Neue Antworten und Fristen erscheinen hier von selbst."),
        )
        self._empty.hide()
        self.body.addWidget(self._empty, 1)
        Refresher(self, ui.changes, TOPICS, self.refresh)
        Refresher(self._acts, ui.changes, ("person",), self._ask_acts)
        clock = QTimer(self, interval=CLOCK_MS)
        clock.timeout.connect(self._on_clock)
        clock.start()

    def _on_clock(self) -> None:
        # windows open and close, and clocks lapse, without anybody's doing
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Ask for the day's tasks."""
        now = self.ui.now()
        self.ui.background.read(self, lambda session: agenda(session, now=now), self._show, key="agenda")
        self._ask_acts()

    def _ask_acts(self) -> None:
        since = self.ui.now() - TOLD
        self.ui.background.read(self, lambda s: latest_acts(s, since=since, limit=3), self._show_acts, key="acts")

    def _show_acts(self, acts: tuple[ActLine, ...]) -> None:
        """Supervisors hear what an admin did with persons; others are answered with nothing."""
        self._acts.setText("\n".join(act_words(act) for act in acts))
        self._acts.setVisible(bool(acts))

    def _show(self, found: Agenda) -> None:
        day = self.ui.today()
        self._head.setText(f"{formats.weekdays()[str(day.isoweekday())]}, {formats.day(day)}")
        total = sum(found.counts.values())
        self._sum.setText(ntr(total, "{n} Aufgabe wartet.", "{n} Aufgaben warten."))
        chosen = self._chosen()
        self._tree.clear()
        bold = self._tree.font()
        bold.setBold(True)
        for kind in TaskKind:
            tasks = [task for task in found.tasks if task.kind is kind]
            if not tasks:
                continue
            top = QTreeWidgetItem([f"{label('task', kind)} ({found.counts[kind]})", "", ""])
            top.setIcon(0, icons.icon(ICONS[kind], "accent"))
            top.setFont(0, bold)
            top.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self._tree.addTopLevelItem(top)
            for task in tasks:
                item = QTreeWidgetItem([self._title(task), self._detail(task), _due(task)])
                item.setData(0, Qt.ItemDataRole.UserRole, task)
                top.addChild(item)
                if chosen is not None and (task.kind, task.record_id) == (chosen.kind, chosen.record_id):
                    self._tree.setCurrentItem(item)
            top.setExpanded(True)
        self._tree.setVisible(bool(found.tasks))
        self._empty.setVisible(not found.tasks)

    @staticmethod
    def _title(task: Task) -> str:
        if task.kind is TaskKind.BACKUP:
            if not task.title:
                return tr("Es gibt noch keine geprüfte Sicherung.")
            when = formats.moment(datetime.fromisoformat(task.title))
            return tr("Die letzte geprüfte Sicherung ist vom {when}.").format(when=when)
        if task.kind is TaskKind.BATCH:
            return batch_label("kind", task.title)
        if task.kind is TaskKind.WEEKLY_STATUS:
            return ntr(int(task.title), "{n} Person mit laufender Suche", "{n} Personen mit laufender Suche")
        if task.kind is TaskKind.RETENTION:
            return ntr(int(task.title), "{n} Akte", "{n} Akten")
        return task.title

    def _detail(self, task: Task) -> str:
        if task.kind in {TaskKind.MAIL_ACCOUNT, TaskKind.ACCOUNT_TROUBLE, TaskKind.BACKUP}:
            return _led_to(task)
        if task.kind is TaskKind.BATCH:
            return batch_label("attention", task.detail)
        if task.detail.startswith(HELD_UP):
            waits = tr("Eine E-Mail an diese Praxis wartet, bis ihre Antwort gelesen ist")
            return f"{waits} · {task.detail.removeprefix(HELD_UP)}"
        if task.kind is TaskKind.PLACE_FREE:
            day = formats.local(task.due).date() if task.due is not None else self.ui.today()
            since = tr("Platz ist ab heute frei") if day == self.ui.today() else tr("Platz ist seit {day} frei")
            return f"{since.format(day=formats.day(day))} · {task.detail}"
        if task.kind is TaskKind.WEEKLY_STATUS:
            return tr("Mit Enter entsteht ein Sammelversand zum Durchsehen; gesendet wird noch nichts.")
        if task.kind is TaskKind.RETENTION:
            return tr("Mit Enter öffnet sich die Liste zum Durchsehen; gelöscht wird noch nichts.")
        if task.kind is TaskKind.MAIL_TROUBLE:
            stopped = task.detail.startswith("stopped.")
            return describe_code(task.detail) if stopped else label("email_status", task.detail)
        if task.kind is TaskKind.MAIL_OUTSIDE:
            return tr("{person} wollte sie selbst senden; bis dahin geht sie nicht von selbst.").format(
                person=task.detail or tr("Jemand")
            )
        if task.kind is TaskKind.TSS_CLOCK:
            return tr("Akutbehandlung, 14 Tage") if task.detail == "acute" else tr("35 Tage")
        if task.kind is TaskKind.CHECK_PATIENT:
            return ", ".join(label("patient_check", code) for code in task.detail.split())
        if task.kind is TaskKind.CHECK_THERAPIST:
            return ", ".join(label("therapist_check", code) for code in task.detail.split())
        if task.kind in {TaskKind.REACHABLE, TaskKind.CALL_PLANNED, TaskKind.CALL_STUCK}:
            return formats.phone(task.detail)
        return task.detail

    def _chosen(self) -> Task | None:
        item = self._tree.currentItem()
        task = item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None
        return task if isinstance(task, Task) else None

    def _open(self, item: QTreeWidgetItem) -> None:
        task = item.data(0, Qt.ItemDataRole.UserRole)
        if isinstance(task, Task):
            field = CHECKED_AT[task.detail.split()[0]] if task.kind in CHECKS else FIELDS.get(task.kind, "")
            self.ui.navigate(task.page, task.record_id, field)


def _led_to(task: Task) -> str:
    """What Enter leads to in Verwaltung."""
    if task.kind is TaskKind.MAIL_ACCOUNT:
        return tr("wartet auf Sie; führt zu {servers}").format(servers=task.detail)
    if task.kind is TaskKind.ACCOUNT_TROUBLE:
        return tr("Enter öffnet das Postkonto.") + " " + account_words(task.detail, task.due, task.server)
    if task.detail == TURNED_OFF:
        return tr("Die stündliche Sicherung ist ausgeschaltet; Enter zeigt unter „Verwaltung“, wo.")
    return tr("Enter zeigt unter „Verwaltung“, woran es liegt.")


def _due(task: Task) -> str:
    if task.kind is TaskKind.REACHABLE:
        return tr("bis {time}").format(time=f"{formats.local(task.due):%H:%M}") if task.due is not None else ""
    if task.kind is TaskKind.ACCOUNT_TROUBLE:
        return ""  # its moment is when it was last read
    timed = {TaskKind.MAIL_OUTSIDE, TaskKind.CALL_PLANNED, TaskKind.MAIL_TROUBLE, TaskKind.ACCEPTED, TaskKind.REPLY}
    return formats.moment(task.due) if task.kind in timed else formats.day(task.due)
