"""Safe reading of YAML 1.2 with the position of every value.

The reader composes libyaml's events itself, so that it can stop at its limits
before anything is built, refuse duplicate keys with both lines, and remember
where each value stands. Scalars follow the YAML 1.2 core schema: ``1e6`` is a
number, ``no`` is text, dates stay text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.marks import Raw

if TYPE_CHECKING:
    from yaml import events as ev

Step: TypeAlias = str | int
ValuePath: TypeAlias = tuple[Step, ...]
Position: TypeAlias = tuple[int, int]

MAX_BYTES = 2_000_000
"""Limit on a file's size: a scenario has a few kB; an assumption."""
MAX_DEPTH = 40
"""Limit on nesting: scenarios need 8; an assumption."""
MAX_NODES = 200_000
"""Limit on values after aliases are followed; an assumption."""
MAX_ALIASES = 100
"""Limit on aliases, which make a small file large; an assumption."""

# YAML 1.2.2, section 10.3.2, core schema; letters of any case of null, true, nan as there.
_NULL = frozenset(("", "null", "Null", "NULL", "~"))
_BOOL = {
    text: text.lower() == "true" for text in ("true", "True", "TRUE", "false", "False", "FALSE")
}
_INT = re.compile(r"[-+]?[0-9]+")
_OCT = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INF = re.compile(r"[-+]?\.(inf|Inf|INF)")
_NAN = re.compile(r"\.(nan|NaN|NAN)")
_NUMERIC_START = frozenset("0123456789+-.")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
_SHORT = re.compile(r"\b(\d+)000\b")
_SPLIT_THOUSANDS = re.compile(r"\d{3}(?!\d)(.*)")
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
    if _INF.fullmatch(text):
        return float("-inf") if text[0] == "-" else float("inf")
    if _NAN.fullmatch(text):
        return float("nan")
    if _OCT.fullmatch(text):
        return int(text[2:], 8)
    return int(text, 16) if _HEX.fullmatch(text) else text


@dataclass(frozen=True)
class Document:
    """A file's data with its positions.

    Parameters
    ----------
    data : dict, list, str, int, float, bool or None
        Plain values only.
    file : str
        Name as given, for messages.
    places, keys : dict
        One-based (line, column) of each value, and of each mapping key, by path.
    """

    data: Raw
    file: str = ""
    places: dict[ValuePath, Position] = field(default_factory=dict, repr=False)
    keys: dict[ValuePath, Position] = field(default_factory=dict, repr=False)

    def position(self, path: ValuePath) -> Position:
        """Return line and column of a value, or of the nearest one that encloses it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def key_position(self, path: ValuePath) -> Position:
        """Return line and column of a mapping's key, or where its value stands."""
        return self.keys[path] if path in self.keys else self.position(path)


def read_yaml(
    path: Path,
    *,
    file: str = "",
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_nodes: int = MAX_NODES,
    max_aliases: int = MAX_ALIASES,
) -> Document:
    """Read a YAML file.

    Parameters
    ----------
    path : Path
        The file.
    file : str
        Name for messages; the path if empty.
    max_bytes, max_depth, max_nodes, max_aliases : int
        Limits above which the file is refused.

    Raises
    ------
    InputError
        If the file cannot be read, is no UTF-8 text, passes a limit, or is no
        YAML; duplicate keys, tags and merge keys are errors.
    """
    name = file or str(path)
    try:
        with path.open("rb") as stream:
            raw = stream.read(max_bytes + 1)
            size = max(len(raw), path.stat().st_size)
    except IsADirectoryError:
        raise _refuse("a folder", "a YAML file", "name the file inside", name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refuse(f"nothing ({reason})", "a YAML file", "check the path", name) from None
    if len(raw) > max_bytes:
        read = f"a file of {size / 1e6:.1f} MB"
        raise _refuse(read, f"at most {max_bytes / 1e6:g} MB", "is it the right file?", name)
    return read_yaml_text(
        _decoded(raw, name),
        file=name,
        max_depth=max_depth,
        max_nodes=max_nodes,
        max_aliases=max_aliases,
    )


def _refuse(read: str, expected: str, fix: str, file: str, at: Position = (0, 0)) -> InputError:
    return InputError(Problem(read, expected, fix, file=file, line=at[0], column=at[1]))


def _decoded(raw: bytes, name: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refuse("UTF-16 text", "UTF-8 text", "save it as UTF-8", name)
    if b"\0" in raw:
        raise _refuse("a binary file", "a YAML text", "name a .yaml file", name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        read = f"the byte 0x{raw[error.start]:02x}"
        raise _refuse(read, "UTF-8 text", "save it as UTF-8", name, (line, column)) from None


def read_yaml_text(
    text: str,
    *,
    file: str = "",
    max_depth: int = MAX_DEPTH,
    max_nodes: int = MAX_NODES,
    max_aliases: int = MAX_ALIASES,
) -> Document:
    """Read YAML from a text; see `read_yaml`."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    composer = _Composer(file, max_depth, max_nodes, max_aliases)
    try:
        data = composer.document(yaml.parse(text, Loader=loader))
    except yaml.YAMLError as error:
        raise _syntax_problem(error, text, file) from None
    if composer.problems:
        raise InputError(sorted(composer.problems, key=lambda p: (p.line, p.column)))
    return Document(data, file, composer.places, composer.keys)


def _syntax_problem(error: Exception, text: str, file: str) -> InputError:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        read = f"the character {_character(error)}"
        return _refuse(read, "printable text", "remove it", file, _place_of(error, text))
    line, column = mark.line + 1, mark.column + 1
    lines = text.split("\n")
    content = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in content[: len(content) - len(content.lstrip())]:
        at = (line, content.index("\t") + 1)
        return _refuse("a tab", "spaces as indentation", "replace each tab by 2 spaces", file, at)
    read = f"'{content.strip()[:60]}'" if content.strip() else "the end of the text"
    problem = str(getattr(error, "problem", "")) or "a syntax error"
    fix = "check quotes, brackets, colons and indentation here and on the line above"
    return _refuse(f"{read} ({problem})", "YAML", fix, file, (line, column))


def _character(error: Exception) -> str:
    code = getattr(error, "character", 0)
    return f"#x{code if isinstance(code, int) else ord(code):04x}"


def _place_of(error: Exception, text: str) -> Position:
    at = getattr(error, "position", 0)
    before = text.encode()[:at].decode(errors="ignore")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _place(event: ev.Event) -> Position:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


@dataclass
class _Composer:
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
        return _refuse(read, expected, fix, self.file, _place(event))

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
        compose = self._mapping if kind is ev.MappingStartEvent else self._sequence
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

    def _sequence(self, event: Raw, events: Iterator[ev.Event], path: ValuePath) -> list[Any]:
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
        whole = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)
        short = _SHORT.sub(lambda found: f"{found[1]}k", whole)
        fix = f"a comma splits a YAML mapping: write {whole}{f' or {short}' * (short != whole)}"
        self._note(f"'{path[-1]}: {text}'", "a number without commas", fix, self.places[path])


def _is_split_number(key: Raw, value: Raw) -> bool:
    """Tell whether a pair of a flow mapping is the tail of a number with a comma."""
    empty = getattr(value, "value", None) == "" and getattr(value, "implicit", (False,))[0]
    return empty and bool(_SPLIT_THOUSANDS.fullmatch(key.value)) and key.implicit[0]
