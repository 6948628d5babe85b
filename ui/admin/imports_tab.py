"""Files that were read in: when, by whom, with what result; what could not be read then, and taking a whole one back."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from domain.acquisition.reading import FileKind
from domain.acquisition.records import RowError
from domain.casework.import_list import ImportShown, left_out_values, list_imports, rejected_rows
from ui import formats
from ui.imports import choose_file
from ui.imports.rejected import RejectedView
from ui.imports.undoing import ask_undo
from ui.labels import label
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.columns import Column, prepare_header, row_height
from ui.widgets.forms import EmptyState, button, row
from ui.widgets.forms import label as words
from ui.widgets.row_view import RowView
from ui.widgets.rows_model import RowsModel


class ImportsTab(QWidget):
    """The list above, what is known of the chosen import below."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._shown: ImportShown | None = None
        self._model: RowsModel[ImportShown] = RowsModel(_columns())
        self.list = RowView(tr("Eingelesene Dateien"), row_height(self._model.columns))
        self.list.setModel(self._model)
        prepare_header(self.list, self._model.columns, "imports", ui.state)
        self._nothing = EmptyState(
            "file-input",
            tr("Noch nichts eingelesen"),
            tr("Lesen Sie ein Verzeichnis, Aufnahmebögen oder eine Patientenliste ein."),
            tr("Datei einlesen"),
        )
        self._nothing.acted.connect(lambda: choose_file(self, ui))
        self._facts = words("")
        self._facts.setWordWrap(True)
        self._facts.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._facts.setAccessibleName(tr("Einzelheiten des Imports"))
        self._rows = RejectedView(ui)
        self._undo = button(tr("Import &zurücknehmen"), self._on_undo, icon="undo-2")
        self._why_not = words("", "muted")
        self._why_not.setWordWrap(False)
        below = QWidget()
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self._facts)
        inner.addWidget(row(self._undo, self._why_not))
        inner.addWidget(self._rows)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.addWidget(self.list)
        self._split.addWidget(below)
        self._split.setSizes([480, 120])
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 0)
        self._split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(row(button(tr("&Datei einlesen"), lambda: choose_file(self, ui), icon="file-input")))
        column.addWidget(self._split, 1)
        column.addWidget(self._nothing, 1)
        self.list.selectionModel().currentRowChanged.connect(lambda at, _: self._choose(at.row()))
        self._show(())

    def refresh(self) -> None:
        """Read the list again; what was chosen stays chosen."""
        self._ui.background.read(self, list_imports, self._show, key="imports")

    def _show(self, imports: tuple[ImportShown, ...]) -> None:
        chosen = self._shown.import_id if self._shown is not None else None
        self._model.show(imports)
        self._split.setVisible(bool(imports))
        self._nothing.setVisible(not imports)
        numbers = [shown.import_id for shown in imports]
        if imports:
            self.list.selectRow(numbers.index(chosen) if chosen in numbers else 0)
        self._choose(self.list.currentIndex().row())

    def _choose(self, at: int) -> None:
        self._shown = shown = self._model.rows[at] if 0 <= at < len(self._model.rows) else None
        self._rows.hide()
        if shown is None:
            return
        self._facts.setText(_facts(shown))
        may_be_undone = FileKind(shown.kind).may_be_undone
        self._undo.setEnabled(shown.undone_at is None and may_be_undone)
        self._why_not.setText(
            ""
            if may_be_undone
            else tr("Patienten lassen sich nicht als Ganzes zurücknehmen: mit jeder Akte kann schon gearbeitet werden.")
            if FileKind(shown.kind).of_patients
            else tr("Was einmal im Verlauf steht, bleibt.")
        )

        def show(unread: tuple[tuple[RowError, ...], tuple[RowError, ...]]) -> None:
            if self._shown is shown:  # else another was chosen meanwhile
                self._rows.show_rows(shown.file_name, *unread)

        number = shown.import_id
        self._ui.background.read(
            self, lambda s: (rejected_rows(s, number), left_out_values(s, number)), show, key="unread"
        )

    def _on_undo(self) -> None:
        if (shown := self._shown) is not None:
            ask_undo(self, self._ui, shown.import_id, shown.file_name)


def _columns() -> tuple[Column, ...]:
    def number(name: str, width: int) -> Column:
        words = {
            "imported": tr("neu"), "updated": tr("geändert"), "unchanged": tr("unverändert"),
            "skipped": tr("ausgelassen"), "gone": tr("nicht mehr tätig"), "rejected": tr("abgelehnt"),
        }  # fmt: skip
        return Column(words[name], width, text=lambda r: formats.thousands(getattr(r, name)), right=True)

    return (
        Column(tr("Datei"), 0, text=lambda r: r.file_name, second=lambda r: label("file_kind", r.kind)),
        Column(tr("Eingelesen"), 146, text=lambda r: formats.moment(r.imported_at)),
        Column(tr("Von"), 150, text=lambda r: r.by or "–"),
        number("imported", 62),
        number("updated", 92),
        number("unchanged", 108),
        number("skipped", 108),
        number("rejected", 98),
        Column(tr("Stand"), 160, chip=_state),
    )


def _state(shown: ImportShown) -> tuple[str, str]:
    return (tr("übernommen"), "success") if shown.undone_at is None else (tr("zurückgenommen"), "neutral")


def _facts(shown: ImportShown) -> str:
    said = [
        tr("{kind}, Stand {day}").format(kind=label("file_kind", shown.kind), day=formats.day(shown.as_of)),
        tr(
            "{read} Zeilen gelesen: {new} neu, {changed} geändert, {same} unverändert, {left} ausgelassen, {bad} abgelehnt"
        ).format(
            read=formats.thousands(shown.read), new=formats.thousands(shown.imported),
            changed=formats.thousands(shown.updated), same=formats.thousands(shown.unchanged),
            left=formats.thousands(shown.skipped), bad=formats.thousands(shown.rejected),
        ),
    ]  # fmt: skip
    if shown.gone:
        said.append(tr("Nicht mehr tätig gesetzt: {n}").format(n=formats.thousands(shown.gone)))
    if shown.undone_at is not None:
        said.append(tr("Zurückgenommen am {when}").format(when=formats.moment(shown.undone_at)))
    said.append(tr("Prüfsumme (SHA-256): {sha}").format(sha=shown.sha256))
    return "\n".join(said)
