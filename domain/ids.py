"""Random references that may leave the office: they carry no meaning and are easy to read aloud."""

import secrets

# Crockford's base 32 without letters that sound or look alike on the phone (no I, L, O, U; no 0, 1).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def random_reference(length: int = 6) -> str:
    """A random reference such as ``7K3M9Q``; 30^6 ≈ 7 × 10^8 values, unique by a database constraint."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
