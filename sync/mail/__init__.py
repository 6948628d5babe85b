"""Mail to the outside: messages, SMTP, and the local catcher of the trial mode."""
