"""Tests of mail that came in."""
