"""States people read, derived from what is stored. The views of migration 0001 say the same in SQL; a test compares."""

from collections.abc import Collection

from domain.matching.states import InquiryStage, InquiryState, ItemStatus, PatientState, SearchStatus

_NO_ANSWER = frozenset({ItemStatus.PENDING, ItemStatus.NO_RESPONSE, ItemStatus.WITHDRAWN, ItemStatus.MATCHED_ELSEWHERE})


def inquiry_state(stage: InquiryStage, reminders: int, items: Collection[ItemStatus]) -> InquiryState:
    """The inquiry's state from its stage, its reminders and what was said about its patients."""
    if stage is InquiryStage.SENT:
        if any(status not in _NO_ANSWER for status in items):
            return InquiryState.PARTLY_ANSWERED
        if reminders:
            return InquiryState.REMINDED
    return InquiryState(stage.value)


def patient_state(
    *,
    erased: bool,
    restricted: bool,
    closed_outcome: PatientState | None,
    open_search: SearchStatus | None,
    in_trial: bool,
    in_therapy: bool,
    ready: bool,
) -> PatientState:
    """The patient's state from the record's marks, its open search and its placement."""
    if erased:
        return PatientState.ERASED
    if restricted:
        return PatientState.RESTRICTED
    if closed_outcome is not None:
        return closed_outcome
    by_search = {
        SearchStatus.ACTIVE: PatientState.SEARCHING,
        SearchStatus.PAUSED: PatientState.PAUSED,
        SearchStatus.TENTATIVE: PatientState.IN_TRIAL_SESSIONS if in_trial else PatientState.OFFERED,
    }
    if open_search in by_search:
        return by_search[open_search]
    if in_therapy:
        return PatientState.IN_THERAPY
    return PatientState.READY if ready else PatientState.INTAKE
