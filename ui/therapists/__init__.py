"""The page Therapeuten: list and detail."""
