"""Tests of the page Karte."""
