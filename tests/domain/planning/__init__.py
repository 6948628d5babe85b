"""The numbers of planning."""
