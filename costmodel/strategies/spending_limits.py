"""Limits by what was billed: calls, tokens or USD that one person may use in a window.

Calls of a person are compound Poisson given the person, each costs c on average (tokens, USD, or 1
where calls are counted) with coefficient of variation cv. A call is let through while what was
used before it is below the cap B; the last one may thus overshoot. With N calls asked for and S_k
the cost of the first k,

    calls served   = sum over k >= 0 of P(N > k) P(S_k < B)           spend = c x calls served
    affected       = sum over k >= 1 of P(N > k) (P(S_(k-1) < B) - P(S_k < B))

(the cost of a call does not depend on what came before it, so spend is c x calls). That is the
clipped spend E[min(X, B)] and the overshoot of the last call in one. The law of S_k is that of a
sum of lognormal costs, by a transform (`costmodel.strategies.stopping`); P(N > k) is exact for few
calls, and a gamma law of the same mean and variance above.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from costmodel.strategies.cut_conversations import cut_conversations
from costmodel.strategies.limits import largest_exact, square_per_turn, tails
from costmodel.strategies.people import Intensity
from costmodel.strategies.stopping import Stopping, stopping, whole_stop

Array = npt.NDArray[np.float64]

CUT_CAPS = 5
"""Caps for which it is worked out which calls are cut."""
_ALIKE = 0.05
"""Coefficients of variation below which calls cost the same: B / c calls, rounded up, are let
through. Above, sums of calls fall anywhere between whole costs."""


@dataclass(frozen=True)
class SpendLimit:
    """At most a cap of what calls cost in a window, checked before each call.

    Parameters
    ----------
    first, last : float
        The smallest and the largest cap of any draw, in mean calls: cap / mean cost of a call.
    points : int
        Caps worked out between them, evenly apart in the log; 1 where both are the same.
    cv : float
        Coefficient of variation of what a call costs; 0 where calls are counted.
    calls, calls_cv : float
        Mean and coefficient of variation of the calls of a conversation.
    """

    first: float
    last: float
    points: int
    cv: float
    calls: float = 1.0
    calls_cv: float = 0.0

    @cached_property
    def caps(self) -> Array:
        """The caps, in mean calls."""
        return np.geomspace(self.first, self.last, self.points)

    @property
    def sharpness(self) -> float:
        """Width in log demand of the bend at the largest cap."""
        clump = square_per_turn(self.calls, self.calls_cv) + self.cv**2
        return math.sqrt(clump / max(self.last, 1.0))

    def serve(self, mean: Array) -> tuple[Array, Array, Array]:
        """Return mean spend served, mean square and probability to be stopped, in mean calls.

        Parameters
        ----------
        mean : array
            Calls each person asks for in a window, on average.

        Returns
        -------
        (array, array, array)
            (caps, *mean's shape).
        """
        stops = self._stops()
        first, second, stopped = stops.applied(*self._counted(mean, stops.calls))
        return np.minimum(first, mean), second, np.clip(stopped, 0, 1)

    def cut(self, mean: Array) -> tuple[Array, Array]:
        """Return first calls served, and earlier ones that served calls resend: (caps, *shape).

        As `PersonWindow` has them, for the mean number of calls that each cap lets through: the cap
        in mean calls, and half of what the last one overshoots. Between a few caps linear in the
        log.
        """
        caps = self.caps
        some = np.unique(np.linspace(0, caps.size - 1, CUT_CAPS).astype(int))
        over = 0.0 if self.cv < _ALIKE else (1 + self.cv**2) / 2
        found = [
            cut_conversations(mean, max(math.ceil(cap + over - 1e-9), 1), self.calls, self.calls_cv)
            for cap in caps[some].tolist()
        ]
        if some.size == 1:
            return found[0][0][None], found[0][1][None]
        place = np.interp(np.log(caps), np.log(caps[some]), np.arange(some.size))
        below = np.minimum(place.astype(int), some.size - 2)
        part = (place - below).reshape(-1, *(1,) * mean.ndim)
        begun, resent = (np.stack(values) for values in zip(*found, strict=True))
        return (
            begun[below] * (1 - part) + begun[below + 1] * part,
            resent[below] * (1 - part) + resent[below + 1] * part,
        )

    def _stops(self) -> Stopping:
        """Return, for each cap, the law of the number of calls it lets through."""
        if self.cv < _ALIKE:
            return whole_stop(np.maximum(np.ceil(self.caps - 1e-9), 1).astype(np.int64))
        return stopping(self.caps, self.cv)

    def _counted(self, mean: Array, counts: npt.NDArray[np.int64]) -> tuple[Array, Array, Array]:
        """Return E[min(N, k)], E[min(N, k)^2] and P(N > k) for each count k, along a first axis."""
        few = counts[counts <= largest_exact(self.calls, self.calls_cv)]
        parts = [_few(mean, few, self.calls, self.calls_cv)]
        if few.size < counts.size:
            rest = counts[few.size :]
            parts.append(_many(mean, rest, self.calls, self.calls_cv))
        found = [np.concatenate(values) for values in zip(*parts, strict=True)]
        return found[0], found[1], found[2]


def _few(
    mean: Array, counts: npt.NDArray[np.int64], calls: float, calls_cv: float
) -> tuple[Array, Array, Array]:
    most = int(counts[-1])
    over = np.stack([*tails(mean, most, calls, calls_cv)])
    k = np.arange(most + 1, dtype=np.float64).reshape(-1, *(1,) * mean.ndim)
    zero = np.zeros((1, *mean.shape))
    first = np.concatenate([zero, np.cumsum(over[:-1], axis=0)])
    second = np.concatenate([zero, np.cumsum((2 * k[:-1] + 1) * over[:-1], axis=0)])
    return first[counts], second[counts], over[counts]


def _many(
    mean: Array, counts: npt.NDArray[np.int64], calls: float, calls_cv: float
) -> tuple[Array, Array, Array]:
    """Return the same by a gamma law matched to the calls of those who make any.

    One incomplete gamma function serves all three: the next shapes follow from it by
    P(a + 1, x) = P(a, x) - x^a e^-x / Gamma(a + 1).
    """
    from scipy.special import gammainc, gammaln

    some = np.maximum(-np.expm1(-mean / calls), 1e-300)
    given = mean / some
    square = square_per_turn(calls, calls_cv)
    variance = np.maximum((mean * square + mean**2) / some - given**2, 1e-12 * given**2)
    shape, scale = given**2 / variance, variance / given
    k = counts.astype(np.float64).reshape(-1, *(1,) * mean.ndim)
    x = k / scale
    below = gammainc(shape, x)
    step = np.exp(shape * np.log(x) - x - gammaln(shape + 1))
    one = below - step
    two = one - step * x / (shape + 1)
    first = given * one + k * (1 - below)
    second = given**2 * (1 + 1 / shape) * two + k**2 * (1 - below)
    # N is whole: to be above k is to be above k + 1/2, half a step of the density further.
    over = 1 - below - step * shape / x / scale / 2
    return some * first, some * second, some * np.maximum(over, 0)


CAP_STEP = 1 / 5
"""Largest step of the log cap between caps that are worked out; cubic splines lie between."""
MOST_CAPS = 33


def spend_limit(
    caps: npt.ArrayLike,
    cost: npt.ArrayLike,
    cv: float,
    sigma: Intensity,
    calls: float = 1.0,
    calls_cv: float = 0.0,
) -> SpendLimit:
    """Return the limit that holds all caps of all draws.

    Parameters
    ----------
    caps : array_like
        What a person may use in a window, in the unit of `cost`; above 0.
    cost : array_like
        Mean of what a call uses in each draw: USD, tokens, or 1 where calls are counted.
    cv, calls, calls_cv
        As in `SpendLimit`.
    sigma : Intensity
        Standard deviation of the log intensity between people; the more they differ, the fewer
        caps need be worked out.
    """
    ratio = np.asarray(caps, dtype=np.float64) / np.asarray(cost, dtype=np.float64)
    first, last = float(ratio.min()), float(ratio.max())
    width = math.log(last / first)
    least = min(spread for _, spread in sigma) if isinstance(sigma, tuple) else sigma
    if width < 1e-9:
        return SpendLimit(first, first, 1, cv, calls, calls_cv)
    points = min(math.ceil(width / _cap_step(first, last, cv, least)) + 1, MOST_CAPS)
    return SpendLimit(first, last, max(points, LEAST_CAPS), cv, calls, calls_cv)


LEAST_CAPS = 4
"""A cubic spline needs four points."""


def _cap_step(first: float, last: float, cv: float, sigma: float) -> float:
    """Return the step of the log cap: fine where caps of few alike calls make stairs."""
    if cv * math.sqrt(first) < 1:
        return CAP_STEP / 4
    return CAP_STEP * min(1.0, math.hypot(sigma, math.sqrt((1 + cv**2) / last)))
