"""Programs of the tests as processes of their own, forked from one that has loaded what they all need.

`python -m MODULE` loads the program anew, a second of work before anything happens; a fork of a process that did that
once begins at once. `Forked` is such a program: what it is given, says and ends with is as of `python -m MODULE`.

The process they come from starts with the first of them and ends with its test process, killed or not, and with it
whatever of them still runs.
"""

import functools
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NoReturn, Self

REPOSITORY = Path(__file__).parents[2]
LOADED = (
    *("sync.worker", "sync.mail.smtp", "sync.geo.maps", "domain.casework.preparing", "domain.casework.calling"),
    *("app.cli", "app.commands.restore", "app.commands.worker"),
)
LONGEST_ORDER = 1 << 17  # bytes: an environment, mostly
_asking = threading.Lock()


class Forked:
    """A running program: `python -m MODULE ARGUMENTS`. Beside a block it is ended by `kill` or ends by itself.

    It reads `stdin` and writes `stdout` (text), or has nothing to read and writes all its words to `log`. `stderr` goes
    where the test's goes, unless there is a log or it is `heard` (the pipe `stderr`).
    """

    def __init__(self, module: str, *arguments: str, log: Path | None = None, heard: bool = False) -> None:
        ours: list[IO[str] | None] = [None, None, None]
        theirs = [os.open(os.devnull, os.O_RDONLY)] if log else []
        if log:
            theirs += [os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)] * 2
        else:
            for number, mode in ((0, "w"), (1, "r"), (2, "r"))[: 3 if heard else 2]:
                read, write = os.pipe()
                theirs.append(read if mode == "w" else write)
                ours[number] = os.fdopen(write if mode == "w" else read, mode, encoding="utf-8")
            if not heard:
                theirs.append(os.dup(2))
        self.stdin, self.stdout, self.stderr = ours
        status, told = os.pipe()
        order = json.dumps({"module": module, "arguments": arguments, "environment": dict(os.environ)})
        with _asking:
            way, _ = _source()
            socket.send_fds(way, [order.encode()], [*theirs, told])
            for descriptor in {*theirs, told}:
                os.close(descriptor)
            self._status = os.fdopen(status, "r", encoding="ascii")
            self.pid = int(self._status.readline())
        self.returncode: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.kill()
        if self.stdin is not None:
            self.stdin.close()
        self.wait()

    def poll(self) -> int | None:
        """How it ended (the number of a signal negative), or None while it runs."""
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; afterwards nothing it said can be read. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(int(self._status.readline()))
            for stream in (self._status, self.stdin, self.stdout, self.stderr):
                if stream is not None:
                    stream.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill -9."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, timeout: float) -> tuple[str, str]:
        """Close its input, take the rest of what it says, wait; killed after `timeout` seconds."""
        watch = threading.Timer(timeout, self.kill)
        watch.start()
        said: list[str] = []
        listening = threading.Thread(target=lambda: said.append(self.stderr.read() if self.stderr else ""))
        listening.start()
        if self.stdin is not None:
            self.stdin.close()
        words = self.stdout.read() if self.stdout else ""
        listening.join()
        self.wait()
        watch.cancel()
        watch.join()
        return words, said[0]


def end_all() -> None:
    """End the process they come from, if there is one, and what it started."""
    if _source.cache_info().currsize:
        way, process = _source()
        _source.cache_clear()
        way.close()
        process.wait()


@functools.cache
def _source() -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
    """The way to the process all programs are forked from, and that process."""
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)  # an order and its streams come together or not at all
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
            start_new_session=True,
        )  # fmt: skip
    return ours, process


def main() -> None:
    """Fork one program for each order; at the end of the orders end all of them."""
    orders = socket.socket(fileno=int(sys.argv[1]))
    for name in LOADED:
        import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever watches a program is waited for by nobody
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, LONGEST_ORDER, 4)
        if not order:
            os.killpg(0, signal.SIGKILL)
        if os.fork() == 0:
            orders.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            if (program := os.fork()) == 0:
                _become(json.loads(order), descriptors)
                return
            _watch(program, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _watch(program: int, descriptors: list[int]) -> NoReturn:
    """Tell its number, and how it ended."""
    *its, told = descriptors
    for descriptor in its:
        os.close(descriptor)
    os.write(told, f"{program}\n".encode())
    os.write(told, f"{os.waitpid(program, 0)[1]}\n".encode())
    os._exit(0)


def _become(order: dict[str, Any], descriptors: list[int]) -> None:
    """The program, with its own arguments, environment and standard streams."""
    *its, told = descriptors
    for number, descriptor in enumerate(its):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.close(told)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - for as long as it lives
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", buffering=1, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = [order["module"], *order["arguments"]]
    runpy.run_module(order["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
