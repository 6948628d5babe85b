"""The commands of main.py, one module each; every one returns an exit code."""
