"""Tests of the wiring: servers, processes, settings."""
