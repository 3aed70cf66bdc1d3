"""Prompt caches: what of a step's input the provider's cache reads and stores."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import scenario_months
from costmodel.engine.pipeline.chosen import running
from costmodel.engine.pipeline.passing import NONE
from costmodel.engine.pipeline.prompt_streams import PromptCalls
from costmodel.prices.caching import storage_cost
from costmodel.prices.offers import ModelPrices
from costmodel.scenario.schema import DEFAULT, PromptCache, Step
from costmodel.strategies.cache_rules import CacheRule, explicit_rule, implicit_rule, sold_lifetime
from costmodel.strategies.prompt_order import PromptOrder

Array = npt.NDArray[np.float64]

HOURS_A_DAY = 24.0
ALWAYS = 1e12
"""Seconds that stand for a cache that is prolonged for as long as it is used."""


@dataclass(frozen=True, eq=False)
class KeptInput:
    """Shares of a call's input that the provider's cache reads and stores.

    Parameters
    ----------
    read, written : array
        (months, draws), broadcastable.
    lifetime : str
        The rate that writes are billed at: ``cache_write`` or ``cache_write_1h``.
    storage : array
        USD a month for keeping the cache, where that is billed by the hour: (months, draws).
    central : (float, float)
        Both shares in the first month, in the middle: what a conversation's noise is worked out at.
    """

    read: Array
    written: Array
    lifetime: str = "cache_write"
    storage: Array = field(default_factory=lambda: NONE)
    central: tuple[float, float] = (0.0, 0.0)


_NOTHING_KEPT = KeptInput(np.zeros(1), np.zeros(1))


def kept_input(calls: PromptCalls, bought: tuple[str, PromptCache] | None) -> KeptInput:
    """Return what a provider's prompt cache does to the calls of a step.

    Stated shares of an `implicit_cache` hold as they are, for the model they were stated for;
    otherwise they follow from the price table's rule. A prompt_cache strategy takes their place
    from the month it starts in.

    Parameters
    ----------
    calls : PromptCalls
    bought : (str, PromptCache) or None
        The feature's strategy with its name.
    """
    if bought is None:
        return _unasked(calls)
    world, memo = calls.world, calls.memo
    name, cache = bought
    months = scenario_months(world.scenario)
    on = running(months, cache.from_month)
    rule, rate = _rule_of(calls.prices, cache, calls.order)
    reads = None if cache.reads is None else world.value(f"strategies.{name}.reads", cache.reads)
    storage: Array = NONE
    if rule.lifetime == ALWAYS:
        hours = tuple(month.days * HOURS_A_DAY for month in months)
        fixed = calls.sizes[: calls.order.shared]
        usd = float(storage_cost(calls.prices, 1.0, 1.0))
        storage = memo(_storage, usd, fixed, hours, on, rule.least_tokens)
    before = _NOTHING_KEPT if (on == 1).all() else _unasked(calls)
    own = memo(_as_kept, *calls.shares(rule))
    return memo(_switched, before, own, reads, on, rate, storage)


def is_stated(step: Step) -> bool:
    """Return whether a step states what its model's cache reads or stores."""
    cache = step.implicit_cache
    return cache.cached.origin != DEFAULT or cache.written.origin != DEFAULT


def _unasked(calls: PromptCalls) -> KeptInput:
    """Return what the provider's cache does unasked: as stated, or by the price table's rule."""
    world, memo, step = calls.world, calls.memo, calls.step
    if calls.own and is_stated(step):
        path, stated = f"features.{calls.name}.implicit_cache", step.implicit_cache
        cached = world.value(f"{path}.cached", stated.cached)
        written = world.value(f"{path}.written", stated.written)
        return memo(_stated, cached, written, (stated.cached.mean, stated.written.mean))
    rule = implicit_rule(calls.prices)
    if rule is None:
        return _NOTHING_KEPT
    return memo(_as_kept, *calls.shares(rule))


def _stated(cached: Array, written: Array, means: tuple[float, float]) -> KeptInput:
    """Return stated shares; the written one held where the two would pass the whole input."""
    return KeptInput(cached, np.asarray(np.minimum(written, 1 - cached)), central=means)


def _rule_of(prices: ModelPrices, cache: PromptCache, order: PromptOrder) -> tuple[CacheRule, str]:
    """Return what a bought cache keeps, and the rate its writes are billed at."""
    sold = sold_lifetime(prices, cache.ttl_seconds)
    after = cache.breakpoints or _up_to_the_first_change(order)
    rule = explicit_rule(prices, after, cache.ttl_seconds)
    if prices.cache.storage is not None and sold.name == "explicit":
        # One object with the fixed parts, prolonged for as long as there are calls.
        fixed = tuple(part.name for part in order.parts[: order.shared])[-1:]
        return replace(rule, lifetime=ALWAYS, entries=fixed or after), sold.rate
    return rule, sold.rate


def _up_to_the_first_change(order: PromptOrder) -> tuple[str, ...]:
    """Return breakpoints after the parts that stay, and after all that the next call finds."""
    ends = sorted({order.shared, order.lasting} - {0})
    return tuple(order.parts[end - 1].name for end in ends) or (order.parts[0].name,)


def _as_kept(read: Array, written: Array) -> KeptInput:
    return KeptInput(read, written, central=(_middle(read), _middle(written)))


def _middle(share: Array) -> float:
    """Return a share's mean in the first month, to a hundredth so that more draws give the same."""
    return round(float(np.atleast_2d(share)[0].mean()), 2)


def _switched(
    before: KeptInput, own: KeptInput, reads: Array | None, on: Array, rate: str, storage: Array
) -> KeptInput:
    """Return a bought cache's shares from its first month on, the usual ones before."""
    if reads is not None:
        stored = own.read + own.written
        written = np.asarray(np.maximum(stored - reads, 0.0))
        own = KeptInput(reads, written, central=(_middle(reads), _middle(written)))
    if (on == 1).all():
        return replace(own, lifetime=rate, storage=storage)
    return KeptInput(
        np.where(on == 1, own.read, before.read),
        np.where(on == 1, own.written, before.written),
        rate,
        storage,
        own.central if on[0, 0] else before.central,
    )


def _storage(
    usd: float, fixed: tuple[Array, ...], hours: tuple[float, ...], on: Array, least: int
) -> Array:
    """Return what keeping the fixed parts costs, at `usd` a token and hour: (months, draws).

    Nothing is stored, and nothing billed, of fixed parts shorter than the provider's least.
    """
    kept = np.array(hours)[:, None] * on
    tokens = np.atleast_2d(sum(fixed, np.zeros(1)))
    return np.asarray(kept * (tokens * (tokens >= least)) * usd)
