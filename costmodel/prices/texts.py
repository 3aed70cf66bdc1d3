"""Texts of a price file that a terminal or a page would obey instead of showing."""

from __future__ import annotations

from collections.abc import Iterator

from costmodel.foundation.errors import UNSEEN
from costmodel.foundation.reading import Document, ValuePath
from costmodel.prices.checks import Finding

HARMLESS = "\t\n\r"
"""Characters of a note with several lines."""


def unseen(document: Document) -> Iterator[Finding]:
    """Yield every key and text with a control character or a change of direction."""
    yield from _in(document.data, ())


def _in(value: object, at: ValuePath) -> Iterator[Finding]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_text(key, (*at, key))
            yield from _in(inner, (*at, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _in(inner, (*at, number))
    elif isinstance(value, str):
        yield from _of_text(value, at)


def _of_text(text: str, at: ValuePath) -> Iterator[Finding]:
    found = [] if text.isprintable() else UNSEEN.findall(text)
    for character in [each for each in found if each not in HARMLESS][:1]:
        read = f"the character #x{ord(character):04x} in a text"
        yield at, read, "printable text", "remove it"
