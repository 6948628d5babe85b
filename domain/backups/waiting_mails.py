"""Mails that waited when a backup was made: nobody knows whether they went since, so that none goes by itself again.

They are unclear, as one whose sender never came back; a person decides each. A batch that ran would make further ones
out of lines that were made since: it pauses until somebody lets it go on.
"""

from sqlalchemy import text
from sqlalchemy.engine import Connection

RESTORED = "email.restored"
_HOLD = text("""UPDATE communication_service.email
    SET status = 'unclear', lease_until = NULL, failure = '', failure_cause = :cause, failure_params = '{}',
        version = version + 1
    WHERE status IN ('queued', 'retry_wait', 'sending')""")
_PAUSE = text("""UPDATE communication_service.batch b SET status = 'paused', version = version + 1
    WHERE status = 'running'
      AND EXISTS (SELECT FROM communication_service.batch_line l WHERE l.batch_id = b.id AND l.status = 'open')""")


def hold_waiting_mails(connection: Connection) -> int:
    """In a restored database, as the owner; returns how many."""
    return connection.execute(_HOLD, {"cause": RESTORED}).rowcount


def pause_batches(connection: Connection) -> int:
    """The same for batches with lines that are still open; returns how many."""
    return connection.execute(_PAUSE).rowcount
