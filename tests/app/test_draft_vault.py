"""The key to the drafts: wrapped by a passphrase, never in the clear, and not replaced when it was lost."""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import pytest

from app import draft_vault
from app.draft_vault import DraftVault
from app.paths import Profile
from domain.errors import Invalid, PlatzlotseError, Unavailable

PASSPHRASE = "langes Wort für Tests"


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """A profile whose system has no keyring."""
    return Profile(tmp_path)


def opened_and_closed(profile: Profile, passphrase: str = PASSPHRASE) -> None:
    """Open the store and close it again."""
    vault = DraftVault(profile)
    vault.open_by_passphrase(passphrase)
    vault.close()


def test_without_a_keyring_a_passphrase_is_chosen_and_asked_for(profile: Profile) -> None:
    """The file holds the key wrapped, for its owner only."""
    vault = DraftVault(profile)
    assert vault.open_by_keyring() is None
    assert vault.is_new()
    store = vault.open_by_passphrase(PASSPHRASE)
    assert vault.open_by_passphrase("anything") is store  # it is open
    vault.close()
    assert vault.opened is None
    assert not DraftVault(profile).is_new()
    assert profile.draft_key.stat().st_mode & 0o077 == 0
    assert profile.drafts.stat().st_mode & 0o077 == 0
    assert PASSPHRASE not in profile.draft_key.read_text("utf-8")
    with pytest.raises(Invalid) as caught:
        DraftVault(profile).open_by_passphrase(PASSPHRASE + "!")
    assert caught.value.code == "drafts.passphrase"
    opened_and_closed(profile)


def test_a_short_passphrase_is_refused(profile: Profile) -> None:
    """And nothing is made."""
    with pytest.raises(Invalid):
        DraftVault(profile).open_by_passphrase("kurz")
    assert DraftVault(profile).is_new()


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"salt": "zz", "box": ""}'])
def test_a_damaged_key_file_is_told(profile: Profile, damage: str) -> None:
    """It is left as it is: perhaps there is a copy of it."""
    opened_and_closed(profile)
    profile.draft_key.write_text(damage, "utf-8")
    with pytest.raises(Unavailable):
        DraftVault(profile).open_by_passphrase(PASSPHRASE)
    assert profile.draft_key.read_text("utf-8") == damage


def test_another_cost_than_todays_still_opens(profile: Profile) -> None:
    """The file says how its passphrase was stretched."""
    with patch.dict(draft_vault.COST, {"n": 2**12}):
        opened_and_closed(profile)
    assert json.loads(profile.draft_key.read_text("utf-8"))["n"] == 2**12
    opened_and_closed(profile)


class Keyring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def remember(self, name: str, secret: str) -> bool:
        """Keep it."""
        self.kept[name] = secret
        return True


def test_with_a_keyring_nobody_is_asked(profile: Profile) -> None:
    """The key is made once; lost, the store is not overwritten but told."""
    keyring = Keyring()
    with (
        patch.object(draft_vault, "has_keyring", lambda: True),
        patch.object(draft_vault, "remember", keyring.remember),
        patch.object(draft_vault, "recall", keyring.kept.get),
    ):
        vault = DraftVault(profile)
        assert vault.open_by_keyring() is not None
        vault.close()
        assert DraftVault(profile).open_by_keyring() is not None
        assert not profile.draft_key.exists()
        for broken, code in (({}, "drafts.key_lost"), (dict.fromkeys(keyring.kept, "00" * 32), "drafts.key_wrong")):
            keyring.kept.clear()
            keyring.kept.update(broken)
            with pytest.raises(PlatzlotseError) as caught:
                DraftVault(profile).open_by_keyring()
            assert caught.value.code == code


def test_a_keyring_that_is_away_locks_nobody_out(profile: Profile) -> None:
    """No other key is made for the store there is; with the keyring back it opens as before."""
    keyring = Keyring()
    with patch.object(draft_vault, "remember", keyring.remember), patch.object(draft_vault, "recall", keyring.kept.get):
        with patch.object(draft_vault, "has_keyring", lambda: True):
            DraftVault(profile).open_by_keyring()
        away = DraftVault(profile)
        assert away.open_by_keyring() is None
        assert not away.is_new()
        with pytest.raises(Invalid) as caught:
            away.open_by_passphrase(PASSPHRASE)
        assert caught.value.code == "drafts.key_lost"
        assert not profile.draft_key.exists()
        with patch.object(draft_vault, "has_keyring", lambda: True):
            assert DraftVault(profile).open_by_keyring() is not None


def choose(home: Path, passphrase: str) -> str:
    """What another window is told when somebody chooses a passphrase there."""
    vault = DraftVault(Profile(home))
    try:
        vault.open_by_passphrase(passphrase)
    except PlatzlotseError as error:
        return error.code
    vault.close()
    return "opened"


def test_two_windows_choose_at_once(profile: Profile) -> None:
    """The first one's passphrase counts, the other is told so; nobody's drafts are locked away."""
    words = [f"langes Wort Nummer {number}" for number in range(3)]
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as together:
        told = list(together.map(choose, [profile.home] * 3, words))
    assert sorted(told) == ["drafts.passphrase", "drafts.passphrase", "opened"]
    opened_and_closed(profile, words[told.index("opened")])
