"""Counts of the shipped prompts, kept so that a first run need not load a vocabulary.

data/known_counts.json maps the sha256 of a text (UTF-8) to its count in each encoding; the module
`recording` writes it.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

KNOWN_COUNTS_FILE = Path(__file__).parent / "data" / "known_counts.json"
"""The recorded counts."""


def text_digest(text: str) -> str:
    """Return the sha256 of a text in UTF-8, lone surrogates included, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def known_count(text: str, encoding_name: str) -> int | None:
    """Return the recorded count of a text in an encoding, or None."""
    return known_counts().get(text_digest(text), {}).get(encoding_name)


@cache
def known_counts() -> dict[str, dict[str, int]]:
    """Return the recorded counts by digest and encoding, read once."""
    counts: dict[str, dict[str, int]] = json.loads(KNOWN_COUNTS_FILE.read_text(encoding="utf-8"))
    return counts
