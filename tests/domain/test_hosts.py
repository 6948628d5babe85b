"""However a host is written, it is known whether it is this machine or one of the office's network."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.hosts import is_at_home, is_this_machine

HERE = [
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "a.localhost.", "127.0.0.1", "127.0.0.1.", "127.9.9.9",
    "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0.0.0.0", "0", "::1", "[::1]", "::",  # noqa: S104 - nobody listens there
    "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::127.0.0.1", "2002:7f00:1::",
]  # fmt: skip
OFFICE = [
    "10.0.0.1", "192.168.2.1", "192.168.2.1.", "172.16.3.4", "169.254.169.254", "100.64.1.1", "3232235777", "10.1",
    "fe80::1", "fe80::1%eth0", "fd00::17", "::ffff:192.168.1.1", "drucker", "fritz.box", "nas.fritz.box", "nas.local",
    "server.home.arpa", "224.0.0.1", "64:ff9b::10.0.0.1",
]  # fmt: skip
WORLD = [
    "arztsuche.example", "arztsuche.example.", "8.8.8.8", "134744072", "2001:4860:4860::8888", "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8", "localhost.example", "127.0.0.1.example", "10.0.0.1.example", "local.example",
]  # fmt: skip


@pytest.mark.parametrize("host", HERE)
def test_this_machine_is_known_however_it_is_written(host: str) -> None:
    """It is at home, too."""
    assert is_this_machine(host)
    assert is_at_home(host)


@pytest.mark.parametrize("host", OFFICE)
def test_the_office_s_network_is_home_but_another_machine(host: str) -> None:
    """Addresses that nobody has in the world, and names that mean nothing there."""
    assert is_at_home(host)
    assert not is_this_machine(host)


@pytest.mark.parametrize("host", WORLD)
def test_the_world_is_not_home(host: str) -> None:
    """Nor what only looks like it."""
    assert not is_at_home(host)
    assert not is_this_machine(host)


@given(st.integers(0, 2**32 - 1))
def test_every_spelling_of_one_address_is_judged_alike(number: int) -> None:
    """As one number, in hexadecimal, within IPv6: the same machine."""
    dotted = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    for other in (str(number), hex(number), f"{dotted}.", f"::ffff:{dotted}", f"64:ff9b::{dotted}"):
        assert (is_at_home(other), is_this_machine(other)) == (is_at_home(dotted), is_this_machine(dotted))


@given(st.text(max_size=40))
def test_whatever_is_asked_there_is_an_answer(host: str) -> None:
    """Nothing typed raises."""
    assert is_at_home(host) or not is_this_machine(host)
