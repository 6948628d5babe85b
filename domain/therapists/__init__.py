"""Therapists: person, practice, sites, shared mailbox, what they offer and when they can be reached."""
