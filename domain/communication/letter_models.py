"""Tables of letters on paper: each as it was written, so that it can be printed again, and of whom it tells."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.communication.templates.models import TemplateVersion
from domain.database import Base, Identified
from domain.matching.models import Inquiry, InquiryItem
from domain.therapists.models import Therapist

LETTER_KINDS = ("inquiry", "reminder", "withdrawal")


class PrintedLetter(Identified, Base):
    """A letter to a practice. `body` is Markdown; `printed_at` None: it waits for the printer. Nothing else changes."""

    __tablename__ = "printed_letter"
    __table_args__ = (
        CheckConstraint(f"kind IN {LETTER_KINDS}", name="kind"),
        Index("uq_printed_letter_id_inquiry_id", "id", "inquiry_id", unique=True),
        Index("ix_printed_letter_inquiry_id", "inquiry_id"),
        Index("ix_printed_letter_therapist_id", "therapist_id"),
        Index("ix_printed_letter_template_version_id", "template_version_id"),
        Index("ix_printed_letter_created_by", "created_by"),
        Index("ix_printed_letter_waiting", "id", postgresql_where=text("printed_at IS NULL")),
        {"schema": "communication_service"},
    )

    kind: Mapped[str]
    inquiry_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Inquiry.id))
    therapist_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    sender: Mapped[str]
    address: Mapped[str]
    written_on: Mapped[date]
    subject: Mapped[str]
    body: Mapped[str]
    template_version_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(TemplateVersion.id))
    created_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    created_at: Mapped[datetime]
    printed_at: Mapped[datetime | None]


class PrintedLetterItem(Base):
    """That a letter tells of a position of its inquiry; goes with a letter that is dropped before it was printed."""

    __tablename__ = "printed_letter_item"
    __table_args__ = (
        ForeignKeyConstraint(
            ["letter_id", "inquiry_id"],
            [PrintedLetter.id, PrintedLetter.inquiry_id],
            name="fk_printed_letter_item_letter_id_inquiry_id",
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["item_id", "inquiry_id"],
            [InquiryItem.id, InquiryItem.inquiry_id],
            name="fk_printed_letter_item_item_id_inquiry_id",
        ),
        Index("ix_printed_letter_item_item_id", "item_id"),
        {"schema": "communication_service"},
    )

    letter_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    inquiry_id: Mapped[int] = mapped_column(BigInteger)
