"""Tables of mail that came in: the mail, its files, and what was read in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Double, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.communication.account_models import MailAccount
from domain.communication.models import Email
from domain.database import Base, Identified, Versioned
from domain.matching.models import Inquiry, InquiryItem
from domain.patients.models import Patient
from domain.therapists.models import Therapist

SCHEMA = {"schema": "communication_service"}


class IncomingEmail(Identified, Versioned, Base):
    """One mail that came in, and what it belongs to; `matched_by` says by which of its marks.

    `sha256` is of the source: the same mail is kept once, whether it is fetched again or dropped as a file, also where
    a header line was added on the way (same `message_id`, sender and words).
    `remark` is the code of what the program has to say of it (`remarks`), empty where nothing.
    """

    __tablename__ = "incoming_email"
    __table_args__ = (
        CheckConstraint("kind IN ('reply', 'bounce', 'patient', 'other')", name="kind"),
        CheckConstraint("status IN ('unread', 'done', 'set_aside')", name="status"),
        CheckConstraint("matched_by IN ('thread', 'reference', 'sender', 'person', 'nobody')", name="matched_by"),
        CheckConstraint("(status = 'unread') = (done_at IS NULL)", name="done"),
        CheckConstraint("char_length(remark) <= 100 AND jsonb_typeof(remark_params) = 'object'", name="remark"),
        Index("uq_incoming_email_sha256", "sha256", unique=True),
        *(
            Index(f"ix_incoming_email_{name}", name)
            for name in ("account_id", "email_id", "inquiry_id", "therapist_id", "patient_id", "done_by")
        ),
        Index("ix_incoming_email_message_id", "message_id", postgresql_where=text("message_id <> ''")),
        Index("ix_incoming_email_status", "status", "received_at"),
        Index(
            "ix_incoming_email_unknown",
            text("communication_service.mail_words(from_name, from_address, subject, body_text)"),
            postgresql_using="gin",
            postgresql_where=text("inquiry_id IS NULL AND therapist_id IS NULL AND patient_id IS NULL"),
        ),
        SCHEMA,
    )

    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(MailAccount.id))
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    message_id: Mapped[str] = mapped_column(default="")
    answers: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    from_address: Mapped[str] = mapped_column(default="")
    from_name: Mapped[str] = mapped_column(default="")
    to_address: Mapped[str] = mapped_column(default="")
    subject: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    automatic: Mapped[bool] = mapped_column(default=False)
    body_text: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(default="")
    remark_params: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="unread")
    matched_by: Mapped[str] = mapped_column(default="nobody")
    email_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Email.id))
    inquiry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inquiry.id))
    therapist_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    patient_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Patient.id))
    done_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    done_at: Mapped[datetime | None]


class IncomingAttachment(Identified, Base):
    """A file that came with a mail, as it came."""

    __tablename__ = "incoming_attachment"
    __table_args__ = (Index("ix_incoming_attachment_incoming_id", "incoming_id"), SCHEMA)

    incoming_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(IncomingEmail.id, ondelete="CASCADE"))
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class IncomingReading(Identified, Base):
    """What was suggested of one patient (or, without one, of the practice), and what a person decided."""

    __tablename__ = "incoming_reading"
    __table_args__ = (
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        Index("ix_incoming_reading_incoming_id", "incoming_id"),
        Index("ix_incoming_reading_item_id", "item_id"),
        SCHEMA,
    )

    incoming_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(IncomingEmail.id, ondelete="CASCADE"))
    item_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(InquiryItem.id))
    suggested: Mapped[str] = mapped_column(default="")
    confidence: Mapped[float] = mapped_column(Double, default=0)
    decided: Mapped[str]
