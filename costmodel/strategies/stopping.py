"""When a cap on spend stops a person: the law of the number of calls that are let through.

T is the first number of calls whose cost reaches the cap B. P(T > k) = P(S_k < B), S_k being the
sum of k lognormal costs of mean one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

LEAST_CELLS = 256
CELLS_A_CALL = 4
"""Cells on which the cost of calls is worked out, between nothing and the cap: the variance they
add, (B / cells)^2 / 6 a call, moves what is served by less than 1e-4."""
MOST_CELLED = 64
"""Caps up to so many calls, times 1 + cv^2, are worked out on cells; above, S_k is taken
as gamma distributed, with the same mean and variance."""
UNIT = 24
PARTS = 2.25
COARSEST = 0.05
"""Numbers of calls are told apart one by one up to the first, then in steps of the spread of T
over the second, and of at most the third of themselves. What is served is then good to 1e-3 where
people are alike, and to 2e-4 where they differ."""
_TILT = 20.0
"""Damps what wraps around in a transform of twice the cap to e^-20."""
_UNLIKELY = 1e-9


@dataclass(frozen=True, eq=False)
class Stopping:
    """The numbers of calls T that some caps let through, on one grid of counts.

    Parameters
    ----------
    calls : array of int (counts,)
        Ascending, from 0.
    still : array (caps, counts)
        P(T > k) at each count.
    during : array (caps, counts - 1)
        Mean of P(T > k) from each count to the one before the next.
    bent : array (caps, counts - 1)
        Mean over the same counts of 2 E[S_k - k; S_k < B].
    variance : float
        Variance of the cost of one call, in squared mean calls.
    """

    calls: Counts
    still: Array
    during: Array
    bent: Array
    variance: float

    def applied(self, served: Array, squares: Array, over: Array) -> tuple[Array, Array, Array]:
        """Return mean spend, mean square and probability to be stopped: (caps, ...).

        Parameters
        ----------
        served, squares, over : array (counts, ...)
            E[min(N, k)], E[min(N, k)^2] and P(N > k) at each count, for each person.
        """
        steps = np.diff(served, axis=0)  # the sums of P(N > k) from each count to the next
        chance = -np.diff(self.still) / np.diff(self.calls)  # T = k, the same all along a step
        first = np.tensordot(self.during, steps, axes=1)
        stopped = np.tensordot(chance, steps - over[:-1] + over[1:], axes=1)
        # The sum of P(N > k) (2 E[S_k; S_k < B] + E[c^2] P(S_k < B)).
        second = np.tensordot(self.during, np.diff(squares, axis=0), axes=1)
        second += self.variance * first + np.tensordot(self.bent, steps, axes=1)
        return first, second, stopped


def whole_stop(limits: Counts) -> Stopping:
    """Return the stops after whole numbers of calls, which all cost the same; at least 1."""
    calls = np.unique(np.concatenate([[0], limits - 1, limits]))
    still = (calls < limits[:, None]).astype(np.float64)
    return Stopping(calls, still, still[:, :-1], np.zeros_like(still[:, :-1]), 0.0)


def stopping(caps: Array, cv: float) -> Stopping:
    """Return the laws of T for some caps.

    Parameters
    ----------
    caps : array (caps,)
        In mean calls, ascending.
    cv : float
        Coefficient of variation of the cost of a call, above 0.
    """
    calls = counts(float(caps[0]), float(caps[-1]), cv)
    laws = [_spent(float(cap), cv, calls) for cap in caps]
    still, part = (np.stack(values) for values in zip(*laws, strict=True))
    bent = _during(calls, 2 * (part - calls * still))
    return Stopping(calls, still, _during(calls, still), bent, cv**2)


def _spent(cap: float, cv: float, calls: Counts) -> tuple[Array, Array]:
    """Return P(S_k < B) and E[S_k; S_k < B] for each count."""
    first, last = _sure_to_stay(cap, cv), _sure_to_pass(cap, cv)
    open_ = (calls > first) & (calls < last)  # elsewhere S_k is surely below, or above
    still = (calls <= first).astype(np.float64)
    part = still * calls
    on_cells = cap <= MOST_CELLED * (1 + cv**2)
    still[open_], part[open_] = (_celled if on_cells else _matched)(cap, cv, calls[open_])
    return still, part


def _during(calls: Counts, values: Array) -> Array:
    """Return the mean from each count to the one before the next of what is linear between."""
    low, high = values[..., :-1], values[..., 1:]
    return np.asarray((low + high) / 2 + (low - high) / (2 * np.diff(calls)))


def counts(lowest: float, highest: float, cv: float) -> Counts:
    """Return the counts on which T is told apart: all small ones, then every few.

    A count below which T surely stays above the lowest cap is left out, but for 0.
    """
    first, last = _sure_to_stay(lowest, cv), _sure_to_pass(highest, cv)
    found, k = [0], first
    while k < last:
        found.append(k)
        k += max(1, int(min(cv * math.sqrt(max(k, 1)) / PARTS, COARSEST * k))) if k >= UNIT else 1
    return np.unique(np.array([*found, last], dtype=np.int64))


def _sure_to_pass(cap: float, cv: float) -> int:
    """Return a number of calls that is sure to cost more than the cap.

    By Chernoff's bound for a gamma law of the same mean and variance, whose small calls are
    likelier than those of a lognormal law.
    """
    k = cap + 1.0
    while _chernoff(cap, k, cv) < -math.log(_UNLIKELY):
        k = 1.05 * k + 0.1
    return math.ceil(k)


def _sure_to_stay(cap: float, cv: float) -> int:
    """Return a number of calls that hardly ever costs the cap: a lognormal call alone may."""
    k = cap / 1.05
    while k >= 1 and _chernoff(cap, k, cv) < -math.log(_UNLIKELY) * (1 + cv):
        k /= 1.05
    return math.floor(k)


def _chernoff(cap: float, calls: float, cv: float) -> float:
    ratio = calls / cap
    return cap / cv**2 * (ratio * math.log(ratio) - ratio + 1)


def _celled(cap: float, cv: float, calls: Counts) -> tuple[Array, Array]:
    """Return P(S_k < B) and E[S_k; S_k < B], lognormal calls added up on cells.

    The k-fold convolution is a power of the transform over twice the cap; what wraps around is
    damped by an exponential tilt.
    """
    cells = 2 ** max(LEAST_CELLS.bit_length() - 1, math.ceil(math.log2(CELLS_A_CALL * cap)))
    cell = cap / cells
    damp = np.exp(-_TILT / (2 * cells) * np.arange(2 * cells))
    transform = np.fft.rfft(_call_on_cells(cell, cells, cv) * damp)
    # Where no call is as cheap as twice the cap, nothing is left of it.
    some = np.where(transform == 0, 1e-300, transform)
    powers = np.exp(calls[:, None] * np.log(some))
    law = np.fft.irfft(powers, 2 * cells)[:, : cells + 1] / damp[: cells + 1]
    law[:, cells] /= 2  # the cell at the cap lies half below it
    return law.sum(axis=1), law @ (cell * np.arange(cells + 1))


def _call_on_cells(cell: float, cells: int, cv: float) -> Array:
    """Return the lognormal cost of a call on cells, each point shared between its neighbours.

    The mean is kept: the weights are second differences of E[min(c, x)].
    """
    from scipy.special import ndtr

    x = cell * np.arange(1, 2 * cells + 1)
    sigma = math.sqrt(math.log1p(cv**2))
    z = np.log(x) / sigma
    capped = ndtr(z - sigma / 2) + x * ndtr(-z - sigma / 2)
    rises = np.diff(np.concatenate([[0.0], capped])) / cell
    return np.concatenate([[1 - rises[0]], rises[:-1] - rises[1:]])


def _matched(cap: float, cv: float, calls: Counts) -> tuple[Array, Array]:
    """Return the same with a gamma law for the sum of k calls."""
    from scipy.special import gammainc

    shape = np.maximum(calls, 1e-9) / cv**2
    still = gammainc(shape, cap / cv**2)
    return np.asarray(still), np.asarray(calls * gammainc(shape + 1, cap / cv**2))
