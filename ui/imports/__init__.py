"""Reading files in, from the pages Therapeuten and Patienten."""
