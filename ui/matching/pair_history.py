"""Everything between one patient and one practice, in a window beside the work."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from domain.casework.history import TimelineEntry, pair_history
from domain.database import Session
from domain.matching.searches import patient_of
from ui.ports import UiContext
from ui.translation import tr
from ui.widgets.timeline import Timeline


class PairHistory(QDialog):
    """Inquiries, answers, calls, notes, exclusions and overrides, newest first."""

    def __init__(self, parent: QWidget, ui: UiContext, search_id: int, therapist_id: int, title: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Verlauf: {title}").format(title=title))
        self.setAccessibleName(tr("Verlauf mit dieser Praxis"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(520, 480)
        self.timeline = Timeline(tr("Verlauf mit dieser Praxis"))
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Schließen"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.timeline, 1)
        column.addWidget(buttons)

        def work(session: Session) -> tuple[TimelineEntry, ...]:
            return pair_history(session, patient_of(session, search_id), therapist_id)

        ui.background.read(self, work, self.timeline.show_entries)
