"""Hit rates for every future and month, from tables over what the futures disagree about.

A table has an axis for each belief that is not certain and one for the log of requests: of requests
over questions, in which hit rates of catalogues of different sizes are nearly the same curve, or of
requests alone where room is limited, as the room then decides.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from costmodel.strategies.answer_rules import CacheRules, Questions
from costmodel.strategies.catalogues import coarser, pairs, tenants
from costmodel.strategies.hit_curves import endless_hits, lasting_hits
from costmodel.strategies.popularity import Popularity, zipf
from costmodel.strategies.surfaces import Points, Surface, even_points, even_span, points_of

Array = npt.NDArray[np.float64]

STEP = 0.1
"""Step of the log of requests; the error of linear interpolation is then below 2e-4."""
CROWDED_STEP = 0.2
"""The same for room with a fixed lifetime, which takes a root search."""
SHARE_STEP = 0.05
"""Step of uncertain shares and exponents."""
LEAST, MOST = 1e-3, 1e6
"""Fewest requests, and most requests per question, of a table."""
NEARLY_ALL = 1 - 1e-9


def _step(rules: CacheRules) -> float:
    searched = rules.capacity is not None and rules.match == "exact" and rules.renewal == "fixed"
    return CROWDED_STEP if searched and rules.lifetime_hours is not None else STEP


def lasting_table(rules: CacheRules, questions: Questions, asked: Array, emptied: Array) -> Array:
    """Return hit rates of a catalogue whose answers have a lifetime: (months, draws).

    Parameters
    ----------
    rules : CacheRules
    questions : Questions
    asked : array
        Requests for the catalogue in a lifetime, (months, draws).
    emptied : array
        Times the cache is emptied in a lifetime, (months, 1) or (months, draws).
    """
    return _looked_up(rules, questions, asked, emptied)


def endless_table(rules: CacheRules, questions: Questions, asked: Array) -> Array:
    """Return mean hit rates since a cache without lifetimes was empty: (months, draws).

    Parameters
    ----------
    asked : array
        Requests for the catalogue since then, (months, draws).
    """
    return _looked_up(rules, questions, asked, np.zeros(1))


def _looked_up(rules: CacheRules, questions: Questions, asked: Array, emptied: Array) -> Array:
    unique = questions.unique if rules.capacity is not None else np.zeros(1)
    outer = (emptied, unique, questions.exponent, questions.recall, np.log(questions.count))
    grids = (_emptied_points, *[_share_points] * 3, _count_points)
    axes = tuple(points_of(at, grid) for at, grid in zip(outer, grids, strict=True))
    place = np.log(np.maximum(asked, LEAST))
    if rules.capacity is None:
        place -= outer[-1]
        np.minimum(place, np.log(MOST), out=place)
    span = even_span(float(place.min()), float(place.max()), _step(rules))
    return hit_surface(rules, axes, span)(*outer, place)


def _share_points(low: float, high: float) -> Points:
    return even_points(low, high, SHARE_STEP)


def _count_points(low: float, high: float) -> Points:
    """Return the logs of the whole numbers nearest to the powers of the square root of 2."""
    half = np.log(2) / 2
    first, last = int(np.floor(low / half + 1e-9)), int(np.ceil(high / half - 1e-9))
    whole = np.unique(np.round(2.0 ** (np.arange(first, max(last, first + 1) + 1) / 2)))
    return tuple(np.log(whole).tolist())


def _emptied_points(low: float, high: float) -> Points:
    """Return where the hit rate bends: evenly to once a lifetime, then by 15 % more each."""
    even = np.arange(9) / 8
    beyond = 1.15 ** np.arange(1, 2 + max(0.0, np.log(max(high, 1.0)) / np.log(1.15)))
    every = np.concatenate([even, beyond])
    first = max(0, int(np.searchsorted(every, low, side="right")) - 1)
    last = max(first + 1, int(np.searchsorted(every, high)))
    return tuple(every[first : last + 1].tolist())


@lru_cache(maxsize=32)
def hit_surface(rules: CacheRules, axes: tuple[Points, ...], span: tuple[int, int]) -> Surface:
    """Return the table of hit rates on some axes.

    Parameters
    ----------
    rules : CacheRules
    axes : tuple of points
        Times emptied a lifetime, personal share, exponent, recall, log of the questions.
    span : (int, int)
        First and last multiple of the step of the log of requests.
    """
    place = _step(rules) * np.arange(span[0], span[1] + 1)
    values = np.empty((*map(len, axes), place.size))
    curve = _curve(rules)
    for at, (emptied, unique, exponent, recall, log_count) in zip(
        np.ndindex(values.shape[:-1]), product(*axes), strict=True
    ):
        count = max(1, round(float(np.exp(log_count))))
        law = _law(rules, count, exponent)
        asked = np.exp(place + log_count) if rules.capacity is None else np.exp(place)
        values[at] = curve(law, asked, emptied, recall, _personal(unique))
    return Surface(axes, span[0], _step(rules), values)


def _curve(rules: CacheRules) -> Callable[[Popularity, Array, float, float, float], Array]:
    def lasting(
        law: Popularity, asked: Array, emptied: float, recall: float, personal: float
    ) -> Array:
        return lasting_hits(
            law, asked, rules.renewal, emptied=emptied, recall=recall, room=rules.capacity,
            personal=personal, semantic=rules.match == "semantic",
        )  # fmt: skip

    def endless(
        law: Popularity, asked: Array, _emptied: float, recall: float, personal: float
    ) -> Array:
        return endless_hits(
            law, asked, recall=recall, room=rules.capacity, personal=personal,
            semantic=rules.match == "semantic",
        )  # fmt: skip

    return endless if rules.lifetime_hours is None else lasting


def _personal(unique: float) -> float:
    held = min(unique, NEARLY_ALL)
    return held / (1 - held)


@lru_cache(maxsize=256)
def _law(rules: CacheRules, count: int, exponent: float) -> Popularity:
    each = zipf(count, exponent)
    if rules.tenants == 1:
        return coarser(each)
    return pairs(tenants(rules.tenants, rules.tenant_sigma), each)
