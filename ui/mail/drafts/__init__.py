"""Writing mails: into the encrypted store of this machine, with the server or without."""
