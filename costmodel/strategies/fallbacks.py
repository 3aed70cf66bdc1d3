"""Fallback: another model answers what the first could not, and both are billed.

Prompts that are hard for one model are hard for the other. With `alike` 1 the fallback's chance of
a malformed answer is a straight line in that of the first model, of the stated mean:

    q' = q mean' / mean                          where the fallback fails less often,
    q' = 1 - (1 - q)(1 - mean') / (1 - mean)     where it fails more often;

with `alike` 0 it is drawn anew. Between, that share of prompts is alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

from costmodel.strategies.repairs import beta_moments
from costmodel.strategies.retries import all_fail

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chances:
    """How attempts at a model fail; shares are arrays (draws,) or (1,).

    Parameters
    ----------
    malformed, transport : array
        Mean shares of attempts, as in `retries.attempts`.
    most : int
        Attempts allowed.
    """

    malformed: Array
    transport: Array
    most: int


@dataclass(frozen=True, eq=False)
class Fallback:
    """Who answers and who is billed, per turn: arrays (draws,); the three shares sum to one."""

    answered_first: Array
    """Share of turns that the first model answers."""
    answered_second: Array
    """Share that the fallback answers."""
    failed: Array
    """Share without an answer from either."""
    tried: Array
    """Requests to the fallback, transport errors included."""
    billed: Array
    """Calls of the fallback that are billed."""


def fall_back(first: Chances, second: Chances, shape: float, alike: Array | float) -> Fallback:
    """Return who answers where the turns a model failed go to another.

    Parameters
    ----------
    first, second : Chances
    shape : float
        First shape of the Beta law of malformed answers between prompts, as in `retries`.
    alike : array
        Share of prompts as hard for the fallback as for the first model.
    """
    reaching = all_fail(first.malformed, first.transport, shape, first.most)[-1]
    apart = all_fail(second.malformed, second.transport, shape, second.most)
    together = _fail_together(first, second, shape)
    both = [
        alike * one + (1 - alike) * reaching * other
        for one, other in zip(together, apart, strict=True)
    ]
    tried = sum(both[1 : second.most], start=both[0])
    return Fallback(
        answered_first=1 - reaching,
        answered_second=reaching - both[-1],
        failed=both[-1],
        tried=tried,
        billed=tried * (1 - second.transport),
    )


def _fail_together(first: Chances, second: Chances, shape: float) -> list[Array]:
    """Return E[(all attempts at the first fail) (k attempts at the second fail)], k = 0, 1, ..."""
    slope, start = _line(first.malformed, second.malformed)
    moments = beta_moments(first.malformed, shape, first.most + second.most)
    one = _powers(first.transport, 1 - first.transport, first.most)
    s = 1 - second.transport
    return [
        _mean(one, _powers(second.transport + s * start, s * slope, k), moments)
        for k in range(second.most + 1)
    ]


def _line(mean: Array, other: Array) -> tuple[Array, Array]:
    """Return slope and start of the fallback's chance as a line in that of the first model."""
    less = other <= mean
    falling = np.where(mean > 0, other / np.where(mean > 0, mean, 1.0), 0.0)
    rising = np.where(mean < 1, (1 - other) / np.where(mean < 1, 1 - mean, 1.0), 0.0)
    slope = np.where(less, falling, rising)
    return slope, np.where(less, 0.0, 1 - slope)


def _powers(constant: Array, slope: Array, n: int) -> list[Array]:
    """Return the coefficients of (constant + slope q)^n."""
    return [comb(n, i) * constant ** (n - i) * slope**i for i in range(n + 1)]


def _mean(one: list[Array], other: list[Array], moments: list[Array]) -> Array:
    terms = [a * b * moments[i + j] for i, a in enumerate(one) for j, b in enumerate(other)]
    return np.asarray(sum(terms[1:], start=terms[0]))
