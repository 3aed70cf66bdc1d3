"""Prompt caches: what of a step's input the provider's cache reads and stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.cliffs import OUTPUT_CORRELATION, USER_CORRELATION, size_law
from costmodel.engine.demand import Demand, scenario_months
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import running
from costmodel.engine.pipeline.passing import NONE, Passing
from costmodel.engine.requests import RequestShape, user_spread
from costmodel.engine.rows import by_month
from costmodel.engine.world import World
from costmodel.prices.caching import storage_cost
from costmodel.prices.offers import ModelPrices
from costmodel.scenario.schema import (
    DEFAULT,
    Feature,
    FixedPart,
    Gap,
    PromptCache,
    RetrievedPart,
    Step,
    UserPart,
)
from costmodel.strategies.cache_rules import CacheRule, explicit_rule, implicit_rule, sold_lifetime
from costmodel.strategies.cached_turns import CacheUse, Traffic, cache_use
from costmodel.strategies.least_prefix import Widths
from costmodel.strategies.prompt_cache import OVERFLOW_PER_MINUTE
from costmodel.strategies.prompt_length import Prompt
from costmodel.strategies.prompt_order import Part, PromptOrder
from costmodel.strategies.turn_gaps import Gaps
from costmodel.strategies.turn_reach import Turns

Array = npt.NDArray[np.float64]

ASSUMED_GAP = (137.0, 816.0)
"""P50 and P95 of the seconds between turns where a scenario states no gap, an assumption: those of
a chat trace of one hour (Mooncake, arXiv:2407.00079), median 137 s and log-sd 1.085."""
SPREAD_BY_LOAD = ("openai", "azure")
"""Providers that send calls of one prefix above about 15 a minute to further servers (OpenAI's
prompt-caching guide)."""
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
    stated : bool
        Whether the scenario states the shares.
    """

    read: Array
    written: Array
    lifetime: str = "cache_write"
    storage: Array = field(default_factory=lambda: NONE)
    stated: bool = False


@dataclass(frozen=True, eq=False)
class Stream:
    """Calls of one step and model: the arriving turns of each segment, and which of them call.

    Parameters
    ----------
    demands : sequence of Demand
    passing : sequence of Passing
    skipped_first, skipped_later : array
        Shares of first and of later turns that the response cache answers.
    """

    demands: Sequence[Demand]
    passing: Sequence[Passing]
    skipped_first: Array = field(default_factory=lambda: NONE)
    skipped_later: Array = field(default_factory=lambda: NONE)


def kept_input(
    world: World,
    memo: Memo,
    prices: ModelPrices,
    name: str,
    feature: Feature,
    step: Step,
    shape: RequestShape,
    stream: Stream,
    bought: tuple[str, PromptCache] | None,
    *,
    own: bool = True,
) -> KeptInput:
    """Return what a provider's prompt cache does to the calls of a step.

    Stated shares of an `implicit_cache` hold as they are, for the model they were stated for;
    otherwise they follow from the price table's rule. A prompt_cache strategy takes their place
    from the month it starts in.

    Parameters
    ----------
    shape : RequestShape
        Of all turns, before any quota or response cache.
    bought : (str, PromptCache) or None
        The feature's strategy with its name.
    own : bool
        Whether the model is the step's own, whose cache a stated `implicit_cache` is about.
    """
    if own and is_stated(step):
        cached = world.value(f"features.{name}.implicit_cache.cached", step.implicit_cache.cached)
        written = world.value(
            f"features.{name}.implicit_cache.written", step.implicit_cache.written
        )
        usual = memo(_stated, cached, written)
    else:
        usual = _by_rule(world, memo, prices, name, feature, step, shape, stream)
    if bought is None:
        return usual
    strategy_name, cache = bought
    months = scenario_months(world.scenario)
    on = running(months, cache.from_month)
    order = prompt_order(feature, step)
    rule, rate = _rule_of(prices, cache, order)
    sizes = _sizes(world, memo, name, step, shape)
    use = _use(world, memo, feature, step, shape, stream, (order, sizes), rule, _openness(prices))
    reads = None
    if cache.reads is not None:
        reads = world.value(f"strategies.{strategy_name}.reads", cache.reads)
    storage: Array = NONE
    if prices.cache.storage is not None and rule.lifetime == ALWAYS:
        hours = tuple(month.days * HOURS_A_DAY for month in months)
        storage = memo(_storage, prices, sizes[: order.shared], hours, on)
    return memo(_switched, usual, use, reads, on, rate, storage)


def _by_rule(
    world: World,
    memo: Memo,
    prices: ModelPrices,
    name: str,
    feature: Feature,
    step: Step,
    shape: RequestShape,
    stream: Stream,
) -> KeptInput:
    """Return what the provider's cache does unasked."""
    rule = implicit_rule(prices)
    if rule is None:
        return _NOTHING_KEPT
    prompt = (prompt_order(feature, step), _sizes(world, memo, name, step, shape))
    use = _use(world, memo, feature, step, shape, stream, prompt, rule, _openness(prices))
    return memo(_as_kept, use)


def is_stated(step: Step) -> bool:
    """Return whether a step states what its model's cache reads or stores."""
    cache = step.implicit_cache
    return cache.cached.origin != DEFAULT or cache.written.origin != DEFAULT


_NOTHING_KEPT = KeptInput(np.zeros(1), np.zeros(1))


def _stated(cached: Array, written: Array) -> KeptInput:
    """Return stated shares; the written one held where the two would pass the whole input."""
    return KeptInput(cached, np.asarray(np.minimum(written, 1 - cached)), stated=True)


def _openness(prices: ModelPrices) -> float | None:
    provider = prices.id.partition("/")[0]
    return OVERFLOW_PER_MINUTE if provider in SPREAD_BY_LOAD else None


def prompt_order(feature: Feature, step: Step) -> PromptOrder:
    """Return a step's prompt as a cache sees it: which parts stay, grow, join or change."""
    resent = feature.conversation.history == "resend" and any(
        part.kind == "history" for part in step.prompt
    )
    return PromptOrder(tuple(_part(part, resent) for part in step.prompt))


def _part(part: object, resent: bool) -> Part:
    if isinstance(part, FixedPart):
        # Where a placeholder stands in its text is not known: the part changes from its start.
        filled = bool(part.filled or part.unsized)
        return Part(part.kind, "changes" if filled else "fixed")
    if isinstance(part, RetrievedPart):
        return Part(part.kind, "joins" if part.kept_in_history and resent else "changes")
    if isinstance(part, UserPart):
        return Part(part.kind, "joins" if resent else "changes")
    return Part("history", "history")


def _rule_of(prices: ModelPrices, cache: PromptCache, order: PromptOrder) -> tuple[CacheRule, str]:
    """Return what a bought cache keeps, and the rate its writes are billed at."""
    sold = sold_lifetime(prices, cache.ttl_seconds)
    after = cache.breakpoints or _up_to_the_first_change(order)
    rule = explicit_rule(prices, after, cache.ttl_seconds)
    if prices.cache.storage is not None and sold.name == "explicit":
        fixed = tuple(part.name for part in order.parts[: order.shared])[-1:]
        return replace(rule, lifetime=ALWAYS, entries=fixed or after), sold.rate
    return rule, sold.rate


def _up_to_the_first_change(order: PromptOrder) -> tuple[str, ...]:
    """Return breakpoints after the parts that stay, and after all that the next call finds."""
    ends = sorted({order.shared, order.lasting} - {0})
    return tuple(order.parts[end - 1].name for end in ends) or (order.parts[0].name,)


def _use(
    world: World,
    memo: Memo,
    feature: Feature,
    step: Step,
    shape: RequestShape,
    stream: Stream,
    prompt: tuple[PromptOrder, tuple[Array, ...]],
    rule: CacheRule,
    overflow: float | None,
) -> CacheUse:
    order, sizes = prompt
    law = feature.conversation
    days = tuple(float(month.days) for month in scenario_months(world.scenario))
    begun = tuple(
        memo(_begun, *demand.factors, shape.turns, passing.first, days)
        for demand, passing in zip(stream.demands, stream.passing, strict=True)
    )
    widths = _widths(step, shape) if rule.least_tokens else Widths()
    return memo(
        _cached,
        order, sizes, shape, widths, begun, law.turns.cv, _gaps(law.gap),
        stream.skipped_first, stream.skipped_later, rule, overflow,
    )  # fmt: skip


def _gaps(gap: Gap | None) -> tuple[float, float]:
    return ASSUMED_GAP if gap is None else (gap.p50_seconds, gap.p95_seconds)


def _sizes(
    world: World, memo: Memo, name: str, step: Step, shape: RequestShape
) -> tuple[Array, ...]:
    """Return the tokens of each part of a prompt, in order; 0 for the history."""
    path = f"features.{name}.prompt"
    sizes = []
    for part in step.prompt:
        if isinstance(part, FixedPart):
            total = world.value(f"{path}.{part.name}.tokens", part.tokens)
            for filled, times, size in part.filled:
                more = world.value(f"{path}.{part.name}.placeholders.{filled}", size)
                total = memo(_added, total, more, times)
            sizes.append(total)
        elif isinstance(part, RetrievedPart):
            chunks = world.value(f"{path}.retrieved.chunks", part.chunks)
            each = world.value(f"{path}.retrieved.tokens_each", part.tokens_each)
            sizes.append(memo(_times, chunks, each))
        else:
            sizes.append(shape.user if isinstance(part, UserPart) else _ZERO)
    return tuple(sizes)


_ZERO: Array = np.zeros(1)


def _added(total: Array, more: Array, times: int) -> Array:
    return np.asarray(total + times * more)


def _times(count: Array, each: Array) -> Array:
    return np.asarray(count * each)


def _widths(step: Step, shape: RequestShape) -> Widths:
    """Return how messages and answers differ, at the means of the sizes."""
    user, visible = (
        size_law(user_spread(step), USER_CORRELATION), size_law(step.output, OUTPUT_CORRELATION)
    )  # fmt: skip
    parts = [
        (float(shape.user.mean()) * user.cv, user.correlation),
        (float(shape.visible.mean()) * visible.cv, visible.correlation),
    ]
    variance = sum(sd**2 for sd, _ in parts)
    mean = float(shape.user.mean() + shape.visible.mean())
    alike = sum(r * sd**2 for sd, r in parts) / variance if variance > 0 else 0.0
    return Widths(user.cv, round(variance**0.5 / mean, 3) if mean > 0 else 0.0, round(alike, 3))


def _begun(
    active: Array,
    per_user: Array,
    periods: Array,
    volume: Array,
    turns: Array,
    first: Array,
    days: tuple[float, ...],
) -> Array:
    """Return conversations that begin per second: (months, draws)."""
    seconds = np.array(days)[:, None] * 86_400

    def of_month(*parts: Array) -> Array:
        people, rate, count, drift, length, passing, time = parts
        return np.asarray((people * drift) * (rate * count) * passing / (length * time))

    return by_month(of_month, active, per_user, periods, volume, turns, first, seconds)


def _cached(
    order: PromptOrder,
    sizes: tuple[Array, ...],
    shape: RequestShape,
    widths: Widths,
    begun: tuple[Array, ...],
    turns_cv: float,
    gap: tuple[float, float],
    skipped_first: Array,
    skipped_later: Array,
    rule: CacheRule,
    overflow: float | None,
) -> CacheUse:
    total = begun[0]
    for more in begun[1:]:
        total = total + more
    traffic = Traffic(
        conversations=total,
        turns=Turns(shape.turns, turns_cv),
        gaps=Gaps.of(*gap),
        skipped_first=skipped_first,
        skipped_later=skipped_later,
        overflow_per_minute=overflow,
    )
    answer = (1 - shape.attempts.failed) * shape.visible
    prompt = Prompt(order, sizes, answer if shape.earlier.any() else np.zeros(1), widths)
    return cache_use(prompt, traffic, rule)


def _as_kept(use: CacheUse) -> KeptInput:
    sent = np.maximum(use.input, 1e-300)
    return KeptInput(np.asarray(use.read / sent), np.asarray(use.written / sent))


def _switched(
    usual: KeptInput, use: CacheUse, reads: Array | None, on: Array, rate: str, storage: Array
) -> KeptInput:
    """Return a bought cache's shares from its first month on, the usual ones before."""
    own = _as_kept(use)
    if reads is not None:
        stored = own.read + own.written
        own = KeptInput(reads, np.asarray(np.maximum(stored - reads, 0.0)))
    if (on == 1).all():
        return KeptInput(own.read, own.written, rate, storage)
    read = np.where(on == 1, own.read, usual.read)
    return KeptInput(read, np.where(on == 1, own.written, usual.written), rate, storage)


def _storage(
    prices: ModelPrices, fixed: tuple[Array, ...], hours: tuple[float, ...], on: Array
) -> Array:
    """Return what keeping the fixed parts all month costs: (months, draws)."""
    kept = np.array(hours)[:, None] * on
    tokens = np.atleast_2d(sum(fixed, np.zeros(1)))
    return np.asarray(kept * storage_cost(prices, tokens, np.ones(1)))
