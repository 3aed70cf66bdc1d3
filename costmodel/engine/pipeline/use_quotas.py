"""Quotas by what was billed: calls, tokens or USD that one person may use in a window.

They cut all paths of the features they count alike, and what the response cache answers with
them; its hit rates are those of the turns before it (a stated bias). What people use is worked out
as without a quota by turns: who meets both limits is stopped by the stricter one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import Demand, scenario_months
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import Place, running
from costmodel.engine.pipeline.passing import WHOLE, Limited, Passing
from costmodel.engine.pipeline.paths import Path
from costmodel.engine.pipeline.returning import MOST_DEFERRED
from costmodel.engine.pipeline.turn_quotas import NEVER, active_days, asked_per_person, covered
from costmodel.engine.pipeline.use_streams import Grown, grown_stream, growth_of, law_of
from costmodel.engine.rows import by_month
from costmodel.engine.world import World
from costmodel.scenario.schema import Quota
from costmodel.strategies.deferral import Deferral
from costmodel.strategies.features import Stream, merged
from costmodel.strategies.months import MonthEffect, limit_months
from costmodel.strategies.spending_limits import spend_limit
from costmodel.strategies.use_limits import UseLimit
from costmodel.strategies.windows import Limit, Window, WindowRule

Array = npt.NDArray[np.float64]

COLUMNS = ("share", "affected", "carried", "begun", "resent")
"""What is looked up of a limit on use."""
_NONE: Array = np.zeros((1, 1))


def limit_use(
    world: World,
    memo: Memo,
    quotas: Mapping[str, Quota],
    demands: Mapping[Place, Demand],
    unlimited: Sequence[Path],
    limited: Mapping[Place, Limited],
) -> dict[Place, Limited]:
    """Return what quotas by calls, tokens or USD leave, beside those by turns.

    Parameters
    ----------
    quotas : mapping of str to Quota
    demands : mapping
        The arriving turns by segment and feature.
    unlimited : sequence of Path
        What these turns use where no quota stops them, by lane.
    limited : mapping
        What quotas by turns have left of them.
    """
    left = dict(limited)
    for name, quota in quotas.items():
        for segment in quota.segments:
            places = covered(quota, segment, demands)
            effect = _effect_on(world, memo, name, quota, places, demands, unlimited)
            if effect is None:
                continue
            take_up = _NONE
            if quota.then == "overage" and quota.take_up is not None:
                take_up = world.value(f"strategies.{name}.take_up", quota.take_up)
            for place in places:
                left[place] = memo(_narrowed, left[place], effect, quota.model or "", take_up)
    return left


def _effect_on(
    world: World,
    memo: Memo,
    name: str,
    quota: Quota,
    places: Sequence[Place],
    demands: Mapping[Place, Demand],
    unlimited: Sequence[Path],
) -> MonthEffect | None:
    """Return what a quota leaves of all turns; None where nobody meets it."""
    if not places:
        return None
    months = scenario_months(world.scenario)
    lanes = [[path for path in unlimited if _place(path) == place] for place in places]
    uses, counts = (
        tuple(memo(_use, tuple(_parts(path, unit) for path in each)) for each in lanes)
        for unit in (quota.unit, "calls" if quota.unit == "calls" else "turns")
    )
    factors = tuple(demands[place].factors[1:] for place in places)
    streams = tuple(
        memo(
            grown_stream,
            *law_of(world, place),
            quota.unit,
            *growth_of(world, memo, each[0], quota.unit),
            memo(_rounded_mean, count),
        )
        for place, each, count in zip(places, lanes, counts, strict=True)
    )
    return memo(
        _effect,
        streams,
        memo(_mean_weights, factors, counts),
        memo(_asked, factors, counts),
        memo(_mean_cost, factors, counts, uses),
        float(quota.amount),
        quota.period,
        tuple(month.days for month in months),
        active_days(world, places),
        round(float(world.value(f"strategies.{name}.defer", quota.defer).mean()), 3),
        running(months, quota.from_month),
    )


def _place(path: Path) -> Place:
    return path.lane.segment, path.lane.feature


def _parts(path: Path, unit: str) -> tuple[Array, ...]:
    """Return the factors of what an arriving turn uses on a path, in a quota's unit."""
    tries, shape = path.cost.shape.tries, path.cost.shape
    if unit == "turns":
        return path.turns, _ONE
    if unit == "usd":
        return path.turns, path.cost.total
    if unit == "calls":
        return path.turns, tries.billed
    return path.turns, _ONE, tries.inputs * shape.input, tries.outputs * shape.output


_ONE: Array = np.ones((1, 1))


def _use(paths: tuple[tuple[Array, ...], ...]) -> Array:
    """Return what a turn uses on all its paths: (months, draws)."""
    total = np.zeros((1, 1))
    for turns, each, *tokens in paths:
        total = total + turns * each * (tokens[0] + tokens[1] if tokens else 1.0)
    return total


def _rounded_mean(values: Array) -> float:
    return round(float(values.mean()), 2)


def _asked(factors: tuple[tuple[Array, Array, Array], ...], counts: tuple[Array, ...]) -> Array:
    """Return the turns (calls) a person asks for in a month, in the mean: (months, draws)."""
    total = np.zeros((1, 1))
    for each, count in zip(factors, counts, strict=True):
        total = total + asked_per_person((each,)) * count
    return total


def _mean_cost(
    factors: tuple[tuple[Array, Array, Array], ...],
    counts: tuple[Array, ...],
    uses: tuple[Array, ...],
) -> Array:
    """Return what a turn (call) uses in the mean: (months, draws)."""
    used, counted = _asked(factors, uses), _asked(factors, counts)

    def of_month(use: Array, count: Array) -> Array:
        return np.divide(use, count, out=np.ones(np.broadcast(use, count).shape), where=count > 0)

    return by_month(of_month, used, counted)


def _mean_weights(
    factors: tuple[tuple[Array, Array, Array], ...], counts: tuple[Array, ...]
) -> tuple[float, ...]:
    means = [
        float(asked_per_person((each,)).mean() * count.mean())
        for each, count in zip(factors, counts, strict=True)
    ]
    return tuple(max(round(mean / max(sum(means), 1e-300), 2), 0.001) for mean in means)


def _effect(
    streams: tuple[Grown, ...],
    weights: tuple[float, ...],
    asked: Array,
    cost: Array,
    amount: float,
    period: Window,
    days: tuple[int, ...],
    active: Array | None,
    defer: float,
    on: Array,
) -> MonthEffect | None:
    stream = merged(weights, [each.stream for each in streams])
    some = np.where(asked > 0, asked, max(float(asked.max()), 1e-9))
    most = float(some.max()) * math.exp(BEYOND_ALL * _widest(stream))
    caps = np.minimum(amount / np.maximum(cost, 1e-300), 2 * most)
    if float(caps.min()) > most:
        return None
    limit = _limit(streams, weights, stream, caps)
    back = Deferral(min(defer, MOST_DEFERRED)) if defer > 0 else None
    rule = WindowRule(limit, period, back)
    effect = limit_months(rule, stream.sigma, some, days, active, caps, columns=COLUMNS)
    met = np.where(asked > 0, effect.affected, 0.0)
    if float((met * on).max()) < NEVER:
        return None
    effect = replace(effect, affected=met, carried=_NONE if back is None else effect.carried)
    if (on == 1).all():
        return effect
    idle = {"share": 1.0, "begun": 1.0, "resent": 1.0}
    values = {name: getattr(effect, name) for name in COLUMNS}
    kept = {name: np.where(on == 1, each, idle.get(name, 0.0)) for name, each in values.items()}
    return replace(effect, **kept)


BEYOND_ALL = 4.75
"""Standard scores beyond which one person in a million is: no cap further out is met."""


def _widest(stream: Stream) -> float:
    sigma = stream.sigma
    return max(spread for _, spread in sigma) if isinstance(sigma, tuple) else sigma


def _limit(
    streams: tuple[Grown, ...], weights: tuple[float, ...], stream: Stream, caps: Array
) -> Limit:
    ends = np.array([float(caps.min()), float(caps.max())])
    limit = spend_limit(ends, 1.0, stream.cv, stream.sigma, stream.turns, stream.turns_cv)
    share = np.array(weights) / sum(weights)
    growth = float(share @ [each.growth for each in streams])
    if growth == 0:
        return limit
    cv = math.sqrt(float(share @ [each.cv**2 for each in streams]))
    return UseLimit(replace(limit, points=min(limit.points, SMOOTH_CAPS)), growth, cv)


SMOOTH_CAPS = 9
"""Caps worked out of a law without stairs; cubic splines lie between."""


def _narrowed(limits: Limited, effect: MonthEffect, model: str, take_up: Array) -> Limited:
    """Return what two limits on the same people leave: the stricter one, share by share."""
    both, cheaper = _within(limits.primary, effect), limits.cheaper
    above = [
        part - cut
        for part, cut in zip(_columns(limits.primary), _columns(both), strict=True)
    ]  # fmt: skip
    if cheaper is not None:
        # What a first quota sends to a cheaper model counts too, and is cut before the rest.
        whole = _within(WHOLE, effect)
        cheaper = Passing(
            *(
                np.maximum(all_of - own, 0.0)
                for all_of, own in zip(_columns(whole), _columns(both), strict=True)
            )
        )
    elif model:
        cheaper = Passing(*above)
    paid = above[0] * take_up
    return replace(
        limits,
        primary=Passing(
            *(cut + more * take_up for cut, more in zip(_columns(both), above, strict=True))
        ),
        cheaper=cheaper,
        model=limits.model or model,
        affected=np.maximum(limits.affected, effect.affected * (1 - take_up)),
        carried=limits.carried + limits.primary.turns * effect.carried,
        deferred=limits.deferred + limits.primary.turns * effect.carried,
        paid=limits.paid + paid,
        between=None,
    )


def _within(passing: Passing, effect: MonthEffect) -> Passing:
    columns = (effect.share, effect.begun, effect.resent)
    pairs = zip(_columns(passing), columns, strict=True)
    return Passing(*(np.minimum(part, left) for part, left in pairs))


def _columns(passing: Passing) -> tuple[Array, Array, Array]:
    return passing.turns, passing.first, passing.resent
