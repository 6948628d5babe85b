"""Tests; the tree mirrors the source path."""
