"""Names, addresses and mailboxes under which directories know somebody besides those shown.

Without them a corrected first name would bring the person in a second time with the next import.
"""

from collections.abc import Collection, Mapping

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from domain.therapists.identity_models import TherapistAlias
from domain.therapists.models import Therapist

NAMED = frozenset({"first_name", "last_name", "sex", "email"})


def known_as(therapist: Therapist, key: str = "") -> Mapping[str, object]:
    """How a directory names somebody now; by the key it has, unless another is given."""
    return {
        "therapist_id": therapist.id, "identity_key": key or therapist.identity_key, "first_name": therapist.first_name,
        "last_name": therapist.last_name, "sex": therapist.sex, "email": therapist.email,
    }  # fmt: skip


def remember(session: Session, therapist: Therapist, named: Mapping[str, object], changed: Collection[str]) -> None:
    """After somebody was changed by hand: keep how directories named them. Who came by none has nothing to keep."""
    if therapist.source != "manual" and NAMED.intersection(changed):
        add_alias(session, named)


def add_alias(session: Session, named: Mapping[str, object]) -> bool:
    """Somebody is known as that, too; once. Whether that is news."""
    if not named["identity_key"]:
        return False
    added = insert(TherapistAlias).values(**named).on_conflict_do_nothing().returning(TherapistAlias.id)
    return session.scalar(added) is not None
