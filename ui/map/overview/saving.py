"""The button "Drucken und speichern": the map as a sheet, the list beside it as a table."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QVBoxLayout, QWidget

from domain.database import Session
from domain.therapists.on_map import map_contacts
from ui.map.overview.export import as_file, table_of
from ui.map.overview.selection import Shown
from ui.map.overview.sheet import MapSheet
from ui.map.view import MapView
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.exporting import Target, ask_export, tell_saved
from ui.widgets.forms import button


class SavingMenu(QWidget):
    """`heading` gives the lines above the sheet, `rows` who stands in the list."""

    def __init__(
        self, ui: UiContext, view: MapView, *, heading: Callable[[], list[str]], rows: Callable[[], tuple[Shown, ...]]
    ) -> None:
        super().__init__()
        self._ui, self._rows = ui, rows
        self.sheet = MapSheet(ui, view, heading, self)
        menu = QMenu(self)
        menu.addAction(tr("Karte &drucken …"), self.sheet.print_out)
        menu.addAction(tr("Karte als &PDF speichern …"), self.sheet.save_pdf)
        menu.addAction(tr("Karte als &Bild speichern …"), self.sheet.save_png)
        menu.addSeparator()
        menu.addAction(tr("&Liste speichern (Excel, CSV) …"), self._choose)
        chooser = button(tr("&Drucken und speichern"), lambda: None, icon="download")
        chooser.setMenu(menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(chooser)

    def list_to(self, target: Target) -> None:
        """Who stands in the list, with how to reach them; the file's ending says in which shape, in an archive XLSX."""
        rows = self._rows()
        inside = Path(f"{tr('Praxen')}.xlsx") if target.passphrase else target.path

        def work(session: Session) -> int:
            table = table_of(rows, map_contacts(session, [one.place.therapist_id for one in rows]))
            target.put({inside.name: as_file(inside, table)})
            return len(table) - 1

        def done(number: int) -> None:
            saved = ntr(number, "{n} Praxis gespeichert", "{n} Praxen gespeichert")
            tell_saved(self, self._ui, target, f"{saved}: {target.path.name}")

        self._ui.background.read(self, work, done)

    def _choose(self) -> None:
        name = f"{tr('Praxen')}-{self._ui.today():%Y-%m-%d}"
        ask_export(self, self._ui, tr("Liste speichern"), name, self.list_to, ending="xlsx", dress=_offer_kinds)


def _offer_kinds(chooser: QFileDialog) -> None:
    chooser.setNameFilters([tr("Excel (*.xlsx)"), tr("CSV (*.csv)")])
    chooser.filterSelected.connect(lambda kind: chooser.setDefaultSuffix("csv" if "csv" in kind else "xlsx"))
