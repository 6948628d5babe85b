"""Ending with the parent: a child process learns by its standard input that the parent is gone.

The parent holds the other end of the pipe; however it ends, even by kill -9, the system closes that end. It
works the same on all systems. The mark in the environment keeps a service with a closed input (systemd) from
ending at once. Knows nothing of what the process does.
"""

import os
import signal
import sys
import threading

MARK = "PLATZLOTSE_ENDS_WITH_PARENT"
GRACE_SECONDS = 10.0


def exit_when_parent_ends(*, grace_seconds: float = GRACE_SECONDS) -> bool:
    """Ask this process to end (SIGTERM) when its parent has ended; after the grace, end it.

    To be called once, early, by a process that may have been started by WorkerProcess. False, and nothing is
    watched, if it was not.
    """
    if os.environ.pop(MARK, None) is None:  # popped: its own children are not meant
        return False
    threading.Thread(target=_watch, args=(grace_seconds,), name="parent-watch", daemon=True).start()
    return True


def _watch(grace_seconds: float) -> None:
    # the descriptor itself: a buffered read would block the interpreter's own shutdown
    while os.read(0, 1024):
        continue
    if sys.platform == "win32":
        signal.raise_signal(signal.SIGTERM)
    else:
        # to the main thread, so that what it waits for is interrupted
        main = threading.main_thread().ident
        assert main is not None
        signal.pthread_kill(main, signal.SIGTERM)
    threading.Event().wait(grace_seconds)
    os._exit(1)
