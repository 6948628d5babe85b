"""The states of mails and calls, and which may follow which (domain.md). Pure tables."""

from enum import StrEnum

from domain.states import Machine


class EmailStatus(StrEnum):
    """State of one mail; stored."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    RETRY_WAIT = "retry_wait"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCLEAR = "unclear"
    BOUNCED_HARD = "bounced_hard"
    BOUNCED_SOFT = "bounced_soft"
    REPLIED = "replied"


E = EmailStatus
EMAIL = Machine(
    "email",
    {
        E.DRAFT: frozenset({E.QUEUED, E.CANCELLED}),
        E.QUEUED: frozenset({E.SENDING, E.CANCELLED}),
        # bounced at once: the server knew that there is no such mailbox
        E.SENDING: frozenset({E.SENT, E.RETRY_WAIT, E.FAILED, E.UNCLEAR, E.BOUNCED_HARD}),
        E.RETRY_WAIT: frozenset({E.QUEUED, E.CANCELLED}),
        # sent again by a person only: a message missing in the Sent folder proves nothing; one that came back was sent
        E.UNCLEAR: frozenset({E.SENT, E.QUEUED, E.BOUNCED_HARD}),
        E.FAILED: frozenset({E.QUEUED, E.CANCELLED}),
        E.SENT: frozenset({E.BOUNCED_HARD, E.BOUNCED_SOFT, E.REPLIED}),
        E.BOUNCED_SOFT: frozenset({E.REPLIED, E.BOUNCED_HARD}),
    },
)
# What was dropped because of an answer waits again when the answer is taken back.
EMAIL_BROUGHT_BACK = Machine("email", {E.CANCELLED: frozenset({E.QUEUED, E.RETRY_WAIT, E.FAILED})})


# kinds of mail that a practice's own answer may overtake: they wait while one lies unread here
READ_FIRST = frozenset({"withdrawal", "reminder"})


class CallStatus(StrEnum):
    """State of one phone call; stored."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    REACHED = "reached"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    VOICEMAIL_LEFT = "voicemail_left"
    WRONG_NUMBER = "wrong_number"
    REPLANNED = "replanned"
    CALLBACK_DUE = "callback_due"
    CANCELLED = "cancelled"
    MISSED = "missed"


C = CallStatus
UNREACHED = frozenset({C.NO_ANSWER, C.BUSY, C.VOICEMAIL_LEFT, C.WRONG_NUMBER})
SPOKEN = frozenset({C.REACHED, C.CALLBACK_DUE})  # a talk, also one after which the practice is called again
RESULTS = (C.REACHED, *(status for status in C if status in UNREACHED))  # what a person says came of a call
CALL = Machine(
    "phone_call",
    {
        C.PLANNED: frozenset({C.IN_PROGRESS, C.CANCELLED, C.MISSED}),
        C.IN_PROGRESS: frozenset({C.REACHED}) | UNREACHED,
        # a call to a wrong number is planned anew once the number was mended
        **{unreached: frozenset({C.REPLANNED}) for unreached in UNREACHED},
        C.MISSED: frozenset({C.REPLANNED}),
        C.REACHED: frozenset({C.CALLBACK_DUE}),
    },
)
# A person takes back a result that was entered by mistake: a new event, what was entered stays in the history.
CALL_TAKEN_BACK = Machine(
    "phone_call",
    {ended: frozenset({C.IN_PROGRESS, C.PLANNED}) for ended in UNREACHED | {C.REACHED, C.CALLBACK_DUE, C.REPLANNED}},
)
# A call that was begun and never made (a window that crashed, a number mistyped) is to be made again.
CALL_PUT_BACK = Machine("phone_call", {C.IN_PROGRESS: frozenset({C.PLANNED})})
# One cancelled because of an answer is planned again when the answer is taken back.
CALL_BROUGHT_BACK = Machine("phone_call", {C.CANCELLED: frozenset({C.PLANNED})})
