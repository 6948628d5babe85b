"""Casework: every use case that crosses slices, each a function in one transaction."""
