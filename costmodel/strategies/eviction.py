"""Caches with room for a number of answers: how long an answer stays before it makes room.

Everything is in requests for questions of the catalogue. Personal questions, which nobody asks
again, come besides, `personal` of them for each; their answers take up room and are never found.

`least recent`: an answer stays until t requests have passed without it being asked for (Che):

    sum (1 - exp(-p_i t)) + personal t = room.

`oldest`: answers leave in the order they came, so that each stays for t requests, of which those
that find nothing store an answer: t (1 + personal - H(t)) = room, H the hit rate of a fixed
lifetime of t requests.

`least recent` with a fixed lifetime T: an answer leaves when its lifetime ends or after a gap of
t. A stay then answers m(T) requests in the mean,

    m(T) = integral from 0 to min(T, t) of p e^(-p s) (1 + m(T - s)) ds,     h = m / (1 + m),

and t follows from sum h_i + personal min(t, T) = room, as the share of time an answer is there is
the share of requests that find it. Simulated caches hit up to 1.0 points less often, as Che's
approximation takes t as fixed.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np
import numpy.typing as npt

from costmodel.strategies.coverage import over_groups, uncovered
from costmodel.strategies.popularity import Popularity

Array = npt.NDArray[np.float64]

_EXACT_STAYS = 4
"""Lifetimes, in characteristic times, up to which the renewal equation is solved term by term; the
solution then differs from its limit by one exponential, to 1e-5."""
_BISECTIONS = 60
_STEPS = 7
"""Steps of the root search for a whole table."""


def least_recent_stay(law: Popularity, room: float, personal: float = 0.0) -> float:
    """Return after how many requests without it an answer leaves a full cache; inf if never.

    Parameters
    ----------
    law : Popularity
    room : float
        Answers the cache holds.
    personal : float
        Personal questions per question of the catalogue.
    """
    if personal == 0 and room >= law.count.sum():
        return float("inf")

    def held(t: float) -> float:
        return float(-np.expm1(-law.share * t) @ law.count) + personal * t

    return _root(held, room)


def oldest_stay(law: Popularity, room: float, recall: float, personal: float = 0.0) -> float:
    """Return after how many requests an answer leaves a full cache that drops its oldest first.

    Parameters
    ----------
    law, room, personal
        As in `least_recent_stay`.
    recall : float
        Share of requests that find the answer to their question where it is kept.
    """

    def held(t: float) -> float:
        idle = float(uncovered(law.share * t, recall, "fixed") @ law.mass)
        return t * (1 - recall * (1 - idle) + personal)

    # With perfect matching and nothing personal, no more answers are held than there are questions.
    if personal == 0 and recall == 1 and room >= law.count.sum():
        return float("inf")
    return _root(held, room)


def _root(held: Callable[[float], float], room: float) -> float:
    if room <= 0:
        return 0.0
    low, high = 0.0, max(room, 1.0)
    while held(high) < room and high < 1e300:
        low, high = high, 2 * high
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if held(middle) < room else (low, middle)
    return high


def found_in_stay(asked: Array, lifetimes: Array) -> Array:
    """Return m, the requests an answer serves before its lifetime or a gap ends its stay.

    Parameters
    ----------
    asked : array
        Requests of the question in the longest gap, a = p t.
    lifetimes : array
        The lifetime in longest gaps, T / t.

    Notes
    -----
    For T / t = x the renewal equation has the solution
    a sum over k of (-a e^-a)^k ((x - k)+^(k+1) - e^-a (x - k - 1)+^(k+1)) / (k + 1)!;
    for long lifetimes m = e^a - 1 less an exponential.
    """
    a = np.clip(asked, 1e-12, 500.0)
    a, x = np.broadcast_arrays(a, lifetimes)
    few = np.minimum(x, _EXACT_STAYS)
    total, power = np.zeros(a.shape), np.array(a)
    for k in range(_EXACT_STAYS + 1):
        fits = np.maximum(few - k, 0.0) ** (k + 1)
        late = np.maximum(few - k - 1, 0.0) ** (k + 1)
        total += power * (fits - np.exp(-a) * late) / factorial(k + 1)
        power = power * (-a * np.exp(-a))
    total = np.where(asked > 500, asked * few, total)
    long = x > _EXACT_STAYS
    if long.any():
        total[long] = _long_stay(a[long], x[long], total[long])
    return total


def _long_stay(a: Array, x: Array, known: Array) -> Array:
    """Return m beyond the exact solution, which is `known` at its end."""
    limit = np.expm1(np.minimum(a, 500.0))
    rate = _decay(a)
    gone = rate * (x - _EXACT_STAYS)
    return np.asarray(known * np.exp(gone) - limit * np.expm1(gone))


def _decay(a: Array) -> Array:
    """Return the other root s = -x than -a of s + a e^-a e^-s = 0: x - ln x = a - ln a.

    Newton's method on ln x - x, concave, from beyond the root, so that it does not overshoot.
    """
    off = a - 1
    u = np.maximum(off - np.log1p(off), 1e-12)
    x = np.where(off > 0, np.maximum(a * np.exp(-a), 1 - np.sqrt(2 * u)), 1 + np.sqrt(2 * u) + u)
    for _ in range(12):
        steep = np.where(np.abs(1 - x) > 1e-9, (1 - x) / x, 1.0)
        x = x - (np.log(x) - x + 1 + u) / steep
    return -np.asarray(x)


def hit_rate_with_room(law: Popularity, asked: Array, room: float, personal: float) -> Array:
    """Return the hit rate of the catalogue for a fixed lifetime and room for the last used.

    Parameters
    ----------
    law : Popularity
    asked : array
        Requests for the catalogue in a lifetime, one dimension.
    room, personal : float
        As in `least_recent_stay`.
    """
    ends = least_recent_stay(law, room, personal)
    x = asked[:, None] * law.share
    plain = x / (1 + x)
    found = over_groups(plain, law.mass)
    crowded = over_groups(plain, law.count) + personal * asked > room
    if not crowded.any():
        return np.asarray(found)
    found[crowded] = _crowded(law, asked[crowded], room, personal, ends)
    return np.asarray(found)


def _crowded(law: Popularity, asked: Array, room: float, personal: float, least: float) -> Array:
    """Return the hit rates where room ends some stays before the lifetime does.

    The characteristic time lies between that of a cache without lifetimes and the lifetime.
    """

    def hits(t: Array) -> Array:
        m = found_in_stay(t[:, None] * law.share, (asked / t)[:, None])
        return np.asarray(m / (1 + m))

    def excess(log_t: Array) -> Array:
        t = np.exp(log_t)
        return np.asarray(over_groups(hits(t), law.count) + personal * t - room)

    low, high = np.log(np.minimum(np.full(asked.shape, least), asked)), np.log(asked)
    t = np.exp(_crossing(excess, low, high))
    return over_groups(hits(t), law.mass)


def _crossing(excess: Callable[[Array], Array], low: Array, high: Array) -> Array:
    """Return where increasing functions cross zero, by false position (Illinois)."""
    below, above = excess(low), excess(high)
    at = low
    last = np.zeros(low.shape)
    for _ in range(_STEPS):
        at = np.where(above > below, low - below * (high - low) / (above - below + 1e-300), low)
        value = excess(at)
        up = value > 0
        # An end that stays twice is halved, so that it moves next.
        above = np.where(up, value, np.where(last < 0, above / 2, above))
        below = np.where(up, np.where(last > 0, below / 2, below), value)
        low, high = np.where(up, low, at), np.where(up, at, high)
        last = np.where(up, 1.0, -1.0)
    return at
