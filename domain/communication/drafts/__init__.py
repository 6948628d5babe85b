"""Drafts: written into an encrypted store on this machine, with the server or without; uploaded exactly once."""
