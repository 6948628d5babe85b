"""Quellen: directories on the web that an office may read; what is set of each, reading now, and where it stands."""

from PySide6.QtWidgets import QCheckBox, QLineEdit

from domain.acquisition.source_asking import ask_run, ask_stop
from domain.acquisition.source_description import FIELDS
from domain.acquisition.sources import FASTEST, RAREST, SourceForm, SourceState, list_sources, save_source
from domain.database import Session
from ui.admin.list_form_tab import ListFormTab
from ui.admin.source_review import SourceReviewDialog
from ui.admin.source_words import run_words, source_line
from ui.ports import UiContext
from ui.translation import tr
from ui.typed import Unreadable
from ui.widgets.faults import be_content
from ui.widgets.forms import Card, Choice, DateField, EmptyState, Field, NumberField, TextArea, button, row
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid


class SourcesTab(ListFormTab[SourceState]):
    """Name, address, permission and pace; what the last reading came to stands above them."""

    def __init__(self, ui: UiContext) -> None:
        nothing = EmptyState(
            "inbox",
            tr("Noch keine Quelle"),
            tr("Eine Quelle ist ein Verzeichnis im Netz, dessen Betreiber das Lesen erlaubt."),
        )
        super().__init__(ui, tr("Quellen"), nothing)
        self._name, self._address, self._permitted_by = QLineEdit(), QLineEdit(), QLineEdit()
        self._address.setPlaceholderText("https://verzeichnis.example/suche?plz={plz}")
        self._permitted_by.setPlaceholderText(tr("z. B. Frau Muster, Kammer, schriftlich"))
        self._kind = Choice(
            {"html": tr("Webseite (HTML) mit Beschreibung"), "json": tr("JSON in bekannter Form")}, tr("Art")
        )
        self._description, self._postcodes = TextArea(150), TextArea(60)
        self._description.setPlaceholderText('Eintrag: div.praxis\nName: h2\nTelefon: a[href^="tel:"] @href')
        self._per_minute = NumberField(tr("Seiten je Minute, höchstens"), 1, FASTEST)
        self._every_days = NumberField(tr("Alle … Tage lesen (0: nur auf Wunsch)"), 0, RAREST)
        self._permitted_on = DateField(tr("Erlaubt am"))
        self._permitted = _check(tr("Der Betreiber erlaubt &das"))
        self._enabled = _check(tr("Quelle ist &ein (nach Plan lesen)"))
        self._applies = _check(tr("Änderungen ohne Durchsicht ü&bernehmen"))
        self.fields = {
            "name": Field(tr("Name"), self._name),
            "kind": Field(tr("Art"), self._kind),
            "address": Field(tr("Adresse; {plz} steht für jede Postleitzahl"), self._address),
            "postcodes": Field(tr("Postleitzahlen oder deren Anfänge, mit Komma"), self._postcodes),
            "description": Field(tr("Beschreibung der Seite: je Zeile „Feld: Selektor“"), self._description),
            "per_minute": Field(tr("Seiten je Minute, höchstens"), self._per_minute),
            "every_days": Field(tr("Alle … Tage lesen (0: nur auf Wunsch)"), self._every_days),
            "permitted_by": Field(tr("Erlaubt von"), self._permitted_by),
            "permitted_on": Field(tr("Erlaubt am"), self._permitted_on),
        }
        self.said = words("", "muted")
        self._read = button(tr("&Jetzt lesen"), lambda: self._ask(trial=False), icon="play")
        self._try = button(tr("&Testen"), lambda: self._ask(trial=True), icon="check", name=tr("Quelle testen"))
        self._stop = button(tr("An&halten"), self._on_stop, icon="pause")
        self._review = button(tr("Änderungen ansehen …"), self._on_review, role="primary", icon="search")
        self._build()
        self._kind.currentIndexChanged.connect(lambda _: self._enable())
        self._permitted.toggled.connect(lambda _: self._enable())
        self._address.textChanged.connect(lambda _: self._enable())

    def _build(self) -> None:
        f = self.fields
        state, what, may, when = (Card(t) for t in (tr("Stand"), tr("Quelle"), tr("Erlaubnis"), tr("Lesen")))
        state.add(self.said)
        state.add(row(self._review, self._read, self._try, self._stop))
        what.add(grid((f["name"], f["kind"])))
        what.add(f["address"])
        what.add(f["postcodes"])
        what.add(f["description"])
        what.add(
            words(
                tr(
                    "Felder: {fields}. „@href“ nimmt ein Attribut. Je Adresse wird eine Seite gelesen, weitergeblättert wird nicht."
                ).format(fields=", ".join(FIELDS)),
                "muted",
            )
        )
        may.add(
            words(
                tr(
                    "Gelesen wird nur, was der Betreiber erlaubt. Platzlotse nennt sich mit der E-Mail-Adresse des Büros, "
                    "beachtet die robots.txt und hört auf, sobald der Rechner ablehnt. Die Arztsuche der 116117 ist keine "
                    "Quelle."
                ),
                "muted",
            )
        )
        may.add(self._permitted)
        may.add(grid((f["permitted_by"], f["permitted_on"])))
        when.add(grid((f["per_minute"], f["every_days"])))
        when.add(self._enabled)
        when.add(self._applies)
        self._lay_out(
            tr("&Neue Quelle"), state, what, may, when,
            save=button(
                tr("Quelle s&peichern"), self._on_save, role="primary", icon="save", name=tr("Quelle speichern")
            ),
            widths=(280, 800),
        )  # fmt: skip

    def _load(self, session: Session) -> tuple[SourceState, ...]:
        return list_sources(session)

    def _id(self, item: SourceState) -> int | None:
        return item.id

    def _line(self, item: SourceState) -> str:
        return source_line(item)

    def _fill(self, item: SourceState | None) -> None:
        form = item.form if item is not None else SourceForm()
        for line, text in (
            (self._name, form.name),
            (self._address, form.address),
            (self._permitted_by, form.permitted_by),
        ):
            line.setText(text)
        self._kind.choose(form.kind)
        self._description.setPlainText(form.description)
        self._postcodes.setPlainText(", ".join(form.postcodes))
        self._per_minute.setValue(form.per_minute)
        self._every_days.setValue(form.every_days)
        self._permitted_on.show_date(form.permitted_on)
        for box, on in (
            (self._permitted, form.permitted),
            (self._enabled, form.enabled),
            (self._applies, form.applies_itself),
        ):
            box.setChecked(on)
        self._enable()

    def _told(self) -> None:
        """Where it stands, from the list that was just read; the form stays."""
        shown = self._shown
        current = next((item for item in self._items if shown is not None and item.id == shown.id), None)
        last = current.last if current is not None else None
        under_way, there = last is not None and last.open, current is not None and current.form.permitted
        said = run_words(last) if current is not None else tr("Erst speichern, dann testen und lesen.")
        if current is not None and not there:
            said += " " + tr(
                "Testen und Lesen geht erst mit Erlaubnis: Tragen Sie unter „Erlaubnis“ ein, wer sie wann erteilt hat, "
                "und speichern Sie."
            )
        self.said.setText(said)
        self._read.setEnabled(there and not under_way)
        self._try.setEnabled(there and not under_way)
        self._stop.setEnabled(under_way)
        # taken over by whoever works with practices
        self._review.setVisible(current is not None and current.review is not None and self._ui.sees_records)

    def _enable(self) -> None:
        """What means nothing cannot be filled."""
        self.fields["description"].setVisible(self._kind.code() == "html")
        self.fields["postcodes"].setVisible("{plz}" in self._address.text())
        for control in (self._permitted_by, self._permitted_on, self._enabled):
            control.setEnabled(self._permitted.isChecked())

    def _form(self) -> SourceForm | None:
        """What the fields say; None after telling of a day that is none."""
        try:
            permitted_on = self._permitted_on.date()
        except Unreadable as exc:
            self.fields["permitted_on"].complain(str(exc))
            return None
        return SourceForm(
            name=self._name.text(),
            kind=self._kind.code(),
            address=self._address.text(),
            description=self._description.toPlainText(),
            postcodes=tuple(part for part in self._postcodes.toPlainText().replace(",", " ").split() if part),
            per_minute=self._per_minute.value(),
            every_days=self._every_days.value(),
            enabled=self._enabled.isChecked() and self._permitted.isChecked(),
            permitted=self._permitted.isChecked(),
            permitted_by=self._permitted_by.text(),
            permitted_on=permitted_on,
            applies_itself=self._applies.isChecked(),
        )

    def _on_save(self) -> None:
        be_content(self.fields)
        form, shown = self._form(), self._shown
        if form is None:
            return
        number, version = (shown.id, shown.version) if shown is not None else (None, None)
        self._ui.background.write(
            self, lambda s: save_source(s, form, source_id=number, version=version), self._saved, self._refused
        )

    def _saved(self, source_id: int) -> None:
        self._ui.messages.success(tr("Gespeichert."))
        self._after_save(source_id)

    def _ask(self, *, trial: bool) -> None:
        if self._shown is None:
            return
        number, now = self._shown.id, self._ui.now()
        self._ui.background.write(
            self, lambda s: ask_run(s, number, now=now, trial=trial), lambda _: self.refresh(), self._refused
        )

    def _on_stop(self) -> None:
        if self._shown is None:
            return
        number, now = self._shown.id, self._ui.now()
        self._ui.background.write(self, lambda s: ask_stop(s, number, now=now), lambda _: self.refresh(), self._refused)

    def _on_review(self) -> None:
        shown = self._shown
        current = next((item for item in self._items if shown is not None and item.id == shown.id), None)
        if current is None or current.review is None:
            return
        dialog = SourceReviewDialog(self, self._ui, current.form.name, current.review)
        dialog.finished.connect(lambda _: self.refresh())
        dialog.open()


def _check(text: str) -> QCheckBox:
    made = QCheckBox(text)
    made.setAccessibleName(text.replace("&", ""))
    return made
