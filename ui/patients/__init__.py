"""The page Patienten: list and detail."""
