"""Words of nobody, planted through the whole program, and the search for them in everything it writes."""
