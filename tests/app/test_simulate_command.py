"""`main.py simulate` as another program and as a person see it."""

import json
import subprocess
import sys
from pathlib import Path

from tests.app.command_line import called

ROOT = Path(__file__).parents[2]


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as its own process."""
    command = [sys.executable, str(ROOT / "main.py"), "simulate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)


def test_the_answer_is_one_json_object() -> None:
    """Figures for each region and policy; what was not reached is null; how far it is stands on standard error."""
    done = simulate("--seeds", "2", "--weeks", "2", "--policy", "nearest", "--policy", "planned", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["seeds"], answer["weeks"], answer["policies"]) == (2, 2, ["nearest", "planned"])
    assert set(answer["figures"]) == {"city", "town", "rural", "all"}
    city = answer["figures"]["city"]["nearest"]
    assert city["contacts"]["value"] > 0
    assert city["days_95"]["value"] is None
    assert set(answer["comparisons"]["all"]) == {"planned"}
    assert done.stderr.splitlines() == ["1 von 2 Welten", "2 von 2 Welten"]


def test_a_person_reads_a_german_table() -> None:
    """Regions, policies and figures by their German names, singular where there is one."""
    done = called("simulate", "--seeds", "1", "--weeks", "1", "--policy", "first_come")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 Welt, 1 Woche")
    for words in ("Großstadt", "Alphabet im PLZ-Gebiet", "Kontakte je Vermittlung", "nicht erreicht"):
        assert words in done.stdout
