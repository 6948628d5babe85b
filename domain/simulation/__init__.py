"""An office, its practices and its patients as a seeded model, to compare ways of choosing whom to ask.

Pure Python and numpy: knows no database, no clock and no window. The world (`resources/simulation/world.toml`) is
frozen; policies meet the same one, because every chance is drawn from a stream keyed by what it decides.
"""
