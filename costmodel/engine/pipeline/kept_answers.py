"""Response caches: which turns of a feature are answered without a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import Demand, scenario_months
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import Place, running
from costmodel.engine.pipeline.passing import NONE, Limited, Passing
from costmodel.engine.requests import at_least_one
from costmodel.engine.rows import by_month
from costmodel.engine.world import Steady, World
from costmodel.foundation.beliefs import Belief
from costmodel.scenario.schema import ResponseCache
from costmodel.strategies.answer_rules import CacheRules, Questions
from costmodel.strategies.response_cache import Hits, cache_hits, measured_hits

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Kept:
    """What the response cache of a feature does; arrays (months, draws), broadcastable.

    Parameters
    ----------
    cacheable : array
        Share of the turns it may see (first turns, or all with `multi_turn`) that it looks up.
    right, wrong : array
        Share of those answered with the right answer, and with another question's.
    multi_turn : bool
    lookup : array
        USD of a lookup.
    wrong_answer : array
        USD that a wrong answer costs beside the bill.
    """

    cacheable: Array = field(default_factory=lambda: NONE)
    right: Array = field(default_factory=lambda: NONE)
    wrong: Array = field(default_factory=lambda: NONE)
    multi_turn: bool = False
    lookup: Array = field(default_factory=lambda: NONE)
    wrong_answer: Array = field(default_factory=lambda: NONE)

    @property
    def nothing(self) -> bool:
        """Whether there is no cache."""
        return self.cacheable is NONE


NO_CACHE = Kept()


@dataclass(frozen=True, eq=False)
class Answered:
    """What a response cache does to the turns of one path, as shares of those that pass.

    Parameters
    ----------
    looked_up, right, wrong : array
        (months, draws), broadcastable.
    """

    looked_up: Array = field(default_factory=lambda: NONE)
    right: Array = field(default_factory=lambda: NONE)
    wrong: Array = field(default_factory=lambda: NONE)

    @cached_property
    def hits(self) -> Array:
        """Share of the turns that make no call."""
        return self.right if self.right is NONE else self.right + self.wrong


NOT_ANSWERED = Answered()


def kept_answers(
    world: World | Steady,
    memo: Memo,
    caches: Mapping[str, tuple[str, ResponseCache]],
    demands: Mapping[Place, Demand],
    limited: Mapping[Place, Limited],
) -> dict[str, Kept]:
    """Return what the response cache of each feature that has one does."""
    return {
        feature: _kept(
            world,
            memo,
            name,
            cache,
            [(demands[place], limited[place]) for place in demands if place[1] == feature],
        )
        for feature, (name, cache) in caches.items()
    }


def _kept(
    world: World | Steady,
    memo: Memo,
    name: str,
    cache: ResponseCache,
    arriving: list[tuple[Demand, Limited]],
) -> Kept:
    path = f"strategies.{name}"
    months = scenario_months(world.scenario)

    def value(key: str, belief: Belief | None, otherwise: Array) -> Array:
        return otherwise if belief is None else world.value(f"{path}.{key}", belief)

    cacheable = memo(
        _while_on, running(months, cache.from_month), value("cacheable", cache.cacheable, NONE)
    )
    false_hits = value("false_hits", cache.false_hits, _ZERO)
    if cache.hit_rate is not None:
        hits = memo(measured_hits, value("hit_rate", cache.hit_rate, _ZERO), false_hits)
    else:
        turns = _turns_of(world, memo, cache.feature)
        first = tuple(
            memo(_looked_up, *demand.factors, turns, cacheable, cache.multi_turn, *_seen(limits))
            for demand, limits in arriving
        )
        semantic = cache.match == "semantic"
        questions = memo(
            _questions,
            value("questions", cache.questions, _ONE),
            value("popularity", cache.popularity, _ONE),
            value("unique", cache.unique, _ZERO),
            value("recall", cache.recall, _ONE) if semantic else _ONE,
            false_hits if semantic else _ZERO,
            value("flushes", cache.flushes, _ZERO),
        )
        rules = CacheRules(
            match=cache.match,
            lifetime_hours=cache.ttl_hours,
            renewal=cache.renewal,
            capacity=None if cache.capacity is None else float(cache.capacity),
            tenants=cache.tenants,
        )
        hits = memo(_hits, rules, questions, first, tuple(month.days for month in months))
    return memo(
        _as_kept,
        cacheable,
        hits,
        cache.multi_turn,
        value("lookup", cache.lookup, _ZERO),
        value("wrong_answer", cache.wrong_answer, _ZERO),
    )


_ZERO: Array = np.zeros(1)
_ONE: Array = np.ones(1)


def _turns_of(world: World | Steady, memo: Memo, name: str) -> Array:
    turns = world.scenario.features[name].conversation.turns
    return memo(at_least_one, world.value(f"features.{name}.conversation.turns.mean", turns.mean))


def _while_on(on: Array, share: Array) -> Array:
    return np.asarray(on * share)


def _seen(limits: Limited) -> tuple[Array, Array]:
    """Return the shares of turns and of first turns that a quota lets through, on any path."""
    if limits.cheaper is not None:
        return Passing().turns, Passing().first
    return limits.primary.turns, limits.primary.first


def _looked_up(
    active: Array,
    per_user: Array,
    periods: Array,
    volume: Array,
    turns: Array,
    cacheable: Array,
    multi_turn: bool,
    passing: Array,
    first: Array,
) -> Array:
    """Return the turns of each month that are looked up: (months, draws)."""

    def of_month(*parts: Array) -> Array:
        people, rate, count, drift, length, share, passed, begun = parts
        arriving = (people * drift) * (rate * count) * share
        return np.asarray(arriving * passed if multi_turn else arriving / length * begun)

    factors = (active, per_user, periods, volume)
    return by_month(of_month, *factors, turns, cacheable, passing, first)


def _questions(
    count: Array, popularity: Array, unique: Array, recall: Array, false_hits: Array, flushes: Array
) -> Questions:
    return Questions(
        count=np.maximum(count, 1.0),
        exponent=popularity,
        unique=unique,
        recall=recall,
        false_hits=false_hits,
        changes=flushes,
    )


def _hits(
    rules: CacheRules, questions: Questions, first: tuple[Array, ...], days: tuple[int, ...]
) -> Hits:
    total = first[0]
    for more in first[1:]:
        total = total + more
    return cache_hits(rules, questions, total, days)


def _as_kept(
    cacheable: Array, hits: Hits, multi_turn: bool, lookup: Array, wrong_answer: Array
) -> Kept:
    return Kept(
        cacheable, np.atleast_2d(hits.right), np.atleast_2d(hits.wrong), multi_turn,
        lookup, wrong_answer,
    )  # fmt: skip


def answered(kept: Kept, passing: Passing, turns: Array) -> Answered:
    """Return what a cache does to the turns that pass, on one path.

    Parameters
    ----------
    passing : Passing
        Which turns these are.
    turns : array
        Mean turns of a conversation.
    """
    if kept.multi_turn:
        looked_up = kept.cacheable
    else:
        looked_up = kept.cacheable * _first_per_turn(passing, turns)
    return Answered(looked_up, looked_up * kept.right, looked_up * kept.wrong)


def _first_per_turn(passing: Passing, turns: Array) -> Array:
    if passing.whole:
        return np.asarray(1 / turns)
    left = np.where(passing.turns > 0, passing.turns, 1.0)
    return np.asarray(np.minimum(passing.first / (turns * left), 1.0))
