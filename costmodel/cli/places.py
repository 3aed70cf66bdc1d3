"""Where the values of a scenario stand in its file, for problems found after it was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from costmodel.foundation.errors import Problem

if TYPE_CHECKING:
    from costmodel.scenario.layers import Layer, Place
    from costmodel.scenario.schema import Scenario


class Places:
    """The file of a scenario, read once more to find where its values stand.

    Parameters
    ----------
    name : str
        The shipped name or path the scenario was read from.
    scenario : Scenario
        With the changes made to it, whose place is the command line.
    """

    def __init__(self, name: str, scenario: Scenario) -> None:
        from costmodel.scenario.layers import read_layers

        self._layer: Layer = read_layers(name)[0]
        self._changed = {override.path for override in scenario.overrides}

    def of(self, path: str) -> Place:
        """Return file, line and column of a value, or of the nearest that encloses it."""
        from costmodel.scenario.paths import located

        if path in self._changed:
            return "--set", 0, 0
        return self._layer.place(located(path, self._layer.data))

    def value(self, path: str) -> Any:  # noqa: ANN401
        """Return what is written at a path; None if nothing is."""
        from costmodel.scenario.paths import located

        node: Any = self._layer.data
        for step in located(path, node):
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def without_source(self, path: str) -> Problem:
        """Return the problem of a number that does not say where it comes from."""
        from costmodel.foundation.grammar import shown

        value = self.value(path)
        around = path if isinstance(value, Mapping) else path.rpartition(".")[0]
        fix = f"add source: or assumed: true to {around}"
        read = "a number" if value is None else shown(value)
        return Problem(read, "a source", fix, path, *self.of(path))
