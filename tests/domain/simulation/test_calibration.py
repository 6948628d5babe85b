"""The simulated world is held against the published figures, before and without any policy."""

import pytest

from domain.simulation.calibration import figures
from domain.simulation.parameters import world_parameters


def test_patients_on_their_own_fare_as_published() -> None:
    """A tenth has a place within a month, three tenths within six; about nine calls each, a quarter of all answered."""
    parameters = world_parameters()
    published, model = parameters.published, figures(parameters, seeds=range(8))
    assert model.placed_in_month == pytest.approx(published.placed_in_month, abs=0.02)
    assert model.placed_in_half_year == pytest.approx(published.placed_in_half_year, abs=0.03)
    assert model.calls_per_patient == pytest.approx(published.calls_per_patient, abs=0.7)
    assert model.calls_answered == pytest.approx(published.answered, abs=0.02)
    assert model.mails_answered == pytest.approx(published.answered, abs=0.02)
    assert published.first_talks_per_week / published.requests_per_week == pytest.approx(published.answered, abs=0.02)
