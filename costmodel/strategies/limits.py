"""Limits on what one person may use in a window: limited expected values over all people.

A person's intensity is h times the mean, h lognormal with mean one; conversations in a window
are Poisson given it, and each makes K turns. X, the turns a person asks for, is thus compound
Poisson given h. With a limit of Q turns a window,

    served = E[min(X, Q)],   blocked = E[X] - served,   affected = P(X > Q),

all averaged over h by quadrature. Nothing is simulated and nothing grows with the number of people.

For small limits the law of X given h is exact (Panjer's recursion); above, it is a gamma law with
the same mean and variance beside its exact mass at zero. Its error there is tested.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.foundation.counts import count_pmf, count_variance

Array = npt.NDArray[np.float64]

EXACT_CONVERSATIONS = 4
"""Limits up to so many conversations (as turns weigh them, E[K^2] / E[K] turns each) are worked
out exactly; the gamma law is then within 0.2 % of the turns served, and 0.1 % for most."""
EXACT_TURNS = 32, 100
"""Limits that are always, and never, worked out exactly."""
PANELS, NODES_A_PANEL = 5, 14
"""Gauss-Legendre panels of the intensity on each side of the person who just reaches the limit,
and nodes in each: a limit is a kink, across which rules for smooth functions oscillate."""
_ALIKE = 1e-6
"""Log spreads below which people are taken as alike."""
FURTHEST = 7.5
"""Standard scores the quadrature reaches; beyond lies 6e-14 of the people."""


@dataclass(frozen=True, eq=False)
class Limited:
    """What a limit does to the people of a segment in one window, per person: arrays alike.

    Parameters
    ----------
    served : array
        Mean turns served.
    served_square : array
        Mean square of the turns served.
    between : array
        Mean square over people of a person's own mean turns served: what does not average out
        from month to month.
    affected : array
        Share of people who are stopped in the window.
    """

    served: Array
    served_square: Array
    between: Array
    affected: Array


def intensities(sigma: float, kink: npt.ArrayLike = 1.0) -> tuple[Array, Array]:
    """Return nodes of a mean-one lognormal intensity and their weights, which sum to one.

    Parameters
    ----------
    sigma : float
        Standard deviation of the log intensity between people; 0 for people who are alike.
    kink : array_like
        Intensities at which the integrand has a corner; one set of nodes for each.

    Returns
    -------
    (array, array)
        Both in the shape of `kink` with the nodes behind.
    """
    corner = np.asarray(kink, dtype=np.float64)
    if sigma < _ALIKE:
        return np.ones((*corner.shape, 1)), np.ones((*corner.shape, 1))
    # The mean lies in people `sigma` scores up, mean squares two sigma up.
    top = FURTHEST + 2 * sigma
    score = np.log(np.maximum(corner, _NOTHING)) / sigma + sigma / 2
    score = np.clip(score, -FURTHEST + 1, top - 1)[..., None]
    steps = np.arange(PANELS + 1) / PANELS
    edges = [-FURTHEST + (score + FURTHEST) * steps, score + (top - score) * steps[1:]]
    z, width = _panel_nodes(np.concatenate(edges, axis=-1))
    weight = width * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return np.exp(sigma * z - sigma**2 / 2), weight


def _panel_nodes(edges: Array) -> tuple[Array, Array]:
    """Return Gauss-Legendre nodes and weights of the panels between edges, along the last axis."""
    x, w = np.polynomial.legendre.leggauss(NODES_A_PANEL)
    half = np.diff(edges, axis=-1)[..., None] / 2
    nodes = edges[..., :-1, None] + half * (x + 1)
    shape = (*edges.shape[:-1], -1)
    return nodes.reshape(shape), (half * w).reshape(shape)


def limited(
    mean: npt.ArrayLike, limit: int, sigma: float, turns: float = 1.0, turns_cv: float = 0.0
) -> Limited:
    """Return what a limit of `limit` turns a window does, for several mean demands.

    Parameters
    ----------
    mean : array_like
        Turns a person asks for in a window, averaged over people.
    limit : int
        Turns a person may make in a window; at least 0.
    sigma : float
        Standard deviation of the log intensity between people.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns of a conversation.

    Returns
    -------
    Limited
        Arrays in the shape of `mean`.
    """
    asked = np.atleast_1d(np.asarray(mean, dtype=np.float64))
    h, weight = intensities(sigma, limit / np.maximum(asked, _NOTHING))
    first, second, over = turns_of_person(asked[..., None] * h, limit, turns, turns_cv)

    def over_people(values: Array) -> Array:
        return np.asarray((values * weight).sum(axis=-1).reshape(np.shape(mean)))

    return Limited(*map(over_people, (first, second, first**2, over)))


def turns_of_person(
    mean: Array, limit: int, turns: float, turns_cv: float
) -> tuple[Array, Array, Array]:
    """Return E[min(X, Q)], E[min(X, Q)^2] and P(X > Q) of people with given mean demands.

    Parameters
    ----------
    mean : array
        Turns each person asks for in a window, on average.
    limit, turns, turns_cv
        As in `limited`.
    """
    law = _exact if limit <= largest_exact(turns, turns_cv) else _gamma
    return law(mean, limit, turns, turns_cv)


def largest_exact(turns: float, turns_cv: float) -> float:
    """Return the largest limit for which the law of a person's turns is worked out exactly."""
    low, high = EXACT_TURNS
    return min(max(low, EXACT_CONVERSATIONS * square_per_turn(turns, turns_cv)), high)


def _exact(mean: Array, limit: int, turns: float, turns_cv: float) -> tuple[Array, Array, Array]:
    """Return the three by sums of P(X > k) and (2 k + 1) P(X > k) over k < Q."""
    first, second, over = np.zeros_like(mean), np.zeros_like(mean), np.zeros_like(mean)
    for k, over in enumerate(tails(mean, limit, turns, turns_cv)):
        if k < limit:
            first, second = first + over, second + (2 * k + 1) * over
    return first, second, over


def tails(mean: Array, most: int, turns: float = 1.0, turns_cv: float = 0.0) -> Iterator[Array]:
    """Yield P(X > 0), ..., P(X > most) of compound Poisson laws.

    P(X = k) = lambda / k x sum over j of j P(K = j) P(X = k - j) (Panjer's recursion).

    Parameters
    ----------
    mean : array
        Mean of X: turns (or calls) of each person in a window.
    most : int
        Largest count asked about.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns (calls) of a conversation.
    """
    size = count_pmf(turns, turns_cv)[: max(most, 1)]
    conversations = mean / turns
    at_most = p_zero = np.exp(-conversations)
    law = [p_zero]
    yield np.maximum(1 - at_most, 0.0)
    for _ in range(most):
        law.append(_next(law, conversations, size))
        at_most = at_most + law[-1]
        yield np.maximum(1 - at_most, 0.0)


def _next(law: list[Array], conversations: Array, size: Array) -> Array:
    """Return P(X = k) from P(X = 0), ..., P(X = k - 1)."""
    k = len(law)
    longest = min(k, size.size)
    total = np.zeros_like(conversations)
    for j in range(1, longest + 1):
        total += j * size[j - 1] * law[k - j]
    return np.asarray(conversations / k * total)


def _gamma(mean: Array, limit: int, turns: float, turns_cv: float) -> tuple[Array, Array, Array]:
    """Return the same by a gamma law matched to the turns of those who make any."""
    # X is whole: to be above Q is to be above Q + 1/2.
    return matched(mean, limit, turns, square_per_turn(turns, turns_cv), 0.5)


def matched(
    mean: Array, limit: Array | float, turns: float, square: float, beyond: float
) -> tuple[Array, Array, Array]:
    """Return E[min(X, Q)], E[min(X, Q)^2] and P(X > Q + beyond), X matched by a gamma law.

    Parameters
    ----------
    mean : array
        Means of compound Poisson laws.
    limit : array_like
        Q, in the unit of the mean.
    turns : float
        Mean turns (calls) of a conversation: people make none with exp(-mean / turns).
    square : float
        Variance of X over its mean.
    beyond : float
        How far above Q a person must get to be stopped.
    """
    from scipy.special import gammainc

    some = -np.expm1(-mean / turns)
    given = mean / np.maximum(some, _NOTHING)
    variance = (mean * square + mean**2) / np.maximum(some, _NOTHING) - given**2
    variance = np.maximum(variance, _NOTHING)
    shape, scale = given**2 / variance, variance / given
    below = [gammainc(shape + n, limit / scale) for n in range(3)]
    first = given * below[1] + limit * (1 - below[0])
    second = given**2 * (1 + 1 / shape) * below[2] + limit**2 * (1 - below[0])
    over = 1 - gammainc(shape, (limit + beyond) / scale)
    return some * first, some * second, some * over


_NOTHING = 1e-300
"""Stands for a zero that is divided by: what it divides is zero too."""


def square_per_turn(turns: float, turns_cv: float) -> float:
    """Return E[K^2] / E[K], the variance of X given the intensity per turn of its mean."""
    return (float(count_variance(np.array(turns), turns_cv)) + turns**2) / turns


STEP = 1 / 24
"""Steps of the log demand in a table; linear interpolation of log shares is then good to 3e-5."""


@dataclass(frozen=True, eq=False)
class LimitTable:
    """`limited` on an even grid of the log demand, to be looked up for every draw.

    Parameters
    ----------
    start : float
        Natural log of the first mean demand.
    share, affected, between, square : array
        Share of turns served, share of people stopped, and the two mean squares over served^2.
    """

    start: float
    share: Array
    affected: Array
    between: Array
    square: Array

    def __call__(self, mean: Array, column: str = "share") -> Array:
        """Return a column of the table at each mean demand."""
        values: Array = getattr(self, column)
        place = (np.log(np.maximum(mean, _NOTHING)) - self.start) / STEP
        place = np.clip(place, 0, values.size - 1.000001)
        below = place.astype(np.intp)
        part = place - below
        return np.asarray(values[below] * (1 - part) + values[below + 1] * part)


@lru_cache(maxsize=64)
def limit_table(
    span: tuple[float, float], limit: int, sigma: float, turns: float, turns_cv: float
) -> LimitTable:
    """Return the table of a limit over mean demands in a span, both ends included.

    Parameters
    ----------
    span : (float, float)
        Smallest and largest mean demand of any draw and month, turns a window.
    """
    low, high = (math.log(max(end, _NOTHING)) for end in span)
    start = math.floor(low / STEP) * STEP
    grid = np.exp(start + STEP * np.arange(math.ceil((high - start) / STEP) + 2))
    found = limited(grid, limit, sigma, turns, turns_cv)
    square = np.maximum(found.served**2, _NOTHING)
    return LimitTable(
        start, found.served / grid, found.affected, found.between / square,
        found.served_square / square,
    )  # fmt: skip
