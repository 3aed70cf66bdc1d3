"""Monte Carlo error: how much a figure would move with other random numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from costmodel.engine.projection import Projection
from costmodel.engine.simulate import simulate

RUNS = 10
"""Runs the error is taken from (MODEL section 6)."""


@dataclass(frozen=True)
class MonteCarloError:
    """Relative standard errors of a projection's figures, as shares."""

    dearest_month: dict[float, float]
    total: dict[float, float]
    runs: int

    @property
    def largest(self) -> float:
        """The largest of them: what a headline quotes."""
        return max([*self.dearest_month.values(), *self.total.values()])


def monte_carlo_error(
    projection: Projection, quantiles: tuple[float, ...] = (0.10, 0.50, 0.90)
) -> MonteCarloError:
    """Measure the Monte Carlo error of quantiles, from ten runs with derived seeds.

    The k-th run has seed ``1000 (seed + 1) + k`` and as many draws as the projection.
    """
    origin = projection.provenance
    runs = [
        simulate(
            projection.scenario,
            prices=projection.prices,
            draws=origin.draws,
            seed=1000 * (origin.seed + 1) + k,
            uncertainty=frozenset(origin.uncertainty),
            variant=projection.variant,
        )
        for k in range(RUNS)
    ]
    return MonteCarloError(
        dearest_month={
            p: _relative_error([run.dearest_month.quantile(p) for run in runs]) for p in quantiles
        },
        total={p: _relative_error([run.total.quantile(p) for run in runs]) for p in quantiles},
        runs=RUNS,
    )


def _relative_error(values: list[float]) -> float:
    mean = float(np.mean(values))
    return float(np.std(values, ddof=1)) / mean if mean > 0 else 0.0
