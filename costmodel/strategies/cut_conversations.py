"""Which turns of conversations a limit lets through: the first ones rather than the last.

A person's conversations begin at random in a window; the j-th turn of one is served if the turns
made before it, X at the time it began and j - 1 of its own, are fewer than the limit Q. With v the
person's mean turns in a window and X(w) the turns while w of them are expected,

    served turns j     (1 / E[K]) integral over w from 0 to v of P(K >= j) P(X(w) <= Q - j)

The sum over j is E[min(X, Q)]. Turns that are served thus resend less history than the mean turn,
and more of them are first turns: sum over j of (j - 1) times the same, and the term of j = 1.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from costmodel.foundation.counts import count_pmf, mean_pairs
from costmodel.strategies.limits import largest_exact, square_per_turn, tails

Array = npt.NDArray[np.float64]

POINTS = 240
"""Points of the integral, evenly apart in the square root of the demand: good to 1e-3."""
BEYOND = 12.0
"""Standard deviations above the limit from which nothing more is served."""
RARE = 1e-5
"""Turns that fewer of the turns stand at or beyond are taken together with the last one."""


def cut_conversations(
    mean: Array, limit: int, turns: float, turns_cv: float
) -> tuple[Array, Array]:
    """Return first turns served, and earlier turns resent by served ones, as if of all turns.

    Parameters
    ----------
    mean : array
        Turns each person asks for in a window, on average.
    limit : int
        Turns a person may make in a window.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns of a conversation.

    Returns
    -------
    (array, array)
        In the shape of `mean`: served first turns times E[K], and resent turns over E[K (K - 1)] /
        (2 E[K]); where nothing is cut, both are the mean demand.
    """
    reached = reached_turns(turns, turns_cv)
    grid = _grid(float(mean.max()), limit, turns, turns_cv)
    served = _served(grid, limit, reached, turns, turns_cv)
    weights = np.arange(reached.size) * reached
    pairs = float(mean_pairs(np.array(turns), turns_cv))
    begun = _integral(grid, served[0])
    if pairs == 0:
        return np.interp(mean, grid, begun), np.interp(mean, grid, begun)
    resent = _integral(grid, weights @ served) / pairs
    return np.interp(mean, grid, begun), np.interp(mean, grid, resent)


def reached_turns(turns: float, turns_cv: float) -> Array:
    """Return P(K >= 1), P(K >= 2), ... of conversations, as far as it matters to what is resent."""
    pmf = count_pmf(turns, turns_cv, tail=1e-9)
    reached = np.maximum(1 - np.concatenate([[0.0], np.cumsum(pmf)[:-1]]), 0.0)
    resent = np.cumsum((np.arange(reached.size) * reached)[::-1])[::-1]
    return np.asarray(reached[: max(int(np.count_nonzero(resent > RARE * resent[0])), 1)])


def _grid(most: float, limit: int, turns: float, turns_cv: float) -> Array:
    """Return demands from 0 to where nothing more is served, or to the most demanding person."""
    width = BEYOND * math.sqrt(square_per_turn(turns, turns_cv) * (limit + 1))
    top = min(most, limit + width + BEYOND)
    inside = top * np.linspace(0, 1, POINTS) ** 2
    return np.append(inside, most) if most > top else inside


def _served(grid: Array, limit: int, reached: Array, turns: float, turns_cv: float) -> Array:
    """Return P(X(w) <= Q - j) for j = 1, 2, ...: (turns, demands)."""
    left = limit - 1 - np.arange(reached.size)
    served = np.zeros((reached.size, grid.size))
    if limit <= largest_exact(turns, turns_cv):
        over = np.stack([*tails(grid, max(limit - 1, 0), turns, turns_cv)])
        possible = left >= 0
        served[possible] = 1 - over[left[possible]]
        return served
    return _by_gamma(grid, left, turns, turns_cv)


def _by_gamma(grid: Array, left: npt.NDArray[np.intp], turns: float, turns_cv: float) -> Array:
    """Return the same by a gamma law matched to those who make any turn."""
    from scipy.special import gammainc

    some = -np.expm1(-grid / turns)
    safe = np.maximum(some, 1e-300)
    given = np.where(some > 0, grid / safe, turns)
    square = square_per_turn(turns, turns_cv)
    variance = np.maximum((grid * square + grid**2) / safe - given**2, 1e-12 * given**2)
    shape, scale = given**2 / variance, variance / given
    inside = gammainc(shape, np.maximum(left[:, None] + 0.5, 0.0) / scale)
    return np.where(left[:, None] >= 0, 1 - some * (1 - inside), 0.0)


def _integral(grid: Array, values: Array) -> Array:
    pieces = (values[1:] + values[:-1]) / 2 * np.diff(grid)
    return np.concatenate([[0.0], np.cumsum(pieces)])
