"""Why a call left the list, said in German for every reason there is."""

import pytest

from domain.casework.calling import Fate
from domain.communication.states import CallStatus
from ui.labels import labels
from ui.phone.call_words import gone
from ui.ports import UiContext


@pytest.mark.parametrize("code", sorted(labels("reason")))
def test_no_code_is_shown(ui: UiContext, code: str) -> None:
    """Each reason of the domain has its words here, too; what a person typed stands as it is."""
    assert ui is not None
    assert code not in gone(Fate(CallStatus.CANCELLED, code, None))
    assert "Grund: Praxis zieht um." in gone(Fate(CallStatus.CANCELLED, "Praxis zieht um.", None))
