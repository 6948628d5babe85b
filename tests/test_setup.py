"""The set-up script on machines that lack something, played by stand-ins for the system's programs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOO_OLD = "#!/bin/sh\nexit 1\n"
# says it is new enough and, asked for venv, that it has none
WITHOUT_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *sys.version_info\\[*) echo python3.12-venv ;; esac\n'
COMPLETE = "#!/bin/sh\nexit 0\n"
NAMES = ("python3", "python3.14", "python3.13", "python3.12", "python3.11")


class Machine:
    """A copy of the set-up with a folder of stand-ins in front of the system's programs."""

    def __init__(self, home: Path) -> None:
        self.home = home / "platzlotse"
        self.home.mkdir()
        shutil.copytree(ROOT / "scripts", self.home / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
        for lock in ("requirements.lock", "requirements-dev.lock"):
            shutil.copy(ROOT / lock, self.home)
        self.programs = home / "bin"
        self.programs.mkdir()

    def has(self, name: str, script: str, *, at: Path | None = None) -> None:
        """Put a stand-in there."""
        path = (at or self.programs) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(script, "utf-8")
        path.chmod(0o755)

    def set_up(self, purpose: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        path = f"{self.programs}:/usr/bin:/bin"
        return subprocess.run(
            ["bash", "scripts/setup.sh", purpose],
            cwd=self.home,
            env={"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nobody is administrator and no package is installed."""
    machine = Machine(tmp_path)
    machine.has("id", "#!/bin/sh\necho 1000\n")
    machine.has("sudo", TOO_OLD)
    machine.has("dpkg-query", TOO_OLD)
    machine.has("apt-cache", COMPLETE)
    machine.has("apt-get", "#!/bin/sh\necho called >>apt-calls\n")
    return machine


def listed(name: str) -> list[str]:
    """Packages of one of the lists."""
    return (ROOT / "scripts" / name).read_text("utf-8").split()


def test_an_old_python_is_refused_in_words(machine: Machine) -> None:
    """Without Python 3.11 or newer it says so and does nothing."""
    for name in NAMES:
        machine.has(name, TOO_OLD)
    result = machine.set_up("run")
    assert result.returncode == 1
    assert "Python 3.11" in result.stderr
    assert not (machine.home / ".venv").exists()


def test_without_rights_it_prints_the_one_line(machine: Machine) -> None:
    """An ordinary user gets the exact command for what is missing, and the system is left alone."""
    machine.has("python3", WITHOUT_VENV)
    result = machine.set_up("test")
    line = next(line for line in result.stderr.splitlines() if "apt-get install" in line)
    assert result.returncode == 1
    assert line.split()[:2] == ["sudo", "apt-get"]
    assert set(listed("apt-run.txt") + listed("apt-test.txt")) <= set(line.split())
    assert not (machine.home / "apt-calls").exists()


def test_a_python_beside_the_systems_own_gets_its_own_venv_package(machine: Machine) -> None:
    """The package named for venv belongs to the Python that was found."""
    machine.has("python3", WITHOUT_VENV)
    assert "python3.12-venv" in machine.set_up("run").stderr


def test_names_follow_the_release(machine: Machine) -> None:
    """Where a library goes by its newer name, that one is named."""
    machine.has("python3", WITHOUT_VENV)
    machine.has("apt-cache", '#!/bin/sh\ncase "$2" in libasound2) ;; *) echo Package ;; esac\n')
    words = machine.set_up("run").stderr.split()
    assert "libasound2t64" in words
    assert "libasound2" not in words


def test_a_second_time_does_nothing(machine: Machine) -> None:
    """With everything in place nothing is installed again, whatever it was set up for last."""
    machine.has("dpkg-query", f"#!/bin/sh\nfor p in {' '.join(listed('apt-run.txt'))}; do echo installed $p; done\n")
    machine.has("python", "#!/bin/sh\n[ $1 = -c ]\n", at=machine.home / ".venv" / "bin")
    shutil.copy(ROOT / "requirements.lock", machine.home / ".venv")
    result = machine.set_up("run")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_failed_download_is_told_and_tried_again(machine: Machine) -> None:
    """When the packages do not come, it says what to do, and the next call tries again."""
    machine.has("dpkg-query", f"#!/bin/sh\nfor p in {' '.join(listed('apt-run.txt'))}; do echo installed $p; done\n")
    # works, has pip, but installing fails
    machine.has("python", '#!/bin/sh\n[ "$3" != install ]\n', at=machine.home / ".venv" / "bin")
    for _ in range(2):
        result = machine.set_up("run")
        assert result.returncode == 1
        assert "erneut starten" in result.stderr
    assert [path.name for path in (machine.home / ".venv").iterdir()] == ["bin"]


def test_wrong_use_is_refused(machine: Machine) -> None:
    """An unknown purpose is wrong usage."""
    assert machine.set_up("everything").returncode == 2


def test_lint_brings_its_tools_after_a_run(machine: Machine) -> None:
    """After `make run` alone the tools of `make lint` are fetched, and no server of the tests is asked for."""
    machine.has("dpkg-query", f"#!/bin/sh\nfor p in {' '.join(listed('apt-run.txt'))}; do echo installed $p; done\n")
    # works, and notes what it was asked to install
    machine.has("python", '#!/bin/sh\n[ "$3" != install ] || echo "$@" >>asked\n', at=machine.home / ".venv" / "bin")
    shutil.copy(ROOT / "requirements.lock", machine.home / ".venv")
    result = machine.set_up("lint")
    assert (result.returncode, result.stderr) == (0, "")
    assert "requirements-dev.lock" in (machine.home / "asked").read_text("utf-8")
    assert not (machine.home / "apt-calls").exists()


def test_what_make_calls_sets_itself_up() -> None:
    """Every command of the Makefile that starts a program of .venv sets it up first."""
    rules = re.split(r"^(?=[a-z]+:)", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    for rule in rules:
        if re.search(r"\t.*(\.venv/bin|\$\(PYTHON\))", rule):
            head = rule.partition("\n")[0]
            assert "scripts/setup.sh" in rule or re.match(r"[a-z]+:.*\bsetup\b", head), head
