"""The way outside, against servers that behave and servers that do not."""
