"""Integer laws for what is counted inside a turn or a conversation: turns, steps, chunks.

K = 1 + a negative binomial with the stated mean and variance; a mixture of
binomials where the variance is below that of a Poisson; the two nearest
integers where it is below what any wider integer law can have (MODEL section 4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from costmodel.foundation.beliefs import NO_SOURCE, Belief, Source

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Count:
    """A count of at least 1, with a believed mean and a coefficient of variation."""

    mean: Belief
    cv: float
    origin: Source = field(default=NO_SOURCE)


def count_variance(mean: Array, cv: float) -> Array:
    """Return Var(K), the stated (cv mean)^2 or the least an integer law of that mean has."""
    fraction = mean - np.floor(mean)
    variance = np.maximum((cv * mean) ** 2, fraction * (1 - fraction))
    return np.asarray(np.where(mean <= 1, 0.0, variance))  # a mean of 1 leaves no room


def mean_pairs(mean: Array, cv: float) -> Array:
    """Return E[K (K - 1)] / 2: how often a turn of a conversation is resent, in all."""
    return np.asarray((count_variance(mean, cv) + mean**2 - mean) / 2)


def count_pmf(mean: float, cv: float, tail: float = 1e-12) -> Array:
    """Return P(K = 1), P(K = 2), ... until the rest is below `tail`; sums to 1."""
    mu = mean - 1
    variance = float(count_variance(np.array(mean), cv))
    if mu <= 0:
        return np.ones(1)
    if variance > mu * (1 + 1e-12):
        return _negative_binomial(mu, variance, tail)
    return _below_poisson(mu, variance)


def _negative_binomial(mu: float, variance: float, tail: float) -> Array:
    r = mu**2 / (variance - mu)
    stay = 1 - mu / variance  # success odds of one more; mean r stay / (1 - stay)
    n = int(mu + 12 * math.sqrt(variance) + 20)
    while True:
        k = np.arange(n)
        steps = np.log((k[:-1] + r) / (k[:-1] + 1) * stay)
        pmf = np.exp(r * math.log(1 - stay) + np.concatenate([[0.0], np.cumsum(steps)]))
        if 1 - pmf.sum() < tail or n > 1_000_000:
            return np.asarray(pmf / pmf.sum())
        n *= 2


def _below_poisson(mu: float, variance: float) -> Array:
    floor = math.floor(mu)
    target = mu**2 / (mu - variance) if variance < mu else math.inf
    if target > 10_000:  # as good as Poisson
        target = 10_000.0
    n = math.floor(target)
    wide = _binomial(n + 1, mu, n + 2)
    narrow = _binomial(n, mu, n + 2) if n >= mu and n > 0 else _two_point(mu, floor, n + 2)
    spread_wide = mu * (1 - mu / (n + 1))
    spread_narrow = mu * (1 - mu / n) if n >= mu and n > 0 else (mu - floor) * (1 - mu + floor)
    gap = spread_wide - spread_narrow
    weight = min(1.0, max(0.0, (variance - spread_narrow) / gap)) if gap > 1e-15 else 0.0
    return np.asarray(weight * wide + (1 - weight) * narrow)


def _binomial(n: int, mu: float, size: int) -> Array:
    p = mu / n
    pmf = np.zeros(size)
    if p >= 1:
        pmf[n] = 1.0
        return pmf
    k = np.arange(n)
    steps = np.log((n - k) / (k + 1) * p / (1 - p))
    pmf[: n + 1] = np.exp(n * math.log1p(-p) + np.concatenate([[0.0], np.cumsum(steps)]))
    return pmf


def _two_point(mu: float, floor: int, size: int) -> Array:
    pmf = np.zeros(max(size, floor + 2))
    pmf[floor] = 1 - (mu - floor)
    pmf[floor + 1] = mu - floor
    return pmf[:size] if pmf[size:].sum() == 0 else pmf
