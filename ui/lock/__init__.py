"""Locking the window: what hides it, what asks, what notices that nobody is there."""
