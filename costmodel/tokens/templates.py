"""Template code in prompts, as Jinja writes it: ``{% if ... %}`` and ``{# comments #}``.

It is run before the prompt is sent, so that it costs nothing itself. What stands inside
``{% if %}`` or ``{% for %}`` is sent at times, or several times: it counts once, and it is taken to
change from call to call. What ``{% include %}`` puts in is not read. Text between ``{% raw %}`` and
``{% endraw %}`` is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_STATEMENTS = (
    "if elif else endif for endfor set endset block endblock extends include import from macro"
    " endmacro call endcall filter endfilter raw endraw with endwith do break continue autoescape"
    " endautoescape trans pluralize endtrans generation endgeneration"
)
STATEMENTS = frozenset(_STATEMENTS.split())
"""Words that a statement begins with (Jinja's documentation of templates and of its extensions);
braces and per cent around anything else are text."""

_OPENING = re.compile(rf"\{{(?:%[-+]?\s{{0,9}}+(?:{'|'.join(sorted(STATEMENTS))})\b|#)")
_CHANGING = ("if", "for")


@dataclass(frozen=True)
class Code:
    """A piece of template code in a text.

    Parameters
    ----------
    start, end : int
        Where it stands, in characters, with the blank space that ``-`` takes away around it.
    words : str
        What it says; empty for a comment.
    """

    start: int
    end: int
    words: str

    @property
    def statement(self) -> str:
        """The first word; empty for a comment."""
        return self.words.partition(" ")[0]


def template_code(text: str) -> Iterator[Code]:
    """Yield the template code of a text in its order."""
    at, raw = 0, False
    unclosed: set[str] = set()
    while found := _OPENING.search(text, at):
        at = found.end()
        mark = found[0][1]
        closing = -1 if mark in unclosed else text.find(f"{mark}}}", found.start() + 2)
        if closing < 0:
            unclosed.add(mark)  # it is not looked for again: there is none behind
            continue
        code = _code(text, found.start(), closing + 2)
        if raw and code.statement != "endraw":
            continue
        raw = code.statement == "raw"
        at = code.end
        yield code


def _code(text: str, start: int, end: int) -> Code:
    inside = text[start + 2 : end - 2]
    comment = text[start + 1] == "#"
    words = "" if comment else " ".join(inside.strip("-+ \t\r\n").split())
    if inside.startswith("-"):
        while start and text[start - 1].isspace():
            start -= 1
    if inside.endswith("-"):
        while end < len(text) and text[end].isspace():
            end += 1
    return Code(start, end, words)


def without_code(text: str) -> str:
    """Return a text without its template code."""
    if "{%" not in text and "{#" not in text:
        return text
    kept, at = [], 0
    for code in template_code(text):
        kept.append(text[at : code.start])
        at = max(at, code.end)
    return "".join([*kept, text[at:]])


def changing_blocks(text: str) -> Iterator[Code]:
    """Yield the outermost ``{% if %}`` and ``{% for %}`` blocks, each up to its end."""
    depth, opened = 0, Code(0, 0, "")
    for code in template_code(text):
        if code.statement in _CHANGING:
            opened = opened if depth else code
            depth += 1
        elif code.statement.removeprefix("end") in _CHANGING and depth:
            depth -= 1
            if not depth:
                yield Code(opened.start, code.end, opened.words)
    if depth:
        yield Code(opened.start, len(text), opened.words)
