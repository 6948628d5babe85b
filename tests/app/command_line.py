"""The commands of main.py: as another program starts them, and in this process, which is told the same.

A process costs more than most commands, also one that need not load the program anew: where a second one is not what
a test is about, the command is called here.
"""

import io
import json
import os
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any
from unittest.mock import patch

from app import cli
from tests.servers.forked import Forked

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "resources" / "samples"

Told = subprocess.CompletedProcess[str]


def platzlotse(*arguments: str | Path, **environment: str) -> Told:
    """Run main.py as a process of its own, with nobody to ask."""
    words = [*map(str, arguments)]
    with patch.dict(os.environ, environment):
        program = Forked("main", *words, heard=True)
    out, err = program.communicate(300)
    assert program.returncode is not None
    return Told(words, program.returncode, out, err)


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
