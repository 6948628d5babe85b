"""Sicherungen: what can be relied on, the list, making one now, where they lie, and the key on paper."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QLineEdit, QSplitter, QVBoxLayout, QWidget

from domain.backups.office_backups import (
    LIMIT_DAYS,
    BackupForm,
    BackupShown,
    BackupState,
    ask_backup,
    list_backups,
    read_state,
    save_backup_settings,
)
from domain.backups.set_aside import SetAside, set_aside
from domain.database import Session
from domain.errors import PlatzlotseError
from ui.admin.backup_words import aside_words, back_words, columns, facts, key_words, state_words
from ui.admin.recovery_key import RecoveryKeyDialog
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.columns import prepare_header, row_height
from ui.widgets.faults import be_content
from ui.widgets.forms import Card, Field, NumberField, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.row_view import RowView
from ui.widgets.rows_model import RowsModel

LOOK_MS = 60_000  # how late it is told that the last one is too old
Seen = tuple[BackupState, tuple[BackupShown, ...], tuple[SetAside, ...]]


class BackupsTab(QWidget):
    """The list at the left; settings, saved by their own button, and the key at the right."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._state: BackupState | None = None
        self._dirty = self._filling = False
        self.said, self.warning = words(""), words("", "error")
        self._now = button(tr("&Jetzt sichern"), self._on_now, role="primary", icon="save")
        self._model: RowsModel[BackupShown] = RowsModel(columns())
        self.list = RowView(tr("Sicherungen"), row_height(self._model.columns))
        self.list.setModel(self._model)
        prepare_header(self.list, self._model.columns, "backups", ui.state)
        self.facts = words("", "muted")
        self.aside = words("")
        for copied, name in (
            (self.facts, tr("Einzelheiten der Sicherung")), (self.aside, tr("Beiseite gelegte Datenbanken")),
        ):  # fmt: skip
            copied.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            copied.setAccessibleName(name)
        self._enabled = QCheckBox(tr("&Stündlich sichern"))
        self._decides = "supervisor" in ui.roles
        if not self._decides:
            self._enabled.setToolTip(tr("Ausschalten kann sie die Leitung des Büros."))
        self._folder, self._second = QLineEdit(), QLineEdit()
        self._folder.setPlaceholderText(tr("Ordner des Programms"))
        self._second.setPlaceholderText(tr("keine Kopie"))
        self._limit = NumberField(tr("Erinnern nach … Tagen ohne geprüfte Sicherung"), *LIMIT_DAYS)
        self.fields = {
            "folder": Field(tr("&Ordner der Sicherungen"), self._folder),
            "second_folder": Field(tr("&Zweiter Ort (anderer Datenträger)"), self._second),
            "limit_days": Field(tr("Erinnern nach … Tagen ohne geprüfte Sicherung"), self._limit),
        }
        self._save = button(tr("S&peichern"), self._on_save, role="primary", icon="save")
        self._drop = button(tr("Ver&werfen"), self._on_drop, icon="undo-2")
        self._refused_words = words("", "error")
        self._refused_words.hide()
        self.key = words("")
        self._make_key = button(tr("Schlüssel &erstellen und drucken"), self._on_key, icon="file-input")
        if not self._decides:
            self._make_key.hide()  # who holds it reads patients
        for text in (self.said, self.key, self.aside):
            text.setWordWrap(True)
        self._lay_out()
        self.list.selectionModel().currentRowChanged.connect(lambda at, _: self._choose(at.row()))
        self._enabled.toggled.connect(lambda _: self._on_edit())
        for line in (self._folder, self._second):
            line.textEdited.connect(lambda _: self._on_edit())
        self._limit.valueChanged.connect(lambda _: self._on_edit())
        self._set_dirty(dirty=False)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.warning)
        column.addWidget(self.said)
        column.addWidget(row(self._now))
        column.addWidget(self.list, 1)
        column.addWidget(self.facts)
        places, key = Card(tr("Wann und wohin")), Card(tr("Schlüssel auf Papier"))
        places.add(
            words(
                tr(
                    "Der Hintergrunddienst sichert verschlüsselt und liest täglich eine Sicherung zur Probe zurück. Eine "
                    "Woche lang bleibt jede, neunzig Tage eine je Woche. Die Ordner sind die des Rechners, auf dem er läuft."
                ),
                "muted",
            )
        )
        places.add(self._enabled)
        for field in self.fields.values():
            places.add(field)
        places.add(self._refused_words)
        places.add(row(self._save, self._drop))
        key.add(self.key)
        key.add(row(self._make_key))
        back = Card(tr("Wiederherstellen"))
        self.back = words(back_words(), "muted")
        self.back.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.back.setAccessibleName(tr("Wiederherstellen"))
        back.add(self.back)
        self.aside_card = Card(tr("Beiseite gelegte Datenbanken"))
        self.aside_card.add(
            words(
                tr(
                    "Wer das Büro auf eine Sicherung zurückbringt, behält den Stand davor als eigene Datenbank. Auch sie "
                    "enthält Daten von Menschen: Entfernen Sie sie, sobald niemand sie mehr braucht."
                ),
                "muted",
            )
        )
        self.aside_card.add(self.aside)
        self.aside_card.hide()
        right = QWidget()
        inner = QVBoxLayout(right)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.addWidget(key)
        inner.addWidget(places)
        inner.addWidget(back)
        inner.addWidget(self.aside_card)
        inner.addStretch(1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(scrolled(right))
        split.setSizes([660, 460])
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 0)
        split.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.addWidget(split)

    def _look(self) -> None:
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Ask again; what is being changed is not overwritten."""
        now = self._ui.now()

        def read(session: Session) -> Seen:
            return read_state(session, now=now), list_backups(session), (*set_aside(session), *self._ui.data_aside())

        self._ui.background.read(self, read, self._show, key="backups")

    def _show(self, seen: Seen) -> None:
        state, rows, aside = seen
        self.aside.setText(aside_words(aside))
        self.aside_card.setVisible(bool(aside))
        lines = state_words(state)
        # what is too old stands out, the rest below it
        self.warning.setText("\n".join(lines[:2]) if state.late else "")
        self.warning.setVisible(state.late)
        self.said.setText("\n".join(lines[2:] if state.late else lines))
        self.said.setVisible(bool(self.said.text()))
        self._now.setEnabled(not state.waiting)
        self.key.setText(key_words(state, decides=self._decides))
        again = tr("&Neuen Schlüssel erstellen") if state.recovery_made_at else tr("Schlüssel &erstellen und drucken")
        self._make_key.setText(f" {again}")  # the room beside an icon
        self._make_key.setAccessibleName(again.replace("&", ""))
        self._show_list(rows)
        if self._dirty:
            return
        self._state = state
        self._filling = True
        self._enabled.setChecked(state.form.enabled)
        self._enabled.setEnabled(self._decides or not state.form.enabled)
        self._folder.setText(state.form.folder)
        self._second.setText(state.form.second_folder)
        self._limit.setValue(state.form.limit_days)
        self._filling = False

    def _show_list(self, rows: tuple[BackupShown, ...]) -> None:
        at = self.list.currentIndex().row()
        chosen = self._model.rows[at].id if 0 <= at < len(self._model.rows) else None
        self._model.show(rows)
        numbers = [row.id for row in rows]
        if rows:
            self.list.selectRow(numbers.index(chosen) if chosen in numbers else 0)
        self._choose(self.list.currentIndex().row())

    def _choose(self, at: int) -> None:
        self.facts.setText("\n".join(facts(self._model.rows[at])) if 0 <= at < len(self._model.rows) else "")

    def _on_now(self) -> None:
        now = self._ui.now()
        self._ui.background.write(self, lambda s: ask_backup(s, now=now), lambda _: self.refresh(), self._refused)

    def _on_key(self) -> None:
        if self._state is not None:
            dialog = RecoveryKeyDialog(self, self._ui, seen=self._state.recovery_made_at)
            dialog.accepted.connect(self.refresh)
            dialog.open()

    def _on_edit(self) -> None:
        if not self._filling:
            self._set_dirty(dirty=True)

    def _set_dirty(self, *, dirty: bool) -> None:
        self._dirty = dirty
        self._save.setEnabled(dirty)
        self._drop.setEnabled(dirty)

    def _on_save(self) -> None:
        if self._state is None:
            return
        be_content(self.fields)
        self._refused_words.hide()
        form = BackupForm(self._enabled.isChecked(), self._folder.text(), self._second.text(), self._limit.value())
        version = self._state.version
        self._ui.background.write(
            self, lambda s: save_backup_settings(s, form, version=version), lambda _: self._saved(), self._refused
        )

    def _saved(self) -> None:
        self._set_dirty(dirty=False)
        self._ui.messages.success(tr("Gespeichert."))
        self.refresh()

    def _on_drop(self) -> None:
        self._refused_words.hide()
        be_content(self.fields)
        self._set_dirty(dirty=False)
        self.refresh()

    def _refused(self, error: Exception) -> None:
        name = error.field if isinstance(error, PlatzlotseError) else None
        if name in self.fields:
            self.fields[name].complain(describe(error))
        else:
            self._refused_words.setText(describe(error))
            self._refused_words.show()
