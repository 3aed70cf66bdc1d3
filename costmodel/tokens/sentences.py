"""Where sentences and paragraphs end, by a rule: no language is known, no model is asked.

A sentence ends after ``. ! ? …`` and their kin, with any closing quotes and brackets, where blank
space or the end follows; after ``。 ！ ？ ｡`` at once; and at a blank line. It does not end after a
full stop where a lower-case letter follows, after an abbreviation, an initial or a number at the
start of a sentence. A text without any of these is one sentence. Blanks before a sentence belong
to it, line breaks after it to the one that ended: so no token spans the border.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

Span = tuple[int, int]
"""First character, and the one after the last."""

_BREAK = r"(?:\r\n|\n|\r)"
_BLANK_LINE = rf"{_BREAK}(?:[ \t]*+{_BREAK})++"
_CLOSING = r"[\"'”’»)\]」』】）〉》]*+"
# All repetitions are possessive: a million full stops are looked at once.
_ENDS = re.compile(
    rf"(?P<blank>{_BLANK_LINE})"
    rf"|(?P<stop>[.!?…‽⁇⁈⁉‼؟۔։።।॥။។]++){_CLOSING}"
    rf"|(?P<wide>[。！？｡]++){_CLOSING}"
)
_BLANK_LINES = re.compile(_BLANK_LINE)
_LINE_ENDS = re.compile(rf"[ \t]*+{_BREAK}++")

_NAMING = (
    "mr mrs ms dr prof st mt gen col sgt capt lt rev hon sr jr vs e.g i.e cf viz z.b d.h u.a hr fr"
    " mme mlle nr vgl bzw ggf ca approx"
)
_TITLES = frozenset(_NAMING.split())
"""A sentence does not end after these: something is always named after them."""
_COUNTING = (
    "no nos fig figs p pp vol ch sec eq art jan feb mar apr jun jul aug sep sept oct nov dec"
)
_NUMBERED = frozenset(_COUNTING.split())
"""A sentence does not end after these where a digit follows."""
_LONGEST_WORD = 12
"""Characters before a full stop that are looked at; longer words are no abbreviations."""


def sentence_spans(text: str) -> list[Span]:
    """Return the sentences of a text; together they are the whole text, in order."""
    return _spans(_sentence_ends(text), text)


def paragraph_spans(text: str) -> list[Span]:
    """Return the paragraphs of a text, each with the blank lines after it."""
    return _spans((found.end() for found in _BLANK_LINES.finditer(text)), text)


def whole_units(units: list[Span], chunks: list[Span], text: str) -> int:
    """Return how many units lie whole in at least one chunk, blank space around them aside.

    Parameters
    ----------
    units, chunks : list of (int, int)
        In order; a later chunk starts and ends no earlier than the one before.
    text : str
        The text both are spans of.
    """
    starts = [start for start, _ in chunks]
    return sum(_is_whole(_trimmed(unit, text), chunks, starts) for unit in units)


def _is_whole(unit: Span, chunks: list[Span], starts: list[int]) -> bool:
    start, end = unit
    nearest = bisect_right(starts, start) - 1  # of those that start before it, the furthest
    return nearest >= 0 and chunks[nearest][1] >= end


def _trimmed(span: Span, text: str) -> Span:
    part = text[slice(*span)]
    start = span[0] + len(part) - len(part.lstrip())
    return start, max(start, span[0] + len(part.rstrip()))


def _spans(ends: Iterator[int], text: str) -> list[Span]:
    spans: list[Span] = []
    start = 0
    for end in ends:
        if end > start:
            spans.append((start, end))
            start = end
    if start < len(text):
        if spans and not text[start:].strip():  # blanks at the end make no sentence
            spans[-1] = (spans[-1][0], len(text))
        else:
            spans.append((start, len(text)))
    return spans


def _sentence_ends(text: str) -> Iterator[int]:
    start = 0
    for found in _ENDS.finditer(text):
        if found["stop"] and not _is_end(text, start, found):
            continue
        after = _LINE_ENDS.match(text, found.end())
        start = found.end() if after is None else after.end()
        yield start


def _is_end(text: str, start: int, found: re.Match[str]) -> bool:
    end = found.end()
    if end < len(text) and not text[end].isspace():
        return False
    following = text[end : end + 200].lstrip()[:1]
    if following.islower():
        return False
    return found["stop"] != "." or not _is_abbreviation(text, start, found.start(), following)


def _is_abbreviation(text: str, start: int, at: int, following: str) -> bool:
    before = text[max(start, at - _LONGEST_WORD) : at]
    word = before.rsplit(maxsplit=1)[-1].lstrip("([\"'“„«") if before.strip() else ""
    if word.lower() in _TITLES or (len(word) == 1 and word.isupper()):
        return True
    if word.isdigit() and not text[start : at - len(word)].strip():  # "1." begins a list
        return True
    return following.isdigit() and (word.lower() in _NUMBERED or "." in word)
