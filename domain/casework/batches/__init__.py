"""Batches: many mails gathered, looked through, sent in one go, held, and taken back."""
