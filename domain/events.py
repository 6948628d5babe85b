"""Events: every state change, in the same transaction as the change, told to every desktop by NOTIFY.

The envelope is domain.md's. Payloads carry identifiers only, never personal data.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.commit_fate import TellsTransaction
from domain.database import Base, Identified

CHANNEL = "platzlotse"


class Event(Identified, TellsTransaction, Base):
    """One event. `topic` and `entity_id` are what the notification carries to the desktops."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint(r"event_type ~ '^[a-z_]+\.[a-z_]+$'", name="event_type"),
        CheckConstraint("jsonb_typeof(payload) = 'object'", name="payload"),
        Index("uq_event_event_id", "event_id", unique=True),
        Index("ix_event_occurred_at", "occurred_at"),
        {"schema": "platform"},
    )

    event_id: Mapped[UUID] = mapped_column(server_default=text("gen_random_uuid()"))
    event_type: Mapped[str]
    version: Mapped[str] = mapped_column(server_default="1.0")
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    producer: Mapped[str]
    entity_id: Mapped[int | None] = mapped_column(BigInteger)
    payload: Mapped[dict[str, int | str | None]] = mapped_column(JSONB)
    actor: Mapped[str] = mapped_column(server_default=text("session_user"))


def record(session: Session, event_type: str, entity_id: int | None, **payload: int | str | None) -> None:
    """Append an event such as ``patient.created``; its topic (the part before the dot) names the producer.

    `payload` holds identifiers and codes of states only.
    """
    topic = event_type.split(".", 1)[0]
    # added, not executed: a statement would flush rows whose dependent columns the caller has yet to set
    session.add(
        Event(
            event_type=event_type,
            producer=PRODUCERS[topic],
            entity_id=entity_id,
            payload={f"{topic}_id": entity_id, **payload},
        )
    )


PRODUCERS = {
    "patient": "patient_service",
    "retention": "patient_service",
    "therapist": "therapist_service",
    "place_search": "matching_service",
    "inquiry": "matching_service",
    "inquiry_item": "matching_service",
    "placement": "matching_service",
    "exclusion": "matching_service",
    "insurer_profile": "matching_service",
    "reimbursement_case": "matching_service",
    "week_plan": "matching_service",
    "plan_line": "matching_service",
    "email": "communication_service",
    "batch": "communication_service",
    "incoming_email": "communication_service",
    "mail_account": "communication_service",
    "phone_call": "communication_service",
    "contact": "communication_service",
    "template": "communication_service",
    "letter": "communication_service",
    "evidence": "communication_service",
    "import": "scraping_service",
    "source": "scraping_service",
    "web_finding": "scraping_service",
    "web_schedule": "scraping_service",
    "place": "geocoding_service",
    "travel": "geocoding_service",
    "map_settings": "geocoding_service",
    "office": "platform",
    "person": "platform",
    "worker": "platform",
    "backup": "platform",
    "outside": "platform",
}
