"""Widersprüche: practices that do not want to be written to (Art. 21), since when, why and where that is written."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from domain.casework.opt_outs import OptOut, opt_outs, take_out
from ui import formats
from ui.ports import UiContext
from ui.translation import ntr, tr
from ui.widgets.columns import ROW_HEIGHT, Column, prepare_header
from ui.widgets.forms import EmptyState, button, row
from ui.widgets.forms import label as words
from ui.widgets.reason import ReasonDialog
from ui.widgets.row_view import RowView
from ui.widgets.rows_model import RowsModel


class OptOutsTab(QWidget):
    """A list; the record, and the mail that says so, are opened from it; who changed their mind is taken out with a reason."""

    def __init__(self, ui: UiContext) -> None:
        super().__init__()
        self._ui = ui
        self._count = words("", "heading")
        about = words(
            tr(
                "Wer hier steht, erhält keine Anfragen und keine eigene Post mehr, auch nicht nach dem nächsten Einlesen. Ein Postfach gilt für alle, die dort erreicht werden, auch für später eingelesene. Eingetragen wird es bei der Antwort („Keine Anfragen mehr“) oder am Therapeuten („Status“); aufgehoben wird es hier, mit Grund."
            ),
            "muted",
        )
        about.setWordWrap(True)
        self.model: RowsModel[OptOut] = RowsModel(_columns())
        self.list = RowView(tr("Widersprüche"), ROW_HEIGHT)
        self.list.setModel(self.model)
        prepare_header(self.list, self.model.columns, "opt_outs", None)
        self.list.doubleClicked.connect(lambda _: self._open())
        self._nothing = EmptyState("circle-check", tr("Niemand hat widersprochen."), "")
        self._nothing.hide()
        self._acts = row(
            button(tr("&Therapeut öffnen"), self._open),
            button(tr("E-&Mail lesen"), self._read, icon="inbox"),
            button(tr("&Aufheben"), self._lift, icon="undo-2"),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        for widget in (self._count, about):
            column.addWidget(widget)
        column.addWidget(self.list, 1)
        column.addWidget(self._nothing, 1)
        column.addWidget(self._acts)

    def refresh(self) -> None:
        """Ask for the register."""
        self._ui.background.read(self, opt_outs, self._show, key="opt_outs")

    def _show(self, found: tuple[OptOut, ...] | None) -> None:
        if found is None:
            self._count.setText(tr("Widersprüche sehen nur die Fallbearbeitung und die Leitung."))
            for widget in (self.list, self._acts, self._nothing):
                widget.hide()
            return
        self.model.show(found)
        self._count.setText(ntr(len(found), "{n} Widerspruch", "{n} Widersprüche"))
        self._count.setVisible(bool(found))
        self.list.setVisible(bool(found))
        self._acts.setVisible(bool(found))
        self._nothing.setVisible(not found)

    def _chosen(self) -> OptOut | None:
        number = self.list.currentIndex().row()
        return self.model.rows[number] if 0 <= number < len(self.model.rows) else None

    def _open(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._ui.navigate("therapists", chosen.therapist_id)

    def _read(self) -> None:
        chosen = self._chosen()
        if chosen is not None and chosen.mail_id is not None:
            self._ui.navigate("mail", chosen.mail_id, "incoming")
        elif chosen is not None:
            self._ui.messages.warning(tr("Zu diesem Widerspruch gibt es hier keine E-Mail."))

    def _lift(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        now = self._ui.now()
        whom = (
            tr("An {mailbox} darf wieder geschrieben werden, an alle, die dort erreicht werden.").format(
                mailbox=chosen.email or chosen.practice
            )
            if chosen.opt_out_id is not None
            else tr("{name} darf wieder angefragt werden.").format(name=chosen.name)
        )
        whom += " " + tr("Nur auf ihr eigenes Wort: Nennen Sie, wer es wann gesagt hat.")

        def agreed(dialog: ReasonDialog) -> None:
            reason = dialog.reason()
            self._ui.background.write(
                self, lambda s: take_out(s, chosen, reason=reason, now=now), lambda _: self.refresh()
            )

        ReasonDialog(self, tr("Widerspruch aufheben"), whom).ask(agreed)


def _columns() -> tuple[Column, ...]:
    return (
        Column(tr("Therapeut"), 180, text=lambda one: one.name),
        Column(tr("Praxis"), 150, text=lambda one: one.practice),
        Column(tr("E-Mail"), 180, text=lambda one: one.email),
        Column(tr("Gilt für"), 130, text=_for_whom),
        Column(tr("Seit"), 150, text=_since),
        Column(tr("Grund"), 0, text=lambda one: one.why),
        Column(tr("Quelle"), 190, text=_source),
    )


def _for_whom(one: OptOut) -> str:
    return tr("das Postfach") if one.opt_out_id is not None else tr("diese Person")


def _since(one: OptOut) -> str:
    day = formats.day(formats.local(one.since).date())
    return day if one.exact else tr("spätestens {day}").format(day=day)


def _source(one: OptOut) -> str:
    said = {"mail": tr("E-Mail der Praxis"), "note": tr("Notiz"), "status": tr("Status")}[one.source]
    return f"{said}, {one.noted_by}" if one.noted_by else said
