"""The background worker: everything that talks to the outside. Knows no window."""
