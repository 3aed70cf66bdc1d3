"""Lanes: the turns a segment makes at a feature, and what a lane of them costs."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import Demand, periods_per_month
from costmodel.engine.ledger import Lane, LaneFlow, StepCost
from costmodel.engine.memo import Memo
from costmodel.engine.noise import noisy_spend, people_noise, plain_spend
from costmodel.engine.world import Steady, World

Array = npt.NDArray[np.float64]

Place = tuple[str, str]
"""Segment and feature."""


def demands_of(world: World | Steady, memo: Memo, active: dict[str, Array]) -> dict[Place, Demand]:
    """Return the arriving turns of every segment at every feature it uses."""
    return {
        (segment, name): _demand(world, memo, active, segment, name)
        for name, feature in world.scenario.features.items()
        for segment in feature.turns_per_user
    }


def _demand(
    world: World | Steady, memo: Memo, active: dict[str, Array], segment: str, name: str
) -> Demand:
    feature = world.scenario.features[name]
    usage = feature.turns_per_user[segment]
    stated_as = "mean" if usage.spread.mean is not None else "p50"
    path = f"features.{name}.turns_per_user.{segment}.{stated_as}"
    per_user = world.value(path, usage.spread.centre)
    if stated_as == "p50":
        per_user = memo(_mean_of_median, per_user, usage.spread.sigma)
    return Demand(
        active=active[segment],
        per_user=per_user,
        periods=memo(_column, periods_per_month(world.scenario, feature, usage.period)),
        volume=world.volume(name),
    )


def lane_flow(
    world: World,
    memo: Memo,
    lane: Lane,
    demand: Demand,
    cost: StepCost,
    conversation_cv: float,
    between: Array | None = None,
) -> LaneFlow:
    """Return a lane's turns, and what their tokens cost with the noise of a finite population.

    Parameters
    ----------
    demand : Demand
        The turns that this lane answers.
    conversation_cv : float
        Coefficient of variation of a conversation's cost.
    between : array (months, draws), optional
        Relative variance between people of the turns they are answered, where a quota limits
        them; not a number in months without it. Without, that of their intensity.
    """
    usage = world.scenario.features[lane.feature].turns_per_user[lane.segment]
    apart: Array | float = math.expm1(usage.spread.sigma**2)
    if between is not None:
        apart = memo(_where_limited, between, apart)
    if "spread" not in world.uncertainty:
        spend = memo(plain_spend, *demand.factors, cost.total)
    else:
        people = world.people_scores(lane.segment)
        who = memo(people_noise, demand.active, apart, people)
        spend = memo(
            noisy_spend,
            *demand.factors,
            cost.total,
            who,
            cost.shape.turns,
            conversation_cv,
            world.conversation_scores(lane.segment, lane.feature),
        )
    return LaneFlow(lane, demand, spend, cost, between=apart)


def _where_limited(between: Array, usual: float) -> Array:
    return np.where(np.isnan(between), usual, between)


def _mean_of_median(median: Array, sigma: float) -> Array:
    return np.asarray(median * np.exp(sigma**2 / 2))


def _column(values: tuple[float, ...]) -> Array:
    return np.array(values)[:, None]
