"""Webseiten: whether practices' own pages are read by themselves, how politely, how far that is, and stopping it."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from domain.casework.enrichment_schedule import (
    BOUNDS,
    ScheduleForm,
    ScheduleProgress,
    progress,
    read_schedule,
    save_schedule,
)
from domain.database import Session
from domain.errors import PlatzlotseError
from ui import formats
from ui.errors import describe
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.faults import be_content
from ui.widgets.forms import Card, Field, NumberField, button, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.record_form import grid

LOOK_MS = 20_000  # a practice comes every few minutes; its end is told, that the next one began is not
Seen = tuple[ScheduleForm, int, ScheduleProgress]


class WebsitesTab(QWidget):
    """`Beginnen` and `Anhalten` count at once; the pace is saved by its own button."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._seen: Seen | None = None
        self._dirty = self._filling = False
        self._every_days = NumberField(tr("Jede Seite alle … Tage"), *BOUNDS["every_days"])
        self._per_hour = NumberField(tr("Praxen je Stunde, höchstens"), *BOUNDS["per_hour"])
        self.fields = {
            "every_days": Field(tr("Jede Seite alle … Tage"), self._every_days),
            "per_hour": Field(tr("Praxen je Stunde, höchstens"), self._per_hour),
        }
        self.said, self._refused_words = words("", "muted"), words("", "error")
        self._refused_words.hide()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Gelesene Webseiten"))
        self._begin = button(tr("&Beginnen"), lambda: self._turn(on=True), role="primary", icon="play")
        self._stop = button(tr("An&halten"), lambda: self._turn(on=False), icon="pause")
        self._open = button(tr("&Vorschläge ansehen"), lambda: ui.navigate("today"), icon="search")
        self._save = button(tr("&Speichern"), self._on_save, role="primary", icon="save")
        self._drop = button(tr("Ver&werfen"), self._on_drop, icon="undo-2")
        self._lay_out()
        for box in (self._every_days, self._per_hour):
            box.valueChanged.connect(lambda _: self._on_edit())
        self._set_dirty(dirty=False)
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _lay_out(self) -> None:
        state, pace = Card(tr("Stand")), Card(tr("Wie oft und wie schnell"))
        state.add(
            words(
                tr(
                    "Ist es begonnen, liest der Hintergrunddienst die eigenen Webseiten der Praxen, eine nach der anderen: "
                    "zuerst, wessen Seite nie gelesen wurde, dann, wo es am längsten her ist. Gefunden werden E-Mail-"
                    "Adressen, Telefonzeiten, Verfahren, Sprachen und was zu freien Plätzen dort steht. Alles sind "
                    "Vorschläge; übernommen wird nur, was jemand annimmt."
                ),
                "muted",
            )
        )
        state.add(self.said)
        state.add(self.bar)
        state.add(row(self._begin, self._stop, self._open))
        pace.add(
            words(
                tr(
                    "Je Praxis werden höchstens fünf Seiten gelesen, mit Pausen dazwischen. Platzlotse nennt sich mit der "
                    "E-Mail-Adresse des Büros und beachtet die robots.txt."
                ),
                "muted",
            )
        )
        pace.add(grid((self.fields["every_days"], self.fields["per_hour"])))
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 8, 8, 0)
        for card in (state, pace):
            inner.addWidget(card)
        inner.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(content), 1)
        outer.addWidget(self._refused_words)
        outer.addWidget(row(self._save, self._drop))

    def _look(self) -> None:
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Ask again; what is being changed is not overwritten."""
        now = self._ui.now()

        def read(session: Session) -> Seen:
            return *read_schedule(session), progress(session, now=now)

        self._ui.background.read(self, read, self._show, key="websites")

    def _show(self, seen: Seen) -> None:
        form, _, there = seen
        self.said.setText("\n".join(schedule_words(form, there)))
        self.bar.setRange(0, max(1, there.pages))
        self.bar.setValue(there.done)
        self._begin.setEnabled(not form.enabled and there.pages > 0)
        self._stop.setEnabled(form.enabled)
        self._open.setVisible(there.suggested > 0)
        if self._dirty:
            return
        self._seen = seen
        self._filling = True
        self._every_days.setValue(form.every_days)
        self._per_hour.setValue(form.per_hour)
        self._filling = False

    def _on_edit(self) -> None:
        if not self._filling:
            self._set_dirty(dirty=True)

    def _set_dirty(self, *, dirty: bool) -> None:
        self._dirty = dirty
        self._save.setEnabled(dirty)
        self._drop.setEnabled(dirty)

    def _turn(self, *, on: bool) -> None:
        """At once, with the pace that is saved."""

        def turn(session: Session) -> None:
            form, version = read_schedule(session)
            save_schedule(session, ScheduleForm(on, form.every_days, form.per_hour), version=version)

        self._ui.background.write(self, turn, lambda _: self.refresh(), self._refused)

    def _on_save(self) -> None:
        if self._seen is None:
            return
        be_content(self.fields)
        days, rate = self._every_days.value(), self._per_hour.value()

        def save(session: Session) -> None:
            # whether it is on is said by the buttons alone, here or at another desk
            form, version = read_schedule(session)
            save_schedule(session, ScheduleForm(form.enabled, days, rate), version=version)

        self._ui.background.write(self, save, lambda _: self._saved(), self._refused)

    def _saved(self) -> None:
        self._refused_words.hide()
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


def schedule_words(form: ScheduleForm, there: ScheduleProgress) -> list[str]:
    """Where it stands, line by line: on or off, how many, how long it will take, what waits."""
    if not there.pages:
        return [tr("Zu keinem Therapeuten ist eine Webseite eingetragen.")]
    lines = [tr("Eingeschaltet.") if form.enabled else tr("Ausgeschaltet: Es wird nur gelesen, wonach jemand fragt.")]
    lines.append(
        tr("{done} von {pages} Webseiten in den letzten {days} Tagen gelesen, {due} stehen an.").format(
            done=formats.thousands(there.done), pages=formats.thousands(there.pages), days=form.every_days,
            due=formats.thousands(there.due),
        )
    )  # fmt: skip
    if there.failed:
        lines.append(
            ntr(there.failed, "{n} davon ließ sich nicht lesen; warum, steht bei der Person unter „Webseite“.",
                "{n} davon ließen sich nicht lesen; warum, steht bei der Person unter „Webseite“.")
        )  # fmt: skip
    if form.enabled and there.reading:
        lines.append(tr("Gerade wird gelesen: {name}.").format(name=there.reading))
    if form.enabled and there.due:
        lines.append(
            tr("Voraussichtlich ist alles gelesen in {time}.").format(time=_time_left(there.due / form.per_hour))
        )
    if there.last_at is not None:
        lines.append(tr("Zuletzt gelesen {when}.").format(when=formats.moment(there.last_at)))
    if there.suggested:
        lines.append(
            ntr(there.suggested, "Bei {n} Person warten Vorschläge; sie stehen auf „Heute“ unter „Angaben prüfen“.",
                "Bei {n} Personen warten Vorschläge; sie stehen auf „Heute“ unter „Angaben prüfen“.")
        )  # fmt: skip
    return lines


def _time_left(hours: float) -> str:
    if hours < 1:
        return tr("weniger als einer Stunde")
    if hours < 36:
        return ntr(round(hours), "etwa {n} Stunde", "etwa {n} Stunden")
    return ntr(round(hours / 24), "etwa {n} Tag", "etwa {n} Tagen")
