"""Patients: who they are, what they need and wish, and what they agreed to."""
