"""The page Post: outbox, sent, unclear."""
