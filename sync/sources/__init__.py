"""Reading the web for an office: directories that permit it, practices' own pages. Polite, in turns, resumable."""
