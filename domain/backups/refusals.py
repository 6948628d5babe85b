"""Who said no, so that a restore writes to nobody who did: restrictions, objections, consents taken back; the replay.

As with erasures a list names a row by its number and a mark, and holds nothing of anybody. Other than an erasure a no
may be taken back by who said it: each entry says when it was decided by the database's clock, and the last decision
about a row holds, wherever it is listed. Only a no is replayed; who may be written to again says so anew.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Connection

from domain.backups.files import folder_errors, whole_file
from domain.errors import Unavailable

FILE = "platzlotse-widersprueche.json"
FORMAT = 1


class No(StrEnum):
    """Processing restricted (Art. 18), an objection (Art. 21) of one or of a mailbox, no weekly status, no consent."""

    RESTRICTED = "restricted"
    OPTED_OUT = "opted_out"
    MAILBOX = "mailbox"
    NO_STATUS = "no_status"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The last decision about a row: `at` in seconds since 1970, `stands` False where the no was taken back."""

    what: No
    id: int
    mark: str
    at: str
    stands: bool

    @property
    def key(self) -> tuple[str, int, str]:
        """By which it is known, whoever lists it."""
        return self.what, self.id, self.mark


_MARK = "md5(extract(epoch FROM r.created_at)::text)"
# when a column was last decided; the audit keeps it without contents for good
_POINT_MARK = "md5(p.id || ':' || coalesce(p.mailbox, p.practice_id::text))"
_DECIDED = """LEFT JOIN (
    SELECT e.row_id, max(e.at) AS at FROM audit.entry e
    WHERE e.table_name = '{table}' AND e.columns @> '{{{column}}}' GROUP BY e.row_id) d ON d.row_id = r.id"""
_PATIENT, _THERAPIST = "patient_service.patient", "therapist_service.therapist"
# whoever was joined with another one stays as the other one is, and says no if that was the last word
_OBJECTED = f"""SELECT e.row_id FROM audit.entry e JOIN audit.content c ON c.entry_id = e.id
    WHERE e.table_name = '{_THERAPIST}' AND e.columns @> '{{status}}' AND c.before ->> 'status' = 'opted_out'"""
_MERGED = _OBJECTED.replace("= 'opted_out'", "= 'merged'")
# whether the one they were joined with says it, and since when; a database of before merges has no such column
_INTO = "(to_jsonb(r) ->> 'merged_into_id')::bigint"
_WITH_ANOTHER = f"""WITH RECURSIVE one (id, kept) AS (
        SELECT r.id, {_INTO} FROM {_THERAPIST} r WHERE r.status = 'merged'
        UNION SELECT one.id, {_INTO} FROM one JOIN {_THERAPIST} r ON r.id = one.kept WHERE r.status = 'merged')
    SELECT one.id, r.status = 'opted_out' AS said, d.at FROM one JOIN {_THERAPIST} r ON r.id = one.kept
        {_DECIDED.format(table=_THERAPIST, column="status")} WHERE r.status <> 'merged'"""
_LISTS = {
    No.RESTRICTED: f"""
        SELECT r.id, {_MARK}, coalesce(d.at, r.restricted_at), r.restricted_at IS NOT NULL
        FROM {_PATIENT} r {_DECIDED.format(table=_PATIENT, column="restricted_at")}
        WHERE r.restricted_at IS NOT NULL OR d.at IS NOT NULL""",
    No.NO_STATUS: f"""
        SELECT r.id, {_MARK}, d.at, NOT r.wants_status
        FROM {_PATIENT} r {_DECIDED.format(table=_PATIENT, column="wants_status")}
        WHERE d.at IS NOT NULL""",
    No.OPTED_OUT: f"""
        SELECT r.id, {_MARK}, greatest(coalesce(d.at, r.created_at), o.at),
               r.status = 'opted_out' OR (r.status = 'merged' AND (o.said OR r.id IN ({_OBJECTED})))
        FROM {_THERAPIST} r {_DECIDED.format(table=_THERAPIST, column="status")}
        LEFT JOIN ({_WITH_ANOTHER}) o ON o.id = r.id
        WHERE r.status IN ('opted_out', 'merged') OR r.id IN ({_OBJECTED}) OR r.id IN ({_MERGED})""",
    # it is noted with one of those there, whoever is the first
    No.MAILBOX: f"""
        SELECT p.id, {_POINT_MARK}, greatest(r.noted_at, r.lifted_at), r.lifted_at IS NULL
        FROM therapist_service.mailbox_opt_out r JOIN therapist_service.contact_point p ON p.id = r.contact_point_id""",
    # a consent taken back stays so; who consents again does it in a row of its own
    No.WITHDRAWN: f"""
        SELECT r.id, {_MARK}, r.withdrawn_on::timestamp AT TIME ZONE 'UTC', true
        FROM patient_service.consent r WHERE r.withdrawn_on IS NOT NULL""",
}
_SAY_AGAIN = {
    No.RESTRICTED: f"""UPDATE {_PATIENT} r SET restricted_at = to_timestamp(cast(:at AS float8)), version = version + 1
        WHERE r.id = :id AND {_MARK} = :mark AND r.restricted_at IS NULL AND r.erased_at IS NULL""",
    No.NO_STATUS: f"""UPDATE {_PATIENT} r SET wants_status = false, version = version + 1
        WHERE r.id = :id AND {_MARK} = :mark AND r.wants_status""",
    No.OPTED_OUT: f"""UPDATE {_THERAPIST} r
        SET status = 'opted_out', blocked_reason = '', blocked_until = NULL, version = version + 1
        WHERE r.id = :id AND {_MARK} = :mark AND r.status NOT IN ('opted_out', 'merged')""",
    No.MAILBOX: f"""INSERT INTO therapist_service.mailbox_opt_out AS r
            (contact_point_id, therapist_id, noted_at, before, version)
        SELECT p.id, t.id, to_timestamp(cast(:at AS float8)), '{{}}', 1
        FROM therapist_service.contact_point p
        CROSS JOIN LATERAL (SELECT t.id FROM therapist_service.therapist t
                            WHERE t.contact_point_id = p.id ORDER BY t.id LIMIT 1) t
        WHERE p.id = :id AND {_POINT_MARK} = :mark
        ON CONFLICT (contact_point_id) DO UPDATE
            SET noted_at = excluded.noted_at, lifted_at = NULL, lifted_reason = '', version = r.version + 1
            WHERE r.lifted_at IS NOT NULL""",
    No.WITHDRAWN: f"""UPDATE patient_service.consent r
        SET withdrawn_on = greatest(r.given_on, (to_timestamp(cast(:at AS float8)) AT TIME ZONE 'UTC')::date),
            version = version + 1
        WHERE r.id = :id AND {_MARK} = :mark AND r.withdrawn_on IS NULL""",
}


_KEEPS_MAILBOXES = "SELECT to_regclass('therapist_service.mailbox_opt_out') IS NOT NULL"


def refusals_in(connection: Connection) -> tuple[Refusal, ...]:
    """Every no a database knows of, and every one that was taken back in it."""
    found = [refusal for what in No for refusal in refusals_of(connection, what)]
    return tuple(sorted(found, key=lambda refusal: refusal.key))


def refusals_of(connection: Connection, what: No) -> tuple[Refusal, ...]:
    """The same of one kind: of a damaged database some may still be read."""
    # a database of an earlier release has no opt-outs of mailboxes
    if what is No.MAILBOX and not connection.scalar(text(_KEEPS_MAILBOXES)):
        return ()
    told = f"SELECT id, mark, extract(epoch FROM at)::text, stands FROM ({_LISTS[what]}) AS k (id, mark, at, stands)"
    return tuple(Refusal(what, number, mark, at, stands) for number, mark, at, stands in connection.execute(text(told)))


def last_decisions(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """One entry a row: what was decided last; of two at the same moment, the no."""
    last: dict[tuple[str, int, str], Refusal] = {}
    for refusal in refusals:
        other = last.get(refusal.key)
        if other is None or _rank(refusal) > _rank(other):
            last[refusal.key] = refusal
    return tuple(last[key] for key in sorted(last))


def say_again(connection: Connection, refusals: Iterable[Refusal]) -> int:
    """Refuse as the owner what was refused last and is not here; returns how many. Repeating it changes nothing."""
    again = 0
    for refusal in last_decisions((*refusals, *refusals_in(connection))):
        if refusal.stands:
            values = {"id": refusal.id, "mark": refusal.mark, "at": refusal.at}
            again += connection.execute(text(_SAY_AGAIN[refusal.what]), values).rowcount
    return again


def written(refusals: Iterable[Refusal]) -> list[dict[str, object]]:
    """As plain values, for a manifest or a file."""
    return [asdict(refusal) for refusal in refusals]


def read(values: object, path: str = "") -> tuple[Refusal, ...]:
    """Back from plain values. Raises Unavailable (``backup.refusals_unreadable``) for what another program wrote."""
    if not isinstance(values, list):
        raise Unavailable("backup.refusals_unreadable", path=path)
    try:
        return tuple(_read(value) for value in values)
    except (KeyError, TypeError, ValueError, InvalidOperation) as exc:
        raise Unavailable("backup.refusals_unreadable", path=path) from exc


def refusals_beside(folder: Path) -> tuple[Refusal, ...]:
    """What the file beside the backups lists; nothing where there is none."""
    path = folder / FILE
    try:
        with folder_errors(folder):
            content = json.loads(path.read_text("ascii")) if path.exists() else {"refusals": []}
    except ValueError as exc:
        raise Unavailable("backup.refusals_unreadable", path=str(path)) from exc
    return read(content.get("refusals") if isinstance(content, dict) else None, str(path))


def keep_refusals_beside(folder: Path, refusals: Iterable[Refusal]) -> None:
    """Bring the file beside the backups up to the last decisions; no row it lists is ever left out."""
    before = refusals_beside(folder)
    listed = last_decisions((*before, *refusals))
    if listed == last_decisions(before):
        return
    content = json.dumps({"format": FORMAT, "refusals": written(listed)})
    with whole_file(folder, FILE) as file:
        file.write(content.encode("ascii"))


def _rank(refusal: Refusal) -> tuple[Decimal, bool]:
    return Decimal(refusal.at), refusal.stands


def _read(value: dict[str, object]) -> Refusal:
    at, stands = str(value["at"]), value["stands"]
    if not Decimal(at).is_finite() or not isinstance(stands, bool):
        raise ValueError(at)
    return Refusal(No(str(value["what"])), int(str(value["id"])), str(value["mark"]), at, stands)
