"""Composing plain data from YAML events, within limits and with every position."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.marks import Raw

if TYPE_CHECKING:
    from yaml import events as ev

Step: TypeAlias = str | int
ValuePath: TypeAlias = tuple[Step, ...]
Position: TypeAlias = tuple[int, int]
Compose: TypeAlias = Callable[[Any, "Iterator[ev.Event]", ValuePath], Any]

# YAML 1.2.2, section 10.3.2, core schema; letters of any case of null, true, nan as there.
_NULL = frozenset(("", "null", "Null", "NULL", "~"))
_BOOL = {
    text: text.lower() == "true" for text in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = {"0o": r"0o[0-7]+", "0x": r"0x[0-9a-fA-F]+"}
_NOT_FINITE = {
    sign + text: float(sign + text.lower()[1:])
    for text in (".inf", ".Inf", ".INF")
    for sign in ("", "+", "-")
} | dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan"))
_NUMERIC_START = frozenset("0123456789+-.")
_THOUSANDS = r"\d{1,3}(,\d{3})+"
_SPLIT_THOUSANDS = r"\d{3}(?!\d)(.*)"
_LONGEST_NUMBER = 400  # characters; the largest float has 309 digits


def scalar_value(text: str) -> bool | int | float | str | None:
    """Return what a plain scalar means in the YAML 1.2 core schema."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] not in _NUMERIC_START or len(text) > _LONGEST_NUMBER:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if text in _NOT_FINITE:
        return _NOT_FINITE[text]
    based = _BASED.get(text[:2])
    return int(text, 0) if based and re.fullmatch(based, text) else text


def refuse_at(read: str, expected: str, fix: str, file: str, at: Position = (0, 0)) -> InputError:
    """Return the error of something wrong at a place in a file."""
    return InputError(Problem(read, expected, fix, file=file, line=at[0], column=at[1]))


def _place(event: ev.Event) -> Position:
    mark = event.start_mark
    assert mark is not None
    return mark.line + 1, mark.column + 1


@dataclass
class Composer:
    """Builds plain data from YAML events within limits."""

    file: str
    max_depth: int
    max_nodes: int
    max_aliases: int
    places: dict[ValuePath, Position] = field(default_factory=dict)
    keys: dict[ValuePath, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[str, tuple[Any, int]] = field(default_factory=dict)
    splits: dict[ValuePath, str] = field(default_factory=dict)
    nodes: int = 0
    aliases: int = 0

    def document(self, events: Iterator[ev.Event]) -> Raw:
        """Return the data of the one document in the stream."""
        import yaml.events as ev

        data: Any = None
        seen = False
        for event in events:
            if isinstance(event, ev.DocumentStartEvent):
                if seen:
                    fix = "put it into a file of its own"
                    raise self._stop("a second document (---)", "one document", fix, event)
                seen = True
                data = self._value(next(events), events, ())
        return data

    def _stop(self, read: str, expected: str, fix: str, event: ev.Event) -> InputError:
        return refuse_at(read, expected, fix, self.file, _place(event))

    def _note(self, read: str, expected: str, fix: str, at: Position) -> None:
        self.problems.append(Problem(read, expected, fix, "", self.file, *at))

    def _value(self, event: Raw, events: Iterator[ev.Event], path: ValuePath) -> Raw:
        import yaml.events as ev

        kind = type(event)
        self.places[path] = _place(event)
        self._count(1, event)
        if kind is ev.ScalarEvent:
            value: Any = self._scalar(event)
            return self._anchored(event, value, 1)
        if kind is ev.AliasEvent:
            return self._alias(event)
        self._refuse_tag(event)
        if len(path) >= self.max_depth:
            read = f"more than {self.max_depth} levels of nesting"
            raise self._stop(read, "a flat file", "is it the right file?", event)
        before = self.nodes
        compose: Compose = self._mapping if kind is ev.MappingStartEvent else self._sequence
        return self._anchored(event, compose(event, events, path), self.nodes - before + 1)

    def _count(self, nodes: int, event: ev.Event) -> None:
        self.nodes += nodes
        if self.nodes > self.max_nodes:
            read = f"more than {self.max_nodes:,} values"
            raise self._stop(read, "a scenario", "is it the right file?", event)

    def _anchored(self, event: Raw, value: Raw, size: int) -> Raw:
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, size)
        return value

    def _alias(self, event: Raw) -> Raw:
        self.aliases += 1
        if self.aliases > self.max_aliases:
            read = f"more than {self.max_aliases} aliases (*name)"
            raise self._stop(read, "a few aliases", "write the values out", event)
        if event.anchor not in self.anchors:
            fix = f"define &{event.anchor} before it, outside of itself"
            raise self._stop(f"the alias *{event.anchor}", "an anchor that stands", fix, event)
        value, size = self.anchors[event.anchor]
        self._count(size - 1, event)
        return value

    def _scalar(self, event: Raw) -> Raw:
        self._refuse_tag(event)
        return scalar_value(event.value) if event.implicit[0] else event.value

    def _refuse_tag(self, event: Raw) -> None:
        if event.tag is not None and event.tag != "!":
            fix = "remove it; quote a value to make it text"
            self._note(f"the tag {event.tag}", "no tags", fix, _place(event))

    def _sequence(self, _: Raw, events: Iterator[ev.Event], path: ValuePath) -> list[Any]:
        import yaml.events as ev

        items: list[Any] = []
        for inner in events:
            if isinstance(inner, ev.SequenceEndEvent):
                break
            items.append(self._value(inner, events, (*path, len(items))))
        return items

    def _mapping(self, event: Raw, events: Iterator[ev.Event], path: ValuePath) -> dict[str, Any]:
        import yaml.events as ev

        values: dict[str, Any] = {}
        for inner in events:
            if isinstance(inner, ev.MappingEndEvent):
                break
            key = self._key(inner)
            following = next(events)
            if event.flow_style and values and _is_split_number(inner, following):
                last = next(reversed(values))
                self._split_number(inner, (*path, last), values[last])
                continue
            self._check_duplicate(key, inner, (*path, key))
            self.keys[(*path, key)] = _place(inner)
            values[key] = self._value(following, events, (*path, key))
        return values

    def _key(self, event: Raw) -> str:
        import yaml.events as ev

        if not isinstance(event, ev.ScalarEvent):
            raise self._stop("a key that is no text", "a name", "write `name: value`", event)
        if event.value == "<<" and event.implicit[0]:
            fix = "write the keys out, or use `extends:`"
            raise self._stop("a merge key (<<)", "YAML 1.2, which has none", fix, event)
        self._refuse_tag(event)
        return str(event.value)

    def _check_duplicate(self, key: str, event: Raw, path: ValuePath) -> None:
        if path in self.keys:
            line, column = self.keys[path]
            read = f"the key '{key}' again (first at line {line}, column {column})"
            self._note(read, "each key once", "remove or rename one", _place(event))

    def _split_number(self, event: Raw, path: ValuePath, value: Raw) -> None:
        """Report ``8,000`` inside braces, which YAML reads as 8 and a key 000."""
        if path in self.splits:
            self.problems.pop()
        text = f"{self.splits.get(path, value)},{event.value}"
        self.splits[path] = text
        whole = re.sub(_THOUSANDS, lambda found: found[0].replace(",", ""), text)
        short = shortened(whole)
        fix = f"a comma splits a YAML mapping: write {whole}{f' or {short}' * (short != whole)}"
        self._note(f"'{path[-1]}: {text}'", "a number without commas", fix, self.places[path])


def shortened(text: str) -> str:
    """Return a text with round thousands as k and round millions as M."""
    millions = re.sub(r"\b(\d+)000000\b", r"\1M", text)
    return re.sub(r"\b(\d+)000\b", r"\1k", millions)


def _is_split_number(key: Raw, value: Raw) -> bool:
    """Tell whether a pair of a flow mapping is the tail of a number with a comma."""
    empty = getattr(value, "value", None) == "" and getattr(value, "implicit", (False,))[0]
    return empty and bool(re.fullmatch(_SPLIT_THOUSANDS, key.value)) and key.implicit[0]
