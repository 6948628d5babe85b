"""One record beside its list: shown, edited, saved; what was typed stays until it is saved or dropped by hand.

A page's detail says how its record is read, shown and written. This base knows no subject.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.database import Session
from domain.errors import PlatzlotseError
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.chips import Chip
from ui.widgets.faults import refused_at, show_fault
from ui.widgets.forms import button, label, row
from ui.widgets.record_form import RecordForm

D = TypeVar("D")
F = TypeVar("F")


class RecordDetail(QWidget, Generic[D, F]):
    """Header (name, state, facts), the form on tabs, and the buttons below."""

    created = Signal(int)
    opened = Signal()  # another record is open, or still the one that is being typed: see `open_id`
    gone = Signal()  # the record that was shown is not to be seen any more

    def __init__(self, ui: UiContext, form: RecordForm[F]) -> None:
        super().__init__()
        self._ui = ui
        self._record: D | None = None
        self._wanted: int | None = None  # whose record is to be shown; None while a new one is written
        self._dirty = False
        self._field = ""  # where the cursor goes when the record is there
        self._form = form
        self._name = label("", "title")
        self._chip = Chip()
        self._facts = label("", "muted")
        self._more = label("", "muted")
        self._save = button(tr("&Speichern"), self.save, role="primary", icon="save")
        self._drop = button(tr("&Verwerfen"), self._drop_edits, icon="undo-2")
        form.edited.connect(self._on_edit)
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)

    def _lay_out(self, *actions: QWidget) -> None:
        """Put everything in its place, own actions beside saving."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(row(self._name, self._chip))
        outer.addWidget(self._facts)
        outer.addWidget(self._more)
        outer.addWidget(self._form, 1)
        outer.addWidget(row(self._save, self._drop, *actions))

    # What a page's detail says of its own.

    def _id(self, record: D) -> int:
        """The record's id."""
        raise NotImplementedError

    def _load(self, record_id: int) -> None:
        """Ask for the record in the background and hand it to `_arrive`."""
        raise NotImplementedError

    def _show_head(self, record: D) -> None:
        """Show all that is not typed: always, even while somebody types."""
        raise NotImplementedError

    def _fill(self, record: D) -> None:
        """Put the record into the form."""
        raise NotImplementedError

    def _empty(self) -> None:
        """Show an empty form for a new record."""
        raise NotImplementedError

    def _create(self, session: Session, form: F) -> int:
        """Write a new record; returns its id."""
        raise NotImplementedError

    def _update(self, session: Session, record: D, form: F) -> None:
        """Write the record that was seen."""
        raise NotImplementedError

    def _write_new(self, form: F) -> None:
        """Write a new record; whoever must ask something first says so here."""
        self._ui.background.write(self, lambda s: self._create(s, form), self._created, self._refused)

    # What all of them share.

    def open_id(self) -> int | None:
        """Whose record is open or on its way; None for a new one."""
        return self._wanted

    def would_lose(self) -> str:
        """A record that is being typed."""
        if not self._dirty:
            return ""
        name = self._name.text()
        return tr("{name}: geänderte Angaben").format(name=name) if name else tr("geänderte Angaben")

    def begin_new(self) -> None:
        """An empty form for a new record; a record being typed is asked about first."""
        if self._dirty:
            self._ask_to_drop(self._start_new)
            return
        self._start_new()

    def _start_new(self) -> None:
        self._record = None
        self._open(None)
        self._chip.hide()
        self._empty()
        self._form.setCurrentIndex(0)
        self._set_dirty(dirty=False)

    def show_record(self, record_id: int) -> None:
        """Load a record; another one that is being typed is asked about first."""
        if self._dirty and self._wanted != record_id:
            self._ask_to_drop(lambda: self._switch(record_id))
            return
        self._switch(record_id)

    def _open(self, record_id: int | None) -> None:
        self._wanted = record_id
        self.opened.emit()

    def _ask_to_drop(self, go_on: Callable[[], None]) -> None:
        self.opened.emit()  # whoever listens marks the one that stays
        self._ui.messages.warning(tr("Ihre Änderungen sind noch nicht gespeichert."), tr("Verwerfen"), go_on)

    def focus_when_there(self, field: str) -> None:
        """Put the cursor into a field of the record that is shown next.

        ``course`` is its history, ``course:`` with words what of it holds them.
        """
        self._field, _, words = field.partition(":")
        if words:
            self._search_course(words)

    def _search_course(self, words: str) -> None:
        """Type words into the search of the history."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Load again; what is being typed is not overwritten."""
        if self._wanted is not None:
            self._load(self._wanted)

    def save(self) -> None:
        """Save the form (Strg+S)."""
        if not self._dirty:
            return
        form = self._form.form()
        if form is None:
            show_fault(self._form.fields, self._ui.messages)
            return
        record = self._record
        if record is None:
            self._write_new(form)
            return
        self._ui.background.write(
            self,
            lambda s: self._update(s, record, form),
            lambda _: self._saved(self._id(record)),
            self._refused,
        )

    def _switch(self, record_id: int) -> None:
        self._open(record_id)
        self._set_dirty(dirty=False)
        self._load(record_id)

    def _arrive(self, record: D) -> None:
        if self._id(record) != self._wanted:
            return  # somebody has moved on while it was read
        self._show_head(record)
        self._chip.show()
        if self._dirty:
            return  # somebody typed meanwhile: the version they saw decides when they save
        self._record = record
        self._fill(record)
        self._set_dirty(dirty=False)
        if self._field:
            field, self._field = self._field, ""
            self._form.focus(field)

    def _on_edit(self) -> None:
        # whoever types while another record is on its way stays with the one they see
        self._open(None if self._record is None else self._id(self._record))
        self._set_dirty(dirty=True)

    def _set_dirty(self, *, dirty: bool) -> None:
        self._dirty = dirty
        self._save.setEnabled(dirty)
        self._drop.setEnabled(dirty)

    def _drop_edits(self) -> None:
        if self._wanted is None:
            self._start_new()
        else:
            self._switch(self._wanted)

    def _created(self, record_id: int) -> None:
        self._set_dirty(dirty=False)
        self._ui.messages.success(tr("Angelegt."))
        self.created.emit(record_id)

    def _saved(self, record_id: int) -> None:
        self._ui.messages.success(tr("Gespeichert."))
        if self._wanted == record_id:
            self._switch(record_id)

    def _refused(self, error: Exception) -> None:
        if refused_at(self._form.fields, error, self._ui.messages):
            return
        conflict = isinstance(error, PlatzlotseError) and error.kind == "conflict"
        self._ui.messages.error(
            describe(error), tr("Neu laden") if conflict else "", self._drop_edits if conflict else None
        )
