"""Where a prompt changes from call to call: the cache keeps only what stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from costmodel.tokens.audit.sections import Kind, Prompt
from costmodel.tokens.placeholders import placeholders
from costmodel.tokens.templates import changing_blocks

What = Literal["placeholder", "block", "date", "time", "identifier", "section"]

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

CHANGING: frozenset[Kind] = frozenset(
    {"retrieved", "history", "user", "images", "audio", "documents"}
)
"""Sections that differ from call to call."""


_CALLED: dict[What, str] = {
    "placeholder": "the placeholder",
    "block": "the template block",
    "section": "the section",
}


@dataclass(frozen=True)
class Variable:
    """A part that differs between calls.

    Parameters
    ----------
    what : str
        placeholder, block (template code), date, time, identifier, or section (retrieved, history
        or user text, images, sound and documents).
    text : str
        What stands there.
    offset, end : int
        Characters of the prompt before it, and up to its end.
    line, column : int
        One-based.
    """

    what: What
    text: str
    offset: int
    end: int
    line: int
    column: int

    def __str__(self) -> str:
        kind = _CALLED.get(self.what)
        return f"{kind or 'what looks like the ' + self.what} {self.text!r} in line {self.line}"


def variables(prompt: Prompt) -> tuple[Variable, ...]:
    """Return everything that changes from call to call, in the order sent."""
    return tuple(sorted(_all(prompt), key=lambda each: (each.offset, each.what)))


def changing_spans(changing: Iterable[Variable]) -> list[tuple[int, int]]:
    """Return where a prompt changes, as stretches that do not overlap, in their order."""
    spans: list[tuple[int, int]] = []
    for each in changing:
        if spans and each.offset <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], each.end))
        else:
            spans.append((each.offset, each.end))
    return spans


def _all(prompt: Prompt) -> Iterator[Variable]:
    text = prompt.text
    for found in placeholders(text):
        yield _at(prompt, "placeholder", found.start, found.end)
    for block in changing_blocks(text):
        yield _at(prompt, "block", block.start, block.end, f"{{% {block.words} %}}")
    for what, pattern in _LITERALS.items():
        for match in pattern.finditer(text):
            yield _at(prompt, what, *match.span())
    for section in prompt.sections:
        if section.kind in CHANGING:
            yield _at(prompt, "section", section.start, section.end, section.kind)


def _at(prompt: Prompt, what: What, start: int, end: int, words: str = "") -> Variable:
    column = start - (prompt.text.rfind("\n", 0, start) + 1) + 1
    words = words or prompt.text[start:end]
    return Variable(what, words, start, end, prompt.line_of(start), column)
