"""Stand of one therapist: whether they may be asked, where the record comes from, what is locked."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtWidgets import QGridLayout, QWidget

from domain.casework.availability import Consequences, change_status, consequences
from domain.errors import PlatzlotseError
from domain.matching.promises import Promise
from domain.therapists.queries import TherapistDetail
from domain.therapists.service import unlock_fields
from ui import formats
from ui.errors import describe
from ui.labels import label
from ui.ports import UiContext
from ui.therapists.merges import MergesView
from ui.therapists.status import StatusDialog
from ui.translation import ntr, tr
from ui.widgets.faults import complain_at, refused_at
from ui.widgets.forms import button, column, row, scrolled
from ui.widgets.forms import label as words
from ui.widgets.promises_view import PromisesView


class StandingTab(QWidget):
    """Changes here are changes of the record: they wait while its form is being typed in (`may_change`)."""

    def __init__(self, ui: UiContext, may_change: Callable[[], bool]) -> None:
        super().__init__()
        self._ui, self._may_change = ui, may_change
        self._therapist: TherapistDetail | None = None
        self._status = words("")
        self._promises = PromisesView(lambda promise: promise.patient, partial(ui.navigate, "inquiries"))
        self._provenance = words("", "muted")
        self._locked_words = words("", "muted")
        self._locked = QWidget()
        self._grid = QGridLayout(self._locked)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._merges = MergesView(ui, may_change)
        whole = column(
            words(tr("Stand"), "heading"),
            self._status,
            row(button(tr("Stand ändern"), self._ask_consequences)),
            self._promises,
            words(tr("Herkunft"), "heading"),
            self._provenance,
            words(tr("Von Hand geändert"), "heading"),
            self._locked_words,
            self._locked,
            self._merges,
            margin=4,
        )
        outer = QGridLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(whole), 0, 0)

    def show_therapist(self, t: TherapistDetail) -> None:
        """Show a record's state, provenance and locks."""
        self._therapist = t
        until = tr("bis {day}").format(day=formats.day(t.blocked_until)) if t.blocked_until else ""
        self._status.setText(" · ".join(p for p in (label("therapist_status", t.status), until, t.blocked_reason) if p))
        self._provenance.setText(_origin(t, self._ui.today()))
        self._merges.load(t.therapist_id)
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._locked_words.setText(
            ntr(len(t.locked_fields), "{n} Feld wird beim Einlesen nicht überschrieben.",
                "{n} Felder werden beim Einlesen nicht überschrieben.")
            if t.locked_fields else tr("Nichts; beim Einlesen wird jedes Feld auf den neuesten Stand gebracht.")
        )  # fmt: skip
        for number, name in enumerate(t.locked_fields):
            title = label("therapist_field", name)
            self._grid.addWidget(words(title), number // 2, number % 2 * 2)
            free = button(tr("Freigeben"), partial(self._unlock, name), name=f"{title}: {tr('Freigeben')}")
            self._grid.addWidget(free, number // 2, number % 2 * 2 + 1)
        self._grid.setColumnStretch(4, 1)

    def show_promises(self, promises: Sequence[Promise]) -> None:
        """Show whom this practice promised a place on its waiting list."""
        self._promises.show_promises(promises, today=self._ui.today())

    def _unlock(self, name: str) -> None:
        if (t := self._therapist) is None or not self._may_change():
            return
        self._ui.background.write(
            self,
            lambda s: unlock_fields(s, t.therapist_id, [name], t.version),
            lambda _: self._ui.messages.success(tr("Das nächste Einlesen darf dieses Feld wieder überschreiben.")),
        )

    def _ask_consequences(self) -> None:
        if (t := self._therapist) is None or not self._may_change():
            return
        self._ui.background.read(
            self, lambda s: consequences(s, t.therapist_id), lambda touched: self._ask(t, touched), key="consequences"
        )

    def _ask(self, t: TherapistDetail, touched: Consequences) -> None:
        dialog = StatusDialog(self, t, touched)

        def refused(error: Exception) -> None:
            if isinstance(error, PlatzlotseError) and error.code == "therapist.opted_out":
                complain_at(dialog.fields, "reason", describe(error))
            elif not refused_at(dialog.fields, error):
                self._ui.messages.error(describe(error))

        def done(_: object) -> None:
            dialog.accept()
            self._ui.messages.success(tr("Stand geändert."))

        def write() -> None:
            if (entered := dialog.entered()) is None:
                return
            status, reason, until = entered
            now = self._ui.now()
            self._ui.background.write(
                self,
                lambda s: change_status(
                    s, t.therapist_id, status, now=now, reason=reason, until=until, version=t.version
                ),
                done,
                refused,
            )

        dialog.wanted.connect(write)
        dialog.open()


def _origin(t: TherapistDetail, today: date) -> str:
    if t.source == "manual":
        lines = [tr("Von Hand angelegt.")]
    elif t.source_name:
        lines = [tr("Quelle „{name}“, gelesen am {day}").format(name=t.source_name, day=formats.day(t.source_as_of))]
    else:
        lines = [
            tr("{kind}, Datei „{file}“, Stand {day}").format(
                kind=label("file_kind", t.source), file=t.source_file or "–", day=formats.day(t.source_as_of)
            )
        ]
    if t.hours_as_of:
        lines.append(f"{tr('Telefonzeiten')}: {formats.stand(t.hours_as_of, today)}")
    if t.capacity_as_of:
        lines.append(f"{tr('Freie Plätze')}: {formats.stand(t.capacity_as_of, today)}")
    if t.offers_source == "licence":
        lines.append(tr("Die Altersgruppe ist aus der Zulassung geschlossen."))
    lines.append(tr("Lage: {what}").format(what=label("geo_quality", t.geo_quality)))
    return "\n".join(lines)
