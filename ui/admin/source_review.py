"""What a source would change, record by record: taken over with or without single ones, discarded, or left for later."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from domain.casework.imports import ImportReport
from domain.casework.source_review import discard, review, take_over
from domain.therapists.changes import Became, Choice, FieldChange, RecordChange
from ui.errors import describe, describe_row
from ui.labels import label
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words

MOST = 2000  # rows shown; who has more reads them in the list of therapists afterwards
TAKEN = (Became.NEW, Became.CHANGED, Became.MOVED)


class SourceReviewDialog(QDialog):
    """A trial run shown as a tree; nothing is written before "Übernehmen"."""

    def __init__(self, parent: QWidget, ui: UiContext, name: str, run_id: int) -> None:
        super().__init__(parent)
        self._ui, self._run_id = ui, run_id
        self.setWindowTitle(tr("Änderungen aus „{name}“").format(name=name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(860, 560)
        self._facts = words(tr("Der Probelauf läuft …"), "muted")
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(tr("Änderungen"))
        self.tree.setColumnCount(3)
        self.tree.setHeaderLabels([tr("Wer"), tr("Was"), tr("Ort")])
        self.tree.setColumnWidth(0, 300)
        self.tree.setColumnWidth(1, 320)
        self._take = button(tr("Ü&bernehmen"), self._on_take, role="primary", icon="check")
        self._drop = button(tr("&Nichts übernehmen"), self._on_drop, icon="x")
        column = QVBoxLayout(self)
        column.addWidget(self._facts)
        column.addWidget(self.tree, 1)
        column.addWidget(row(self._take, self._drop, button(tr("&Später"), self.reject)))
        self._enable(on=False)
        now, today = ui.now(), ui.today()
        ui.background.read(self, lambda s: review(s, run_id, now=now, today=today), self._show, self._refused)

    def _show(self, report: ImportReport) -> None:
        wanted = [change for change in report.changes if change.became in TAKEN]
        gone = sum(change.became is Became.GONE for change in report.changes)
        said = [
            tr("{a} neu, {b} geändert, {c} unverändert, {d} abgelehnt.").format(
                a=report.imported, b=report.updated, c=report.unchanged, d=len(report.rejected)
            )
        ]
        if gone:
            said.append(
                ntr(gone, "{n} Person steht nicht mehr dort; sie bleibt unverändert.",
                    "{n} Personen stehen nicht mehr dort; sie bleiben unverändert.")
            )  # fmt: skip
        if report.cut:
            said.append(tr("Die Liste ist abgeschnitten; engere Postleitzahlen bringen mehr."))
        if len(wanted) > MOST:
            said.append(tr("Gezeigt werden die ersten {n}.").format(n=MOST))
        self._facts.setText(" ".join(said))
        for change in wanted[:MOST]:
            self.tree.addTopLevelItem(_item(change))
        for error in report.rejected[:MOST]:
            line = QTreeWidgetItem([tr("Eintrag {row}").format(row=error.row), describe_row(error.reason)])
            self.tree.addTopLevelItem(line)
        self._enable(on=True)
        self._take.setEnabled(bool(wanted))

    def _on_take(self) -> None:
        unwanted = frozenset(
            int(item.data(0, Qt.ItemDataRole.UserRole))
            for item in map(self.tree.topLevelItem, range(self.tree.topLevelItemCount()))
            if item is not None
            and item.data(0, Qt.ItemDataRole.UserRole)
            and item.checkState(0) is Qt.CheckState.Unchecked
        )
        now, today, choice = self._ui.now(), self._ui.today(), Choice(skipped_rows=unwanted)
        self._enable(on=False)
        self._ui.background.write(
            self, lambda s: take_over(s, self._run_id, now=now, today=today, choice=choice), self._taken, self._refused
        )

    def _taken(self, report: ImportReport) -> None:
        self._ui.messages.success(tr("Übernommen: {a} neu, {b} geändert.").format(a=report.imported, b=report.updated))
        self.accept()

    def _on_drop(self) -> None:
        self._enable(on=False)

        def dropped(_: object) -> None:
            self._ui.messages.info(tr("Nichts übernommen. Neues aus dieser Quelle wird wieder gezeigt."))
            self.accept()

        self._ui.background.write(self, lambda s: discard(s, self._run_id), dropped, self._refused)

    def _refused(self, error: Exception) -> None:
        self._facts.setText(describe(error))

    def _enable(self, *, on: bool) -> None:
        self._take.setEnabled(on)
        self._drop.setEnabled(on)


def _item(change: RecordChange) -> QTreeWidgetItem:
    what = {Became.NEW: tr("neu"), Became.CHANGED: tr("geändert"), Became.MOVED: tr("umgezogen")}[change.became]
    item = QTreeWidgetItem([change.name, what, change.place])
    item.setData(0, Qt.ItemDataRole.UserRole, change.row)
    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
    item.setCheckState(0, Qt.CheckState.Checked)
    for field in change.fields if change.became is not Became.NEW else ():
        item.addChild(_child(field, ""))
    for field in change.locked:
        item.addChild(_child(field, tr("bleibt, von Hand eingetragen")))
    return item


def _child(field: FieldChange, kept: str) -> QTreeWidgetItem:
    return QTreeWidgetItem([label("therapist_field", field.name), f"{_text(field.old)} → {_text(field.new)}", kept])


def _text(value: object) -> str:
    if value is None or value in ("", []):
        return tr("leer")
    if isinstance(value, bool):
        return tr("ja") if value else tr("nein")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
