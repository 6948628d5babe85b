"""The table of what answers and printed letters changed beside themselves, so that taking them back restores it."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.communication.letter_models import PrintedLetter
from domain.database import Base, Identified
from domain.matching.models import Answer

PRIOR_KINDS = (
    "inquiry", "item", "call", "mail", "inquiry_letter", "reminder_letter", "withdrawal_letter", "places",
)  # fmt: skip


class PriorState(Identified, Base):
    """One record as it was before an answer (or a printed letter) and as that left it; states and numbers, no words."""

    __tablename__ = "prior_state"
    __table_args__ = (
        CheckConstraint(f"kind IN {PRIOR_KINDS}", name="kind"),
        CheckConstraint("num_nonnulls(answer_id, letter_id) = 1", name="answer_or_letter"),
        CheckConstraint(
            "jsonb_typeof(before) = 'object' AND jsonb_typeof(after) = 'object'"
            " AND octet_length(before::text) + octet_length(after::text) <= 40000",
            name="values",
        ),
        Index("ix_prior_state_answer_id", "answer_id"),
        Index("ix_prior_state_letter_id", "letter_id"),
        Index("ix_prior_state_made_at", "made_at"),
        {"schema": "communication_service"},
    )

    answer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Answer.id))
    letter_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(PrintedLetter.id))
    kind: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    before: Mapped[dict[str, object]] = mapped_column(JSONB)
    after: Mapped[dict[str, object]] = mapped_column(JSONB)
    made_at: Mapped[datetime]
