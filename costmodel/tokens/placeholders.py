"""Placeholders in prompt templates: the parts that are filled in for each call.

``{{name}}``, ``${name}``, ``{name}`` and ``%(name)s`` are recognised, where the name is made of
letters, digits, dots and underscores and starts with a letter. In double braces a filter, an index
or a call may follow: ``{{ name | upper }}``, ``{{ names[0] }}``. Braces around anything else, as in
JSON, are text, and so is what stands in template code.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from costmodel.tokens.templates import template_code

_NAME = r"[A-Za-z][\w.]*"
_FILTER = r"(?:[ \t]*[|\[(][^{}]*)?"
_PLACEHOLDER = re.compile(
    rf"\{{\{{-?\s*+({_NAME}){_FILTER}\s*-?\}}\}}|\$\{{\s*({_NAME})\s*\}}"
    rf"|\{{({_NAME})\}}|%\(({_NAME})\)s"
)


@dataclass(frozen=True)
class Placeholder:
    """A placeholder in a text.

    Parameters
    ----------
    name : str
        What stands between the braces.
    start, end : int
        Where it stands, in characters.
    """

    name: str
    start: int
    end: int


def placeholders(text: str) -> Iterator[Placeholder]:
    """Yield the placeholders of a text in their order."""
    code = list(template_code(text)) if "{%" in text or "{#" in text else []
    starts = [each.start for each in code]
    for match in _PLACEHOLDER.finditer(text):
        before = bisect_right(starts, match.start()) - 1
        if before >= 0 and match.start() < code[before].end:
            continue
        name = next(group for group in match.groups() if group)
        yield Placeholder(name, *match.span())


_LABEL = re.compile(r"^[\s>*#-]*\w[\w ]{0,30}[:：]\s*")


def lone_placeholder(line: str) -> str | None:
    """Return the name of the placeholder that is all a line holds, but for a label, or None."""
    match = _PLACEHOLDER.fullmatch(_LABEL.sub("", line).strip())
    return None if match is None else next(group for group in match.groups() if group)


def times_used(text: str) -> Counter[str]:
    """Return how often each placeholder stands in a text."""
    return Counter(found.name for found in placeholders(text))


def without(text: str, names: frozenset[str]) -> str:
    """Return a text with the placeholders of those names taken out."""
    return _PLACEHOLDER.sub(
        lambda match: "" if next(g for g in match.groups() if g) in names else match[0], text
    )
