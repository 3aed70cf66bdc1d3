"""How questions repeat: the popularity of what people ask, and the hit rate of a cache of answers.

N questions are asked with probabilities p_i proportional to 1 / i^a (Zipf's law); a = 0 makes them
alike. With requests at `asked` requests a lifetime, a question is asked asked x p_i times in it,
and an answer is found with probability

    fixed lifetime from when it was stored     h_i = x_i / (1 + x_i)
    lifetime renewed by each hit               h_i = 1 - exp(-x_i)         x_i = asked p_i

(requests of a question are Poisson). The hit rate is the mean over requests, sum p_i h_i.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Renewal = Literal["fixed", "sliding"]

HEAD = 512
"""Ranks that are summed one by one; the rest in groups."""
GROUPS_A_DECADE = 120
"""Groups of later ranks per power of ten: each is evaluated at its mean probability, which keeps
hit rates to 1e-6 of the sum over all ranks."""


@dataclass(frozen=True, eq=False)
class Popularity:
    """Questions by how often they are asked, alike ones in groups.

    Parameters
    ----------
    share : array
        Probability of one question of each group.
    count : array
        Questions in each group; sum of share x count is one.
    """

    share: Array
    count: Array

    @property
    def mass(self) -> Array:
        """Share of requests that ask one of the group's questions."""
        return self.share * self.count

    def over_requests(self, found: Callable[[Array], Array], asked: npt.ArrayLike) -> Array:
        """Return the mean over requests of a function of a question's requests a lifetime."""
        times = np.asarray(asked, dtype=np.float64)[..., None] * self.share
        return np.asarray(found(times) @ self.mass)


@lru_cache(maxsize=64)
def zipf(questions: int, exponent: float) -> Popularity:
    """Return Zipf's law over a number of questions.

    Parameters
    ----------
    questions : int
        How many different questions there are; at least 1.
    exponent : float
        0 where all are asked alike; 0.6 to 1.1 is usual for requests on the web.
    """
    edges = _group_edges(questions)
    first, last = edges[:-1], edges[1:] - 1
    count = (last - first + 1).astype(np.float64)
    # The sum of 1 / i^a over a group, by the trapezium of the integral (Euler and Maclaurin).
    weight = _power_sum(first.astype(np.float64), last.astype(np.float64), exponent)
    share = weight / count / weight.sum()
    return Popularity(share, count)


def _group_edges(questions: int) -> npt.NDArray[np.int64]:
    head = np.arange(1, min(questions, HEAD) + 2)
    if questions <= HEAD:
        return np.asarray(head, dtype=np.int64)
    groups = max(2, round(GROUPS_A_DECADE * np.log10(questions / HEAD)) + 1)
    tail = np.unique(np.round(np.geomspace(HEAD + 1, questions + 1, groups + 1)))
    return np.unique(np.concatenate([head, tail])).astype(np.int64)


def _power_sum(first: Array, last: Array, exponent: float) -> Array:
    """Return the sum of i^-a for i from first to last."""
    ends = first**-exponent + last**-exponent
    if exponent == 1:
        between = np.log(last / first)
    else:
        between = (last ** (1 - exponent) - first ** (1 - exponent)) / (1 - exponent)
    slope = exponent * (first ** (-exponent - 1) - last ** (-exponent - 1)) / 12
    whole = between + ends / 2 + slope
    return np.asarray(np.where(first == last, first**-exponent, whole))


def hit_rate(popularity: Popularity, asked: npt.ArrayLike, renewal: Renewal = "fixed") -> Array:
    """Return the share of requests whose answer is in a cache that keeps answers for a lifetime.

    Parameters
    ----------
    popularity : Popularity
        From `zipf`.
    asked : array_like
        Requests in a lifetime: their rate times the lifetime.
    renewal : str
        ``fixed``: a lifetime from when the answer was stored; ``sliding``: from its last use.
    """
    found = _fixed if renewal == "fixed" else _sliding
    return popularity.over_requests(found, asked)


def _fixed(times: Array) -> Array:
    return times / (1 + times)


def _sliding(times: Array) -> Array:
    return np.asarray(-np.expm1(-times))


def semantic_hit_rates(
    popularity: Popularity, asked: npt.ArrayLike, recall: float, false_hits: float
) -> tuple[Array, Array]:
    """Return the shares of requests that a cache matching by meaning answers rightly and wrongly.

    A stored answer is found by a request for the same question with probability
    `recall`; a request that finds none stores another answer, so that a question
    may be stored several times. Of the requests that find no answer of their own,
    the share `false_hits` is given another question's.

    While an answer is kept, requests that miss come at rate q = x (1 - recall) a
    lifetime; stored answers then cover E = (e^q - 1) / q lifetimes of each
    1 / x + E between first storings, and h = recall E / (E + 1 / x).

    Parameters
    ----------
    popularity, asked
        As in `hit_rate`; the lifetime is fixed.
    recall, false_hits : float
        Shares in [0, 1].
    """

    def found(times: Array) -> Array:
        missing = times * (1 - recall)
        # Above e^30 the answer is as good as always there.
        covered = np.where(
            missing < 1e-9, 1.0, np.expm1(np.minimum(missing, 30)) / np.maximum(missing, 1e-300)
        )
        return np.asarray(recall * covered * times / (1 + covered * times))

    right = popularity.over_requests(found, asked)
    return right, np.asarray(false_hits * (1 - right))


def least_recently_used(popularity: Popularity, capacity: npt.ArrayLike) -> Array:
    """Return the hit rate of a cache that keeps the `capacity` last used answers, for ever.

    Che's approximation: an answer stays for the time t in which as many different
    questions are asked as there is room for, sum (1 - exp(-p_i t)) = capacity; then
    h = sum p_i (1 - exp(-p_i t)).

    Parameters
    ----------
    popularity : Popularity
    capacity : array_like
        Answers the cache holds.
    """
    room = np.asarray(capacity, dtype=np.float64)
    stay = np.array([_stay(popularity, float(one)) for one in room.ravel()]).reshape(room.shape)
    return np.where(np.isinf(stay), 1.0, hit_rate(popularity, np.minimum(stay, 1e300), "sliding"))


def _stay(popularity: Popularity, room: float) -> float:
    """Return how many requests an answer stays for: Che's characteristic time, in requests."""
    if room >= popularity.count.sum():
        return float("inf")
    if room <= 0:
        return 0.0
    low, high = 0.0, room
    while _held(popularity, high) < room:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _held(popularity, middle) < room else (low, middle)
    return high


def _held(popularity: Popularity, requests: float) -> float:
    """Return how many different questions are asked in a number of requests."""
    return float(-np.expm1(-popularity.share * requests) @ popularity.count)


def cold_hit_rate(popularity: Popularity, requests: npt.ArrayLike) -> Array:
    """Return the share of hits among the first `requests` requests to an empty cache.

    H = 1 - (different questions asked) / requests
      = 1 - sum (1 - (1 - p_i)^n) / n; each flush of the cache begins anew.
    """
    n = np.asarray(requests, dtype=np.float64)
    stays_unasked = np.exp(n[..., None] * np.log1p(-np.minimum(popularity.share, 1 - 1e-16)))
    different = (1 - stays_unasked) @ popularity.count
    return np.asarray(np.where(n > 0, 1 - different / np.maximum(n, 1e-300), 0.0))
