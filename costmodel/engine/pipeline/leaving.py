"""People who leave because a quota stopped them: fewer people, and fewer of those who ask most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import Demand, scenario_months
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import Place, running
from costmodel.engine.pipeline.passing import Limited, Passing
from costmodel.engine.pipeline.turn_quotas import TurnRule, covered, rule_at
from costmodel.engine.world import Steady, World
from costmodel.scenario.schema import Quota
from costmodel.strategies.churn import staying

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Left:
    """What leaving changes, as factors: arrays (months, draws).

    Parameters
    ----------
    people, demand : array
        People who are still there, and what they ask for, over all.
    served, begun, resent, affected : array
        Shares of turns, of first turns and of resent ones that are served, and of people stopped,
        over the same with nobody gone.
    """

    people: Array
    demand: Array
    served: Array
    begun: Array
    resent: Array
    affected: Array


def people_left(
    world: World | Steady, memo: Memo, quotas: Mapping[str, Quota], demands: Mapping[Place, Demand]
) -> list[tuple[str, tuple[Place, ...], Left]]:
    """Return what people who leave change, for each quota by turns that drives some away.

    Returns
    -------
    list of (segment, places, Left)
        The places are those the quota counts; people leave with all they use.
    """
    left = []
    for name, quota in quotas.items():
        if quota.churn.certain and quota.churn.mean == 0:
            continue
        for segment in quota.segments:
            at = rule_at(world, memo, quota, segment, demands)
            if at is not None:
                places = tuple(covered(quota, segment, demands))
                left.append((segment, places, _left(world, memo, name, quota, segment, at)))
    return left


def _left(
    world: World | Steady, memo: Memo, name: str, quota: Quota, segment: str, at: TurnRule
) -> Left:
    months = scenario_months(world.scenario)
    growth = world.scenario.segments[segment].growth.mean
    return memo(
        _factors,
        at.rule,
        at.sigma,
        at.asked,
        at.active,
        world.value(f"strategies.{name}.churn", quota.churn),
        round(sum(month.days for month in months) / len(months)),
        _exposure(running(months, quota.from_month)[:, 0].tolist(), growth),
    )


def _exposure(on: list[float], growth: float) -> tuple[tuple[float, ...], ...]:
    """Return which share of a month's people has met so many months of the limit before.

    Those who were there when it began have met all; people who have come since, fewer. More come
    than growth shows where some leave anyway; they are taken to be the ones who leave.
    """
    rows, met = [], np.zeros(len(on) + 1)
    met[0] = 1.0
    for month, runs in enumerate(on):
        if month and on[month - 1]:
            met = np.concatenate([[0.0], met[:-1]])
        if month and runs and growth > 0:
            met = met / (1 + growth)
            met[0] += growth / (1 + growth)
        rows.append(tuple(met[: len(on)].tolist()))
    return tuple(rows)


def _factors(
    rule: object,
    sigma: float,
    asked: Array,
    active: Array | None,
    leaving: Array,
    days: int,
    exposure: tuple[tuple[float, ...], ...],
) -> Left:
    weights = np.array(exposure)
    mean = asked.mean(axis=0)
    found = staying(
        rule,  # type: ignore[arg-type]
        sigma,
        mean,
        days,
        float(leaving.mean()),
        range(weights.shape[1]),
        None if active is None else float(active.mean()),
    )
    people, demand = weights @ found.people, weights @ found.demand

    def over_first(values: Array) -> Array:
        now = weights @ values / np.maximum(demand, 1e-300)
        return np.asarray(now / (values[0] / found.demand[0]))

    return Left(
        people,
        demand,
        over_first(found.served),
        over_first(found.begun),
        over_first(found.resent),
        (weights @ found.affected / np.maximum(people, 1e-300))
        / np.maximum(found.affected[0], 1e-300),
    )


def without_the_left(memo: Memo, demand: Demand, left: Left) -> Demand:
    """Return the demand of those who are still there."""
    return replace(
        demand,
        active=memo(_times, demand.active, left.people),
        volume=memo(_per_person, demand.volume, left.demand, left.people),
    )


def _times(values: Array, factor: Array) -> Array:
    return np.asarray(values * factor)


def _per_person(volume: Array, demand: Array, people: Array) -> Array:
    return np.asarray(volume * (demand / np.maximum(people, 1e-300)))


def limited_without(memo: Memo, limited: Limited, left: Left) -> Limited:
    """Return what a quota leaves of the turns of those who are still there."""
    return memo(_limited_without, limited, left)


def _limited_without(limited: Limited, left: Left) -> Limited:
    parts = limited.primary
    factors = (left.served, left.begun, left.resent)
    columns = zip((parts.turns, parts.first, parts.resent), factors, strict=True)
    primary = Passing(*(np.minimum(part * factor, 1.0) for part, factor in columns))
    cheaper = limited.cheaper and Passing(1 - primary.turns, 1 - primary.first, 1 - primary.resent)
    affected = np.minimum(limited.affected * left.affected, 1.0)
    return replace(limited, primary=primary, cheaper=cheaper, affected=affected)
