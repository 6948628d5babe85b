"""Whom those may be whom a file would bring: told beforehand, since an import joins nobody on a likeness."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.therapists.changes import Became, Likeness, RecordChange
from domain.therapists.duplicates.suspects import Side, suspected_duplicates
from domain.therapists.models import Therapist

MOST = 100_000  # pairs of one file


def with_likenesses(session: Session, changes: Sequence[RecordChange]) -> tuple[RecordChange, ...]:
    """The same changes, each new record with those known before whom it may be. In the session of the dry run."""
    fresh = {change.therapist_id for change in changes if change.became is Became.NEW and change.therapist_id}
    known = select(Therapist.id).where(Therapist.id.not_in(fresh), Therapist.merged_into_id.is_(None)).limit(1)
    if not fresh or session.scalar(known) is None:
        return tuple(changes)
    found: dict[int, list[Likeness]] = {}
    for pair in suspected_duplicates(session, about=fresh, beside_others=True, limit=MOST):
        new, other = (pair.first, pair.second) if pair.first.therapist_id in fresh else (pair.second, pair.first)
        found.setdefault(new.therapist_id, []).append(_likeness(other, pair.score))
    return tuple(
        replace(change, like=tuple(found[change.therapist_id]))
        if change.became is Became.NEW and change.therapist_id in found
        else change
        for change in changes
    )


def _likeness(side: Side, score: float) -> Likeness:
    return Likeness(side.therapist_id, side.name, side.place, score)
