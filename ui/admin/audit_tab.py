"""Who changed or opened what: the audit, filtered by person, act, record and day. It shows no contents."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from domain.audit_listing import AuditActors, AuditLine, audit_actors, list_audit
from ui import formats
from ui.admin.audit_words import field_words
from ui.labels import label, labels
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.typed import Unreadable
from ui.widgets.columns import Column
from ui.widgets.forms import Choice, DateField, EmptyState, Field, button, row
from ui.widgets.forms import label as words
from ui.widgets.paged_table import PagedTable


class AuditTab(QWidget):
    """The filters above, the entries below, the newest first."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        every = {"": tr("alle")}
        self.who = Choice(every, tr("Wer"))
        self.operation = Choice(every | labels("audit_operation"), tr("Was geschah"))
        kinds = dict(sorted(labels("audit_table").items(), key=lambda kind: kind[1].casefold()))
        self.kind = Choice(every | kinds, tr("Woran"))
        self.number = QLineEdit()
        self.number.setPlaceholderText(tr("alle"))
        self.number.setMaximumWidth(90)
        self._number = Field(tr("Nr."), self.number)
        self.who.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self.who.setMinimumWidth(150)
        self.since, self.until = DateField(tr("Ab Tag")), DateField(tr("Bis Tag"))
        self._since, self._until = Field(tr("Ab Tag"), self.since), Field(tr("Bis Tag"), self.until)
        self._all = button(tr("&Alles zeigen"), self._show_all)
        self.count = words("", "muted")
        self.table = PagedTable(
            name="audit",
            title=tr("Protokoll"),
            background=ui.background,
            fetch=list_audit,
            columns=_columns(),
            row_id=lambda line: line.id,
            empty=tr("Kein Eintrag gefunden."),
            state=ui.state,
            sort=("at", True),
        )
        self._filters = row(
            Field(tr("Wer"), self.who), Field(tr("Was geschah"), self.operation), Field(tr("Woran"), self.kind),
            self._number, self._since, self._until, self._all,
        )  # fmt: skip
        filters = self._filters.layout()
        assert filters is not None
        filters.setAlignment(self._all, Qt.AlignmentFlag.AlignBottom)
        self._closed = EmptyState(
            "info",
            tr("Nur für Leitung und Prüfung"),
            tr(
                "Wer was geändert oder geöffnet hat, sehen die Leitung des Büros und wer prüft; Inhalte zeigt es niemandem."
            ),
        )
        self._closed.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self._filters)
        column.addWidget(self.count)
        column.addWidget(self.table, 1)
        column.addWidget(self._closed, 1)
        for choice in (self.who, self.operation, self.kind):
            choice.activated.connect(lambda _: self._ask())
        for line in (self.number, self.since, self.until):
            line.editingFinished.connect(self._ask)
        self.table.widen.connect(self._show_all)
        self.table.counted.connect(
            lambda n: self.count.setText(ntr(n, "{n} Eintrag", "{n} Einträge").replace(str(n), formats.thousands(n)))
        )

    def refresh(self) -> None:
        """The people again, and what is chosen; while nobody looks, nothing is counted."""
        if self.isVisible():
            self._ui.background.read(self, audit_actors, self._show, key="actors")

    def show_record(self, kind: str, number: int) -> None:
        """Who opened or changed this one record, whoever it was and whenever."""
        self._clear()
        self.kind.choose(kind)
        self.number.setText(str(number))
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        self.refresh()

    def _show(self, actors: AuditActors) -> None:
        may = actors.people is not None
        for widget in (self._filters, self.count, self.table):
            widget.setVisible(may)
        self._closed.setVisible(not may)
        if actors.people is None:
            return
        chosen = self.who.code()
        self.who.clear()
        for login, name in (("", tr("alle")), *actors.people):
            self.who.addItem(name, login)
        self.who.choose(chosen)
        self._ask()

    def _show_all(self) -> None:
        self._clear()
        self._ask()

    def _clear(self) -> None:
        for choice in (self.who, self.operation, self.kind):
            choice.choose("")
        self.number.clear()
        self.since.show_date(None)
        self.until.show_date(None)

    def _ask(self) -> None:
        filters = {"actor": self.who.code(), "operation": self.operation.code(), "table_name": self.kind.code()}
        for key, field, of in (("since", self.since, self._since), ("until", self.until, self._until)):
            try:
                day = field.date()
            except Unreadable as unreadable:
                of.complain(str(unreadable))
                return
            of.complain("")
            filters[key] = day.isoformat() if day is not None else ""
        filters["row_id"] = self.number.text().strip()
        if filters["row_id"] and not re.fullmatch(r"[0-9]{1,18}", filters["row_id"]):
            self._number.complain(tr("Nur Ziffern."))
            return
        self._number.complain("")
        self.table.show_query(filters=filters, narrowed=any(filters.values()))


def _columns() -> tuple[Column, ...]:
    return (
        Column(tr("Wann"), 150, sort="at", text=lambda line: formats.moment(line.at)),
        Column(tr("Wer"), 170, text=lambda line: line.who),
        Column(tr("Was"), 100, text=lambda line: label("audit_operation", line.operation)),
        Column(tr("Woran"), 230, text=_record),
        Column(tr("Felder"), 0, text=lambda line: field_words(line.table_name, line.columns)),
    )


def _record(line: AuditLine) -> str:
    return tr("{kind} Nr. {number}").format(kind=label("audit_table", line.table_name), number=line.row_id)
