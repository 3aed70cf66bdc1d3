"""Memoised stages: a slider move re-runs what reads the moved belief, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np

Result = TypeVar("Result")

RUNS_KEPT = 3
"""Runs an unused result outlives: a step away and back costs nothing."""


class Memo:
    """Results of stages, kept while the arrays and values they read stay the same.

    A stage is a pure function. Arrays are compared by identity (an unchanged
    stage returns the very same array, so identity travels down the pipeline),
    everything else by value. Pass one `Memo` to several `simulate` calls.
    """

    def __init__(self) -> None:
        self._results: dict[Hashable, tuple[int, tuple[Any, ...], Any]] = {}
        self._run = 0
        self.computed = 0
        """Stages computed, not recalled, since the last `start_run`."""

    def start_run(self) -> None:
        """Begin another simulation and forget what the last few did not use."""
        self._run += 1
        self.computed = 0
        oldest = self._run - RUNS_KEPT
        self._results = {k: entry for k, entry in self._results.items() if entry[0] >= oldest}

    def __call__(self, stage: Callable[..., Result], *inputs: Any) -> Result:  # noqa: ANN401
        """Return ``stage(*inputs)``, recalled if it was computed from the same inputs."""
        key = (stage, tuple(_token(value) for value in inputs))
        entry = self._results.get(key)
        if entry is None:
            self.computed += 1
            result = stage(*inputs)
        else:
            result = entry[2]
        # The inputs are held so that no other array can take over their identity.
        self._results[key] = (self._run, inputs, result)
        return result


def _token(value: Any) -> Hashable:  # noqa: ANN401
    if isinstance(value, np.ndarray):
        return ("array", id(value))
    if isinstance(value, tuple):
        return tuple(_token(item) for item in value)
    hashable: Hashable = value
    return hashable
