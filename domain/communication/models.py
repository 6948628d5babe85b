"""Tables of communication: mails, phone calls, and the history of every contact."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from domain.access import Person
from domain.communication.account_models import MailAccount
from domain.communication.batch_models import Batch
from domain.communication.states import CallStatus, EmailStatus
from domain.communication.templates.models import TemplateVersion
from domain.database import Base, Identified, Versioned
from domain.file_types import FILE_BYTES
from domain.matching.models import Inquiry, InquiryItem
from domain.patients.models import Patient
from domain.therapists.models import Therapist

SCHEMA = {"schema": "communication_service"}
BODY_LENGTH, COUNTERPART_LENGTH = 10_000, 300  # characters of an entry of the history; also of what is noted of a call
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # when a contact can have been
# of a mail that something keeps from leaving: asked word for word as its index, so that a long queue costs nothing;
# unqualified as there, hence for statements that read no other table with a status
HINDERED = text("status IN ('queued', 'retry_wait') AND failure_cause <> ''")


def _codes(codes: object) -> str:
    return ", ".join(f"'{code}'" for code in sorted(str(code) for code in codes))  # type: ignore[attr-defined]


class Email(Identified, Versioned, Base):
    """One mail to one address. `message_id` is fixed before the first attempt and never changes.

    Whoever is written to gets a mail of their own: what a server says, what is tried again and what is unclear then
    belongs to one recipient, nobody reads another's address, and no mail is accepted in parts.
    `not_before` holds the undo window, sending hours and the wait before a retry; `deferred_at` when the worker was
    given it; `lease_until` the time after which an attempt that did not report back counts as unclear. `failure` is
    what the server said last, `failure_cause` the code of what hindered it, `failure_params` what its sentence names.
    One that was stopped by the last look has the reason there, too, and `stop_seen_at` when somebody saw it.
    A batch (`batch_id`) may hold it; `status_week` is the Monday of a weekly status: one a patient and week.
    `exported_at` is since when a person (`exported_by`) has it outside, to send it with their own program: held, until
    they say what became of it. `sent_by_hand` says that it went so.
    Of a patient whose words were erased the address is empty.
    """

    __tablename__ = "email"
    __table_args__ = (
        CheckConstraint(f"status IN ({_codes(EmailStatus)})", name="status"),
        CheckConstraint("(status = 'sending') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint(
            "status NOT IN ('sent', 'bounced_soft', 'replied') OR sent_at IS NOT NULL",
            name="sent_at",
        ),
        CheckConstraint(
            "kind IN ('inquiry', 'reminder', 'withdrawal', 'surplus', 'alternative', 'place_declined', 'patient',"
            " 'first_letter', 'weekly_status', 'own')",
            name="kind",
        ),
        CheckConstraint(
            "to_address LIKE '%@%' OR to_address = ''"
            " AND status NOT IN ('draft', 'queued', 'sending', 'retry_wait', 'failed')",
            name="to_address",
        ),
        CheckConstraint("(kind = 'weekly_status') = (status_week IS NOT NULL)", name="status_week"),
        CheckConstraint("extract(isodow FROM status_week) = 1", name="status_monday"),
        CheckConstraint(
            "(exported_at IS NULL) = (exported_by IS NULL)"
            " AND (exported_at IS NULL OR status IN ('queued', 'cancelled', 'unclear'))",
            name="exported",
        ),
        Index("ix_email_exported_by", "exported_by"),
        Index(
            "ix_email_exported",
            "exported_at",
            postgresql_where=text("status = 'queued' AND exported_at IS NOT NULL"),
        ),
        Index(
            "uq_email_status_week",
            "patient_id",
            "status_week",
            unique=True,
            postgresql_where=text("status_week IS NOT NULL AND status <> 'cancelled'"),
        ),
        Index("ix_email_batch_id", "batch_id"),
        Index("uq_email_message_id", "message_id", unique=True),
        Index("uq_email_client_uuid", "client_uuid", unique=True),
        Index("ix_email_account_id", "account_id"),
        Index("ix_email_inquiry_id", "inquiry_id"),
        Index("ix_email_therapist_id", "therapist_id"),
        Index("ix_email_patient_id", "patient_id"),
        Index("ix_email_template_version_id", "template_version_id"),
        Index("ix_email_status", "status", "not_before"),
        Index(
            "ix_email_hindered",
            "account_id",
            postgresql_where=HINDERED,
        ),
        Index("ix_email_created_at", "created_at"),
        Index(
            "ix_email_stopped",
            "updated_at",
            postgresql_where=text("status = 'cancelled' AND failure_cause LIKE 'stopped.%' AND stop_seen_at IS NULL"),
        ),
        Index("ix_email_to_address", text("lower(to_address)")),
        SCHEMA,
    )

    kind: Mapped[str]
    inquiry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inquiry.id))
    therapist_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    patient_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Patient.id))
    status: Mapped[str] = mapped_column(default="draft")
    to_address: Mapped[str]
    to_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    body_text: Mapped[str]
    body_html: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str]
    in_reply_to: Mapped[str] = mapped_column(default="")
    client_uuid: Mapped[UUID | None]
    created_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    not_before: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    deferred_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(SmallInteger, default=0)
    sent_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")
    failure_cause: Mapped[str] = mapped_column(default="")
    failure_params: Mapped[dict[str, int | str]] = mapped_column(JSONB, default=dict)
    stop_seen_at: Mapped[datetime | None]
    server_reply: Mapped[str] = mapped_column(default="")
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(MailAccount.id))
    copied_at: Mapped[datetime | None]
    template_version_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(TemplateVersion.id))
    batch_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Batch.id))
    status_week: Mapped[date | None]
    exported_at: Mapped[datetime | None]
    exported_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    sent_by_hand: Mapped[bool] = mapped_column(default=False)


class EmailItem(Base):
    """That a mail tells of a position of its inquiry; changes with the words of one that waits, and with no other."""

    __tablename__ = "email_item"
    __table_args__ = (Index("ix_email_item_item_id", "item_id"), SCHEMA)

    email_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(Email.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(InquiryItem.id), primary_key=True, autoincrement=False)


class EmailPatient(Base):
    """That a mail of one's own names a patient; `confirmed_by`: though its practice was never asked about them."""

    __tablename__ = "email_patient"
    __table_args__ = (
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed"),
        Index("ix_email_patient_patient_id", "patient_id"),
        Index("ix_email_patient_confirmed_by", "confirmed_by"),
        SCHEMA,
    )

    email_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(Email.id, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id), primary_key=True, autoincrement=False)
    confirmed_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    confirmed_at: Mapped[datetime | None]


class EmailAttachment(Identified, Base):
    """A file that goes along with a mail; `content` is its bytes, of a kind `domain.file_types` lets through."""

    __tablename__ = "email_attachment"
    __table_args__ = (
        CheckConstraint(f"octet_length(content) BETWEEN 1 AND {FILE_BYTES}", name="size"),
        CheckConstraint("name <> ''", name="name"),
        Index("ix_email_attachment_email_id", "email_id"),
        SCHEMA,
    )

    email_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Email.id, ondelete="CASCADE"))
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class EmailAttempt(Identified, Base):
    """One attempt to hand over a mail and what came of it; append-only. `at` is when that was known."""

    __tablename__ = "email_attempt"
    __table_args__ = (
        CheckConstraint("outcome IN ('sent', 'postponed', 'refused', 'unclear')", name="outcome"),
        Index("ix_email_attempt_email_id", "email_id"),
        Index("ix_email_attempt_account_id", "account_id", "at"),
        Index("ix_email_attempt_at", "at"),
        SCHEMA,
    )

    email_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Email.id))
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(MailAccount.id))
    at: Mapped[datetime]
    outcome: Mapped[str]
    cause: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")


class PhoneCall(Identified, Versioned, Base):
    """One call to a practice, planned inside one of its phone windows.

    `phone_tag`: the practice called back while nobody was there. `note` is for whoever makes the call. `agreed`: the
    practice asked for this very time. `dialled` is the number that was called, `follows_id` the call in whose place
    this one was planned; `noted_only` says that its result was noted without a call begun here. Triggers keep words
    and callbacks within bounds where they are given.
    """

    __tablename__ = "phone_call"
    __table_args__ = (
        CheckConstraint(f"status IN ({_codes(CallStatus)})", name="status"),
        CheckConstraint("(status = 'callback_due') = (callback_on IS NOT NULL)", name="callback"),
        Index(
            "uq_phone_call_person_id_in_progress",
            "person_id",
            unique=True,
            postgresql_where=text("status = 'in_progress'"),
        ),
        Index("ix_phone_call_inquiry_id", "inquiry_id"),
        Index("ix_phone_call_planned", "planned_at", postgresql_where=text("status = 'planned'")),
        Index("ix_phone_call_therapist_id", "therapist_id"),
        Index("ix_phone_call_person_id", "person_id", "started_at"),
        Index("ix_phone_call_follows_id", "follows_id"),
        SCHEMA,
    )

    inquiry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inquiry.id))
    therapist_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    status: Mapped[str] = mapped_column(default="planned")
    planned_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(SmallInteger, default=1)
    callback_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(default="")
    cancel_reason: Mapped[str] = mapped_column(default="")
    phone_tag: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Person.id))
    agreed: Mapped[bool] = mapped_column(default=False)
    dialled: Mapped[str] = mapped_column(default="")
    noted_only: Mapped[bool] = mapped_column(default=False)
    follows_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("communication_service.phone_call.id", name="fk_phone_call_follows_id")
    )


class ContactEntry(Identified, Base):
    """One entry of the contact history: what went to whom and came back; append-only.

    `person_id` is who of the office entered it (the database sets it; None: the worker), `counterpart` whom they spoke
    with. Triggers keep `at` in a plausible calendar, and never later than now, but for a day between clocks. An entry
    of kind ``letter_taken_back`` names the letter's (`takes_back`): that one did not go out after all; one of kind
    ``answer_taken_back`` the answer's that was entered by mistake; one of kind ``mail_moved`` that of a mail that is
    another one's, and whose words it loses.
    """

    __tablename__ = "contact_entry"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'phone', 'letter', 'visit', 'note')", name="channel"),
        CheckConstraint("direction IN ('out', 'in', 'none')", name="direction"),
        CheckConstraint("num_nonnulls(patient_id, therapist_id, inquiry_id) > 0", name="about"),
        CheckConstraint(
            f"char_length(counterpart) <= {COUNTERPART_LENGTH} AND char_length(body) <= {BODY_LENGTH}", name="length"
        ),
        Index("ix_contact_entry_patient_id", "patient_id", "at"),
        Index("ix_contact_entry_therapist_id", "therapist_id", "at"),
        Index("ix_contact_entry_inquiry_id", "inquiry_id", "at"),
        CheckConstraint(
            "(kind IN ('letter_taken_back', 'answer_taken_back', 'mail_moved')) = (takes_back IS NOT NULL)",
            name="takes_back",
        ),
        Index("ix_contact_entry_words", "words", postgresql_using="gin"),
        Index("uq_contact_entry_takes_back", "takes_back", unique=True),
        SCHEMA,
    )

    at: Mapped[datetime]
    channel: Mapped[str]
    direction: Mapped[str] = mapped_column(default="none")
    patient_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Patient.id))
    therapist_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Therapist.id))
    inquiry_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Inquiry.id))
    email_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(Email.id))
    call_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey(PhoneCall.id))
    person_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey(Person.id), server_default=text("platform.current_person_id()")
    )
    kind: Mapped[str] = mapped_column(default="note")
    counterpart: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    takes_back: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("communication_service.contact_entry.id"))
    words: Mapped[str] = mapped_column(
        TSVECTOR, Computed("public.german_words(counterpart || ' ' || body)", persisted=True), deferred=True
    )


class ContactPatient(Base):
    """Of whom a letter or mail in the history tells; the database writes it with the entry and seals it."""

    __tablename__ = "contact_patient"
    __table_args__ = (Index("ix_contact_patient_patient_id", "patient_id"), SCHEMA)

    entry_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(ContactEntry.id), primary_key=True, autoincrement=False
    )
    patient_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Patient.id), primary_key=True, autoincrement=False)
