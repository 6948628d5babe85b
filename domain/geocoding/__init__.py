"""Places: where a PLZ lies, how far apart two points are, and how sure we are of it."""
