"""Communication: mails, phone calls and the history of every contact."""
