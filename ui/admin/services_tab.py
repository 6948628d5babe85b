"""Dienste: every server outside the office asks, whether it answers, its last error, and asking it again at once."""

from zlib import crc32

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from domain.casework.outside_services import OutsideService, outside_services
from domain.database import Session
from domain.outside import ask_again
from domain.paging import ListQuery, Page
from ui.admin.service_words import columns, pages_words, said_words, tiles_words
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.forms import button, row
from ui.widgets.forms import label as words
from ui.widgets.paged_table import PagedTable


class ServicesTab(QWidget):
    """Servers in trouble first; the chosen one's last error in full below."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self.table = PagedTable(
            name="services",
            title=tr("Dienste"),
            background=ui.background,
            fetch=_fetch,
            columns=columns(),
            row_id=number_of,
            empty=tr("Es ist kein Dienst eingetragen, der draußen gefragt wird."),
        )
        self.pages, self.tiles = words("", "muted"), words("", "muted")
        self.said = words("", "muted")
        self.again = button(tr("&Jetzt wieder versuchen"), self._ask_again, icon="refresh-cw")
        self.again.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(
            words(
                tr(
                    "Wer fünfmal hintereinander nicht antwortet, wird eine Minute nicht gefragt, danach immer länger, "
                    "höchstens eine Stunde. Was auf ihn wartet, bleibt vorgemerkt und verliert keinen Versuch."
                ),
                "muted",
            )
        )
        column.addWidget(self.table, 1)
        for line in (self.pages, self.tiles, self.said):
            column.addWidget(line)
        column.addWidget(row(self.again))
        self.table.selected.connect(lambda _: self._show_chosen())
        self.table.model.arrived.connect(lambda _: self._show_chosen())

    def refresh(self) -> None:
        """Ask again; the selection stays."""
        self.table.refresh()
        self._ui.background.read(self, outside_services, lambda s: self._say(self.pages, pages_words(s.pages_well)))
        self._say(self.tiles, tiles_words(self._ui.state.home))

    def _show_chosen(self) -> None:
        chosen: OutsideService | None = self.table.current()
        self.again.setEnabled(chosen is not None and chosen.rests)
        self._say(self.said, said_words(chosen) if chosen is not None else "")

    def _ask_again(self) -> None:
        chosen: OutsideService | None = self.table.current()
        if chosen is None:
            return
        host = chosen.host
        self._ui.background.write(self, lambda s: ask_again(s, host), lambda _: self._asked(host))

    def _asked(self, host: str) -> None:
        self._ui.messages.success(tr("„{host}“ wird bei der nächsten Gelegenheit wieder gefragt.").format(host=host))
        self.refresh()

    @staticmethod
    def _say(line: QLabel, text: str) -> None:
        line.setText(text)
        line.setVisible(bool(text))


def number_of(service: OutsideService) -> int:
    """A number for a row, the same each time."""
    return crc32(f"{service.kind} {service.host}".encode())


def _fetch(session: Session, query: ListQuery) -> Page[OutsideService]:
    listed = outside_services(session).listed
    return Page(listed[query.offset : query.offset + query.limit], len(listed), query.offset)
