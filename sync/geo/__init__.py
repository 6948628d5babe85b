"""Looking up addresses and ways at the servers the office has named."""
