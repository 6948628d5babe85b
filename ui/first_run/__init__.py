"""The first minutes: how this seat wants to work, and opening it; shown before the main window."""
