"""`make audit` says what is known, and says as clearly when nobody could be asked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "audit_report.py"
SOUND = {"name": "ruhig", "version": "1.0", "vulns": []}
FLAWED = {"name": "alt", "version": "1.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"]}]}
UNASKED = {"name": "stumm", "skip_reason": "not found and could not be audited"}


@pytest.mark.parametrize(
    ("parts", "code", "words"),
    [
        ([SOUND], 0, "1 Teile geprüft, 0 bekannte Lücken."),
        ([SOUND, FLAWED], 1, "alt 1.0: PYSEC-2026-1; behoben in 1.1"),
        ([SOUND, UNASKED], 3, "NICHT GEPRÜFT: 1 von 2 Teilen"),
        ([UNASKED, FLAWED], 1, "PYSEC-2026-1"),
        ([UNASKED], 3, "0 Teile geprüft"),
        ([], 3, "NICHT GEPRÜFT"),
    ],
)
def test_silence_is_never_called_sound(tmp_path: Path, parts: list[dict[str, object]], code: int, words: str) -> None:
    """The tool itself calls a list nobody answered for free of flaws."""
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"dependencies": parts}), encoding="utf-8")
    done = subprocess.run([sys.executable, str(SCRIPT), str(report)], capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert words in done.stdout + done.stderr


@pytest.mark.parametrize("content", ["", "[]", "{}", "kaputt"])
def test_an_answer_that_cannot_be_read_is_no_answer(tmp_path: Path, content: str) -> None:
    """Nothing is checked, and that is said."""
    report = tmp_path / "report.json"
    report.write_text(content, encoding="utf-8")
    done = subprocess.run([sys.executable, str(SCRIPT), str(report)], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "NICHT GEPRÜFT" in done.stderr
