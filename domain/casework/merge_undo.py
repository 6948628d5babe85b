"""Taking a merge back: both records as they were, unless what the merge had set was changed since."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.availability import stop_what_waits
from domain.editing import load_for_edit
from domain.errors import Conflict, NotFound
from domain.therapists.duplicates.comparing import Row, stored
from domain.therapists.duplicates.fields import ADDRESS, FIELDS
from domain.therapists.identity_models import TherapistMerge
from domain.therapists.models import PracticeSite, Therapist
from domain.therapists.sites import renew_key

# columns that follow from others, and the field people know a column by
_KEYS = ("edited_key", "identity_key")
_FOLLOWING = frozenset({"locked_fields", *_KEYS})
_STATUS = ("status", "blocked_reason", "blocked_until")
_NAMED = {"contact_point_id": "email", "site_id": ADDRESS} | {
    column: field for field, columns in FIELDS.items() for column in columns
}
_OPEN_SINCE = """
SELECT 1 FROM matching_service.inquiry WHERE closed_at IS NULL AND therapist_id = :id AND created_at > :at
"""
# whoever says it of one who objected already changes no row: it stands in the events only
_OBJECTED_SINCE = """
SELECT coalesce(max(id) FILTER (WHERE event_type = 'therapist.status_set' AND payload ->> 'status' = 'opted_out')
                > max(id) FILTER (WHERE event_type = 'therapist.merged' AND payload ->> 'merge_id' = :merge), false)
       OR EXISTS (SELECT FROM therapist_service.therapist_merge m  -- or brought by whoever was merged into them later
                  WHERE m.kept_id = :kept AND m.id > cast(:merge AS bigint) AND m.undone_at IS NULL
                    AND m.kept_before ->> 'status' <> 'opted_out' AND m.kept_after ->> 'status' = 'opted_out')
FROM platform.event WHERE entity_id = :kept AND event_type IN ('therapist.status_set', 'therapist.merged')
"""
_LIVE = """
SELECT m.id AS merge_id, m.kept_id, m.dropped_id, m.merged_at, p.display_name AS by,
       trim(t.title || ' ' || t.first_name || ' ' || t.last_name) AS dropped
FROM therapist_service.therapist_merge m JOIN therapist_service.therapist t ON t.id = m.dropped_id
LEFT JOIN platform.person p ON p.id = m.merged_by
WHERE m.undone_at IS NULL AND (cast(:kept AS bigint) IS NULL OR m.kept_id = :kept) ORDER BY m.merged_at DESC, m.id DESC
"""


@dataclass(frozen=True, slots=True)
class MergeShown:
    """A merge that may be undone: which record stayed, the name of the one that went into it, by whom and when."""

    merge_id: int
    kept_id: int
    dropped_id: int
    merged_at: datetime
    by: str | None
    dropped: str


def live_merges(session: Session, *, kept: int | None = None) -> tuple[MergeShown, ...]:
    """Merges that stand, the newest first; of one therapist or of all."""
    return tuple(MergeShown(**row) for row in session.execute(text(_LIVE), {"kept": kept}).mappings())


def undo_merge(session: Session, merge_id: int, *, now: datetime) -> bool:
    """Give both records back as they were; what came since stays with the one that was kept.

    An objection that came since holds for both; returns whether there was one.
    Raises Conflict: undone already, the one kept is merged itself by now, or (``fields``) what the merge had set was
    changed since, so that nobody can say which value is right.
    """
    record = _standing(session, merge_id)
    one = load_for_edit(session, Therapist, record.kept_id)
    other = load_for_edit(session, Therapist, record.dropped_id)
    if one.merged_into_id is not None:
        raise Conflict("merge.kept_is_merged")
    site = session.get(PracticeSite, record.added_site_id) if record.added_site_id is not None else None
    _refuse_if_changed(session, record, site)
    before = dict(record.kept_before)
    objected = one.status == "opted_out" and _objected_since(session, record)
    if objected or "status" not in _set(record):
        before = {name: value for name, value in before.items() if name not in _STATUS}
    renamed = [key for key in _KEYS if key in before and getattr(one, key) != record.kept_after[key]]
    if "locked_fields" in before:
        # what was corrected since stays locked
        since = set(one.locked_fields).difference(_texts(record.kept_after["locked_fields"]))
        before["locked_fields"] = sorted({*_texts(before["locked_fields"]), *since})
    _restore(session, one.id, before)
    session.expire(one)
    if renamed:  # a later merge had set a name or an address, which it keeps
        renew_key(one, session.get_one(PracticeSite, one.site_id))
    other.status, other.merged_into_id = "opted_out" if objected else record.dropped_status, None
    if objected:
        other.blocked_reason, other.blocked_until = "", None
    session.flush()
    if record.cooling_ids:
        session.execute(
            text("UPDATE matching_service.cooling_period SET ends_at = starts_at WHERE id = ANY(:ids)"),
            {"ids": record.cooling_ids},
        )
    # the database turns back what it had turned (trigger `turn_back`)
    record.undone_at, record.undone_by = now, me(session).id
    session.flush()
    if objected:
        # said of both, also for whoever was merged into the other before
        events.record(session, "therapist.status_set", other.id, status="opted_out")
        stop_what_waits(session, other.id, now=now)
    if site is not None:
        session.delete(site)
        session.flush()
    for therapist in (one.id, other.id):
        events.record(session, "therapist.merge_undone", therapist, merge_id=merge_id)
    return objected


def _standing(session: Session, merge_id: int) -> TherapistMerge:
    """A merge not yet undone, locked; looked at first, since the database shows nobody to change what is undone."""
    seen = session.get(TherapistMerge, merge_id, populate_existing=True)
    if seen is None:
        raise NotFound("record.not_found", table="therapist_merge", id=merge_id)
    if seen.undone_at is not None:
        raise Conflict("merge.undone")
    return load_for_edit(session, TherapistMerge, merge_id)


def _set(record: TherapistMerge) -> Row:
    """What the merge set: the status stands in it also where it stayed."""
    return {name: value for name, value in record.kept_after.items() if record.kept_before.get(name) != value}


def _objected_since(session: Session, record: TherapistMerge) -> bool:
    """Whether an objection (Art. 21 GDPR) came after the merge: which of the two it was nobody can say."""
    # a merge of an earlier release kept the status only where it changed: whether they had objected is the events' to say
    was = record.kept_before.get("status")
    if "status" not in _set(record) and was not in {None, "opted_out"}:
        return True
    return bool(session.scalar(text(_OBJECTED_SINCE), {"kept": record.kept_id, "merge": str(record.id)}))


def _refuse_if_changed(session: Session, record: TherapistMerge, site: PracticeSite | None) -> None:
    current = stored(session, record.kept_id)
    set_by_merge = {name: value for name, value in _set(record).items() if name not in _FOLLOWING}
    differing = {_NAMED.get(name, name) for name, value in set_by_merge.items() if current[name] != value}
    chosen_since = site is not None and "site_id" not in record.kept_before and current["site_id"] == site.id
    if site is not None and (
        chosen_since or site.version > 1 or _worked_at_by_others(session, site.id, record.kept_id)
    ):
        differing.add(ADDRESS)
    if differing:
        raise Conflict("merge.changed_since", fields=sorted(differing))
    given_up = "contact_point_id" in record.kept_before
    if given_up and session.scalar(text(_OPEN_SINCE), {"id": record.kept_id, "at": record.merged_at}):
        raise Conflict("merge.inquiry_since")


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _worked_at_by_others(session: Session, site_id: int, therapist_id: int) -> bool:
    others = exists().where(Therapist.site_id == site_id, Therapist.id != therapist_id)
    return bool(session.scalar(select(others)))


def _restore(session: Session, therapist_id: int, columns: Row) -> None:
    """Write columns back as they stood in JSON; PostgreSQL reads its own writing."""
    if not columns:
        return
    names = ", ".join(sorted(columns))
    session.execute(
        text(f"""UPDATE therapist_service.therapist t SET ({names}) = (
                     SELECT {names} FROM jsonb_populate_record(NULL::therapist_service.therapist, cast(:columns AS jsonb)))
                 , version = version + 1 WHERE t.id = :id"""),
        {"columns": json.dumps(columns), "id": therapist_id},
    )
