"""The page Heute: the day's work."""
