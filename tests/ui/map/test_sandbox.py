"""Where Chromium's sandbox cannot work, the map does without instead of ending the program."""

import os
from pathlib import Path

import pytest

from ui.map import sandbox


def _machine(monkeypatch: pytest.MonkeyPatch, *, user: int, setting: Path, value: str) -> None:
    setting.write_text(value + "\n")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(sandbox, "FORBIDDING", ((setting, "1"), (setting.with_name("missing"), "0")))


@pytest.mark.parametrize(("user", "value", "works"), [(1000, "0", True), (1000, "1", False), (0, "0", False)])
def test_root_and_closed_kernels_have_no_sandbox(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: int, value: str, works: bool
) -> None:
    """An ordinary user on an open kernel keeps it; root, and a kernel that denies namespaces, do not."""
    monkeypatch.delenv(sandbox.SWITCH, raising=False)
    _machine(monkeypatch, user=user, setting=tmp_path / "userns", value=value)
    sandbox.allow_missing_sandbox()
    assert (os.environ.get(sandbox.SWITCH) is None) is works
    monkeypatch.delenv(sandbox.SWITCH, raising=False)


def test_the_user_s_own_setting_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Who set the switch meant it."""
    monkeypatch.setenv(sandbox.SWITCH, "0")
    _machine(monkeypatch, user=0, setting=tmp_path / "userns", value="1")
    sandbox.allow_missing_sandbox()
    assert os.environ[sandbox.SWITCH] == "0"
