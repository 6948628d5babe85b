"""Rules and records of a placement office. Knows no window, no network and no mail library."""
