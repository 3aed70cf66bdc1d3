"""A scenario file and those it extends, merged key by key before anything is validated."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from costmodel.foundation.composing import ValuePath
from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import InputError, Problem, did_you_mean, nearest_names
from costmodel.foundation.grammar import shown as shown_value
from costmodel.foundation.marks import MarkedMapping, Marker, Raw
from costmodel.foundation.reading import Document, near_file, read_yaml
from costmodel.scenario.paths import rivals

Place = tuple[str, int, int]
"""File, line and column."""

LAW_KEYS = frozenset(("value", "p10", "p90", "low", "likely", "high", "sd", "samples"))
"""A mapping with one of these states a whole belief and replaces another's."""

MAX_PARENTS = 10
"""Length of a chain of `extends`; an assumption."""


@dataclass
class Layer:
    """Marked data with the place of every value and key, and what is wrong with its sources."""

    data: Raw
    file: str = ""
    places: dict[ValuePath, Place] = field(default_factory=dict)
    keys: dict[ValuePath, Place] = field(default_factory=dict)
    faults: list[tuple[ValuePath, Problem]] = field(default_factory=list)

    def place(self, path: ValuePath, *, key: bool = False) -> Place:
        """Return where a value (or its key) stands, or the nearest that encloses it."""
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (self.file, 0, 0))


def shipped_names() -> list[str]:
    """Return the names of the scenarios that come with costmodel."""
    return sorted(path.stem for path in data_folder("scenarios").glob("*.yaml"))


def scenario_path(name: str | Path) -> Path:
    """Return the file of a shipped name or a path.

    Raises
    ------
    InputError
        If it is neither; the text names the shipped ones.
    """
    text = str(name)
    if isinstance(name, Path) or "/" in text or "\\" in text or text.endswith((".yaml", ".yml")):
        return Path(name)
    path = data_folder("scenarios") / f"{text}.yaml"
    if text and path.is_file():
        return path
    known = shipped_names()
    near = nearest_names(text, known, 1)
    fix = f"did you mean '{near[0]}'?" if near else "a path ends in .yaml"
    expected = f"a shipped scenario ({', '.join(known)}) or the path of a .yaml file"
    raise InputError(Problem(shown_value(text), expected, fix))


def layer_of(document: Document, folder: Path | None) -> Layer:
    """Return a document as a layer, its source keys taken out of the data.

    Raises
    ------
    InputError
        If the document is empty or no mapping.
    """
    if not isinstance(document.data, dict):
        raise _no_mapping(document)
    marker = Marker(folder)
    data = marker.mark(document.data)
    places = {path: (document.file, *at) for path, at in document.places.items()}
    keys = {path: (document.file, *at) for path, at in document.keys.items()}
    return Layer(data, document.file, places, keys, marker.problems)


def _no_mapping(document: Document) -> InputError:
    line, column = document.position(())
    empty = document.data is None
    read = "an empty file" if empty else f"{shown_value(document.data)} at the top"
    fix = "start with name:, start:, months:, segments: and features:"
    return InputError(Problem(read, "a scenario (a mapping)", fix, "", document.file, line, column))


def read_layers(name: str | Path) -> tuple[Layer, Path]:
    """Read a scenario file with all it extends; return it merged, and the file's path."""
    path = scenario_path(name)
    return _with_parents(path, []), path


def _with_parents(path: Path, seen: list[Path]) -> Layer:
    layer = layer_of(read_yaml(path), path.parent)
    return extended(layer, path.parent, [*seen, path.resolve()])


def extended(layer: Layer, folder: Path | None, seen: list[Path]) -> Layer:
    """Return a layer over the parent that its ``extends`` names, if it names one."""
    if "extends" not in layer.data:
        return layer
    parent = layer.data.pop("extends")
    try:
        return over(_parent(parent, folder, seen), layer)
    except InputError as error:
        if any(problem.file for problem in error.problems):
            raise
        file, line, column = layer.place(("extends",))
        problem = error.problems[0]
        located = Problem(
            problem.read, problem.expected, problem.fix, "extends", file, line, column
        )
        raise InputError(located) from None


def _parent(name: Raw, folder: Path | None, seen: list[Path]) -> Layer:
    if not isinstance(name, str) or not name:
        expected = "the name of one scenario or file"
        raise InputError(Problem(shown_value(name), expected, "extends: support_chatbot"))
    path = scenario_path(name)
    if path == Path(name) and folder is not None:
        path = folder / path
    if path.resolve() in seen:
        chain = " -> ".join(p.name for p in [*seen, path])
        raise InputError(Problem(f"a circle: {chain}", "a parent that ends", "extend another"))
    if len(seen) > MAX_PARENTS:
        raise InputError(Problem(f"more than {MAX_PARENTS} parents", "a short chain", "merge some"))
    if not path.is_file():
        raise InputError(Problem(f"'{name}'", "a file that exists", _near_file(name, path)))
    return _with_parents(path, seen)


def _near_file(name: str, path: Path) -> str:
    """Return the fix of a file that does not exist: a like one beside it, or those shipped."""
    near = near_file(path)
    if near is not None:
        return f"did you mean '{Path(name).with_name(near.name)}'?"
    shipped = did_you_mean(path.stem, shipped_names())
    return shipped or f"correct the path, or name one of {', '.join(shipped_names())}"


def over(parent: Layer, child: Layer) -> Layer:
    """Return the child's data over the parent's, with the place of every value."""
    replaced: list[ValuePath] = []
    data = _merged(parent.data, child.data, (), replaced)
    gone = set(replaced)

    def stands(path: ValuePath) -> bool:
        return not any(path[:n] in gone for n in range(1, len(path) + 1))

    places = {p: at for p, at in parent.places.items() if stands(p)} | child.places
    keys = {p: at for p, at in parent.keys.items() if stands(p)} | child.keys
    faults = [fault for fault in parent.faults if stands(fault[0])] + child.faults
    return Layer(data, child.file, places, keys, faults)


def _merged(
    parent: MarkedMapping, child: MarkedMapping, path: ValuePath, replaced: list[ValuePath]
) -> MarkedMapping:
    if LAW_KEYS & set(child) or _of_another_kind(parent, child):
        replaced += [(*path, key) for key in parent]
        return child
    values, marks = dict(parent), dict(parent.marks)
    for key, value in child.items():
        if value is None and key in parent:  # null takes out what the parent has
            values.pop(key, None)
            replaced.append((*path, key))
            continue
        for rival in rivals(key):
            if rival in values and rival not in child:
                del values[rival]
                replaced.append((*path, rival))
        old = values.get(key)
        if isinstance(old, MarkedMapping) and isinstance(value, MarkedMapping):
            values[key] = _merged(old, value, (*path, key), replaced)
        else:
            values[key] = value
            replaced.append((*path, key))
        marks[key] = child.marks[key]
    return MarkedMapping(values, child.mark if child else parent.mark, marks)


def _of_another_kind(parent: MarkedMapping, child: MarkedMapping) -> bool:
    """Tell whether both are strategies, of different kinds: their keys do not mix."""
    return None not in (parent.get("kind"), child.get("kind")) and parent["kind"] != child["kind"]
