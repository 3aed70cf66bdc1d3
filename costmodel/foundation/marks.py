"""Where each number of an input comes from, inherited down the mappings.

``source``, ``assumed``, ``owner`` and ``date`` may stand on any mapping and hold
for the numbers inside it; the nearest one wins. They are taken out of the data
here, once, so that no schema needs to repeat them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from costmodel.foundation.beliefs import NO_SOURCE, Source
from costmodel.foundation.errors import InputError, Problem

Raw: TypeAlias = Any
"""What YAML may hold, or a value built in Python: anything, until it is read."""

SOURCE_KEYS = ("source", "assumed", "owner", "date")
_DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")


@dataclass(frozen=True)
class Mark:
    """What holds for a value read from a file: its source, and the folder files are sought in."""

    source: Source = NO_SOURCE
    folder: Path | None = None


NO_MARK = Mark()


@dataclass(frozen=True)
class Marked:
    """A scalar with its mark."""

    value: Raw
    mark: Mark = NO_MARK


class MarkedMapping(dict[str, Any]):
    """A mapping without its source keys, which has its own mark and one for each key."""

    mark: Mark
    marks: dict[str, Mark]

    def __init__(self, values: Mapping[str, Any], mark: Mark, marks: dict[str, Mark]) -> None:
        super().__init__(values)
        self.mark = mark
        self.marks = marks

    def marked(self, key: str) -> Raw:
        """Return the value of `key`: a marked mapping as it is, anything else `Marked`."""
        value = self[key]
        if isinstance(value, MarkedMapping | Marked):
            return value
        return Marked(value, self.marks.get(key, self.mark))


@dataclass
class Marker:
    """Turns plain data into marked mappings and collects what is wrong with the source keys."""

    folder: Path | None = None
    problems: list[tuple[tuple[str | int, ...], Problem]] = field(default_factory=list)

    def mark(self, data: Raw, mark: Mark | None = None, path: tuple[str | int, ...] = ()) -> Raw:
        """Return `data` with every mapping replaced by a `MarkedMapping`."""
        mark = Mark(folder=self.folder) if mark is None else mark
        if isinstance(data, MarkedMapping):
            return data
        if isinstance(data, list):
            return [self.mark(item, mark, (*path, i)) for i, item in enumerate(data)]
        if not isinstance(data, dict):
            return data
        own = replace(mark, source=self._source(data, mark.source, path))
        inner = {
            key: self.mark(value, own, (*path, key))
            for key, value in data.items()
            if key not in SOURCE_KEYS
        }
        return MarkedMapping(inner, own, dict.fromkeys(inner, own))

    def raise_problems(self) -> None:
        """Raise everything found wrong so far, if anything."""
        if self.problems:
            raise InputError([replace(p, path=".".join(map(str, at))) for at, p in self.problems])

    def _source(
        self, data: Mapping[str, Any], outer: Source, path: tuple[str | int, ...]
    ) -> Source:
        given = {key: data[key] for key in SOURCE_KEYS if key in data}
        if not given:
            return outer
        for key, value in given.items():
            problem = _wrong(key, value)
            if problem is not None:
                self.problems.append(((*path, key), problem))
                return outer
        if "source" in given or "assumed" in given:
            outer = Source()  # a nearer source replaces the outer one whole
        return replace(outer, **given)


def _wrong(key: str, value: object) -> Problem | None:
    if key == "assumed":
        if isinstance(value, bool):
            return None
        return Problem(f"'{value}'", "true or false", "assumed: true")
    if not isinstance(value, str) or not value.strip():
        return Problem(_shown(value), "text", f"{key}: a few words, or a URL")
    if key == "date" and not _DATE.fullmatch(value):
        return Problem(f"'{value}'", "a date as YYYY-MM-DD or YYYY-MM", "date: 2026-11-23")
    return None


def _shown(value: object) -> str:
    return "nothing" if value in (None, "") else str(value)
