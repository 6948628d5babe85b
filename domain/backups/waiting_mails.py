"""Mails that waited when a backup was made: nobody knows whether they went since, so that none goes by itself again.

They are unclear, as one whose sender never came back; a person decides each.
"""

from sqlalchemy import text
from sqlalchemy.engine import Connection

RESTORED = "email.restored"
_HOLD = text("""UPDATE communication_service.email
    SET status = 'unclear', lease_until = NULL, failure = '', failure_cause = :cause, failure_params = '{}',
        version = version + 1
    WHERE status IN ('queued', 'retry_wait', 'sending')""")


def hold_waiting_mails(connection: Connection) -> int:
    """In a restored database, as the owner; returns how many."""
    return connection.execute(_HOLD, {"cause": RESTORED}).rowcount
