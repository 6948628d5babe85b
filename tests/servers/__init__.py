"""Real servers for tests, on loopback or a private socket, stopped by their process ids."""
