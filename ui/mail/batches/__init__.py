"""Sammelversand: batches on the page Post."""
