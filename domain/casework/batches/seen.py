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

_HIDDEN = "communication_service.hidden_in_batches"
_SEEN = f"NOT EXISTS (SELECT FROM {_HIDDEN}({{}}) AS h WHERE NOT h.part)"
SEEN = _SEEN.format("b.id")
"""Condition on a batch ``b``, to be asked of few: behind a CASE, since the planner asks it of all there are first."""
SEEN_OF_ALL = f"b.id NOT IN (SELECT h.batch_id FROM {_HIDDEN}() AS h WHERE NOT h.part)"
"""The same for a list of batches ``b``, asked once a statement."""


def is_batch_seen(session: Session, batch_id: int) -> bool:
    """Whether the caller sees a batch."""
    return bool(session.scalar(text(f"SELECT {_SEEN.format(':id')}"), {"id": batch_id}))


def load_seen(session: Session, batch_id: int, version: int | None = None) -> Batch:
    """The batch, locked as `load_for_edit` does. Raises NotFound, also for one that is not seen, and Conflict."""
    batch = load_for_edit(session, Batch, batch_id, version)
    if not is_batch_seen(session, batch_id):
        raise NotFound("record.not_found", table="batch", id=batch_id)
    return batch


def refuse_part(session: Session, batch_id: int) -> None:
    """Raises Forbidden (``batch.part``) where lines yet to be made name people hidden from the caller."""
    waits = text(f"SELECT EXISTS (SELECT FROM {_HIDDEN}(:id) AS h WHERE h.waits)")
    if session.scalar(waits, {"id": batch_id}):
        raise Forbidden("batch.part")
