"""One therapist: person, practice, contact, methods, hours, preferences, status, history and provenance."""

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from domain.casework.history import therapist_history
from domain.errors import PlatzlotseError
from domain.therapists import service
from domain.therapists.queries import TherapistDetail, get_therapist
from ui import formats
from ui.errors import describe
from ui.labels import label, labels
from ui.ports import UiContext
from ui.therapists.form import TherapistFormView, empty_form
from ui.translation import ntr, tr
from ui.widgets.chips import Chip
from ui.widgets.forms import Choice, DateField, Field, button, column, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.timeline import Timeline
from ui.widgets.week_grid import WeekGrid

# whether somebody may be asked now, and how that looks
CONTACTS = {
    "available": "success", "open_inquiry": "info", "cooling": "warning", "inactive": "neutral",
    "blocked": "danger", "opted_out": "danger",
}  # fmt: skip


def contact_words(code: str) -> str:
    """The word for a contact state."""
    own = {"available": tr("anfragbar"), "open_inquiry": tr("offene Anfrage"), "cooling": tr("Kontaktsperre")}
    return own.get(code) or label("therapist_status", code)


class TherapistDetailView(QWidget):
    """Shows and edits one record."""

    created = Signal(int)

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._therapist: TherapistDetail | None = None
        self._dirty = False
        self._name = words("", "title")
        self._chip = Chip()
        self._facts = words("", "muted")
        self._colleagues = words("", "muted")
        self._form = TherapistFormView()
        self._form.edited.connect(lambda: self._set_dirty(dirty=True))
        self._hours = WeekGrid(tr("Telefonzeiten"), read_only=True)
        self._hours_words = words("", "muted")
        self._form.hours.addWidget(words(tr("Telefonische Erreichbarkeit"), "heading"))
        self._form.hours.addWidget(self._hours)
        self._form.hours.addWidget(self._hours_words)
        self._form.hours.addStretch(1)
        self._history = Timeline(tr("Kontaktverlauf"))
        self._form.addTab(self._history, tr("Verlauf"))
        self._form.addTab(scrolled(self._status_tab()), tr("Stand und Herkunft"))
        self._save = button(tr("&Speichern"), self.save, role="primary", icon="save")
        self._drop = button(tr("&Verwerfen"), self._drop_edits, icon="undo-2")
        self._call = button(tr("&Anrufen"), self._dial, icon="phone")
        self._match = button(tr("&Patienten für diese Praxis"), self._find_patients, icon="users")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 0, 0, 0)
        outer.addWidget(row(self._name, self._chip))
        outer.addWidget(self._facts)
        outer.addWidget(self._colleagues)
        outer.addWidget(self._form, 1)
        outer.addWidget(row(self._save, self._drop, self._call, self._match))
        QShortcut(QKeySequence.StandardKey.Save, self, self.save)

    def _status_tab(self) -> QWidget:
        self._status = Choice(labels("therapist_status"), tr("Stand"))
        self._reason = QLineEdit()
        self._until = DateField(tr("Gesperrt bis"))
        self._provenance = words("", "muted")
        return column(
            words(tr("Stand"), "heading"),
            row(
                Field(tr("Stand"), self._status),
                Field(tr("Grund"), self._reason),
                Field(tr("Gesperrt bis"), self._until),
            ),
            row(button(tr("Stand ändern"), self._set_status)),
            words(tr("Herkunft"), "heading"),
            self._provenance,
            margin=4,
        )

    def begin_new(self) -> None:
        """An empty form for a new record."""
        self._therapist = None
        self._form.show_form(empty_form())
        self._name.setText(tr("Neuer Therapeut"))
        self._chip.show_state("", "neutral")
        self._facts.setText("")
        self._colleagues.setText("")
        self._set_dirty(dirty=False)

    def show_therapist(self, therapist_id: int) -> None:
        """Load a record."""
        if self._dirty and (self._therapist is None or self._therapist.therapist_id != therapist_id):
            self._ui.messages.warning(
                tr("Ihre Änderungen sind noch nicht gespeichert."), tr("Verwerfen"), lambda: self._switch(therapist_id)
            )
            return
        self._switch(therapist_id)

    def _switch(self, therapist_id: int) -> None:
        self._set_dirty(dirty=False)
        self._load(therapist_id)

    def refresh(self) -> None:
        """Load again; what is being typed is not overwritten."""
        if self._therapist is not None:
            self._load(self._therapist.therapist_id)

    def _load(self, therapist_id: int) -> None:
        self._ui.background.read(self, lambda s: get_therapist(s, therapist_id), self._show, key="therapist")
        self._ui.background.read(
            self, lambda s: therapist_history(s, therapist_id), self._history.show_entries, key="history"
        )

    def _show(self, t: TherapistDetail) -> None:
        self._name.setText(" ".join(part for part in (t.title, t.first_name, t.last_name) if part))
        contact = t.status
        if t.status == "active":
            cooling = t.cooling_until is not None and t.cooling_until > self._ui.now()
            contact = "open_inquiry" if t.open_inquiry_id else "cooling" if cooling else "available"
        extra = f" {tr('bis')} {formats.day(t.cooling_until)}" if contact == "cooling" and t.cooling_until else ""
        self._chip.show_state(contact_words(contact) + extra, CONTACTS[contact])
        place = f"{t.street} {t.house_number}, {t.plz} {t.city}".strip(" ,")
        self._facts.setText(
            " · ".join(p for p in (t.practice, place, formats.phone(t.phone or t.mobile), t.email) if p)
        )
        names = ", ".join(name for _, name in t.colleagues)
        self._colleagues.setText(tr("Teilt Postfach oder Praxis mit: {names}").format(names=names) if names else "")
        self._colleagues.setVisible(bool(names))
        self._hours.show_value(t.phone_hours)
        as_of = tr(" (Stand {day})").format(day=formats.day(t.hours_as_of)) if t.hours_as_of else ""
        self._hours_words.setText(formats.week(t.phone_hours) + as_of)
        self._status.choose(t.status)
        self._reason.setText(t.blocked_reason)
        self._until.show_date(t.blocked_until)
        self._provenance.setText(self._origin(t))
        self._call.setEnabled(bool(t.phone or t.mobile))
        if self._dirty:
            return
        self._therapist = t
        self._form.show_therapist(t)
        self._set_dirty(dirty=False)

    @staticmethod
    def _origin(t: TherapistDetail) -> str:
        if t.source == "manual":
            lines = [tr("Von Hand angelegt.")]
        else:
            lines = [
                tr("{kind}, Datei „{file}“, Stand {day}").format(
                    kind=label("file_kind", t.source), file=t.source_file or "–", day=formats.day(t.source_as_of)
                )
            ]
        if t.locked_fields:
            lines.append(
                ntr(len(t.locked_fields), "{n} Feld wurde von Hand geändert und wird beim Einlesen nicht überschrieben.",
                    "{n} Felder wurden von Hand geändert und werden beim Einlesen nicht überschrieben.")
            )  # fmt: skip
        if t.offers_source == "licence":
            lines.append(tr("Die Altersgruppe ist aus der Zulassung geschlossen."))
        lines.append(tr("Lage: {what}").format(what=label("geo_quality", t.geo_quality)))
        return "\n".join(lines)

    def _set_dirty(self, *, dirty: bool) -> None:
        self._dirty = dirty
        self._save.setEnabled(dirty)
        self._drop.setEnabled(dirty)

    def _drop_edits(self) -> None:
        self._set_dirty(dirty=False)
        if self._therapist is None:
            self.begin_new()
        else:
            self._load(self._therapist.therapist_id)

    def save(self) -> None:
        """Save the form (Strg+S)."""
        form = self._form.form() if self._dirty else None
        if form is None:
            return
        today, t = self._ui.today(), self._therapist
        if t is None:
            self._ui.background.write(
                self, lambda s: service.create_therapist(s, form, today=today), self._created, self._refused
            )
            return
        self._ui.background.write(
            self,
            lambda s: service.update_therapist(s, t.therapist_id, t.version, form, today=today),
            lambda _: self._saved(t.therapist_id),
            self._refused,
        )

    def _created(self, therapist_id: int) -> None:
        self._set_dirty(dirty=False)
        self._ui.messages.success(tr("Angelegt."))
        self.created.emit(therapist_id)

    def _saved(self, therapist_id: int) -> None:
        self._set_dirty(dirty=False)
        self._ui.messages.success(tr("Gespeichert."))
        self._load(therapist_id)

    def _refused(self, error: Exception) -> None:
        sentence = describe(error)
        if isinstance(error, PlatzlotseError) and error.field in self._form.fields:
            self._form.fields[error.field].complain(sentence)
            return
        conflict = isinstance(error, PlatzlotseError) and error.kind == "conflict"
        self._ui.messages.error(sentence, tr("Neu laden") if conflict else "", self._drop_edits if conflict else None)

    def _set_status(self) -> None:
        t = self._therapist
        if t is None:
            return
        try:
            until = self._until.date()
        except ValueError:
            self._ui.messages.error(tr("Bitte das Datum als TT.MM.JJJJ eingeben."))
            return
        status, reason = self._status.code(), self._reason.text()
        self._ui.background.write(
            self,
            lambda s: service.set_status(s, t.therapist_id, status, reason=reason, until=until, version=t.version),
            lambda _: self._saved(t.therapist_id),
            self._refused,
        )

    def _dial(self) -> None:
        if self._therapist is not None:
            QDesktopServices.openUrl(QUrl(f"tel:{self._therapist.phone or self._therapist.mobile}"))

    def _find_patients(self) -> None:
        if self._therapist is not None:
            self._ui.navigate("matching", -self._therapist.therapist_id)
