"""The expected answer as a formula: bounded, fading, and told with an interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.planning.chance import (
    CAPACITY_HALF_LIFE_DAYS,
    CAPACITY_SHIFT,
    HISTORY_HALF_LIFE_DAYS,
    Past,
    capacity_shift,
    expected,
    lift,
    promise_shift,
)

ages = st.floats(0, 2000)
pasts = st.builds(lambda age, kind: Past(age, answered=kind > 0, succeeded=kind > 1), ages, st.integers(0, 2))
histories = st.lists(pasts, max_size=30)
SUCCESS = Past(0.0, answered=True, succeeded=True)
REFUSAL = Past(0.0, answered=True, succeeded=False)
SILENCE = Past(0.0, answered=False, succeeded=False)


def test_nobody_asked_yet() -> None:
    """Without history the office's prior is expected of one person."""
    assert expected(0.15, []).mean == pytest.approx(0.15)


def test_one_success_today() -> None:
    """Ten inquiries stand behind each prior: answered (2.5 + 1) / 11, and something for it (6 + 1) / 11."""
    assert expected(0.15, [SUCCESS]).mean == pytest.approx((3.5 / 11) * (7 / 11))


def test_half_life_of_history() -> None:
    """An inquiry half a year old counts half."""
    old = Past(HISTORY_HALF_LIFE_DAYS, answered=False, succeeded=False)
    assert expected(0.15, [old]).mean == pytest.approx(2.5 / 10.5 * 0.6)


def test_refusal_is_better_news_than_silence() -> None:
    """A practice that once in two refused is likelier to have a place than one that never said a word."""
    assert expected(0.15, [SILENCE] * 6).mean < expected(0.15, [REFUSAL, SILENCE] * 3).mean


def test_more_persons_more_places() -> None:
    """Of several persons behind a mailbox any may have a place."""
    assert expected(0.15, [], people=1).mean < expected(0.15, [], people=3).mean < 0.25


@given(history=histories, shift=st.floats(-4, 4), people=st.integers(1, 8))
def test_order_of_successes_and_failures(history: list[Past], shift: float, people: int) -> None:
    """A further success never lowers the expectation, silence never raises it; all stay between 0 and 1."""
    now = expected(0.15, history, people=people, place_shift=shift).mean
    assert 0 < expected(0.15, [*history, SILENCE], people=people, place_shift=shift).mean <= now + 1e-12
    assert now - 1e-12 <= expected(0.15, [*history, SUCCESS], people=people, place_shift=shift).mean < 1


@given(history=histories)
def test_interval(history: list[Past]) -> None:
    """The interval lies between 0 and 1, and its distribution is a proper one."""
    chance = expected(0.15, history)
    low, high = chance.interval()
    assert 0 <= low < high <= 1
    assert min(chance.alpha, chance.beta) > 0


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
    """A channel nobody used has no lift, and few trials never make a large one."""
    own = data.draw(st.integers(0, trials))
    rest = data.draw(st.integers(0, others))
    moved = lift(trials=trials, answered=own, all_trials=trials + others, all_answered=own + rest)
    assert abs(moved) < 4
    if trials == 0:
        assert moved == pytest.approx(0)
