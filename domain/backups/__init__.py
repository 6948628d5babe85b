"""Backups: the sealed file, the key on paper, what is in a database, how long each is kept. They start no process."""
