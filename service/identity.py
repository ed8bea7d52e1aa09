"""Identifiers: sortable by time, and not to be guessed."""

from __future__ import annotations

import secrets
import time

# Crockford's base 32: digits and letters in their sort order, none to be mistaken for another.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """A new identifier: prefix, 48 bits of milliseconds, 80 random bits (a ULID)."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    digits = "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
    return f"{prefix}_{digits}"


def now() -> float:
    """Seconds since 1970, UTC."""
    return time.time()
