"""Ways between people and practices: how far, how long, and how sure we are of it."""
