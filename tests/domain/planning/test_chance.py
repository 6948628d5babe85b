"""The expected answer as a formula: bounded, fading, and told with an interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.planning.chance import (
    CAPACITY_HALF_LIFE_DAYS,
    CAPACITY_SHIFT,
    HISTORY_HALF_LIFE_DAYS,
    capacity_shift,
    expected,
    lift,
    promise_shift,
)

ages = st.floats(0, 2000)
histories = st.lists(st.tuples(ages, st.booleans()), max_size=30)


def test_nobody_asked_yet() -> None:
    """Without history the office's prior is expected."""
    assert expected(0.15, []).mean == pytest.approx(0.15)


def test_one_success_today() -> None:
    """Ten inquiries stand behind the prior: one success today makes (1.5 + 1) / 11."""
    assert expected(0.15, [(0.0, True)]).mean == pytest.approx(2.5 / 11)


def test_half_life_of_history() -> None:
    """An inquiry half a year old counts half."""
    assert expected(0.15, [(HISTORY_HALF_LIFE_DAYS, False)]).mean == pytest.approx(1.5 / 10.5)


@given(history=histories, shift=st.floats(-4, 4), age=ages)
def test_order_of_successes_and_failures(history: list[tuple[float, bool]], shift: float, age: float) -> None:
    """A further success never lowers the expectation, a failure never raises it; both stay between 0 and 1."""
    now = expected(0.15, history, shift=shift).mean
    assert 0 < expected(0.15, [*history, (age, False)], shift=shift).mean <= now + 1e-12
    assert now - 1e-12 <= expected(0.15, [*history, (age, True)], shift=shift).mean < 1


@given(history=histories)
def test_interval(history: list[tuple[float, bool]]) -> None:
    """The interval holds the mean or lies close beside it and narrows with more history."""
    chance = expected(0.15, history)
    low, high = chance.interval()
    assert 0 <= low < high <= 1
    doubled = expected(0.15, history + history)
    if len(history) > 3 and all(age < 30 for age, _ in history):
        assert doubled.alpha + doubled.beta > chance.alpha + chance.beta


def test_interval_of_known_distribution() -> None:
    """Beta(1, 1) is even: its middle 80 % lie between 0.1 and 0.9."""
    from domain.planning.chance import Chance

    assert Chance(1.0, 1.0).interval(0.8) == pytest.approx((0.1, 0.9))


@pytest.mark.parametrize("state", sorted(CAPACITY_SHIFT))
def test_capacity_fades(state: str) -> None:
    """What a practice said of its places is worth half after the half-life, and nothing is unknown for ever."""
    assert capacity_shift(state, CAPACITY_HALF_LIFE_DAYS) == pytest.approx(capacity_shift(state, 0) / 2)
    assert capacity_shift("unknown", 3) == 0


def test_promise() -> None:
    """Before the promised day there is no place; then there is, and with time less surely."""
    assert promise_shift(60) < 0 < promise_shift(3)
    assert promise_shift(0) > promise_shift(-90) > 0


@given(trials=st.integers(0, 500), others=st.integers(0, 500), data=st.data())
def test_lift_is_drawn_to_zero(trials: int, others: int, data: st.DataObject) -> None:
    """A channel like all others has no lift; a better one has a positive one, smaller with few trials."""
    own = data.draw(st.integers(0, trials))
    rest = data.draw(st.integers(0, others))
    moved = lift(trials=trials, successes=own, all_trials=trials + others, all_successes=own + rest, prior=0.15)
    assert abs(moved) < 4
    if trials == 0:
        assert moved == pytest.approx(0)
