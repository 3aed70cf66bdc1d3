"""Changing a copy of a scenario by path, each change logged old -> new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from costmodel.foundation.beliefs import NO_SOURCE, Belief, Source
from costmodel.foundation.errors import InputError, Problem, nearest_names
from costmodel.foundation.marks import SOURCE_KEYS, Marker
from costmodel.foundation.reading import Step, read_yaml_text
from costmodel.foundation.writing import belief_data
from costmodel.scenario.dumping import to_line
from costmodel.scenario.paths import EXCLUSIVE, all_paths, located, rivals
from costmodel.scenario.plain import Plain, as_object, as_text, number

if TYPE_CHECKING:
    from costmodel.scenario.schema import Scenario

OVERRIDDEN = "override"
"""The source of a number that an override sets without naming one."""


def with_overrides(scenario: Scenario, changes: Mapping[str, Any]) -> Scenario:
    """Return a copy with the values at some paths replaced; see `Scenario.with_overrides`."""
    from costmodel.scenario.layers import Layer
    from costmodel.scenario.loading import build
    from costmodel.scenario.schema import Override

    tree = Plain(as_object, complete=True).scenario(scenario)
    log = list(scenario.overrides)
    problems: list[Problem] = []
    for path, value in changes.items():
        try:
            old = _written(_set(tree, path, value, scenario))
            log.append(Override(path=path, old=old, new=_written(_readable(scenario, path, value))))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    marker = Marker(scenario.folder)
    layer = Layer(marker.mark(_without_none(tree)), faults=marker.problems)
    changed = build(layer, file=scenario.file, folder=scenario.folder)
    return changed.model_copy(update={"overrides": tuple(log)})


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
    """Return the ``path=value`` that sets a belief, its interval included."""
    return f"{path}={to_line(_belief_value(scenario, path, belief))}"


def _belief_value(scenario: Scenario, path: str, belief: Belief) -> Any:
    from costmodel.scenario.naming import all_beliefs

    for name, _, unit, period in all_beliefs(scenario):
        if name == path:
            data = belief_data(belief, unit, period)
            return {k: number(v) for k, v in data.items()} if isinstance(data, dict) else number(data)
    raise InputError(_unknown(path, [name for name, *_ in all_beliefs(scenario)]))


def _readable(scenario: Scenario, path: str, value: Any) -> Any:
    return _belief_value(scenario, path, value) if isinstance(value, Belief) else value


def _set(tree: dict[str, Any], path: str, value: Any, scenario: Scenario) -> Any:
    """Put a value into the tree and return what stood there."""
    steps = located(path, tree)
    parent = _parent(tree, steps, path)
    key = str(steps[-1])
    known = {*parent, *(rival for k in parent for rival in rivals(k))}
    if key not in known and parent is not tree.get("drift"):
        raise InputError(_unknown(path, all_paths(tree)))
    old = _before(parent, key, path, scenario)
    for rival in (*rivals(key), *(("file_sha256",) if key == "file" else ())):
        parent.pop(rival, None)
    parent[key] = _marked_override(_readable(scenario, path, value), key)
    if key == "model":
        _forget_counts(parent)
    if key == "tokens":
        parent.pop("file_sha256", None)
        parent.pop("folder", None)
    return old


def _before(parent: dict[str, Any], key: str, path: str, scenario: Scenario) -> Any:
    if key not in parent:
        key = next((rival for rival in rivals(key) if rival in parent), key)
    old = parent.get(key)
    return _belief_value(scenario, path.rpartition(".")[0] + "." + key, old) if isinstance(old, Belief) else old


def _parent(tree: dict[str, Any], steps: tuple[Step, ...], path: str) -> dict[str, Any]:
    node: Any = tree
    for step in steps[:-1]:
        inside = isinstance(node, dict) and step in node
        if inside and node[step] is None:
            node[step] = {}
        if not inside and not (isinstance(node, list) and isinstance(step, int)):
            raise InputError(_unknown(path, all_paths(tree)))
        node = node[step]
    if not steps or not isinstance(node, dict):
        raise InputError(_unknown(path, all_paths(tree)))
    return node
