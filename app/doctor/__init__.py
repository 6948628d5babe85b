"""The doctor of this machine: what the database cannot tell of the seat in front of it."""
