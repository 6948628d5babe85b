"""The office's settings: letterhead, sending hours, clocks, the week's plan. Saved as a whole or not at all."""

from dataclasses import replace
from datetime import time

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from domain.access import OfficeSettings
from domain.office_settings import BOUNDS, LAENDER, read_office, save_office
from ui.admin.labels import label
from ui.errors import describe
from ui.formats import weekdays
from ui.ports import UiContext
from ui.translation import tr
from ui.typed import Unreadable, read_clock
from ui.widgets.faults import be_content, refused_at, show_fault
from ui.widgets.forms import Card, Choice, Field, TextArea, button, row, scrolled
from ui.widgets.record_form import grid

TEXTS = ("name", "street", "plz", "city", "phone", "email", "directory_search")
TIMES = ("send_from", "send_until")
NUMBERS = tuple(name for name in BOUNDS if name != "status_weekday")


class OfficeTab(QWidget):
    """Fields in cards; `Speichern` is there once something was typed."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._seen: tuple[OfficeSettings, int] | None = None
        self._dirty = self._filling = False
        self._lines = {name: QLineEdit() for name in (*TEXTS, *TIMES, *NUMBERS)}
        self._footer = TextArea(84)
        # nothing is ever sent by itself: on that day Heute offers it
        self._weekday = Choice({"": tr("nie"), **weekdays()}, tr("Stand der Suche anbieten"))
        self._land = Choice({code: label("land", code) for code in LAENDER}, tr("Bundesland"))
        self.fields = {name: Field(label("office", name), line) for name, line in self._lines.items()}
        self.fields["legal_footer"] = Field(tr("Pflichtangaben unter jeder E-Mail"), self._footer)
        self.fields["land"] = Field(tr("Bundesland (für Feiertage)"), self._land)
        self.fields["status_weekday"] = Field(tr("Stand der Suche anbieten ab"), self._weekday)
        for name in TIMES:
            self._lines[name].setPlaceholderText("HH:MM")
        self._save = button(tr("&Speichern"), self._on_save, role="primary", icon="save")
        self._drop = button(tr("&Verwerfen"), self._on_drop, icon="undo-2")
        f = self.fields
        titles = (tr("Briefkopf"), tr("Versand"), tr("Fristen"), tr("Wochenplan"), tr("Verzeichnis"),
                  tr("Aufbewahrung von Akten"), tr("Sicherheit"))  # fmt: skip
        head, mail, clocks, plan, directory, keeping, safety = (Card(title) for title in titles)
        head.add(
            grid(
                (f["name"], f["phone"], f["email"]), (f["street"], f["plz"], f["city"]), (f["land"], f["legal_footer"])
            )
        )
        mail.add(
            grid(
                (f["send_from"], f["send_until"], f["mails_per_hour"]),
                (f["undo_seconds"], f["inquiry_size"], f["radius_km"]),
                (f["status_weekday"],),
            )
        )
        clocks.add(grid((f["follow_up_days"], f["expiry_days"], f["cooling_days"])))
        plan.add(grid((f["plan_mails"], f["plan_minutes"], f["call_minutes"])))
        directory.add(grid((f["directory_search"], f["capacity_stale_days"])))
        keeping.add(grid((f["retention_placed_years"], f["retention_other_months"])))
        safety.add(grid((f["lock_minutes"],)))
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 8, 8, 0)
        for card in (head, mail, clocks, keeping, plan, directory, safety):
            column.addWidget(card)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(content), 1)
        outer.addWidget(row(self._save, self._drop))
        for line in self._lines.values():
            line.textEdited.connect(lambda _: self._on_edit())
        self._footer.textChanged.connect(self._on_edit)
        for choice in (self._land, self._weekday):
            choice.currentIndexChanged.connect(lambda _: self._on_edit())
        self._set_dirty(dirty=False)

    def refresh(self) -> None:
        """Ask again; what is being typed is not overwritten."""
        self._ui.background.read(self, read_office, self._show, key="office")

    def _show(self, seen: tuple[OfficeSettings, int]) -> None:
        if self._dirty:
            return
        self._seen = seen
        settings = seen[0]
        self._filling = True
        for name, line in self._lines.items():
            value = getattr(settings, name)
            line.setText("" if value is None else f"{value:%H:%M}" if isinstance(value, time) else str(value))
        self._footer.setPlainText(settings.legal_footer)
        self._land.choose(settings.land)
        self._weekday.choose(str(settings.status_weekday or ""))
        self._filling = False

    def _on_edit(self) -> None:
        if not self._filling:
            self._set_dirty(dirty=True)

    def would_lose(self) -> str:
        """Settings that are being typed."""
        return tr("Verwaltung: geänderte Angaben zum Büro") if self._dirty else ""

    def _set_dirty(self, *, dirty: bool) -> None:
        self._dirty = dirty
        self._save.setEnabled(dirty)
        self._drop.setEnabled(dirty)

    def _on_drop(self) -> None:
        self._set_dirty(dirty=False)
        be_content(self.fields)
        self.refresh()

    def _entered(self) -> OfficeSettings | None:
        """What the fields say; None after marking what cannot be read."""
        if self._seen is None:
            return None
        be_content(self.fields)
        values: dict[str, object] = {name: self._lines[name].text().strip() for name in TEXTS}
        values |= {"legal_footer": self._footer.toPlainText().strip(), "land": self._land.code()}
        values["status_weekday"] = int(self._weekday.code()) if self._weekday.code() else None
        for name in (*TIMES, *NUMBERS):
            text = self._lines[name].text().strip()
            try:
                values[name] = _value(name, text)
            except Unreadable as wrong:
                self.fields[name].complain(str(wrong))
            except ValueError:
                self.fields[name].complain(tr("Bitte eine ganze Zahl eingeben."))
        if show_fault(self.fields, self._ui.messages):
            return None
        return replace(self._seen[0], **values)  # type: ignore[arg-type]

    def _on_save(self) -> None:
        settings, seen = self._entered(), self._seen
        if settings is not None and seen is not None:
            self._ui.background.write(
                self, lambda s: save_office(s, settings, version=seen[1]), lambda _: self._saved(), self._refused
            )

    def _saved(self) -> None:
        self._set_dirty(dirty=False)
        self._ui.messages.success(tr("Gespeichert."))
        self.refresh()

    def _refused(self, error: Exception) -> None:
        if not refused_at(self.fields, error, self._ui.messages):
            self._ui.messages.error(describe(error))


def _value(name: str, text: str) -> time | int | None:
    if not text and name in {*TIMES, "mails_per_hour"}:
        return None
    return read_clock(text) if name in TIMES else int(text)
