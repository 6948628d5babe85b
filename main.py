"""Platzlotse: the desktop (no argument), the worker and the commands for offices and automation."""

import sys

from app.cli import program

if __name__ == "__main__":
    sys.exit(program(sys.argv[1:]))
