"""The page Verwaltung: the office, its mail accounts."""
