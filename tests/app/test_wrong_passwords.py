"""Wrong passwords wait longer and longer, whoever restarts the program in between."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.wrong_passwords import FREE, LONGEST_SECONDS, WrongPasswords, wait_after
from domain.errors import Forbidden, PlatzlotseError, Unavailable

LOGIN = "jana@server:5432/platzlotse"


class Clock:
    """A clock the test sets."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def attempt(tries: WrongPasswords, error: Exception | None = None, login: str = LOGIN) -> str:
    """Try a password; returns the refusal's code."""
    try:
        with tries.counted(login):
            if error is not None:
                raise error
    except PlatzlotseError as refused:
        return refused.code
    return ""


def wrong() -> Unavailable:
    """What the server says to a wrong one."""
    return Unavailable("server.password_wrong")


def test_the_waits_double_up_to_five_minutes() -> None:
    """After three wrong ones five seconds, then twice as long each time."""
    assert [wait_after(n) for n in range(12)] == [0, 0, 0, 5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert wait_after(10_000) == LONGEST_SECONDS


def test_a_restart_saves_nobody_the_wait(tmp_path: Path) -> None:
    """Another program on the same profile waits as long; the right password begins anew."""
    clock, path = Clock(), tmp_path / "tries.json"
    codes = [attempt(WrongPasswords(path, now=clock), wrong()) for _ in range(FREE)]
    assert codes == ["server.password_wrong", "server.password_wrong", "login.wrong_wait"]
    again = WrongPasswords(path, now=clock)
    assert again.seconds_left(LOGIN) == 5
    assert attempt(again) == "login.wait"
    assert again.seconds_left("tom@server:5432/platzlotse") == 0
    clock.now += 5
    assert attempt(again, wrong()) == "login.wrong_wait"
    assert again.seconds_left(LOGIN) == 10
    clock.now += 10
    assert attempt(again) == ""
    assert not path.exists()
    assert attempt(WrongPasswords(path, now=clock), wrong()) == "server.password_wrong"


def test_a_program_killed_while_it_asks_has_tried(tmp_path: Path) -> None:
    """Ending the program before the answer is no way round: what was begun is counted."""
    path = tmp_path / "tries.json"
    never_left = [WrongPasswords(path).counted(LOGIN) for _ in range(FREE)]
    for asked in never_left:
        asked.__enter__()
    assert WrongPasswords(path).seconds_left(LOGIN) > 0


@pytest.mark.parametrize("error", [Unavailable("server.no_answer"), Forbidden("person.unknown"), ValueError()])
def test_only_wrong_passwords_count(tmp_path: Path, error: Exception) -> None:
    """A server that is away, or anything unexpected, makes nobody wait."""
    tries = WrongPasswords(tmp_path / "tries.json")
    for _ in range(5):
        with suppress(ValueError):
            attempt(tries, error)
    assert tries.seconds_left(LOGIN) == 0


def test_a_clock_set_back_makes_nobody_wait_for_days(tmp_path: Path) -> None:
    """At most as long as the wait is; after a day it is forgotten."""
    clock = Clock()
    tries = WrongPasswords(tmp_path / "tries.json", now=clock)
    for _ in range(FREE):
        attempt(tries, wrong())
    clock.now -= 1_000_000
    assert tries.seconds_left(LOGIN) == 5
    clock.now += 1_000_000 + 24 * 3600 + 1
    assert attempt(tries, wrong()) == "server.password_wrong"


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"jana": 3}', '{"jana": ["x", "y"]}', "\0"])
def test_a_damaged_file_keeps_nobody_out(tmp_path: Path, content: str) -> None:
    """It is written anew."""
    path = tmp_path / "tries.json"
    path.write_text(content)
    tries = WrongPasswords(path)
    assert tries.seconds_left(LOGIN) == 0
    assert attempt(tries, wrong()) == "server.password_wrong"
    assert json.loads(path.read_text())[LOGIN][0] == 1
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_takes_nothing_still_counts(tmp_path: Path) -> None:
    """On a full disk the tries of this session count."""
    tries = WrongPasswords(tmp_path / "missing" / "tries.json")
    for _ in range(FREE):
        attempt(tries, wrong())
    assert tries.seconds_left(LOGIN) > 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(steps=st.lists(st.tuples(st.sampled_from(["wrong", "away", "pause", "restart"]), st.integers(1, 400))))
def test_however_one_tries_the_number_of_tries_is_bounded(tmp_path: Path, steps: list[tuple[str, int]]) -> None:
    """Within the time that passed nobody tries more wrong passwords than the waits allow."""
    path = tmp_path / "tries.json"
    path.unlink(missing_ok=True)
    clock = Clock()
    begun, done = clock.now, 0
    tries = WrongPasswords(path, now=clock)
    for act, seconds in steps:
        if act == "wrong":
            done += attempt(tries, wrong()) in {"server.password_wrong", "login.wrong_wait"}
        elif act == "away":
            attempt(tries, Unavailable("server.no_answer"))
        elif act == "pause":
            clock.now += seconds
        else:
            tries = WrongPasswords(path, now=clock)
    assert sum(wait_after(n) for n in range(1, done)) <= clock.now - begun
