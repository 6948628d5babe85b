"""Addresses and ways, at real servers and at none."""
