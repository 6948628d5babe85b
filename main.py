"""Platzlotse: the desktop (no argument), the worker and the commands for offices and automation."""

import sys

from app.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
