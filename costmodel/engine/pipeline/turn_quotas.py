"""Quotas by turns: what a limit on people does to each segment, month and future."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import Demand, scenario_months
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import Place, running
from costmodel.engine.pipeline.passing import UNLIMITED, Limited, Passing
from costmodel.engine.pipeline.returning import QuotaEffect, quota_effect
from costmodel.engine.rows import by_month
from costmodel.engine.world import Steady, World
from costmodel.scenario.schema import Quota
from costmodel.strategies.buckets import TokenBucket
from costmodel.strategies.features import Stream, merged
from costmodel.strategies.months import Rule
from costmodel.strategies.people import Intensity
from costmodel.strategies.windows import TurnLimit, Window, WindowRule

Array = npt.NDArray[np.float64]


def limit_turns(
    world: World | Steady, memo: Memo, quotas: Mapping[str, Quota], demands: Mapping[Place, Demand]
) -> dict[Place, Limited]:
    """Return what quotas by turns leave of every segment's turns at every feature.

    Parameters
    ----------
    quotas : mapping of str to Quota
        Those that count turns; no two on one segment and feature.
    demands : mapping
        The arriving turns by segment and feature.
    """
    limited = dict.fromkeys(demands, UNLIMITED)
    for name, quota in quotas.items():
        for segment in quota.segments:
            at = rule_at(world, memo, quota, segment, demands)
            if at is not None:
                places = covered(quota, segment, demands)
                limited |= dict.fromkeys(places, _limited(world, memo, name, quota, at))
    return limited


def covered(quota: Quota, segment: str, demands: Mapping[Place, Demand]) -> list[Place]:
    """Return the places of a segment that a quota counts together."""
    return [key for key in demands if key[0] == segment and quota.feature in (None, key[1])]


@dataclass(frozen=True, eq=False)
class TurnRule:
    """A quota by turns on the people of one segment.

    Parameters
    ----------
    rule : Rule
    sigma : Intensity
        How these people differ.
    asked : array (months, draws)
        Turns that a person asks for in a month, in the mean over people.
    people : array (months, draws)
    active : array or None
        Days a month on which a person is active; None for every day.
    """

    rule: Rule
    sigma: Intensity
    asked: Array
    people: Array
    active: Array | None


def rule_at(
    world: World | Steady, memo: Memo, quota: Quota, segment: str, demands: Mapping[Place, Demand]
) -> TurnRule | None:
    """Return a quota as a rule on a segment's people; None where they use nothing it counts."""
    places = covered(quota, segment, demands)
    if not places:
        return None
    factors = tuple(demands[place].factors[1:] for place in places)
    rule, sigma = _rule(world, quota, places, memo(_weights, factors))
    asked, people = memo(asked_per_person, factors), demands[places[0]].active
    return TurnRule(rule, sigma, asked, people, active_days(world, places))


def _limited(world: World | Steady, memo: Memo, name: str, quota: Quota, at: TurnRule) -> Limited:
    """Return what a quota does to the features it covers, all in the same share."""
    path = f"strategies.{name}"
    months = scenario_months(world.scenario)
    on = running(months, quota.from_month)
    effect = memo(
        quota_effect,
        at.rule,
        at.sigma,
        at.asked,
        at.people,
        tuple(month.days for month in months),
        at.active,
        world.value(f"{path}.defer", quota.defer),
        on,
    )
    if memo(_never_met, effect, on):
        return UNLIMITED
    if quota.then == "degrade":
        return memo(_degraded, effect, on, quota.model)
    if quota.take_up is not None and quota.then == "overage":
        return memo(_paid, effect, on, world.value(f"{path}.take_up", quota.take_up))
    return memo(_blocked, effect, on)


NEVER = 1e-6
"""A limit that fewer people meet in every month and future is left out: it changes nothing."""


def _never_met(effect: QuotaEffect, on: Array) -> bool:
    return float((effect.affected * on).max()) < NEVER


def asked_per_person(factors: tuple[tuple[Array, Array, Array], ...]) -> Array:
    """Return the turns a person asks for in a month at some features, in the mean over people.

    Parameters
    ----------
    factors : tuple of (per_user, periods, volume)
        Of each feature's `Demand`.
    """

    def of_month(*values: Array) -> Array:
        total = np.zeros(1)
        for first in range(0, len(values), 3):
            per_user, periods, volume = values[first : first + 3]
            total = total + per_user * periods * volume
        return total

    return by_month(of_month, *(value for several in factors for value in several))


def _weights(factors: tuple[tuple[Array, Array, Array], ...]) -> tuple[float, ...]:
    """Return each feature's mean turns per person: how features of one quota are mixed."""
    means = [float(p.mean() * n.mean() * v.mean()) for p, n, v in factors]
    # To a hundredth, so that a small move of one of them finds the same table again.
    return tuple(max(round(mean / max(sum(means), 1e-300), 2), 0.001) for mean in means)


def _rule(
    world: World | Steady, quota: Quota, places: Sequence[Place], weights: tuple[float, ...]
) -> tuple[Rule, Intensity]:
    """Return the quota's rule, and how the people under it differ."""
    stream = merged(weights, [_stream(world, place) for place in places])
    if quota.burst is not None:
        days = {"day": 1.0, "week": 7.0}[quota.period]
        bucket = TokenBucket(quota.amount / days, quota.burst, stream.turns, stream.turns_cv)
        return bucket, stream.sigma
    window: Window = quota.period
    limit = TurnLimit(int(quota.amount), stream.turns, stream.turns_cv)
    return WindowRule(limit, window), stream.sigma


def _stream(world: World | Steady, place: Place) -> Stream:
    """Return how a segment's people and their conversations at a feature differ, at the means."""
    segment, name = place
    feature = world.scenario.features[name]
    turns = feature.conversation.turns
    sigma = feature.turns_per_user[segment].spread.sigma
    return Stream(sigma, max(turns.mean.mean, 1.0), turns.cv)


def active_days(world: World | Steady, places: Sequence[Place]) -> Array | None:
    """Return the days a month on which a person is active, of the first feature that states them.

    None where none does: every day.
    """
    for segment, name in places:
        stated = world.scenario.features[name].turns_per_user[segment].active_days
        if stated is not None:
            path = f"features.{name}.turns_per_user.{segment}.active_days"
            return world.value(path, stated)
    return None


def _where(on: Array, values: Array, otherwise: float) -> Array:
    return values if (on == 1).all() else np.where(on == 1, values, otherwise)


def _served(effect: QuotaEffect, on: Array) -> Passing:
    return Passing(
        _where(on, effect.share, 1.0),
        _where(on, effect.begun, 1.0),
        _where(on, effect.resent, 1.0),
    )


def _blocked(effect: QuotaEffect, on: Array) -> Limited:
    return Limited(
        primary=_served(effect, on),
        affected=_where(on, effect.affected, 0.0),
        carried=_where(on, effect.carried, 0.0),
        deferred=_where(on, effect.deferred, 0.0),
        between=_where(on, np.maximum(effect.between - 1, 0.0), np.nan),
    )


def _degraded(effect: QuotaEffect, on: Array, model: str) -> Limited:
    served = _served(effect, on)
    cheaper = Passing(1 - served.turns, 1 - served.first, 1 - served.resent)
    affected = _where(on, effect.affected, 0.0)
    return Limited(served, cheaper, model, affected=affected)


def _paid(effect: QuotaEffect, on: Array, take_up: Array) -> Limited:
    """Return a quota above which a share of the people who meet it pay for all they ask."""
    served = _served(effect, on)
    if (take_up == 1).all():
        return Limited(paid=1 - served.turns)
    paid = (1 - served.turns) * take_up
    above = [part + (1 - part) * take_up for part in (served.first, served.resent)]
    return Limited(
        primary=Passing(served.turns + paid, *above),
        affected=_where(on, effect.affected, 0.0) * (1 - take_up),
        carried=_where(on, effect.carried * (1 - take_up), 0.0),
        deferred=_where(on, effect.deferred * (1 - take_up), 0.0),
        paid=paid,
    )
