"""Safe reading of YAML 1.2 with the position of every value.

The reader composes libyaml's events itself, so that it can stop at its limits
before anything is built, refuse duplicate keys with both lines, and remember
where each value stands. Scalars follow the YAML 1.2 core schema: ``1e6`` is a
number, ``no`` is text, dates stay text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from costmodel.foundation.composing import (
    Composer,
    Position,
    ValuePath,
    refuse_at,
    scalar_value,
)
from costmodel.foundation.errors import InputError
from costmodel.foundation.marks import Raw

__all__ = ["Document", "Position", "ValuePath", "read_yaml", "read_yaml_text", "scalar_value"]

MAX_BYTES = 2_000_000
"""Limit on a file's size: a scenario has a few kB; an assumption."""
MAX_DEPTH = 40
"""Limit on nesting: scenarios need 8; an assumption."""
MAX_NODES = 200_000
"""Limit on values after aliases are followed; an assumption."""
MAX_ALIASES = 100
"""Limit on aliases, which make a small file large; an assumption."""


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
        raise refuse_at("a folder", "a YAML file", "name the file inside", name) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        near = near_file(path) if isinstance(error, FileNotFoundError) else None
        fix = f"did you mean '{near}'?" if near is not None else "check the path"
        raise refuse_at(f"nothing ({reason})", "a YAML file", fix, name) from None
    if len(raw) > max_bytes:
        read = f"a file of {size / 1e6:.1f} MB"
        raise refuse_at(read, f"at most {max_bytes / 1e6:g} MB", "is it the right file?", name)
    return read_yaml_text(
        _decoded(raw, name),
        file=name,
        max_depth=max_depth,
        max_nodes=max_nodes,
        max_aliases=max_aliases,
    )


def near_file(path: Path) -> Path | None:
    """Return the YAML file beside a path whose name is most like it, if one is."""
    from difflib import get_close_matches

    try:
        names = [other.name for other in path.parent.iterdir() if other.suffix in (".yaml", ".yml")]
    except OSError:
        return None
    near = get_close_matches(path.name, names, n=1, cutoff=0.6)
    return path.with_name(near[0]) if near else None


def _decoded(raw: bytes, name: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse_at("UTF-16 text", "UTF-8 text", "save it as UTF-8", name)
    if b"\0" in raw:
        raise refuse_at("a binary file", "a YAML text", "name a .yaml file", name)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        read = f"the byte 0x{raw[error.start]:02x}"
        raise refuse_at(read, "UTF-8 text", "save it as UTF-8", name, (line, column)) from None


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
    composer = Composer(file, max_depth, max_nodes, max_aliases)
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
        return refuse_at(read, "printable text", "remove it", file, _place_of(error, text))
    line, column = mark.line + 1, mark.column + 1
    lines = text.split("\n")
    content = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in content[: len(content) - len(content.lstrip())]:
        at = (line, content.index("\t") + 1)
        return refuse_at("a tab", "spaces as indentation", "replace each tab by 2 spaces", file, at)
    read = f"'{content.strip()[:60]}'" if content.strip() else "the end of the text"
    problem = str(getattr(error, "problem", "")) or "a syntax error"
    fix = "check quotes, brackets, colons and indentation here and on the line above"
    return refuse_at(f"{read} ({problem})", "YAML", fix, file, (line, column))


def _character(error: Exception) -> str:
    code = getattr(error, "character", 0)
    return f"#x{code if isinstance(code, int) else ord(code):04x}"


def _place_of(error: Exception, text: str) -> Position:
    at = getattr(error, "position", 0)
    before = text.encode()[:at].decode(errors="ignore")
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
