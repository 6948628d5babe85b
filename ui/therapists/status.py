"""Whether a therapist may be asked: chosen with its consequences in sight, and asked once."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QVBoxLayout, QWidget

from domain.casework.availability import Consequences
from domain.therapists.queries import TherapistDetail
from ui.labels import labels
from ui.translation import ntr, tr
from ui.typed import Unreadable
from ui.widgets.faults import be_content, complain_at, show_fault
from ui.widgets.forms import Choice, DateField, Field
from ui.widgets.forms import label as words


class StatusDialog(QDialog):
    """State, reason and day; below them what follows from the choice. `wanted` asks to take it."""

    wanted = Signal()

    def __init__(self, parent: QWidget, t: TherapistDetail, touched: Consequences) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Stand ändern"))
        self.setMinimumWidth(480)
        self._touched = touched
        self._was = t.status
        self.status = Choice(labels("therapist_status"), tr("Stand"))
        self.status.choose(t.status)
        self._reason = QLineEdit(t.blocked_reason)
        self._until = DateField(tr("Gesperrt bis"))
        self._until.show_date(t.blocked_until)
        self.fields = {
            "reason": Field(tr("Grund"), self._reason),
            "until": Field(tr("Gesperrt bis (leer: bis auf Weiteres)"), self._until),
        }
        self._follows = words("", "muted")
        self._follows.setAccessibleName(tr("Was daraus folgt"))
        buttons = QDialogButtonBox()
        take = buttons.addButton(tr("Ändern"), QDialogButtonBox.ButtonRole.AcceptRole)
        take.setAccessibleName(tr("Ändern"))
        take.setProperty("role", "primary")
        buttons.addButton(tr("Abbrechen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.wanted)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for widget in (Field(tr("Stand"), self.status), *self.fields.values(), self._follows, buttons):
            column.addWidget(widget)
        self.status.currentIndexChanged.connect(lambda: self._fit())
        self._fit()

    def _fit(self) -> None:
        status = self.status.code()
        # who opts out, or comes back, does so on their own word, and that is written down in the history
        self.fields["reason"].setVisible("opted_out" in {status, self._was} or status == "blocked")
        self.fields["until"].setVisible(status == "blocked")
        self._follows.setText("\n".join(self._consequences(status)))
        self.adjustSize()

    def _consequences(self, status: str) -> list[str]:
        if status == "active":
            return [tr("Die Praxis wird wieder vorgeschlagen und darf angefragt werden.")]
        first = {
            "inactive": tr("Die Praxis wird nicht mehr vorgeschlagen."),
            "blocked": tr("Bis zu diesem Tag, ohne Tag bis auf Weiteres, wird die Praxis nicht angefragt."),
            "opted_out": tr("Die Praxis wird nicht mehr angefragt, auch nicht nach dem nächsten Einlesen."),
        }[status]
        touched, lines = self._touched, [first]
        if touched.unsent:
            lines.append(ntr(touched.unsent, "{n} Anfrage, die noch nicht gesendet ist, wird gestoppt.",
                             "{n} Anfragen, die noch nicht gesendet sind, werden gestoppt."))  # fmt: skip
        if touched.calls:
            lines.append(ntr(touched.calls, "{n} geplanter Anruf wird abgesagt.",
                             "{n} geplante Anrufe werden abgesagt."))  # fmt: skip
        if touched.sent:
            lines.append(ntr(touched.sent, "{n} gesendete Anfrage bleibt offen, bis die Praxis antwortet.",
                             "{n} gesendete Anfragen bleiben offen, bis die Praxis antwortet."))  # fmt: skip
        return lines

    def entered(self) -> tuple[str, str, date | None] | None:
        """State, reason and day; None after marking a day that is none."""
        be_content(self.fields)
        status = self.status.code()
        try:
            return status, self._reason.text(), self._until.date() if status == "blocked" else None
        except Unreadable as wrong:
            complain_at(self.fields, "until", str(wrong))
            show_fault(self.fields)
            return None
