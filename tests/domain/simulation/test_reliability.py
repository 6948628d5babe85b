"""Forecasts beside what happened."""

import pytest

from domain.simulation.record import Forecast
from domain.simulation.reliability import reliability


def test_bins_by_hand() -> None:
    """Each forecast in its bin; the mean and the frequency are those of the bin."""
    found = reliability(
        [Forecast(0.01, happened=False), Forecast(0.03, happened=True), Forecast(0.12, happened=True),
         Forecast(0.7, happened=False), Forecast(0.9, happened=True)]
    )  # fmt: skip
    assert [(one.low, one.number) for one in found] == [(0.0, 2), (pytest.approx(0.1), 1), (pytest.approx(0.4), 2)]
    assert [one.happened for one in found] == [0.5, 1.0, 0.5]
    assert found[0].expected == pytest.approx(0.02)


def test_nothing_expected() -> None:
    """No forecasts, no bins."""
    assert reliability([]) == ()
