"""Backups at work: PostgreSQL's own dump sealed into a file, verified in a scratch cluster, and brought back."""
