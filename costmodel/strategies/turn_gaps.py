"""Time between the turns of a conversation, and whether a cache outlives it.

A gap is lognormal with a stated median and P95; a share of turns may follow at once. Where some
turns do not reach the provider's cache (a response cache answered them, or another server did), the
time since the last one that did is a sum of gaps; its law is worked out by convolution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.normal import Z95
from costmodel.strategies.lookup import EvenTable, normal_table

Array = npt.NDArray[np.float64]

MOST_TURNS_BACK = 24
"""Sums of more gaps are not worked out: a cache entry that far back is taken as gone."""
NARROWEST = 0.05
"""The least log spread tables are built for; gaps more alike than 5 % are taken as 5 %."""
_REACH = 8.0
"""Standard scores on each side of the median a table holds."""
_KNOTS = 512
_NODES = 64
"""Gauss-Legendre nodes of a convolution: sums of gaps are then within 1e-3 of drawn ones."""


@dataclass(frozen=True, eq=False)
class Gaps:
    """The law of the time between two turns of a conversation.

    Parameters
    ----------
    median : array
        Median of the gaps that are not at once, in seconds; one or for every future.
    sigma : float
        Standard deviation of their logarithm.
    at_once : float
        Share of turns that follow at once, as those of a program do.

    Raises
    ------
    InputError
        If a number is not possible.
    """

    median: Array
    sigma: float
    at_once: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "median", np.asarray(self.median, dtype=np.float64))
        problems = []
        if not (np.isfinite(self.median).all() and (self.median > 0).all()):
            read = f"a median gap of {float(self.median.min()):g} s"
            problems.append(Problem(read, "more than 0 seconds", path="gap.p50"))
        if not (math.isfinite(self.sigma) and self.sigma >= 0):
            problems.append(Problem(f"{self.sigma:g}", "a log spread from 0 up", path="gap"))
        if not 0 <= self.at_once <= 1:
            expected = "a share from 0 to 1"
            problems.append(Problem(f"{self.at_once:g}", expected, path="gap.at_once"))
        if problems:
            raise InputError(problems)

    @staticmethod
    def of(p50: npt.ArrayLike, p95: float, at_once: float = 0.0) -> Gaps:
        """Return the law of gaps with a median and a P95, in seconds.

        sigma = ln(p95 / p50) / 1.645, taken from the mean of the medians where there are several.

        Raises
        ------
        InputError
            If p95 is below p50.
        """
        median = np.asarray(p50, dtype=np.float64)
        middle = float(median.mean())
        if not p95 >= middle:
            read, expected = f"p95 of {p95:g} s", f"at least the p50 of {middle:g} s"
            raise InputError(Problem(read, expected, path="gap.p95"))
        sigma = math.log(p95 / middle) / Z95 if middle > 0 else 0.0
        return Gaps(median, sigma, at_once)

    def within(self, seconds: npt.ArrayLike, turns: int = 1) -> Array:
        """Return the probability that a number of gaps sum to at most some seconds."""
        return self._look_up(seconds, turns)[0]

    def kept(self, seconds: npt.ArrayLike, turns: int = 1) -> Array:
        """Return the mean of the sum of a number of gaps, cut at some seconds: E[min(G, T)]."""
        return self._look_up(seconds, turns)[1]

    def _look_up(self, seconds: npt.ArrayLike, turns: int) -> tuple[Array, Array]:
        lifetime = np.asarray(seconds, dtype=np.float64)
        if turns > MOST_TURNS_BACK:
            return np.zeros(np.broadcast(lifetime, self.median).shape), lifetime + 0 * self.median
        table = _tables(max(self.sigma, NARROWEST), self.at_once, turns)
        log_ratio = np.log(np.maximum(lifetime / self.median, 1e-300))
        below, start = table.within.start, math.exp(table.within.start)
        within, kept = table.within(log_ratio), table.kept(log_ratio)
        # Before the grid only the turns at once are within; beyond it, every one.
        first = log_ratio < below
        none = self.at_once**turns * (lifetime > 0)
        return (
            np.where(first, none, within),
            self.median
            * np.where(first, kept * np.exp(np.minimum(log_ratio, below)) / start, kept),
        )


@dataclass(frozen=True, eq=False)
class _SumTable:
    """Sums of gaps in units of the median, over the log of the lifetime in the same units."""

    within: EvenTable
    kept: EvenTable


@lru_cache(maxsize=128)
def _tables(sigma: float, at_once: float, turns: int) -> _SumTable:
    start, end = -_REACH * sigma, _REACH * sigma + math.log(turns)
    grid = np.linspace(start, end, _KNOTS + 1)
    step = (end - start) / _KNOTS
    law = (
        at_once + (1 - at_once) * normal_table()(grid / sigma)
        if turns == 1
        else _one_more(_tables(sigma, at_once, turns - 1).within, grid, sigma, at_once, turns)
    )
    # E[min(G, T)] is the integral of P(G > x) over x up to T, here with dx = e^y dy.
    beyond = (1 - law) * np.exp(grid)
    pieces = (beyond[1:] + beyond[:-1]) / 2 * step
    before = math.exp(start) * (1 - at_once**turns)
    kept = before + np.concatenate([[0.0], np.cumsum(pieces)])
    return _SumTable(EvenTable(start, step, law), EvenTable(start, step, kept))


def _one_more(shorter: EvenTable, grid: Array, sigma: float, at_once: float, turns: int) -> Array:
    """Return the distribution of a sum with one more gap: at once, or y with the rest in x - y."""
    x, weight = np.polynomial.legendre.leggauss(_NODES)
    top = np.minimum(grid / sigma, _REACH)[:, None]
    half = (top + _REACH) / 2
    score = -_REACH + half * (x + 1)
    density = half * weight * np.exp(-(score**2) / 2) / math.sqrt(2 * math.pi)
    rest = np.exp(grid)[:, None] - np.exp(sigma * score)
    log_rest = np.log(np.maximum(rest, 1e-300))
    within = np.where(log_rest < shorter.start, at_once ** (turns - 1), shorter(log_rest))
    longer = (density * within * (rest > 0)).sum(axis=1)
    return np.asarray(np.clip(at_once * shorter(grid) + (1 - at_once) * longer, 0.0, 1.0))
