"""A prompt as a sequence of sections in the order sent: system, tools, examples and so on.

A text file is one prompt. Which of its parts are not instructions is read from what authors
write around them: a tag (``<examples> ... </examples>``), a heading (``## Tools``), or a line
that holds nothing but a placeholder (``{{history}}``). Everything else is system.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args

from costmodel.tokens.placeholders import lone_placeholder

if TYPE_CHECKING:
    from costmodel.tokens.messages import MessageCount

Kind = Literal[
    "system",
    "tools",
    "schema",
    "examples",
    "retrieved",
    "history",
    "user",
    "images",
    "audio",
    "documents",
    "framing",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

WORDS: dict[Kind, tuple[str, ...]] = {
    "tools": ("tools", "tool", "functions", "function", "tool definitions", "available tools"),
    "examples": ("examples", "example", "few-shot", "few shot", "demonstrations", "shots"),
    "retrieved": (
        "context", "documents", "document", "passages", "passage", "sources", "chunks",
        "retrieved", "search results", "knowledge", "help articles",
    ),
    "history": ("history", "conversation", "conversation so far", "chat history", "messages",
                "transcript"),
    "user": ("question", "user question", "query", "user", "user input", "user message", "input",
             "request", "message"),
}  # fmt: skip
"""What authors call these parts in headings, tags and placeholders; anything else is system."""

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_TAG = re.compile(r"^[ \t]*<(/?)([A-Za-z][\w-]*)[^<>\n]*>[ \t]*$", re.MULTILINE)
_LINE = re.compile(r"^.*$", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Section:
    """A stretch of a prompt.

    Parameters
    ----------
    kind : str
        One of system, tools, examples, retrieved, history, user; in requests also schema (of the
        answer), images, audio and documents.
    text : str
        What is sent, placeholders as written.
    start : int
        Characters of the prompt before it.
    """

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Characters of the prompt up to its end."""
        return self.start + len(self.text)


@dataclass(frozen=True)
class Piece:
    """A stretch of a request that is counted by itself.

    Parameters
    ----------
    start, end : int
        Where it stands in the prompt's text, in characters.
    tokens : callable or None
        Its tokens for a model; None for text, which counts as it is written.
    """

    start: int
    end: int
    tokens: Callable[[str], int] | None = None


@dataclass(frozen=True)
class Prompt:
    """A prompt as it is sent, section after section.

    Parameters
    ----------
    name : str
        Its file, as given.
    sections : tuple of Section
        In the order sent; their texts together are the prompt.
    pieces : tuple of Piece
        What is counted by itself, for a request; empty for a text.
    count : callable or None
        The count of the whole request for a model, with what the provider adds around it.
    """

    name: str
    sections: tuple[Section, ...]
    pieces: tuple[Piece, ...] = ()
    count: Callable[[str], MessageCount] | None = None

    @cached_property
    def text(self) -> str:
        """The whole prompt."""
        return "".join(section.text for section in self.sections)

    def line_of(self, offset: int) -> int:
        """Return the one-based line of a character of the prompt."""
        return self.text.count("\n", 0, offset) + 1

    def section_at(self, offset: int) -> Section:
        """Return the section a character lies in."""
        inside = (s for s in self.sections if s.start <= offset < s.end)
        return next(inside, self.sections[-1])


def kind_named(name: str) -> Kind | None:
    """Return which kind of section a heading, tag, file or placeholder names, if any."""
    plain = re.sub(r"[\s_-]+", " ", name).strip().strip(":").lower()
    for kind, words in WORDS.items():
        if plain in words or plain.removesuffix("s") in words:
            return kind
    return None


def prompt_of(name: str, parts: list[tuple[Kind, str]]) -> Prompt:
    """Return a prompt of texts that follow each other; neighbours of one kind become one."""
    merged: list[tuple[Kind, str]] = []
    for kind, text in parts:
        if merged and merged[-1][0] == kind:
            merged[-1] = (kind, merged[-1][1] + text)
        elif text:
            merged.append((kind, text))
    starts = [0]
    for _, text in merged:
        starts.append(starts[-1] + len(text))
    sections = tuple(
        Section(kind, text, start) for (kind, text), start in zip(merged, starts, strict=False)
    )
    return Prompt(name, sections or (Section("system", "", 0),))


def split_text(name: str, text: str, default: Kind = "system") -> Prompt:
    """Return a text file's prompt, its sections told by tags, headings and lone placeholders."""
    return prompt_of(name, list(parts_of(text, default)))


def parts_of(text: str, default: Kind) -> Iterator[tuple[Kind, str]]:
    """Yield the parts of a text with their kinds; what nothing marks is of the kind `default`."""
    kinds: list[Kind] = [default] * len(text)
    for start, end, kind in _marked(text):
        kinds[start:end] = [kind] * (end - start)
    edges = [0, *(i for i in range(1, len(text)) if kinds[i] != kinds[i - 1]), len(text)]
    held, start = default, 0
    for a, b in pairwise(edges):
        if text[a:b].strip() and a > start and text[start:a].strip():
            yield held, text[start:a]
            start = a
        held = kinds[a] if text[a:b].strip() else held  # blank lines belong to what is before them
    if text[start:]:
        yield held, text[start:]


def _marked(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Yield stretches with their kind: headings first, as tags and lone lines lie inside them."""
    fences = [match.span() for match in _FENCE.finditer(text)]
    yield from _under_headings(text, fences)
    yield from _inside_tags(text, fences)
    for line in _LINE.finditer(text):
        name = lone_placeholder(line[0])
        kind = None if name is None else kind_named(name)
        if kind is not None:
            yield line.start(), line.end(), kind


def _in_fence(at: int, fences: list[tuple[int, int]]) -> bool:
    return any(start <= at < end for start, end in fences)


def _under_headings(text: str, fences: list[tuple[int, int]]) -> Iterator[tuple[int, int, Kind]]:
    found = [m for m in _HEADING.finditer(text) if not _in_fence(m.start(), fences)]
    for number, match in enumerate(found):
        kind = kind_named(match[2])
        if kind is None:
            continue
        level = len(match[1])
        closing = (m.start() for m in found[number + 1 :] if len(m[1]) <= level)
        yield match.start(), next(closing, len(text)), kind


def _inside_tags(text: str, fences: list[tuple[int, int]]) -> Iterator[tuple[int, int, Kind]]:
    opened: dict[str, int] = {}
    for match in _TAG.finditer(text):
        name = match[2].lower()
        if _in_fence(match.start(), fences):
            continue
        if not match[1]:
            opened.setdefault(name, match.start())
        elif name in opened:
            kind = kind_named(name)
            start = opened.pop(name)
            if kind is not None:
                yield start, match.end(), kind
