"""Whose batches one sees: those whose lines name nobody hidden, and the own ones of which one sees a part.

Of a batch about other teams' patients the lines of a weekly status are hidden, of others the names: it would look empty
or whole, and going on with it would refuse what it cannot judge. Asked by the list, by Heute and by every step, so that
all three say the same.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.communication.batch_models import Batch
from domain.editing import load_for_edit
from domain.errors import Forbidden, NotFound

SEEN = "NOT EXISTS (SELECT FROM communication_service.hidden_in_batches(b.id) AS h WHERE NOT h.part)"
"""Condition on a batch ``b``, to be asked of few: behind a CASE, since the planner asks it of all there are first."""
SEEN_OF_ALL = "b.id NOT IN (SELECT h.batch_id FROM communication_service.hidden_in_batches() AS h WHERE NOT h.part)"
"""The same for a list of batches ``b``, asked once a statement."""


def is_batch_seen(session: Session, batch_id: int) -> bool:
    """Whether the caller sees a batch."""
    return bool(session.scalar(text(f"SELECT {SEEN} FROM (SELECT cast(:id AS bigint) AS id) AS b"), {"id": batch_id}))


def load_seen(session: Session, batch_id: int, version: int | None = None) -> Batch:
    """The batch, locked as `load_for_edit` does. Raises NotFound, also for one that is not seen, and Conflict."""
    batch = load_for_edit(session, Batch, batch_id, version)
    if not is_batch_seen(session, batch_id):
        raise NotFound("record.not_found", table="batch", id=batch_id)
    return batch


def refuse_part(session: Session, batch_id: int) -> None:
    """Raises Forbidden (``batch.part``) where lines name people hidden from the caller: they are refused."""
    part = text("SELECT EXISTS (SELECT FROM communication_service.hidden_in_batches(:id))")
    if session.scalar(part, {"id": batch_id}):
        raise Forbidden("batch.part")
