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
from costmodel.engine.pipeline.passing import ALL, WHOLE, Limited, Passing
from costmodel.engine.pipeline.paths import Path
from costmodel.engine.pipeline.returning import MOST_DEFERRED
from costmodel.engine.pipeline.turn_quotas import NEVER, active_days, asked_per_person, covered
from costmodel.engine.rows import by_month
from costmodel.engine.world import World
from costmodel.foundation.counts import count_variance
from costmodel.scenario.schema import Quota
from costmodel.strategies.deferral import Deferral
from costmodel.strategies.features import Stream, merged
from costmodel.strategies.months import MonthEffect, limit_months
from costmodel.strategies.spending_limits import spend_limit
from costmodel.strategies.windows import Window, WindowRule

Array = npt.NDArray[np.float64]


def limit_use(
    world: World,
    memo: Memo,
    quotas: Mapping[str, Quota],
    demands: Mapping[Place, Demand],
    paths: Sequence[Path],
    limited: Mapping[Place, Limited],
) -> dict[Place, Limited]:
    """Return what quotas by calls, tokens or USD leave, beside those by turns.

    Parameters
    ----------
    quotas : mapping of str to Quota
    demands : mapping
        The arriving turns by segment and feature.
    paths : sequence of Path
        What these turns use, by lane.
    limited : mapping
        What quotas by turns have left of them.
    """
    left = dict(limited)
    for name, quota in quotas.items():
        for segment in quota.segments:
            places = covered(quota, segment, demands)
            if not places:
                continue
            passed = {place: memo(_passed, limited[place]) for place in places}
            effect = _effect_on(world, memo, name, quota, passed, demands, paths)
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
    passed: Mapping[Place, Array],
    demands: Mapping[Place, Demand],
    paths: Sequence[Path],
) -> MonthEffect | None:
    """Return what a quota leaves of all turns; None where nobody meets it."""
    places, months = tuple(passed), scenario_months(world.scenario)
    lanes = [[path for path in paths if _place(path) == place] for place in places]
    uses, calls = (
        tuple(
            memo(_use, tuple(_parts(path, unit) for path in each), passed[place])
            for place, each in zip(places, lanes, strict=True)
        )
        for unit in (quota.unit, "calls")
    )
    factors = tuple(demands[place].factors[1:] for place in places)
    streams = tuple(
        _stream(world, place, quota, each[0].cv, memo(_rounded_mean, called))
        for place, each, called in zip(places, lanes, calls, strict=True)
    )
    return memo(
        _effect,
        streams,
        memo(_mean_weights, factors, calls),
        memo(_asked, factors, calls),
        memo(_mean_cost, factors, calls, uses),
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
    shape = path.cost.shape
    if unit == "usd":
        return path.turns, path.cost.total
    if unit == "calls":
        return path.turns, shape.tries.billed
    return path.turns, shape.tries.billed, shape.input, shape.output


def _passed(limits: Limited) -> Array:
    """Return the share of the arriving turns that quotas by turns let through on any path."""
    return limits.primary.turns if limits.cheaper is None else ALL


_NONE: Array = np.zeros((1, 1))


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


def _use(paths: tuple[tuple[Array, ...], ...], passed: Array) -> Array:
    """Return what a turn that no quota has stopped uses on all its paths: (months, draws)."""
    total = np.zeros((1, 1))
    for turns, each, *tokens in paths:
        total = total + turns * each * (tokens[0] + tokens[1] if tokens else 1.0)
    return total / np.maximum(passed, 1e-300)


def _rounded_mean(values: Array) -> float:
    return round(float(values.mean()), 2)


def _asked(factors: tuple[tuple[Array, Array, Array], ...], calls: tuple[Array, ...]) -> Array:
    """Return the calls a person asks for in a month, in the mean over people: (months, draws)."""
    total = np.zeros((1, 1))
    for each, called in zip(factors, calls, strict=True):
        total = total + asked_per_person((each,)) * called
    return total


def _mean_cost(
    factors: tuple[tuple[Array, Array, Array], ...],
    calls: tuple[Array, ...],
    uses: tuple[Array, ...],
) -> Array:
    """Return what a call uses in the mean: (months, draws)."""
    used, called = _asked(factors, uses), _asked(factors, calls)

    def of_month(use: Array, count: Array) -> Array:
        return np.divide(use, count, out=np.ones(np.broadcast(use, count).shape), where=count > 0)

    return by_month(of_month, used, called)


def _mean_weights(
    factors: tuple[tuple[Array, Array, Array], ...], calls: tuple[Array, ...]
) -> tuple[float, ...]:
    means = [
        float(asked_per_person((each,)).mean() * called.mean())
        for each, called in zip(factors, calls, strict=True)
    ]
    return tuple(max(round(mean / max(sum(means), 1e-300), 2), 0.001) for mean in means)


def _stream(world: World, place: Place, quota: Quota, cv: float, a_turn: float) -> Stream:
    """Return a segment's calls at a feature as a stream, at the means.

    The cost of a conversation has the coefficient of variation `cv`. Calls that cost as much
    independently of each other make the same where their own squared is K (cv^2 - cv_K^2).
    """
    segment, name = place
    feature = world.scenario.features[name]
    law = feature.conversation.turns
    turns = max(law.mean.mean, 1.0)
    spread = math.sqrt(float(count_variance(np.array(turns), law.cv))) / turns
    own = 0.0 if quota.unit == "calls" else math.sqrt(max(turns * (cv**2 - spread**2), 0.0))
    sigma = feature.turns_per_user[segment].spread.sigma
    return Stream(sigma, max(turns * a_turn, 1.0), spread, 1.0, round(own, 2))


def _effect(
    streams: tuple[Stream, ...],
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
    stream = merged(weights, streams)
    some = np.where(asked > 0, asked, max(float(asked.max()), 1e-9))
    caps = amount / np.maximum(cost, 1e-300)
    ends = np.array([float(caps.min()), float(caps.max())])
    limit = spend_limit(ends, 1.0, stream.cv, stream.sigma, stream.turns, stream.turns_cv)
    back = Deferral(min(defer, MOST_DEFERRED)) if defer > 0 else None
    rule = WindowRule(limit, period, back)
    effect = limit_months(rule, stream.sigma, some, days, active, caps, columns=COLUMNS)
    if float((effect.affected * on).max()) < NEVER:
        return None
    none = _NONE if back is None else effect.carried
    effect = replace(effect, carried=none)
    if (on == 1).all():
        return effect
    idle = {"share": 1.0, "begun": 1.0, "resent": 1.0}
    values = {name: getattr(effect, name) for name in COLUMNS}
    kept = {name: np.where(on == 1, each, idle.get(name, 0.0)) for name, each in values.items()}
    return replace(effect, **kept)


COLUMNS = ("share", "affected", "carried", "begun", "resent")
"""What is looked up of a limit on use."""
