"""Über Platzlotse: every part is there with version and licence, and is found by a word."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version

from pytestqt.qtbot import QtBot

from ui.about.dialog import AboutDialog
from ui.about.parts import ROOT, VERSION, all_parts, normal
from ui.ports import UiContext


def test_every_locked_package_that_is_installed_has_a_licence() -> None:
    """With its own version; packages of other systems are not installed here."""
    shown = {normal(part.name): part for part in all_parts()}
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    installed = []
    for name in re.findall(r"(?m)^([A-Za-z0-9_.-]+)==", lock):
        try:
            installed.append((normal(name), version(name)))
        except PackageNotFoundError:
            continue
    assert len(installed) > 50
    for name, found in installed:
        assert shown[name].version == found
        assert shown[name].licence, f"{name}: no licence; name it in resources/parts.toml"
    assert not [name for name in ("pytest", "ruff", "mypy") if name in shown]


def test_what_is_no_package_is_named_with_its_terms() -> None:
    """Every file of terms under resources is shown, and the version is the project's."""
    parts = all_parts()
    texts = {part.text for part in parts}
    for path in sorted((ROOT / "resources").rglob("LICENSE*")):
        assert path.read_text("utf-8") in texts, path.name
    assert all(part.licence for part in parts)
    assert (parts[0].name, parts[0].version) == ("Platzlotse", VERSION)
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == VERSION


def test_a_part_is_found_by_its_licence_and_read(ui: UiContext, qtbot: QtBot) -> None:
    """The list comes in the background; a word narrows it, a part shows its terms."""
    dialog = AboutDialog(ui.background)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.list.count() > 50)
    assert "MIT License" in dialog.text.toPlainText()
    dialog.search.setText("bitstream")
    seen = [row for row in range(dialog.list.count()) if not dialog.list.item(row).isHidden()]
    assert [dialog.list.item(row).text() for row in seen] == ["DejaVu Sans"]
    assert dialog.count.text() == "1 Teil"
    dialog.list.setCurrentRow(seen[0])
    assert "Bitstream Vera" in dialog.text.toPlainText()
    assert dialog.link.text().startswith("https://")
