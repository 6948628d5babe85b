"""The states of searches, inquiries, items and patients, and which may follow which (domain.md).

Pure tables: they know no database. Stored are the search's status, the inquiry's stage and the item's
status; the states people read (`InquiryState`, `PatientState`) are derived from them in `derived.py`.
"""

from enum import StrEnum

from domain.states import Machine


class SearchStatus(StrEnum):
    """State of a place search; stored."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    TENTATIVE = "tentative"
    SUCCESSFUL = "successful"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REIMBURSEMENT_ROUTE = "reimbursement_route"


S = SearchStatus
OPEN_SEARCH = frozenset({S.DRAFT, S.ACTIVE, S.PAUSED, S.TENTATIVE})
SEARCHING = frozenset({S.ACTIVE, S.PAUSED})  # still without a place
CLOSED_SEARCH = frozenset(SearchStatus) - OPEN_SEARCH
_ENDS = frozenset({S.CANCELLED, S.EXPIRED, S.REIMBURSEMENT_ROUTE})

SEARCH = Machine(
    "place_search",
    {
        S.DRAFT: frozenset({S.ACTIVE, S.CANCELLED}),
        S.ACTIVE: frozenset({S.PAUSED, S.TENTATIVE}) | _ENDS,
        S.PAUSED: frozenset({S.ACTIVE, S.TENTATIVE}) | _ENDS,
        S.TENTATIVE: frozenset({S.SUCCESSFUL, S.ACTIVE, S.CANCELLED}),
        **{closed: frozenset({S.ACTIVE}) for closed in CLOSED_SEARCH},
    },
)
# A place entered by mistake is taken back: the search goes on, or rests as it did. No other way leads to a pause.
SEARCH_TAKEN_BACK = Machine("place_search", {S.TENTATIVE: frozenset({S.ACTIVE, S.PAUSED})})


class InquiryStage(StrEnum):
    """How far an inquiry got; stored. What came back is told by its items."""

    DRAFT = "draft"
    APPROVED = "approved"
    OUTBOX = "outbox"
    SEND_FAILED = "send_failed"
    SENT = "sent"
    OUT_OF_OFFICE = "out_of_office"
    BOUNCED = "bounced"
    ANSWERED = "answered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class InquiryState(StrEnum):
    """State of an inquiry as people read it: the stage, plus `reminded` and `partly_answered`."""

    DRAFT = "draft"
    APPROVED = "approved"
    OUTBOX = "outbox"
    SEND_FAILED = "send_failed"
    SENT = "sent"
    OUT_OF_OFFICE = "out_of_office"
    REMINDED = "reminded"
    PARTLY_ANSWERED = "partly_answered"
    ANSWERED = "answered"
    BOUNCED = "bounced"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


Q = InquiryState
OPEN_STAGES = frozenset(
    {
        InquiryStage.DRAFT,
        InquiryStage.APPROVED,
        InquiryStage.OUTBOX,
        InquiryStage.SEND_FAILED,
        InquiryStage.SENT,
        InquiryStage.OUT_OF_OFFICE,
    }
)
WITH_PRACTICE = frozenset({InquiryStage.SENT, InquiryStage.OUT_OF_OFFICE})  # it was asked and may still answer
AWAITING_ANSWER = frozenset({Q.SENT, Q.REMINDED, Q.PARTLY_ANSWERED, Q.OUT_OF_OFFICE})
_LATE = frozenset({Q.PARTLY_ANSWERED, Q.ANSWERED})

INQUIRY = Machine(
    "inquiry",
    {
        Q.DRAFT: frozenset({Q.APPROVED, Q.CANCELLED}),
        Q.APPROVED: frozenset({Q.OUTBOX, Q.SENT, Q.CANCELLED}),
        # bounced without having been sent: the server knew at once that there is no such mailbox
        Q.OUTBOX: frozenset({Q.SENT, Q.SEND_FAILED, Q.BOUNCED, Q.CANCELLED}),
        Q.SEND_FAILED: frozenset({Q.OUTBOX, Q.CANCELLED}),
        Q.SENT: frozenset({Q.BOUNCED, Q.OUT_OF_OFFICE, Q.REMINDED, Q.EXPIRED, Q.WITHDRAWN}) | _LATE,
        Q.OUT_OF_OFFICE: frozenset({Q.SENT, Q.REMINDED, Q.WITHDRAWN}) | _LATE,
        # reminded again counts a further reminder (domain.md: reminded(n))
        Q.REMINDED: frozenset({Q.REMINDED, Q.BOUNCED, Q.OUT_OF_OFFICE, Q.EXPIRED, Q.WITHDRAWN}) | _LATE,
        Q.PARTLY_ANSWERED: frozenset({Q.PARTLY_ANSWERED, Q.ANSWERED, Q.REMINDED, Q.EXPIRED, Q.WITHDRAWN}),
        # a late reply reopens an expired inquiry; a correction reopens an answered one
        Q.EXPIRED: _LATE,
        Q.ANSWERED: _LATE,
    },
)


class ItemStatus(StrEnum):
    """What a practice said about one patient; stored, every answer kept beside it."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    ACCEPTED_SURPLUS = "accepted_surplus"
    REJECTION_CAPACITY = "rejection_capacity"
    REJECTION_UNSUITABLE = "rejection_unsuitable"
    REJECTION_OTHER = "rejection_other"
    WAITLISTED = "waitlisted"
    CONSULTATION_ONLY = "consultation_only"
    NEEDS_INFO = "needs_info"
    NO_RESPONSE = "no_response"
    WITHDRAWN = "withdrawn"
    MATCHED_ELSEWHERE = "matched_elsewhere"
    IN_TRIAL_SESSIONS = "in_trial_sessions"
    IN_THERAPY = "in_therapy"
    NO_SHOW = "no_show"
    NOT_CONTINUED = "not_continued"


I = ItemStatus  # noqa: E741 - the table below reads as domain.md does
ANSWERS = frozenset(
    {
        I.ACCEPTED,
        I.REJECTION_CAPACITY,
        I.REJECTION_UNSUITABLE,
        I.REJECTION_OTHER,
        I.WAITLISTED,
        I.CONSULTATION_ONLY,
        I.NEEDS_INFO,
    }
)
REJECTIONS = frozenset({I.REJECTION_CAPACITY, I.REJECTION_UNSUITABLE, I.REJECTION_OTHER})
LIVE_ACCEPTANCE = frozenset({I.ACCEPTED, I.IN_TRIAL_SESSIONS, I.IN_THERAPY})
# a place that is promised or taken, also one that came second: what has a day from which it is free
PLACES = LIVE_ACCEPTANCE | {I.ACCEPTED_SURPLUS}
# an item that still waits for the practice
OPEN_ITEM = frozenset({I.PENDING, I.NEEDS_INFO})
_ANSWERABLE = ANSWERS | {I.ACCEPTED_SURPLUS}
_CLOSING = frozenset({I.NO_RESPONSE, I.WITHDRAWN, I.MATCHED_ELSEWHERE})

ITEM = Machine(
    "inquiry_item",
    {
        I.PENDING: _ANSWERABLE | _CLOSING,
        I.NEEDS_INFO: _ANSWERABLE | _CLOSING,
        I.WAITLISTED: _ANSWERABLE | _CLOSING,
        # pending again: a late reply for another patient reopened the inquiry
        I.NO_RESPONSE: _ANSWERABLE | {I.MATCHED_ELSEWHERE, I.PENDING},
        # a practice may take back or correct what it said; the old answer stays in the history
        I.REJECTION_CAPACITY: _ANSWERABLE,
        I.REJECTION_UNSUITABLE: _ANSWERABLE,
        I.REJECTION_OTHER: _ANSWERABLE,
        I.CONSULTATION_ONLY: _ANSWERABLE | {I.MATCHED_ELSEWHERE},
        I.MATCHED_ELSEWHERE: frozenset({I.ACCEPTED_SURPLUS}) | REJECTIONS,
        I.ACCEPTED_SURPLUS: frozenset({I.ACCEPTED, I.WITHDRAWN}) | REJECTIONS,
        I.ACCEPTED: frozenset({I.IN_TRIAL_SESSIONS, I.NO_SHOW, I.NOT_CONTINUED, I.WITHDRAWN}) | REJECTIONS,
        I.IN_TRIAL_SESSIONS: frozenset({I.IN_THERAPY, I.NO_SHOW, I.NOT_CONTINUED}),
    },
)


def answers_from(before: ItemStatus) -> tuple[ItemStatus, ...]:
    """What a practice may still say of a patient at this state; an acceptance that comes second is one, too."""
    after = ITEM.transitions.get(before, frozenset())
    second = frozenset({I.ACCEPTED}) if I.ACCEPTED_SURPLUS in after else frozenset()
    return tuple(status for status in ItemStatus if status in ANSWERS & (after | second))


class PatientState(StrEnum):
    """State of a patient as people read it; derived."""

    INTAKE = "intake"
    READY = "ready"
    SEARCHING = "searching"
    PAUSED = "paused"
    OFFERED = "offered"
    IN_TRIAL_SESSIONS = "in_trial_sessions"
    IN_THERAPY = "in_therapy"
    CLOSED_SUCCESS = "closed_success"
    CLOSED_DROPOUT = "closed_dropout"
    WITHDRAWN = "withdrawn"
    RESTRICTED = "restricted"
    ERASED = "erased"


P = PatientState
OPEN_PATIENT = frozenset({P.INTAKE, P.READY, P.SEARCHING, P.PAUSED, P.OFFERED, P.IN_TRIAL_SESSIONS, P.IN_THERAPY})
CLOSED_PATIENT = frozenset({P.CLOSED_SUCCESS, P.CLOSED_DROPOUT, P.WITHDRAWN})
_ALWAYS = frozenset({P.RESTRICTED})

PATIENT = Machine(
    "patient",
    {
        P.INTAKE: frozenset({P.READY, P.WITHDRAWN}) | _ALWAYS,
        P.READY: frozenset({P.INTAKE, P.SEARCHING, P.WITHDRAWN}) | _ALWAYS,
        P.SEARCHING: frozenset({P.PAUSED, P.OFFERED, P.READY, P.WITHDRAWN}) | _ALWAYS,
        P.PAUSED: frozenset({P.SEARCHING, P.OFFERED, P.READY, P.WITHDRAWN}) | _ALWAYS,
        P.OFFERED: frozenset({P.IN_TRIAL_SESSIONS, P.SEARCHING, P.WITHDRAWN}) | _ALWAYS,
        P.IN_TRIAL_SESSIONS: frozenset({P.IN_THERAPY, P.SEARCHING, P.WITHDRAWN}) | _ALWAYS,
        P.IN_THERAPY: frozenset({P.CLOSED_SUCCESS, P.CLOSED_DROPOUT, P.WITHDRAWN}) | _ALWAYS,
        **{closed: frozenset({P.SEARCHING}) | _ALWAYS for closed in CLOSED_PATIENT},
        P.RESTRICTED: OPEN_PATIENT | CLOSED_PATIENT | {P.ERASED},
    },
)
