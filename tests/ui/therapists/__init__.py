"""The window of therapists on a real database."""
