"""Über Platzlotse: the version, the licence, and whose work the program stands on."""
