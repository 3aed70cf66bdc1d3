"""Tokens of a prompt that say nothing: repeated blocks, blank space, pretty-printed JSON."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from costmodel.tokens.audit.sections import Prompt

FEWEST_WORDS = 8
"""Words from which a repeated line or paragraph is worth a word; an assumption: shorter ones are
headings and labels."""

Count = Callable[[str], int]
"""Tokens of a text for the model of the audit."""


@dataclass(frozen=True)
class Waste:
    """Something that could be left out without losing a word.

    Parameters
    ----------
    kind : str
        duplicate, whitespace or json.
    line : int
        Where it stands, one-based.
    tokens : int
        Tokens per call that would be saved.
    text : str
        What it is, in words.
    """

    kind: Literal["duplicate", "whitespace", "json"]
    line: int
    tokens: int
    text: str


def wasted(prompt: Prompt, count: Count) -> tuple[Waste, ...]:
    """Return what could go, the largest first; nothing that saves no token."""
    found = [*_duplicates(prompt, count), *_pretty_json(prompt, count), *_blank(prompt, count)]
    return tuple(sorted((each for each in found if each.tokens > 0), key=lambda w: -w.tokens))


_BLOCK = re.compile(r"[^\n]+(?:\n(?!\s*\n)[^\n]+)*")
_LINE = re.compile(r"[^\n]+")


def _duplicates(prompt: Prompt, count: Count) -> Iterator[Waste]:
    """Yield blocks that stand more than once, then lines outside those blocks."""
    repeated: set[str] = set()
    for pattern in (_BLOCK, _LINE):
        places: dict[str, list[re.Match[str]]] = defaultdict(list)
        for match in pattern.finditer(prompt.text):
            key = _folded(match[0])
            if len(key.split()) >= FEWEST_WORDS and not any(key in known for known in repeated):
                places[key].append(match)
        for key, matches in places.items():
            if len(matches) > 1:
                repeated.add(key)
                yield _repeated(prompt, matches, count)


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def _repeated(prompt: Prompt, matches: list[re.Match[str]], count: Count) -> Waste:
    lines = [prompt.line_of(match.start()) for match in matches]
    saved = sum(count(match[0]) for match in matches[1:])
    start = " ".join(matches[0][0].split()[:FEWEST_WORDS])
    where = ", ".join(map(str, lines))
    return Waste("duplicate", lines[1], saved, f"lines {where} say the same: '{start} ...'")


_LINE_END = re.compile(r"(?<![ \t])[ \t]++(?=\n|\Z)")
"""Blanks at the end of a line; looked at once, however many they are."""


def _blank(prompt: Prompt, count: Count) -> Iterator[Waste]:
    """Yield blanks at the ends of lines and empty lines beyond one; indentation is kept."""
    text = prompt.text
    tight = re.sub(r"\n{3,}", "\n\n", _LINE_END.sub("", text))
    tight = re.sub(r"(?<=\S)[ \t]{2,}(?=\S)", " ", tight)
    first = next((i for i, (a, b) in enumerate(zip(text, tight, strict=False)) if a != b), 0)
    words = "blanks at the ends of lines, runs of blanks and empty lines"
    yield Waste("whitespace", prompt.line_of(first), count(text) - count(tight), words)


def _pretty_json(prompt: Prompt, count: Count) -> Iterator[Waste]:
    """Yield JSON that is laid out for people: a model reads it as well without the blanks."""
    for start, end, value in json_blocks(prompt.text):
        written = prompt.text[start:end]
        small = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        line = prompt.line_of(start)
        words = f"JSON from line {line} is laid out for people; written on one line it is shorter"
        yield Waste("json", line, count(written) - count(small), words)


TOO_DEEP = 500
"""Brackets that are not looked at after ones too deep to read; half of Python's usual limit."""


_JSON_START = re.compile(r"\{(?=\s*+[\"}])|\[(?=\s*+[\[{\"\d\]tfn-])")


def json_blocks(text: str) -> Iterator[tuple[int, int, object]]:
    """Yield the JSON objects and arrays of a text that go over several lines."""
    decoder = json.JSONDecoder()
    at = 0
    for match in _JSON_START.finditer(text):
        if match.start() < at:
            continue
        try:
            value, end = decoder.raw_decode(text, match.start())
        except ValueError:
            continue
        except RecursionError:
            at = match.end() + TOO_DEEP  # nobody lays that out for people
            continue
        if "\n" in text[match.start() : end]:
            yield match.start(), end, value
            at = end
