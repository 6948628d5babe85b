"""Editing therapists on a real database."""
