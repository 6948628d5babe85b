"""The inquiry's state as people read it, from what is stored. The view of migration 0001 says the same in SQL.

A patient's state is derived by the view alone (`matching_service.patient_state`).
"""

from collections.abc import Collection

from domain.matching.states import InquiryStage, InquiryState, ItemStatus

_NO_ANSWER = frozenset({ItemStatus.PENDING, ItemStatus.NO_RESPONSE, ItemStatus.WITHDRAWN, ItemStatus.MATCHED_ELSEWHERE})


def inquiry_state(stage: InquiryStage, reminders: int, items: Collection[ItemStatus]) -> InquiryState:
    """The inquiry's state from its stage, its reminders and what was said about its patients."""
    if stage is InquiryStage.SENT:
        if any(status not in _NO_ANSWER for status in items):
            return InquiryState.PARTLY_ANSWERED
        if reminders:
            return InquiryState.REMINDED
    return InquiryState(stage.value)
