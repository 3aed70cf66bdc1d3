"""Changing a copy of a scenario by path, each change logged old -> new."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from costmodel.foundation.beliefs import Belief, Source
from costmodel.foundation.composing import Step
from costmodel.foundation.errors import InputError, Problem, nearest_names
from costmodel.foundation.marks import SOURCE_KEYS, Mark, MarkedMapping, Marker, Raw
from costmodel.foundation.reading import read_yaml_text
from costmodel.foundation.spread_forms import CENTRES
from costmodel.foundation.writing import belief_data
from costmodel.scenario.dumping import to_line
from costmodel.scenario.limit import restated
from costmodel.scenario.model import OVERRIDE
from costmodel.scenario.naming import all_beliefs
from costmodel.scenario.paths import all_paths, located, rivals
from costmodel.scenario.plain import Plain
from costmodel.scenario.sourced import Data, as_object, number, sourced
from costmodel.scenario.strategies import PromptCache, Quota, ResponseCache, SpendCap

if TYPE_CHECKING:
    from costmodel.scenario.schema import Scenario

T = TypeVar("T")

_OBJECTS = (ResponseCache, PromptCache, Quota, SpendCap)
_MAY_BE_ADDED = ("strategies", "variants")
"""Keys under which a change may give a new name."""


def with_overrides(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a copy with the values at some paths replaced; see `Scenario.with_overrides`."""
    from costmodel.scenario.layers import Layer
    from costmodel.scenario.loading import build

    marker = Marker(scenario.folder)
    tree = marker.mark(_Opened(changes).scenario(scenario))
    log = [*scenario.overrides, *_applied(scenario, tree, changes)]
    _drop_absent(tree)
    changed = build(Layer(tree), file=scenario.file, folder=scenario.folder)
    return changed.model_copy(update={"overrides": tuple(log)})


class _Opened(Plain):
    """Writes out the segments and features that changes reach into; the others stay objects.

    They are frozen and were validated when they were made: doing it again at each
    move of a slider would take most of its time.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        super().__init__(as_object, complete=True)
        self.paths = tuple(paths)
        # Money that was written in the scenario's currency follows its rate.
        self.revalued = any(path.split(".")[0] == "currency" for path in self.paths)

    def named(self, key: str, parts: dict[str, T], write: Callable[[T], Data]) -> Data:
        """Return the parts that stand under `key`, those not reached as they are."""
        if key in self.paths:
            return super().named(key, parts, write)
        return {
            name: write(part) if self._reaches(f"{key}.{name}") else part
            for name, part in parts.items()
        }

    def variants(self, s: Scenario) -> Data | None:
        """Return the variants, unless they follow from the strategies and may do so again."""
        if any(path.split(".")[0] == "variants" for path in self.paths):
            return super().variants(s)
        return Plain().variants(s)

    def _reaches(self, at: str) -> bool:
        return self.revalued or any(path == at or path.startswith(f"{at}.") for path in self.paths)


def _paths(scenario: Scenario) -> Iterator[str]:
    """Yield every path a change may have."""
    return all_paths(Plain(as_object, complete=True).scenario(scenario))


def _applied(scenario: Scenario, tree: Raw, changes: Mapping[str, Any]) -> list[Any]:
    """Put every change into the tree and return the log of them."""
    from costmodel.scenario.schema import Override

    log: list[Override] = []
    problems: list[Problem] = []
    for path, value in changes.items():
        try:
            new = _written(scenario, path, value)
            origin = _origin(scenario, path, value)
            whole = isinstance(value, _OBJECTS)  # with its own sources
            placed = value if whole else sourced(new, origin) if origin else new
            old = _change(scenario, tree, path, placed)
            log.append(Override(path=path, old=old, new=to_line(number(new))))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return log


def parse_setting(text: str) -> tuple[str, Any]:
    """Return path and value of ``path=value``, the value as YAML.

    Raises
    ------
    InputError
        If there is no ``=`` or the value is no YAML.
    """
    path, sign, value = text.partition("=")
    if not sign or not path.strip():
        fix = "--set segments.free.users=8k"
        raise InputError(Problem(f"'{text}'", "path=value", fix, file="--set"))
    return path.strip(), read_yaml_text(value.strip(), file="--set").data


def setting(scenario: Scenario, path: str, belief: Belief) -> str:
    """Return the ``path=value`` that sets a belief, its interval included.

    Raises
    ------
    InputError
        If there is no belief at that path.
    """
    return f"{path}={to_line(_written(scenario, path, belief))}"


def _written(scenario: Scenario, path: str, value: Raw) -> Raw:
    """Return a value as YAML data; a belief in the unit and period of its path."""
    if not isinstance(value, Belief):
        return _plain(scenario, path, value)
    for name, _, unit, period in all_beliefs(scenario):
        if name == path:
            data = belief_data(value, unit, period)
            return (
                {k: number(v) for k, v in data.items()} if isinstance(data, dict) else number(data)
            )
    raise unknown_path(path, (name for name, *_ in all_beliefs(scenario)))


def _plain(scenario: Scenario, path: str, value: Raw) -> Raw:
    """Return a strategy as its data, and a limit's number with the unit and period it has."""
    if isinstance(value, _OBJECTS):
        return Plain().strategy(value)
    kind, name, key = (*path.split("."), "", "")[:3]
    stood = scenario.strategies.get(name) if kind == "strategies" and key == "limit" else None
    if isinstance(stood, Quota | SpendCap):
        return restated(value, stood.limit)
    return value


def _origin(scenario: Scenario, path: str, value: Raw) -> Source | None:
    """Return the origin of a belief that is put back as it was; None for anything else."""
    if not isinstance(value, Belief):
        return None
    stood = next(belief for name, belief, _, _ in all_beliefs(scenario) if name == path)
    return value.origin if value == stood else None


def unknown_path(path: str, known: Iterable[str]) -> InputError:
    """Return the error of a path that leads nowhere."""
    near = nearest_names(path, known, 1)
    fix = f"did you mean '{near[0]}'?" if near else ""
    return InputError(Problem(f"the path '{path}'", "a value of this scenario", fix))


def _change(scenario: Scenario, tree: MarkedMapping, path: str, value: Raw) -> str:
    """Put one value into the tree and return what stood there, as text."""
    parent, key = _place_of(scenario, tree, path)
    old = _before(scenario, parent, key, path)
    for rival in rivals(key):
        parent.pop(rival, None)
    if key in ("file", "tokens"):
        _forget_file(parent, keep_folder=key == "file")
    if path == "prices.contract":
        parent.pop("folder", None)
    if key in CENTRES:
        parent.pop("per", None)  # the new value states its own period
    if key == "model":
        _forget_counts(parent)
    _put(parent, key, value, scenario)
    if path.startswith(("currency.", "drift.", "correlations.")) or _of_its_mapping(path):
        parent.mark = parent.marks[key]
    return old


def _of_its_mapping(path: str) -> bool:
    """Tell whether a feature's number has the source of the mapping it stands in."""
    return path.endswith(".malformed_shape") or ".conversation.gap." in path


def _place_of(scenario: Scenario, tree: MarkedMapping, path: str) -> tuple[MarkedMapping, str]:
    node: Any = tree
    steps = located(path, tree)
    for step in steps[:-1]:
        if _has(node, step) and node[step] is None:
            node[step] = MarkedMapping({}, node.mark, {})
        inside = isinstance(step, int) if isinstance(node, list) else _has(node, step)
        if not inside:
            raise unknown_path(path, _paths(scenario))
        node = node[step]
    key = str(steps[-1]) if steps else ""
    known = _known(node, key) or (len(steps) == 2 and steps[0] in _MAY_BE_ADDED)
    if not isinstance(node, MarkedMapping) or not known:
        raise unknown_path(path, _paths(scenario))
    return node, key


def _has(node: Raw, step: Step) -> bool:
    return isinstance(node, MarkedMapping) and step in node


def _known(parent: Raw, key: str) -> bool:
    if not isinstance(parent, MarkedMapping) or not parent:
        return True  # was absent: the schema will say what may stand there
    return key in parent or any(rival in parent for rival in rivals(key))


def _before(scenario: Scenario, parent: MarkedMapping, key: str, path: str) -> str:
    stood = next((k for k in (key, *rivals(key)) if k in parent), key)
    value = parent.get(stood)
    if isinstance(value, Belief):
        value = _written(scenario, f"{path.rpartition('.')[0]}.{stood}", value)
    text = to_line(_readable(scenario, value, path))
    return text if stood == key else f"{stood}: {text}"


def _readable(scenario: Scenario, value: Raw, path: str) -> Raw:
    """Return a part of the tree with its beliefs as text, for the log."""
    if isinstance(value, Belief):
        return _written(scenario, path, value)
    if isinstance(value, Mapping):
        inner = {k: v for k, v in value.items() if v is not None}
        return {k: _readable(scenario, v, f"{path}.{k}") for k, v in inner.items()}
    if isinstance(value, list):
        return [_readable(scenario, item, path) for item in value]
    return str(value) if isinstance(value, Path) else value


def _put(parent: MarkedMapping, key: str, value: Raw, scenario: Scenario) -> None:
    mark = Mark(OVERRIDE, scenario.folder)
    if isinstance(value, Mapping) and not set(SOURCE_KEYS) & set(value):
        value = {**value, "source": OVERRIDE.source}
    marker = Marker(scenario.folder)
    parent[key] = marker.mark(value)
    parent.marks[key] = mark
    if marker.problems:
        raise InputError([problem for _, problem in marker.problems])


def _forget_file(part: MarkedMapping, *, keep_folder: bool) -> None:
    part.pop("file_sha256", None)
    part.pop("times", None)
    if not keep_folder:
        part.pop("folder", None)


def _forget_counts(feature: MarkedMapping) -> None:
    """Have the prompt files of a feature counted again, with its new model."""
    for item in feature.get("prompt") or ():
        for part in item.values() if isinstance(item, Mapping) else ():
            if isinstance(part, MarkedMapping) and part.get("file") is not None:
                part.pop("tokens", None)
                part.pop("times", None)


def _drop_absent(node: Raw) -> None:
    if isinstance(node, MarkedMapping):
        for key in [key for key, value in node.items() if value is None]:
            del node[key]
    for inner in node.values() if isinstance(node, MarkedMapping) else ():
        _drop_absent(inner)
    for item in node if isinstance(node, list) else ():
        _drop_absent(item)
