"""States as chips: a word on a soft ground with a shape, so that colour never carries the meaning alone."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QLabel, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.theme import tokens

CHIP_ROLE = int(Qt.ItemDataRole.UserRole) + 1
MARKS = {"success": "●", "warning": "▲", "danger": "■", "info": "◆", "neutral": "○"}
PATIENT_STATES = {
    "intake": "neutral", "ready": "info", "searching": "info", "paused": "warning", "offered": "success",
    "in_trial_sessions": "success", "in_therapy": "success", "closed_success": "neutral",
    "closed_dropout": "neutral", "withdrawn": "neutral", "restricted": "danger", "erased": "neutral",
}  # fmt: skip
INQUIRY_STATES = {
    "draft": "neutral", "approved": "neutral", "outbox": "info", "send_failed": "danger", "sent": "info",
    "out_of_office": "warning", "reminded": "warning", "partly_answered": "info", "answered": "success",
    "bounced": "danger", "expired": "neutral", "withdrawn": "neutral", "cancelled": "neutral",
}  # fmt: skip
ITEM_STATES = {
    "pending": "info", "accepted": "success", "accepted_surplus": "success", "in_trial_sessions": "success",
    "in_therapy": "success", "waitlisted": "warning", "consultation_only": "warning", "needs_info": "warning",
    "rejection_capacity": "neutral", "rejection_unsuitable": "neutral", "rejection_other": "neutral",
    "no_response": "neutral", "withdrawn": "neutral", "matched_elsewhere": "neutral", "no_show": "danger",
    "not_continued": "danger",
}  # fmt: skip
EMAIL_STATES = {
    "draft": "neutral", "queued": "info", "sending": "info", "retry_wait": "warning", "sent": "success",
    "failed": "danger", "cancelled": "neutral", "unclear": "danger", "bounced_hard": "danger",
    "bounced_soft": "warning", "replied": "success",
}  # fmt: skip


def chip_colours(kind: str) -> tuple[str, str]:
    """Ground and text colour of a kind."""
    t = tokens()
    return {
        "success": (t.success_soft, t.success),
        "warning": (t.warning_soft, t.warning),
        "danger": (t.danger_soft, t.danger),
        "info": (t.info_soft, t.info),
    }.get(kind, (t.neutral_soft, t.text))


class Chip(QLabel):
    """A chip on a form."""

    def __init__(self, text: str = "", kind: str = "neutral", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_state(text, kind)

    def show_state(self, text: str, kind: str) -> None:
        """Another word and kind."""
        self.setText(f"{MARKS[kind]}  {text}" if text else "")
        self.setAccessibleName(text)
        self.setProperty("chip", kind)
        self.style().unpolish(self)
        self.style().polish(self)


class ChipDelegate(QStyledItemDelegate):
    """Paints cells that carry CHIP_ROLE as chips, all others as usual."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell."""
        kind = index.data(CHIP_ROLE)
        if kind is None:
            super().paint(painter, option, index)
            return
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        words = plain.text
        plain.text = ""
        if plain.widget is not None:
            plain.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, plain, painter, plain.widget)
        if not words:
            return
        ground, colour = chip_colours(str(kind))
        font = plain.font
        font.setWeight(font.Weight.DemiBold)
        text = f"{MARKS[str(kind)]}  {words}"
        rect = option.rect.adjusted(6, 0, -4, 0)
        metrics = QFontMetrics(font)
        width = min(metrics.horizontalAdvance(text) + 20, rect.width())
        pill = QRectF(rect.left(), rect.center().y() - 11, width, 22)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(pill, 11, 11)
        painter.setPen(QColor(colour))
        painter.setFont(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(pill.width()) - 16)
        painter.drawText(pill.adjusted(10, 0, -6, 0), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
