"""Sensitivity: which beliefs the spread of a projection comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.engine.projection import Projection

Array = npt.NDArray[np.float64]

BINS = 20
"""Bins of the given-data estimator: within .02 of the truth at 10,000 draws."""


@dataclass(frozen=True)
class Influence:
    """A belief and the share of the variance it explains on its own."""

    path: str
    share: float
    """First-order variance share of the dearest month's log spend, 0 to 1."""


def sensitivity(projection: Projection) -> tuple[Influence, ...]:
    """Rank a projection's uncertain beliefs by the variance they explain, largest first.

    First-order Sobol indices estimated from the projection's own draws: the
    variance of the mean log spend over 20 equal bins of a belief's values,
    over the variance of the log spend. The bias of bins without any effect,
    (bins - 1)/(draws - 1), is taken off. Correlated beliefs share what they
    explain, so shares may add up to more than 1.
    """
    spend = projection.dearest_month.values
    logs = np.log(np.maximum(spend, np.finfo(float).tiny))
    found = [
        Influence(path, variance_share(values, logs))
        for path, values in projection.beliefs.items()
        if values.size == logs.size
    ]
    return tuple(sorted(found, key=lambda one: (-one.share, one.path)))


def variance_share(values: Array, outcome: Array, bins: int = BINS) -> float:
    """Return Var(E[outcome | bin of values]) / Var(outcome), bias removed, in [0, 1]."""
    variance = float(outcome.var())
    if variance == 0:
        return 0.0
    order = np.argsort(values, kind="stable")
    parts = np.array_split(outcome[order], bins)
    sizes = np.array([part.size for part in parts])
    means = np.array([part.mean() for part in parts])
    between = float(sizes @ (means - outcome.mean()) ** 2) / outcome.size / variance
    bias = (bins - 1) / (outcome.size - 1)
    return min(1.0, max(0.0, (between - bias) / (1 - bias)))
