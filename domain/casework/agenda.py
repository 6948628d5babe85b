"""The day's work for the page Heute, ordered by what lapses first. Each task names what to open."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

from domain.backups.office_backups import are_on, is_late, last_verified
from domain.casework.batches.seen import SEEN
from domain.casework.batches.weekly import due_patients, is_offered
from domain.casework.data_checks import PATIENTS, THERAPISTS
from domain.casework.phone_queue import Reach, phone_queue
from domain.casework.retention import due_records, may_erase
from domain.communication.account_states import troubled_accounts
from domain.communication.accounts import awaiting, servers_of
from domain.communication.queries import BOUNCED, STOPPED
from domain.matching.reimbursement_due import open_clocks
from domain.matching.silence import CHASE, OWN, SILENT_SINCE
from domain.therapists.asking import TODAY_OF_NOW
from domain.weektime import BERLIN


class TaskKind(StrEnum):
    """What kind of work a task is, most pressing first."""

    BACKUP = "backup"
    MAIL_ACCOUNT = "mail_account"
    ACCOUNT_TROUBLE = "account_trouble"
    REPLY = "reply"
    REACHABLE = "reachable"
    MAIL_TROUBLE = "mail_trouble"
    MAIL_OUTSIDE = "mail_outside"
    SEND_FAILED = "send_failed"
    BATCH = "batch"
    WEEKLY_STATUS = "weekly_status"
    ACCEPTED = "accepted"
    PLACE_FREE = "place_free"
    TSS_CLOCK = "tss_clock"
    INSURER_CLOCK = "insurer_clock"
    CALL_PLANNED = "call_planned"
    CALL_STUCK = "call_stuck"
    LETTER = "letter"
    FOLLOW_UP = "follow_up"
    WAITLIST_DUE = "waitlist_due"
    NEEDS_INFO = "needs_info"
    RESUBMISSION = "resubmission"
    DRAFT_INQUIRY = "draft_inquiry"
    READY_PATIENT = "ready_patient"
    STALE_SEARCH = "stale_search"
    CHECK_PATIENT = "check_patient"
    CHECK_THERAPIST = "check_therapist"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Task:
    """One line of the day: what, about whom, due when (None: as soon as possible), and the page to open.

    `server` is the host:port an account's trouble is with.
    """

    kind: TaskKind
    page: str
    record_id: int
    title: str
    detail: str
    due: datetime | None
    server: str = ""


OUTSIDE_HOURS = 24  # how long a person may have a mail outside before the day asks what became of it
TURNED_OFF = "off"
HELD_UP = "\x1f"  # before a subject: a mail to this practice waits until its answer is read
# One SELECT per kind: page, id, title, detail, due. Names across schemas, read only.
_NAME = "trim(p.first_name || ' ' || p.last_name)"
_PRACTICE = "trim(t.first_name || ' ' || t.last_name)"
_ITEM_JOINS = """
    FROM matching_service.inquiry_item i
    JOIN matching_service.inquiry q ON q.id = i.inquiry_id
    JOIN therapist_service.therapist t ON t.id = q.therapist_id
    JOIN matching_service.place_search s ON s.id = i.search_id
    JOIN patient_service.patient p ON p.id = s.patient_id"""
_TASKS: dict[TaskKind, str] = {
    TaskKind.REPLY: f"""
        SELECT 'mail', m.id,
               coalesce(nullif(trim(t.first_name || ' ' || t.last_name), ''),
                        nullif(trim(p.first_name || ' ' || p.last_name), ''), nullif(m.from_name, ''), m.from_address),
               CASE WHEN m.kind <> 'bounce' AND EXISTS (
                        SELECT FROM communication_service.email e
                        WHERE e.inquiry_id = m.inquiry_id AND e.kind IN ('withdrawal', 'reminder')
                          AND e.status = 'queued') THEN '{HELD_UP}' ELSE '' END || m.subject, m.received_at
        FROM communication_service.incoming_email m
        LEFT JOIN therapist_service.therapist t ON t.id = m.therapist_id
        LEFT JOIN patient_service.patient p ON p.id = m.patient_id
        WHERE m.status = 'unread'""",
    TaskKind.ACCOUNT_TROUBLE: "",  # asked below: when an account counts as troubled stands in domain/communication alone
    TaskKind.BACKUP: "",  # asked below: the limit stands in domain/backups alone
    TaskKind.MAIL_ACCOUNT: "",  # asked below: only of who may decide it
    TaskKind.REACHABLE: "",  # asked below: whose window is open is no question of SQL
    TaskKind.MAIL_TROUBLE: f"""
        SELECT 'mail', e.id, coalesce(nullif(e.to_name, ''), e.to_address),
               CASE e.status WHEN 'cancelled' THEN e.failure_cause ELSE e.status END, e.updated_at
        FROM communication_service.email e
        WHERE e.status IN ('unclear', 'failed') OR {STOPPED} OR e.status = 'bounced_hard' AND {BOUNCED}""",
    # taken out to be sent by hand, and nobody said what became of it
    TaskKind.MAIL_OUTSIDE: f"""
        SELECT 'mail', e.id, coalesce(nullif(e.to_name, ''), e.to_address), coalesce(p.display_name, ''), e.exported_at
        FROM communication_service.email e LEFT JOIN platform.person p ON p.id = e.exported_by
        WHERE e.status = 'queued' AND e.exported_at < cast(:now AS timestamptz) - interval '{OUTSIDE_HOURS} hours'""",
    TaskKind.SEND_FAILED: f"""
        SELECT 'inquiries', q.id, {_PRACTICE}, q.reference, q.updated_at
        FROM matching_service.inquiry q JOIN therapist_service.therapist t ON t.id = q.therapist_id
        WHERE q.stage = 'send_failed' AND {OWN}""",
    # whose title is its kind and whose detail why it is named; whether one sees it is asked of those alone
    TaskKind.BATCH: f"""
        SELECT 'mail', b.id, b.kind, b.why, b.at FROM (
            SELECT g.batch_id AS id, b.kind, b.updated_at AS at,
                   CASE WHEN g.state = 'paused' THEN 'paused' WHEN g.failed + g.unclear > 0 THEN 'trouble'
                        WHEN g.state = 'taken_back' AND g.waiting > 0 THEN 'taking_back'
                        WHEN g.state = 'running' AND g.open > 0
                             AND greatest(g.last_made_at, b.released_at) < cast(:now AS timestamptz) - interval '1 minute'
                            THEN 'cut'
                        WHEN g.state = 'draft' AND b.created_at < cast(:now AS timestamptz) - interval '1 hour' THEN 'draft'
                   END AS why
            FROM communication_service.batch_progress g
            JOIN communication_service.batch b ON b.id = g.batch_id
        ) AS b WHERE CASE WHEN b.why IS NULL THEN false ELSE {SEEN} END""",
    TaskKind.WEEKLY_STATUS: "",  # asked below: only from the office's weekday on
    TaskKind.ACCEPTED: f"SELECT 'inquiries', q.id, {_NAME}, {_PRACTICE}, i.answered_at {_ITEM_JOINS}"
    f" WHERE i.status = 'accepted' AND (i.place_from IS NULL OR i.place_from > {TODAY_OF_NOW})",
    # whose day has come, until somebody notes that it began or came to nothing; the detail is code and practice
    TaskKind.PLACE_FREE: f"SELECT 'inquiries', q.id, {_NAME}, i.reference_code || ' · ' || {_PRACTICE},"
    f" i.place_from::timestamptz {_ITEM_JOINS} WHERE i.status = 'accepted' AND i.place_from <= {TODAY_OF_NOW}",
    TaskKind.TSS_CLOCK: "",  # asked below: the clocks stand in domain/matching alone
    TaskKind.INSURER_CLOCK: "",
    TaskKind.CALL_PLANNED: f"""
        SELECT 'phone', c.id, {_PRACTICE}, coalesce(nullif(t.phone, ''), t.mobile), c.planned_at
        FROM communication_service.phone_call c JOIN therapist_service.therapist t ON t.id = c.therapist_id
        WHERE c.status = 'planned' AND c.planned_at < cast(:now AS timestamptz) + interval '1 day'
          AND NOT c.id = ANY(:reachable)""",
    # its number was wrong or is gone, and nothing goes on by itself
    TaskKind.CALL_STUCK: f"""
        SELECT 'inquiries', q.id, {_PRACTICE}, coalesce(nullif(t.phone, ''), t.mobile), q.updated_at
        FROM matching_service.inquiry q JOIN therapist_service.therapist t ON t.id = q.therapist_id
        CROSS JOIN LATERAL (SELECT c.status FROM communication_service.phone_call c WHERE c.inquiry_id = q.id
                            ORDER BY c.id DESC LIMIT 1) AS last
        WHERE q.closed_at IS NULL AND {OWN}
          AND (last.status = 'wrong_number'
               OR q.stage = 'approved' AND last.status IN ('no_answer', 'busy', 'voicemail_left', 'missed', 'cancelled'))""",
    TaskKind.LETTER: f"""
        SELECT 'inquiries', q.id, {_PRACTICE}, w.subject, w.created_at
        FROM communication_service.printed_letter w JOIN matching_service.inquiry q ON q.id = w.inquiry_id
        JOIN therapist_service.therapist t ON t.id = q.therapist_id
        WHERE w.printed_at IS NULL""",
    TaskKind.FOLLOW_UP: f"""
        SELECT 'inquiries', q.id, {_PRACTICE}, q.reference,
               {SILENT_SINCE} + make_interval(days => o.follow_up_days)
        FROM matching_service.inquiry q JOIN therapist_service.therapist t ON t.id = q.therapist_id
        JOIN platform.office o ON o.id = 1 WHERE {CHASE}""",
    TaskKind.WAITLIST_DUE: f"SELECT 'inquiries', q.id, {_NAME}, {_PRACTICE}, i.waitlisted_until::timestamptz"
    f" {_ITEM_JOINS} WHERE i.status = 'waitlisted' AND i.waitlisted_until <= cast(:now AS timestamptz) + interval '7 days'"
    " AND s.status IN ('active', 'paused')",
    TaskKind.NEEDS_INFO: f"SELECT 'inquiries', q.id, {_NAME}, {_PRACTICE}, i.answered_at {_ITEM_JOINS}"
    " WHERE i.status = 'needs_info' AND q.closed_at IS NULL",
    TaskKind.RESUBMISSION: f"""
        SELECT 'patients', p.id, {_NAME}, p.resubmission_note, p.resubmission_on::timestamptz
        FROM patient_service.patient p WHERE p.resubmission_on <= :now AND p.restricted_at IS NULL""",
    TaskKind.DRAFT_INQUIRY: f"""
        SELECT 'inquiries', q.id, {_PRACTICE}, q.reference, q.created_at
        FROM matching_service.inquiry q JOIN therapist_service.therapist t ON t.id = q.therapist_id
        WHERE (q.stage = 'draft' OR q.stage = 'approved' AND q.channel = 'email') AND {OWN}""",
    TaskKind.READY_PATIENT: f"""
        SELECT 'patients', p.id, {_NAME}, p.city, p.registered_on::timestamptz
        FROM patient_service.patient p JOIN matching_service.patient_state v ON v.patient_id = p.id
        WHERE v.state = 'ready'""",
    # an inquiry that was taken back before it left, or came back, asked nobody
    TaskKind.STALE_SEARCH: f"""
        SELECT 'matching', s.id, {_NAME}, p.city, s.waiting_since::timestamptz
        FROM matching_service.place_search s JOIN patient_service.patient p ON p.id = s.patient_id
        WHERE s.status = 'active' AND NOT EXISTS (
            SELECT FROM matching_service.inquiry_item i JOIN matching_service.inquiry q ON q.id = i.inquiry_id
            WHERE i.search_id = s.id AND q.stage NOT IN ('cancelled', 'bounced')
              AND (q.closed_at IS NULL OR q.closed_at > cast(:now AS timestamptz) - interval '14 days'))""",
    # whose detail are codes
    TaskKind.CHECK_PATIENT: PATIENTS,
    TaskKind.CHECK_THERAPIST: THERAPISTS,
    TaskKind.RETENTION: "",  # asked below: only for who may erase
}
PER_KIND = 100
SOON = timedelta(days=7)  # how long before its last day a clock is shown


@dataclass(frozen=True, slots=True)
class Agenda:
    """The day's tasks (at most PER_KIND of each kind) and how many there are of each kind."""

    tasks: tuple[Task, ...]
    counts: dict[TaskKind, int]


def agenda(session: Session, *, now: datetime) -> Agenda:
    """Everything that wants doing, by kind in their order, then by what lapses first."""
    tasks: list[Task] = []
    counts: dict[TaskKind, int] = {}
    reachable = _reachable(session, now=now)
    asked = {TaskKind.REACHABLE: reachable, TaskKind.WEEKLY_STATUS: _weekly(session, now=now)}
    asked[TaskKind.RETENTION] = _retention(session, now=now)
    asked |= _clocks(session, now=now)
    asked[TaskKind.ACCOUNT_TROUBLE] = _troubles(session, now=now)
    asked[TaskKind.BACKUP] = _backup(session, now=now)
    asked[TaskKind.MAIL_ACCOUNT] = _accounts(session)
    values = {"now": now, "limit": PER_KIND, "reachable": [task.record_id for task in reachable]}
    for kind, query in _TASKS.items():
        if kind in asked:
            counts[kind] = len(asked[kind])
            tasks.extend(asked[kind][:PER_KIND])
            continue
        rows = session.execute(
            text(
                f"SELECT *, count(*) OVER () FROM ({query}) AS k (page, record_id, title, detail, due)"
                " ORDER BY due NULLS FIRST, record_id LIMIT :limit"
            ),
            values,
        ).all()
        counts[kind] = int(rows[0][-1]) if rows else 0
        tasks.extend(Task(kind, row[0], row[1], row[2], row[3] or "", row[4]) for row in rows)
    return Agenda(tuple(tasks), counts)


def _reachable(session: Session, *, now: datetime) -> tuple[Task, ...]:
    """Calls that reach their practice now, due when its window closes, in the order of the page Telefon."""
    return tuple(
        Task(
            TaskKind.REACHABLE,
            "phone",
            call.call_id,
            call.practice,
            call.phone,
            call.window.end if call.window else None,
        )
        for call in phone_queue(session, now=now)
        if call.reach is Reach.NOW
    )


def _weekly(session: Session, *, now: datetime) -> tuple[Task, ...]:
    """One task from the office's weekday on, its title how many are to be told; none while a batch of theirs is there.

    One the caller does not see keeps nothing silent: whoever gathers is told whose it is.
    """
    if not is_offered(session, now=now):
        return ()
    waiting = f"""SELECT EXISTS (
        SELECT FROM (SELECT DISTINCT l.batch_id AS id FROM communication_service.batch_line l
                     WHERE l.status = 'open' AND l.patient_id IS NOT NULL OFFSET 0) AS b
        WHERE {SEEN})"""  # OFFSET: asked of each batch once, not of each line
    if session.scalar(text(waiting)):
        return ()
    people = len(due_patients(session, now=now))
    return (Task(TaskKind.WEEKLY_STATUS, "mail", 0, str(people), "", None),) if people else ()


def _backup(session: Session, *, now: datetime) -> tuple[Task, ...]:
    """One task while the last verified backup is older than the office's limit; its title is of when that is.

    Its detail says where somebody turned backups off.
    """
    if not is_late(session, now=now):
        return ()
    last, off = last_verified(session), "" if are_on(session) else TURNED_OFF
    return (Task(TaskKind.BACKUP, "admin", 0, last.isoformat() if last else "", off, None),)


def _accounts(session: Session) -> tuple[Task, ...]:
    """For who leads the office: accounts an admin pointed elsewhere, whose mails wait; the detail names the servers."""
    if not session.scalar(text("SELECT pg_has_role(session_user, 'platzlotse_supervisor', 'MEMBER')")):
        return ()
    return tuple(
        Task(TaskKind.MAIL_ACCOUNT, "admin", one.id, f"{one.name} · {one.address}", servers_of(one), None)
        for one in awaiting(session)
    )


def _troubles(session: Session, *, now: datetime) -> tuple[Task, ...]:
    """Accounts nothing comes in from or goes out by, or whose copies fail: by name, with the cause and since when."""
    return tuple(
        Task(TaskKind.ACCOUNT_TROUBLE, "admin", one.account_id, one.name, one.cause, one.since, one.server)
        for one in troubled_accounts(session, now=now)
    )


def _retention(session: Session, *, now: datetime) -> tuple[Task, ...]:
    """One task for who leads the office, its title how many records are due to be erased, due since the first was."""
    if not may_erase(session):
        return ()
    due = [one for one in due_records(session, today=now.astimezone(BERLIN).date()) if not one.kept_by]
    if not due:
        return ()
    return (Task(TaskKind.RETENTION, "admin", 0, str(len(due)), "", datetime.combine(due[0].due_on, time(), BERLIN)),)


def _clocks(session: Session, *, now: datetime) -> dict[TaskKind, tuple[Task, ...]]:
    """The clocks of reimbursement from a week before their last day on, until what they wait for is entered."""
    today = now.astimezone(BERLIN).date()
    found: dict[TaskKind, list[Task]] = {TaskKind.TSS_CLOCK: [], TaskKind.INSURER_CLOCK: []}
    for case in open_clocks(session, today=today):
        for kind, clock, detail in (
            (TaskKind.TSS_CLOCK, case.clocks.tss, case.urgency),
            (TaskKind.INSURER_CLOCK, case.clocks.insurer, case.insurer_name),
        ):
            if clock is not None and clock.lapses_on <= today + SOON:
                due = datetime.combine(clock.lapses_on, time(), BERLIN)
                found[kind].append(Task(kind, "patients", case.patient_id, case.name, detail, due))
    return {
        kind: tuple(sorted(tasks, key=lambda task: (task.due or now, task.record_id))) for kind, tasks in found.items()
    }
