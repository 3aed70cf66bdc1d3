"""Active days in weeks: how many a week has, and how that differs within one month."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

WEEK = 7
_ROUNDING = 1e-9
"""Numbers of days closer than this to a whole one are whole."""


def active_in_a_week(days: int, active: float) -> Array:
    """Return P(a week has 0, 1, ..., 7 of a month's active days), drawn without replacement.

    Numbers of active days between two whole ones are a mixture of both.
    """
    whole = math.floor(active + _ROUNDING)
    part = max(active - whole, 0.0)
    low = _hypergeometric(days, whole)
    return low if part < _ROUNDING else (1 - part) * low + part * _hypergeometric(days, whole + 1)


def _hypergeometric(days: int, active: int) -> Array:
    ways = [math.comb(active, n) * math.comb(days - active, WEEK - n) for n in range(WEEK + 1)]
    return np.array(ways) / math.comb(days, WEEK)


def no_week_cut(passes: Array, days: int, active: Array) -> Array:
    """Return the probability that none of a month's weeks is cut: (caps, counts, persons).

    Of all ways to place A active days, those with n_1, n_2, ... in the weeks number the product of
    C(7, n_i), so that the mean of the product of P(not cut | n_i) is the coefficient of x^A in the
    product over weeks of sum over n of C(7, n) P(not cut | n) x^n, over C(days, A). The month is
    cut into whole weeks and a last one of the days that remain.

    Parameters
    ----------
    passes : array (caps, 8, persons)
        Probability that a week with 0, 1, ..., 7 active days is not cut.
    days : int
    active : array (counts,)
    """
    ways = np.ones((passes.shape[0], 1, passes.shape[-1]))
    lengths = [WEEK] * (days // WEEK) + ([days % WEEK] if days % WEEK else [])
    for length in lengths:
        places = np.array([math.comb(length, n) for n in range(length + 1)])
        ways = _product(ways, places[:, None] * passes[:, : length + 1])
    all_ways = np.array([float(math.comb(days, n)) for n in range(days + 1)])
    chance = ways / all_ways[:, None]
    whole = np.floor(active + _ROUNDING).astype(np.intp)
    part = np.maximum(active - whole, 0.0)[:, None]
    return np.asarray((1 - part) * chance[:, whole] + part * chance[:, np.minimum(whole + 1, days)])


def _product(one: Array, other: Array) -> Array:
    """Return the product of polynomials whose coefficients lie along the second axis."""
    out = np.zeros((one.shape[0], one.shape[1] + other.shape[1] - 1, one.shape[2]))
    for n in range(other.shape[1]):
        out[:, n : n + one.shape[1]] += one * other[:, n : n + 1]
    return out
