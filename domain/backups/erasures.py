"""What was erased, so that a restore does not bring it back: lists of ids outside what is restored, and the replay.

An erasure names a row by its number and a mark that tells it from a later row of the same number; it holds nothing of
anybody. The lists stand in every backup's manifest and in a file beside the backups; whoever restores also asks the
database that is replaced.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import Connection

from domain.backups.files import folder_errors, whole_file
from domain.errors import Unavailable

FILE = "platzlotse-loeschungen.json"
FORMAT = 1
REASON = "Nach dem Wiederherstellen einer Sicherung erneut gelöscht."


class What(StrEnum):
    """What was erased: a record, all words about a patient, of a contact (with calls and answers), a mail, a paper."""

    RECORD = "record"
    PATIENT = "patient"
    CONTACT = "contact"
    PAPER = "paper"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One row that was emptied; `calls` and `answers` are numbers of those emptied with a contact.

    `at` is of a patient, whose words may be erased more than once: when it was last (ISO).
    """

    what: What
    id: int
    mark: str
    calls: tuple[int, ...] = ()
    answers: tuple[int, ...] = ()
    at: str = ""

    @property
    def key(self) -> tuple[str, int, str, str]:
        """By which it is known, whoever lists it."""
        return self.what, self.id, self.mark, self.at


_CREATED = "md5(extract(epoch FROM {})::text)"
# a contact's mark is its salted hash, of which nobody reads anything once the salt is gone
_HASHED = """(SELECT encode(content_hash, 'hex') FROM audit.contact_link WHERE entry_id = {0}
    UNION ALL SELECT encode(content_hash, 'hex') FROM audit.contact_pending WHERE entry_id = {0} LIMIT 1)"""
# an entry emptied by a mail's going elsewhere, whose words stand in a later one of its moment or of the move's: that is
# no erasure until they are gone there, too; `takes_back` is missing in older schemas
_MOVED = """WITH RECURSIVE went AS (
    SELECT f.id, n.id AS further, n.counterpart <> '' OR n.body <> '' AS says
    FROM communication_service.contact_entry m
    JOIN communication_service.contact_entry f ON f.id = cast(to_jsonb(m) ->> 'takes_back' AS bigint)
    CROSS JOIN LATERAL (SELECT f.at UNION SELECT m.at) moment
    JOIN communication_service.contact_entry n
        ON n.at = moment.at AND n.id > m.id AND n.channel = 'email' AND n.direction = 'in'
    WHERE m.kind = 'mail_moved'
), moved (id) AS (
    SELECT id FROM went WHERE says UNION SELECT went.id FROM went JOIN moved ON moved.id = went.further)"""
_CONTACTS = f"""{_MOVED}
SELECT e.entry_id, {_HASHED.format("e.entry_id")},
    ARRAY(SELECT p.id FROM communication_service.phone_call p
          WHERE (p.id = c.call_id OR p.inquiry_id = c.inquiry_id) AND p.outcome = '' AND p.note = '' ORDER BY 1),
    ARRAY(SELECT a.id FROM matching_service.answer a
          JOIN matching_service.inquiry_item i ON i.id = a.item_id
          JOIN matching_service.place_search s ON s.id = i.search_id
          WHERE i.inquiry_id = c.inquiry_id AND s.patient_id = c.patient_id AND a.note = '' ORDER BY 1)
FROM audit.contact_erasure e JOIN communication_service.contact_entry c ON c.id = e.entry_id
WHERE NOT EXISTS (SELECT FROM moved WHERE moved.id = e.entry_id) ORDER BY 1"""
# kept since there is one way to erase all words about a patient (audit.erase_words)
_KEEPS_PATIENTS = "SELECT to_regclass('audit.patient_erasure') IS NOT NULL"
_PATIENTS = f"""
SELECT p.id, {_CREATED.format("p.created_at")}, extract(epoch FROM e.at)::text
FROM audit.patient_erasure e JOIN patient_service.patient p ON p.id = e.patient_id ORDER BY 1"""
# records are erased whole since their columns are there (revision 0041)
_KEEPS_RECORDS = """SELECT EXISTS (SELECT FROM information_schema.columns
    WHERE table_schema = 'patient_service' AND table_name = 'patient' AND column_name = 'erased_at')"""
_RECORDS = f"""
SELECT p.id, {_CREATED.format("p.created_at")}, extract(epoch FROM p.erased_at)::text
FROM patient_service.patient p WHERE p.erased_at IS NOT NULL ORDER BY 1"""
# of nobody's mails one by one, since there is the function (audit.erase_incoming)
_KEEPS_MAILS = "SELECT to_regprocedure('audit.erase_incoming(bigint, text)') IS NOT NULL"
_MAILS = f"""
SELECT m.id, {_CREATED.format("m.created_at")} FROM audit.word_erasure e
JOIN communication_service.incoming_email m ON m.id = e.row_id
WHERE e.table_name = 'communication_service.incoming_email' AND e.patient_id = 0 ORDER BY 1"""
_PAPERS = f"""
SELECT id, {_CREATED.format("created_at")} FROM patient_service.patient_file
WHERE erased_at IS NOT NULL ORDER BY 1"""


def erasures_in(connection: Connection) -> tuple[Erasure, ...]:
    """Everything a database knows to have been erased in it."""
    return tuple(erasure for what in _ORDER for erasure in erasures_of(connection, what))


def erasures_of(connection: Connection, what: What) -> tuple[Erasure, ...]:
    """The same of one kind: of a damaged database some may still be read."""
    match what:
        case What.RECORD:
            return _dated(connection, what, _KEEPS_RECORDS, _RECORDS)
        case What.PATIENT:
            return _dated(connection, what, _KEEPS_PATIENTS, _PATIENTS)
        case What.PAPER:
            return tuple(Erasure(what, number, mark) for number, mark in connection.execute(text(_PAPERS)))
        case What.MAIL:
            if not connection.scalar(text(_KEEPS_MAILS)):
                return ()
            return tuple(Erasure(what, number, mark) for number, mark in connection.execute(text(_MAILS)))
        case What.CONTACT:
            return tuple(
                Erasure(what, number, mark, tuple(calls), tuple(answers))
                for number, mark, calls, answers in connection.execute(text(_CONTACTS))
                if mark
            )


def _dated(connection: Connection, what: What, is_kept: str, query: str) -> tuple[Erasure, ...]:
    if not connection.scalar(text(is_kept)):
        return ()
    return tuple(Erasure(what, number, mark, at=at) for number, mark, at in connection.execute(text(query)))


def replay(connection: Connection, erasures: Iterable[Erasure]) -> int:
    """Erase as the owner what the lists name and is not erased here; returns how many. Repeating it changes nothing."""
    done = {erasure.key for erasure in erasures_in(connection)}
    again = 0
    # one by one before all words about somebody, which leave out what is empty; who it was goes last
    for erasure in sorted(erasures, key=lambda erasure: _ORDER.index(erasure.what)):
        if erasure.key not in done:
            done.add(erasure.key)
            again += _AGAIN[erasure.what](connection, erasure)
    return again


def _patient(connection: Connection, erasure: Erasure) -> bool:
    """All words about a patient, unless they were erased here since; a mail that has not left is taken back before."""
    due = {"id": erasure.id, "mark": erasure.mark, "at": erasure.at, "reason": REASON}
    if not connection.scalar(text(_KEEPS_PATIENTS)) or not connection.scalar(_PATIENT_DUE, due):
        return False
    connection.execute(_TAKE_BACK, due)
    connection.execute(text("SELECT audit.erase_words(:id, :reason)"), due)
    return True


def _record(connection: Connection, erasure: Erasure) -> bool:
    """A whole record, with the words and papers that came back; what hindered it then is over, so it is ended here."""
    due = {"id": erasure.id, "mark": erasure.mark, "reason": REASON}
    if not connection.scalar(text(_KEEPS_RECORDS)) or not connection.scalar(_RECORD_DUE, due):
        return False
    for statement in (_FREE, _END_SEARCHES, _ERASE_PAPERS, _TAKE_BACK):
        connection.execute(statement, due)
    connection.execute(text("SELECT audit.erase_words(:id, :reason)"), due)
    connection.execute(text("SELECT audit.erase_record(:id)"), due)
    return True


def _contact(connection: Connection, erasure: Erasure) -> bool:
    """An entry with what was said in its calls and answers, unless it was emptied here already."""
    if not connection.scalar(_CONTACT_DUE, {"id": erasure.id, "mark": erasure.mark}):
        return False
    connection.execute(text("SELECT audit.erase_contact(:id, :reason)"), {"id": erasure.id, "reason": REASON})
    for table, columns, numbers in (
        ("communication_service.phone_call", ("outcome", "note"), erasure.calls),
        ("matching_service.answer", ("note",), erasure.answers),
    ):
        there = " OR ".join(f"{name} <> ''" for name in columns)
        empty = ", ".join(f"{name} = ''" for name in columns)
        connection.execute(
            text(f"UPDATE {table} SET {empty} WHERE id = ANY (:ids) AND ({there})"), {"ids": list(numbers)}
        )
        connection.execute(_FORGET, {"table": table, "ids": list(numbers)})
    return True


def _paper(connection: Connection, erasure: Erasure) -> bool:
    done = connection.execute(_ERASE_PAPER, {"id": erasure.id, "mark": erasure.mark, "reason": REASON})
    return done.rowcount > 0


def _mail(connection: Connection, erasure: Erasure) -> bool:
    """A mail that somebody put to a patient before the backup goes with the patient's words."""
    due = {"id": erasure.id, "mark": erasure.mark, "reason": REASON}
    if not connection.scalar(text(_KEEPS_MAILS)) or not connection.scalar(_MAIL_DUE, due):
        return False
    return bool(connection.scalar(text("SELECT audit.erase_incoming(:id, :reason)"), due))


_CONTACT_DUE = text(f"""SELECT {_HASHED.format(":id")} = :mark
    AND NOT EXISTS (SELECT FROM audit.contact_erasure WHERE entry_id = :id)""")
_MAIL_DUE = text(f"""SELECT EXISTS (
    SELECT FROM communication_service.incoming_email m
    WHERE m.id = :id AND {_CREATED.format("m.created_at")} = :mark
      AND m.inquiry_id IS NULL AND m.therapist_id IS NULL AND m.patient_id IS NULL)""")
_PATIENT_DUE = text(f"""SELECT EXISTS (
    SELECT FROM patient_service.patient p LEFT JOIN audit.patient_erasure e ON e.patient_id = p.id
    WHERE p.id = :id AND {_CREATED.format("p.created_at")} = :mark
      AND (e.at IS NULL OR extract(epoch FROM e.at) < cast(:at AS numeric)))""")
_TAKE_BACK = text("""UPDATE communication_service.email SET status = 'cancelled', version = version + 1
    WHERE status IN ('draft', 'failed') AND id IN (SELECT mail_id FROM audit.mails_about(:id))""")
_RECORD_DUE = text(f"""SELECT EXISTS (SELECT FROM patient_service.patient p
    WHERE p.id = :id AND {_CREATED.format("p.created_at")} = :mark AND p.erased_at IS NULL)""")
_FREE = text("""UPDATE patient_service.patient SET restricted_at = NULL, version = version + 1
    WHERE id = :id AND restricted_at IS NOT NULL""")
_END_SEARCHES = text("""UPDATE matching_service.place_search
    SET status = 'cancelled', closed_at = clock_timestamp(), paused_until = NULL, pause_reason = '',
        version = version + 1
    WHERE patient_id = :id AND closed_at IS NULL""")
_ERASE_PAPERS = text("""UPDATE patient_service.patient_file
    SET erased_at = clock_timestamp(), erased_reason = :reason, name = '', note = ''
    WHERE patient_id = :id AND erased_at IS NULL""")
_AGAIN = {
    What.CONTACT: _contact, What.PAPER: _paper, What.MAIL: _mail, What.PATIENT: _patient, What.RECORD: _record,
}  # fmt: skip
_ORDER = tuple(_AGAIN)
_FORGET = text("""DELETE FROM audit.content c USING audit.entry e
    WHERE c.entry_id = e.id AND e.table_name = :table AND e.row_id = ANY (:ids)""")
_ERASE_PAPER = text("""UPDATE patient_service.patient_file
    SET erased_at = clock_timestamp(), erased_reason = :reason, name = '', note = ''
    WHERE id = :id AND md5(extract(epoch FROM created_at)::text) = :mark AND erased_at IS NULL""")


def written(erasures: Iterable[Erasure]) -> list[dict[str, object]]:
    """As plain values, for a manifest or a file."""
    return [asdict(erasure) for erasure in erasures]


def read(values: object, path: str = "") -> tuple[Erasure, ...]:
    """Back from plain values. Raises Unavailable (``backup.erasures_unreadable``) for what another program wrote."""
    if not isinstance(values, list):
        raise Unavailable("backup.erasures_unreadable", path=path)
    try:
        return tuple(
            Erasure(What(v["what"]), int(v["id"]), str(v["mark"]), tuple(v["calls"]), tuple(v["answers"]), v["at"])
            for v in values
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise Unavailable("backup.erasures_unreadable", path=path) from exc


def erasures_beside(folder: Path) -> tuple[Erasure, ...]:
    """What the file beside the backups lists; nothing where there is none."""
    path = folder / FILE
    try:
        with folder_errors(folder):
            content = json.loads(path.read_text("ascii")) if path.exists() else {"erasures": []}
    except ValueError as exc:
        raise Unavailable("backup.erasures_unreadable", path=str(path)) from exc
    return read(content.get("erasures") if isinstance(content, dict) else None, str(path))


def keep_beside(folder: Path, erasures: Iterable[Erasure]) -> None:
    """Add to the file beside the backups; what it lists it lists for ever."""
    before = erasures_beside(folder)
    listed = {erasure.key: erasure for erasure in (*before, *erasures)}
    if len(listed) == len(before):
        return
    content = json.dumps({"format": FORMAT, "erasures": written(listed[key] for key in sorted(listed))})
    with whole_file(folder, FILE) as file:
        file.write(content.encode("ascii"))
