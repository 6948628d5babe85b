"""States as chips: a word on a soft ground with a shape, so that colour never carries the meaning alone."""

from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import tokens

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
