"""Bringing two records of one person together, so that `merge_undo` can take it back exactly.

The other record stays as it is and only points to the one kept. What points to it (inquiries, calls, exclusions …) is
turned to the one kept and noted by the database (trigger `turn_to_kept`), since much of it belongs to patients whom
whoever merges does not see; what is written for good (contact log, printed letters) stays and is read with it. Every
field that differed is a decision and is locked against imports, so that two directories do not pull it to and fro.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from domain import events
from domain.access import me
from domain.casework.availability import stop_what_waits
from domain.editing import load_for_edit
from domain.errors import Conflict, Invalid
from domain.therapists.addresses import ADDRESS as ADDRESS_COLUMNS
from domain.therapists.addresses import same_address
from domain.therapists.asking import may_be_asked
from domain.therapists.duplicates.comparing import stored
from domain.therapists.duplicates.fields import ADDRESS, FIELDS
from domain.therapists.identity_models import TherapistMerge
from domain.therapists.mailbox_opt_outs import keep_own, objected_alone
from domain.therapists.models import PracticeSite, Therapist
from domain.therapists.service import contact_point_for
from domain.therapists.sites import renew_key
from domain.weektime import office_day

# what points to a therapist and is moved with a merge by the database, so that lists and rules see it with the one kept
MOVING = (
    "matching_service.inquiry",
    "matching_service.placement",
    "matching_service.exclusion",
    "matching_service.plan_line",
    "communication_service.phone_call",
    "communication_service.email",
    "communication_service.incoming_email",
    "communication_service.batch_line",
)
# the contact log is chained and letters are printed: they stay where they were written and are read with the one kept
STAYING = (
    "communication_service.contact_entry", "communication_service.printed_letter",
    # what was read of one record's page stays with that record
    "therapist_service.web_reading", "therapist_service.web_finding",
)  # fmt: skip
# columns the database keeps itself
_KEPT_BY_DATABASE = frozenset(
    {"id", "version", "created_at", "updated_at", "updated_by", "offer_mask", "age_mask", "search_text", "sort_name"}
)
_OPEN_ELSEWHERE = """
SELECT id FROM matching_service.inquiry
WHERE closed_at IS NULL AND therapist_id = ANY(:ids) AND contact_point_id <> :point ORDER BY id LIMIT 1
"""
# the longest waiting time at the points given up, where it outlasts that at the point kept
_COOLING = """
INSERT INTO matching_service.cooling_period (contact_point_id, starts_at, ends_at, cause, inquiry_id)
SELECT :point, k.starts_at, k.ends_at, k.cause, k.inquiry_id FROM matching_service.cooling_period k
JOIN matching_service.inquiry q ON q.id = k.inquiry_id
WHERE k.contact_point_id = ANY(:points) AND k.contact_point_id <> :point AND q.therapist_id = ANY(:ids)
  AND k.ends_at > greatest(:now, (SELECT max(o.ends_at) FROM matching_service.cooling_period o WHERE o.contact_point_id = :point))
ORDER BY k.ends_at DESC LIMIT 1 RETURNING id
"""


def merge(session: Session, *, keep: int, drop: int, choices: Mapping[str, int], now: datetime) -> int:
    """Bring `drop` into `keep`; returns the merge's id, by which it is undone.

    `choices` says for fields that differ (FIELDS and "address") whose value stays, by therapist id; what is not named
    stays with `keep`. Raises Invalid (unknown field, institution and person), Conflict where one is merged already or an
    inquiry is open at a mailbox that would not be asked again.
    """
    if keep == drop:
        raise Invalid("merge.one_record")
    if unknown := sorted(name for name in choices if name not in FIELDS and name != ADDRESS):
        raise Invalid("merge.field_unknown", fields=unknown)
    one, other = _locked_pair(session, keep, drop)
    asked = any(may_be_asked(row.status, row.blocked_until, today=office_day(now)) for row in (one, other))
    alone = objected_alone(session, other)
    before = stored(session, keep)
    dropped = stored(session, drop)
    dropped_status = other.status
    taken = {name for name, side in choices.items() if side == drop}
    _take(session, one, other, taken)
    added = _take_site(session, one, other, main=ADDRESS in taken)
    points = [one.contact_point_id, other.contact_point_id]
    if "email" in taken:
        one.contact_point_id = contact_point_for(session, one.practice_id, one.email)
    if session.scalar(text(_OPEN_ELSEWHERE), {"ids": [keep, drop], "point": one.contact_point_id}) is not None:
        raise Conflict("merge.inquiry_open")
    differing = {name for name, columns in FIELDS.items() if before[columns[0]] != dropped[columns[0]]}
    address = set(ADDRESS_COLUMNS) if added is not None else set()
    # decided by a person; status is never an import's
    one.locked_fields = sorted({*one.locked_fields, *other.locked_fields, *differing - {"status"}, *address})
    cooling = list(
        session.scalars(
            text(_COOLING), {"point": one.contact_point_id, "points": points, "ids": [keep, drop], "now": now}
        )
    )
    session.flush()
    other.status, other.merged_into_id = "merged", keep
    session.flush()
    after = stored(session, keep)
    changed = {name for name in before if name not in _KEPT_BY_DATABASE | {ADDRESS} and before[name] != after[name]}
    record = TherapistMerge(
        kept_id=keep,
        dropped_id=drop,
        merged_by=me(session).id,
        merged_at=now,
        # the status also where it stays, so that one who objects later is told from one who had; in both, so that the
        # previous release's program takes no merge back over an objection that came since
        kept_before={name: before[name] for name in {*changed, "status"}},
        kept_after={name: after[name] for name in {*changed, "status"}},
        dropped_status=dropped_status,
        moved=[],  # the database's: it turns what points to the other, also what nobody here sees
        added_site_id=added.id if added is not None else None,
        cooling_ids=cooling,
    )
    session.add(record)
    session.flush()
    if alone:
        keep_own(session, keep)  # a lifted opt-out of the mailbox gives nothing back to them
    if asked and not may_be_asked(one.status, one.blocked_until, today=office_day(now)):
        stop_what_waits(session, keep, now=now)
    events.record(session, "therapist.merged", keep, other_id=drop, merge_id=record.id)
    events.record(session, "therapist.merged_away", drop, other_id=keep, merge_id=record.id)  # a map drops its marker
    return record.id


def _locked_pair(session: Session, keep: int, drop: int) -> tuple[Therapist, Therapist]:
    """Both, locked in the order everybody locks in; first, that nobody begins anything with either meanwhile."""
    session.execute(
        text("""SELECT therapist_service.take_turn(u.id, true)
                FROM (SELECT id FROM unnest(cast(:ids AS bigint[])) AS id ORDER BY id % 1024) AS u"""),
        {"ids": [keep, drop]},
    )
    rows = {number: load_for_edit(session, Therapist, number) for number in sorted((keep, drop))}
    one, other = rows[keep], rows[drop]
    if one.merged_into_id is not None or other.merged_into_id is not None:
        raise Conflict("merge.merged_already")
    if one.is_institution != other.is_institution:
        raise Invalid("merge.institution_and_person")
    return one, other


def _take(session: Session, one: Therapist, other: Therapist, taken: set[str]) -> None:
    objected = "opted_out" in {one.status, other.status}
    for name in taken - {ADDRESS}:
        for column in FIELDS[name]:
            setattr(one, column, getattr(other, column))
    if objected:
        # an objection (Art. 21 GDPR) was the person's, whatever record it stood in and whatever was chosen
        one.status, one.blocked_reason, one.blocked_until = "opted_out", "", None
    if taken.intersection({"last_name", "first_name"}):
        renew_key(one, session.get_one(PracticeSite, one.site_id))


def _take_site(session: Session, one: Therapist, other: Therapist, *, main: bool) -> PracticeSite | None:
    """The other's address as a site of the practice kept, unless it has it; returns the site that was added."""
    theirs = session.get_one(PracticeSite, other.site_id)
    if not theirs.plz:
        return None
    own = session.scalars(
        select(PracticeSite).where(PracticeSite.practice_id == one.practice_id).order_by(PracticeSite.id)
    )
    site = next((known for known in own if same_address(known, theirs)), None)
    added = None
    if site is None:
        columns = (
            *ADDRESS_COLUMNS, "addition", "accessible",
            "lat", "lon", "geo_quality", "geo_uncertainty_m", "geo_source", "geo_locked",
        )  # fmt: skip
        site = added = PracticeSite(practice_id=one.practice_id, **{name: getattr(theirs, name) for name in columns})
        session.add(added)
        session.flush()
    if main and site.id != one.site_id:
        one.site_id = site.id
        renew_key(one, site)
    return added
