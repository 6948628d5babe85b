"""Every listed transition is allowed, every other one is an error (domain.md, state machines)."""

from enum import StrEnum
from itertools import product

import pytest

from domain.communication.states import CALL, EMAIL, CallStatus, EmailStatus
from domain.errors import Conflict
from domain.matching.states import (
    INQUIRY,
    ITEM,
    PATIENT,
    SEARCH,
    InquiryState,
    ItemStatus,
    PatientState,
    SearchStatus,
)
from domain.states import Machine

# Written from domain.md by hand: state -> states that may follow. Independent of the tables in the source.
SPECIFIED: dict[str, dict[str, str]] = {
    "place_search": {
        "draft": "active cancelled",
        "active": "paused tentative cancelled expired reimbursement_route",
        "paused": "active tentative cancelled expired reimbursement_route",
        "tentative": "successful active cancelled",
        "successful": "active",
        "cancelled": "active",
        "expired": "active",
        "reimbursement_route": "active",
    },
    "inquiry": {
        "draft": "approved cancelled",
        "approved": "outbox sent cancelled",
        "outbox": "sent send_failed cancelled bounced",
        "send_failed": "outbox cancelled",
        "sent": "bounced out_of_office reminded partly_answered answered expired withdrawn",
        "out_of_office": "sent reminded partly_answered answered withdrawn",
        "reminded": "reminded bounced out_of_office partly_answered answered expired withdrawn",
        "partly_answered": "partly_answered answered reminded expired withdrawn",
        "expired": "partly_answered answered",
        "answered": "partly_answered answered",
        "bounced": "",
        "withdrawn": "",
        "cancelled": "",
    },
    "email": {
        "draft": "queued cancelled",
        "queued": "sending cancelled",
        "sending": "sent retry_wait failed unclear bounced_hard",
        "retry_wait": "queued cancelled",
        "unclear": "sent queued bounced_hard",
        "failed": "queued cancelled",
        "sent": "bounced_hard bounced_soft replied",
        "bounced_soft": "replied bounced_hard",
        "cancelled": "",
        "bounced_hard": "",
        "replied": "",
    },
    "phone_call": {
        "planned": "in_progress cancelled missed",
        "in_progress": "reached no_answer busy voicemail_left wrong_number",
        "no_answer": "replanned",
        "busy": "replanned",
        "voicemail_left": "replanned",
        "wrong_number": "replanned",
        "missed": "replanned",
        "reached": "callback_due",
        "replanned": "",
        "callback_due": "",
        "cancelled": "",
    },
    "patient": {
        "intake": "ready withdrawn restricted",
        "ready": "intake searching withdrawn restricted",
        "searching": "paused offered ready withdrawn restricted",
        "paused": "searching offered ready withdrawn restricted",
        "offered": "in_trial_sessions searching withdrawn restricted",
        "in_trial_sessions": "in_therapy searching withdrawn restricted",
        "in_therapy": "closed_success closed_dropout withdrawn restricted",
        "closed_success": "searching restricted",
        "closed_dropout": "searching restricted",
        "withdrawn": "searching restricted",
        "restricted": "intake ready searching paused offered in_trial_sessions in_therapy closed_success"
        " closed_dropout withdrawn erased",
        "erased": "",
    },
}
MACHINES: list[tuple[Machine[StrEnum], type[StrEnum]]] = [
    (SEARCH, SearchStatus),  # type: ignore[list-item]
    (INQUIRY, InquiryState),  # type: ignore[list-item]
    (EMAIL, EmailStatus),  # type: ignore[list-item]
    (CALL, CallStatus),  # type: ignore[list-item]
    (PATIENT, PatientState),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("machine", "states"), MACHINES, ids=[machine.name for machine, _ in MACHINES])
def test_exactly_the_listed_transitions_are_allowed(machine: Machine[StrEnum], states: type[StrEnum]) -> None:
    """A transition passes if and only if domain.md lists it."""
    pairs = set(product(states, repeat=2))
    listed = {(before, after) for before, after in pairs if after in SPECIFIED[machine.name][before].split()}
    assert {pair for pair in pairs if machine.allows(*pair)} == listed
    for before, after in pairs - listed:
        with pytest.raises(Conflict) as error:
            machine.check(before, after)
        assert error.value.params == {"before": before.value, "after": after.value}


OPEN = (
    "accepted accepted_surplus rejection_capacity rejection_unsuitable rejection_other waitlisted"
    " consultation_only needs_info"
)


@pytest.mark.parametrize("before", ["pending", "needs_info", "waitlisted", "no_response"])
@pytest.mark.parametrize("after", OPEN.split())
def test_what_waits_may_be_answered(before: str, after: str) -> None:
    """Pending items, and silent, waiting or asking ones, may still get any answer."""
    assert ITEM.allows(ItemStatus(before), ItemStatus(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("accepted", "in_trial_sessions"), ("in_trial_sessions", "in_therapy"), ("in_trial_sessions", "no_show"),
        ("accepted", "no_show"), ("in_trial_sessions", "not_continued"), ("accepted_surplus", "accepted"),
        ("pending", "withdrawn"), ("pending", "matched_elsewhere"), ("pending", "no_response"),
    ],
)  # fmt: skip
def test_items_go_the_way_of_a_placement(before: str, after: str) -> None:
    """Acceptance, trial sessions, therapy or failure; surplus steps in; silence and withdrawal close."""
    assert ITEM.allows(ItemStatus(before), ItemStatus(after))


@pytest.mark.parametrize("end", ["in_therapy", "no_show", "not_continued", "withdrawn"])
def test_nothing_follows_an_end(end: str) -> None:
    """An item that came to its end stays there."""
    assert not any(ITEM.allows(ItemStatus(end), after) for after in ItemStatus)
