"""The commands of main.py: as another program starts them, and in this process, which is told the same.

Each process loads the program anew, which is most of what a short command costs: where neither that nor a second
process is what a test is about, the command is called here.
"""

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from app import cli

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "resources" / "samples"

Told = subprocess.CompletedProcess[str]


def platzlotse(*arguments: str | Path) -> Told:
    """Run main.py as its own process."""
    command = [sys.executable, str(ROOT / "main.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=300, check=False)


def called(*arguments: str | Path) -> Told:
    """Run a command in this process; what it says is what the process would."""
    words, out, err = [*map(str, arguments)], io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = cli.main(words)
    return Told(words, code, out.getvalue(), err.getvalue())


def of_json(done: Told) -> dict[str, Any]:
    """The JSON object a successful command printed."""
    assert done.returncode == 0, done.stderr + done.stdout
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def answer(*arguments: str | Path) -> dict[str, Any]:
    """The JSON object a successful command tells, in this process."""
    return of_json(called(*arguments, "--json"))
