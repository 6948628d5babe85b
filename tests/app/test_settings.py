"""The seat's settings: what was chosen survives, for this user only, and a trial never reaches a real practice."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import MailSettings, Mode, ServerSettings, Settings, load, save
from domain.errors import Invalid, Unavailable

TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
SETTINGS = st.builds(
    Settings,
    mode=st.sampled_from([Mode.SINGLE, Mode.SERVER]),
    server=st.builds(ServerSettings, host=TEXT, port=st.integers(1, 65535), database=TEXT, user=TEXT, sslrootcert=TEXT),
    mail=st.builds(MailSettings, host=TEXT, sender=TEXT, sender_name=TEXT),
)


@given(SETTINGS)
def test_what_was_saved_is_what_is_read(settings: Settings) -> None:
    """Whatever people type comes back letter by letter."""
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder) / "settings.toml", settings)
        assert load(Path(folder) / "settings.toml", {}) == settings


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_the_settings_belong_to_this_user_only(tmp_path: Path) -> None:
    """Nobody else may read them, nothing lies beside them, and no password is in them."""
    save(tmp_path / "settings.toml", Settings(mode=Mode.SERVER))
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]
    assert (tmp_path / "settings.toml").stat().st_mode & 0o777 == 0o600
    assert "password" not in (tmp_path / "settings.toml").read_text("utf-8")


def test_settings_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    """A folder that is gone is an expected error and leaves nothing."""
    with pytest.raises(Unavailable, match=r"settings\.unwritable"):
        save(tmp_path / "gone" / "settings.toml", Settings())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content", [b"mode = ", b'mode = "cloud"', b"server = 5", b'[server]\ncolour = "red"', b"\xff\xfe\x00"]
)
def test_unreadable_settings_are_told(tmp_path: Path, content: bytes) -> None:
    """A damaged file is refused with its place, whatever is wrong with it."""
    (tmp_path / "settings.toml").write_bytes(content)
    with pytest.raises(Invalid, match=r"settings\.unreadable"):
        load(tmp_path / "settings.toml", {})


def test_a_trial_catches_every_mail(tmp_path: Path) -> None:
    """No mail server reaches the trial, neither from the file nor from the environment."""
    save(tmp_path / "settings.toml", replace(Settings(mode=Mode.TRIAL), mail=MailSettings(host="smtp.buero.example")))
    assert not load(tmp_path / "settings.toml", {"PLATZLOTSE_SMTP_HOST": "smtp.buero.example"}).mail.host
