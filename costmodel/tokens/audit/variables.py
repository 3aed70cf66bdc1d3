"""Where a prompt changes from call to call: the cache keeps only what stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from costmodel.tokens.audit.sections import Kind, Prompt
from costmodel.tokens.placeholders import placeholders

What = Literal["placeholder", "date", "time", "identifier", "section"]

_LITERALS: dict[What, re.Pattern[str]] = {
    "time": re.compile(r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?|\b\d{1,2}:\d{2}:\d{2}\b"),
    "date": re.compile(
        r"(?i)\b(?:today is|current date|date:|the date is)\W{0,3}"
        r"(\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|[A-Z][a-z]+ \d{1,2},? \d{4}"
        r"|[A-Z][a-z]+day\b[^\n]*)"
    ),
    "identifier": re.compile(
        r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b"
        r"|\b(?i:request|session|trace|conversation)[_ -]?id\W{1,3}[\w-]{6,}"
    ),
}
"""Texts that were probably filled in: a clock time, today's date, an id of one call."""

CHANGING: frozenset[Kind] = frozenset({"retrieved", "history", "user"})
"""Sections that differ from call to call."""


@dataclass(frozen=True)
class Variable:
    """A part that differs between calls.

    Parameters
    ----------
    what : str
        placeholder, date, time, identifier, or section (retrieved, history or user text).
    text : str
        What stands there.
    offset : int
        Characters of the prompt before it.
    line, column : int
        One-based.
    """

    what: What
    text: str
    offset: int
    line: int
    column: int

    def __str__(self) -> str:
        kind = {"placeholder": "the placeholder", "section": "the section"}.get(self.what)
        return f"{kind or 'what looks like the ' + self.what} {self.text!r} in line {self.line}"


def variables(prompt: Prompt) -> tuple[Variable, ...]:
    """Return everything that changes from call to call, in the order sent."""
    return tuple(sorted(_all(prompt), key=lambda each: (each.offset, each.what)))


def _all(prompt: Prompt) -> Iterator[Variable]:
    text = prompt.text
    for found in placeholders(text):
        yield _at(prompt, "placeholder", text[found.start : found.end], found.start)
    for what, pattern in _LITERALS.items():
        for match in pattern.finditer(text):
            yield _at(prompt, what, match[0], match.start())
    for section in prompt.sections:
        if section.kind in CHANGING:
            yield _at(prompt, "section", section.kind, section.start)


def _at(prompt: Prompt, what: What, text: str, offset: int) -> Variable:
    column = offset - (prompt.text.rfind("\n", 0, offset) + 1) + 1
    return Variable(what, text, offset, prompt.line_of(offset), column)
