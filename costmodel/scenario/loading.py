"""Loading scenarios: from a file, a shipped name or a text, with all problems at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.marks import MarkedMapping, Raw
from costmodel.foundation.reading import read_yaml_text
from costmodel.scenario.contract_files import find_contract
from costmodel.scenario.crosschecks import reference_problems
from costmodel.scenario.exchange import NO_DATE, currency_of
from costmodel.scenario.layers import Layer, extended, layer_of, read_layers
from costmodel.scenario.paths import located, shown
from costmodel.scenario.prompt_files import count_prompt_files
from costmodel.scenario.quantities import OWN_CURRENCY
from costmodel.scenario.schema import Scenario

if TYPE_CHECKING:
    from costmodel.scenario.explaining import Fault

NO_KEYS = frozenset(
    (
        *(".file", ".folder", ".overrides", "name", "folder", "file_sha256", "origin"),
        *("size", "spread", "period", "from_month", "half_life_months"),
        *("ttl_seconds", "p50_seconds", "p95_seconds"),
    )
)
"""Fields that are no keys of a scenario file, or not everywhere; a dot marks the top."""


def load_scenario(name: str | Path, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    name : str or Path
        A shipped name such as ``support_chatbot``, or the path of a YAML file.
    overrides : mapping, optional
        Changes as for `Scenario.with_overrides`.

    Raises
    ------
    InputError
        With every problem, in file order, as ``file:line:column: path: read ...;
        expected ...; fix: ...``.
    """
    layer, path = read_layers(name)
    layer.faults += _internal(layer.data)
    scenario = build(layer, file=str(name), folder=path.parent)
    return scenario.with_overrides(overrides) if overrides else scenario


def read_scenario(text: str, *, file: str = "", folder: Path | None = None) -> Scenario:
    """Read a scenario from a YAML text.

    Parameters
    ----------
    text : str
        The YAML.
    file : str
        Its name, for messages.
    folder : Path, optional
        Where prompt and sample files are sought.
    """
    layer = extended(layer_of(read_yaml_text(text, file=file), folder), folder, [])
    layer.faults += _internal(layer.data)
    return build(layer, file=file, folder=folder)


def build(layer: Layer, *, file: str = "", folder: Path | None = None) -> Scenario:
    """Return the scenario a layer describes, or raise everything wrong with it."""
    data = layer.data
    faults: list[Fault] = list(layer.faults)
    faults += [(located(p.path, data), p) for p in reference_problems(data)]
    count_prompt_files(data, faults)
    find_contract(data, faults)
    made = {"file": file, "folder": folder}
    whole = MarkedMapping({**data, **made}, data.mark, data.marks)
    try:
        own = currency_of(data.get("currency"))
        scenario = Scenario.model_validate(whole, context={OWN_CURRENCY: own})
    except ValidationError as error:
        from costmodel.scenario.explaining import faults_of

        found = [(_placed(path, data), problem) for path, problem in faults_of(error)]
        faults += [fault for fault in found if not _is_echo(fault, layer.faults)]
    if faults:
        raise InputError(_in_file_order(faults, layer))
    return scenario


def _is_echo(fault: Fault, told: list[Fault]) -> bool:
    """Tell whether a date is only missing because the one that is written is wrong."""
    return fault[1].read == NO_DATE and any(path[:1] == fault[0][:1] for path, _ in told)


def _internal(data: Raw) -> list[Fault]:
    """Return a fault for each key that a file may not have though the model does."""
    if not names_in(data) & NO_KEYS:
        return []
    from costmodel.scenario.explaining import internal_faults

    return internal_faults(data)


def names_in(data: Raw) -> set[str]:
    """Return every key in marked data, those of the top with a dot before."""
    found = {f".{key}" for key in data}
    nodes = list(data.values())
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            found.update(node)
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node
    return found


def _placed(path: tuple[str | int, ...], data: Raw) -> tuple[str | int, ...]:
    """Return a path with the item numbers that a dotted path leaves out."""
    return path if any(isinstance(step, int) for step in path) else located(shown(path), data)


def _at_a_key(path: tuple[str | int, ...]) -> bool:
    """Tell whether an unknown name stands at a path as a key, not as a strategy's value."""
    return path[:1] != ("strategies",) or path[-1] not in ("segment", "kind")


def _in_file_order(faults: list[Fault], layer: Layer) -> list[Problem]:
    problems: dict[tuple[str, str], Problem] = {}
    for path, problem in faults:
        about_key = problem.read.startswith(("the key", "the segment")) and _at_a_key(path)
        file, line, column = layer.place(path, key=about_key)
        named = replace(problem, path=shown(path), file=file, line=line, column=column)
        problems.setdefault((named.path, named.read), named)
    return sorted(problems.values(), key=lambda p: (p.file, p.line, p.column))
