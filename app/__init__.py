"""Wiring: start-up, settings, the command line. Knows every other package; none of them knows it."""
