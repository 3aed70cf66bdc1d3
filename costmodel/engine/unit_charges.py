"""Charges of a month's units: counted by lane, free ones taken off, and given back to lanes.

What is free is taken from the month's total of all lanes that share it, in
every future, so that it counts once: the one thing that couples features.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.ledger import LaneFlow, LaneUnits
from costmodel.engine.memo import Memo
from costmodel.engine.noise import noisy_spend, people_noise, plain_spend
from costmodel.engine.rows import by_month
from costmodel.engine.unit_rates import Drawing, UnitRates, unit_rates
from costmodel.engine.world import Steady, World
from costmodel.foundation.counts import count_pmf
from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.book import PriceBook
from costmodel.strategies.retries import Attempts, attempts

Array = npt.NDArray[np.float64]


def with_units(
    world: World,
    memo: Memo,
    book: PriceBook,
    flows: tuple[LaneFlow, ...],
    cost_cvs: Mapping[tuple[str, str], float],
) -> tuple[LaneFlow, ...]:
    """Return lanes with their units and what these cost; as they are where there are none.

    Parameters
    ----------
    cost_cvs : mapping of (str, str) to float
        By feature and step, the coefficient of variation of what a
        conversation's tokens cost.

    Raises
    ------
    PriceNotKnownError
        If a unit has no price in some month.
    InputError
        If the members of a group state different allowances.
    """
    uses = [
        use
        for lane, flow in enumerate(flows)
        for use in _uses(world, memo, book, lane, flow, cost_cvs[flow.lane.feature, flow.lane.step])
    ]
    if not uses:
        return flows
    charged = _charged_shares(memo, uses)
    charges = [_charge(memo, use, charged) for use in uses]
    return tuple(
        _charged_flow(
            memo, flow, {u.unit: c for u, c in zip(uses, charges, strict=True) if u.lane == lane}
        )
        for lane, flow in enumerate(flows)
    )


@dataclass(frozen=True, eq=False)
class _Use:
    """One unit that one lane uses."""

    lane: int
    unit: str
    per_call: Array
    per_turn: Array
    count: Array
    rates: UnitRates


def _uses(
    world: World, memo: Memo, book: PriceBook, lane: int, flow: LaneFlow, cost_cv: float
) -> list[_Use]:
    scenario, name = world.scenario, flow.lane.feature
    step = dict(scenario.features[name].steps)[flow.lane.step]
    uses = []
    for unit, belief in step.units.stated.items():
        per_call = world.value(f"features.{name}.units.{unit}", belief)
        per_turn = memo(_of_turn, per_call, flow.step.shape.attempts.billed)
        count = _count(world, memo, flow, unit, per_turn, cost_cv)
        rates = unit_rates(book, scenario.start, scenario.months, step.model, unit)
        uses.append(_Use(lane, unit, per_call, per_turn, count, rates))
    return uses


def _of_turn(per_call: Array, billed: Array) -> Array:
    """Return the units of a turn: every billed call uses them, a malformed answer's too."""
    return np.asarray(per_call * billed)


def _count(
    world: World,
    memo: Memo,
    flow: LaneFlow,
    unit: str,
    per_turn: Array,
    cost_cv: float,
) -> Array:
    """Return a lane's units of each month, (months, draws), with the noise of its people."""
    if "spread" not in world.uncertainty:
        return memo(plain_spend, *flow.demand.factors, per_turn)
    feature, segment = flow.lane.feature, flow.lane.segment
    sigma = world.scenario.features[feature].turns_per_user[segment].spread.sigma
    noise = _noise(world, memo, flow, unit, cost_cv)
    with_cost = world.conversation_scores(segment, feature)
    alone = world.unit_scores(segment, feature, unit)
    return memo(
        noisy_spend,
        *flow.demand.factors,
        per_turn,
        memo(people_noise, flow.demand.active, sigma, world.people_scores(segment)),
        flow.step.shape.turns,
        noise.cv,
        memo(_blend, with_cost, alone, noise.with_cost),
    )


def _blend(shared: Array, alone: Array, correlation: float) -> Array:
    return np.asarray(correlation * shared + math.sqrt(1 - correlation**2) * alone)


def _noise(world: World, memo: Memo, flow: LaneFlow, unit: str, cost_cv: float) -> UnitNoise:
    name = flow.lane.feature
    feature = world.scenario.features[name]
    step = dict(feature.steps)[flow.lane.step]
    turns, failures, steady = (
        feature.conversation.turns,
        step.failures,
        Steady(world.scenario, memo),
    )
    tries = memo(
        attempts,
        steady.value(f"features.{name}.failures.malformed", failures.malformed),
        steady.value(f"features.{name}.failures.transport", failures.transport),
        failures.malformed_shape,
        failures.max_attempts,
    )
    per_call = step.units.stated[unit].mean
    return memo(unit_noise, turns.mean.mean, turns.cv, per_call, tries, cost_cv)


@dataclass(frozen=True)
class UnitNoise:
    """What chance does to a lane's units of a month."""

    cv: float
    """Coefficient of variation of a conversation's units."""
    with_cost: float
    """Correlation of a month's units with what its tokens cost."""


def unit_noise(
    mean_turns: float, turns_cv: float, per_call: float, tries: Attempts, cost_cv: float
) -> UnitNoise:
    """Return how much a month's units vary by chance, at the beliefs' means.

    Units of a call are Poisson (an assumption). A turn of B billed calls has u B
    of them on average, variance u E[B] + u^2 Var(B); a conversation of K turns K
    times that, and (u E[B])^2 Var(K) besides. Sums over a Poisson number of
    conversations have correlation E[C U] / sqrt(E[C^2] E[U^2]) with the tokens'
    cost C, where C is taken as proportional to K and B (with a resent history it
    grows faster, and they move together a little more).
    """
    if per_call == 0:
        return UnitNoise(0.0, 1.0)
    pmf = count_pmf(max(mean_turns, 1.0), turns_cv)
    turns = np.arange(1, pmf.size + 1, dtype=np.float64)
    mean, retries = float(pmf @ turns), float(tries.relative_variance[0])
    shared = float(pmf @ (turns - mean) ** 2) / mean**2 + retries / mean
    cv2 = shared + 1 / (per_call * float(tries.billed[0]) * mean)
    with_cost = (1 + shared) / math.sqrt((1 + cost_cv**2) * (1 + cv2))
    return UnitNoise(math.sqrt(cv2), min(1.0, with_cost))


def _charged_shares(memo: Memo, uses: Sequence[_Use]) -> dict[str, Array]:
    """Return for every allowance which share of the units drawing on it is charged."""
    members: dict[str, list[tuple[_Use, Drawing]]] = {}
    for use in uses:
        for drawing in use.rates.drawings:
            members.setdefault(drawing.pool, []).append((use, drawing))
    charged = {}
    for pool, drawn in members.items():
        _check_agreement(pool, [drawing for _, drawing in drawn])
        charged[pool] = memo(
            charged_share,
            tuple(use.count for use, _ in drawn),
            tuple(drawing.share for _, drawing in drawn),
            tuple(drawing.allowance for _, drawing in drawn),
        )
    return charged


def _check_agreement(pool: str, drawings: Sequence[Drawing]) -> None:
    for stated in zip(*(drawing.stated for drawing in drawings), strict=True):
        differing = {each for each in stated if each}
        if len(differing) > 1:
            told = sorted({f"{n:,} a {period}" for each in differing for n, period in each})
            fix = "state the same count and period for each member"
            raise InputError(Problem(" and ".join(told), f"one allowance for the {pool}", fix))


def charged_share(
    counts: tuple[Array, ...], shares: tuple[Array, ...], allowances: tuple[Array, ...]
) -> Array:
    """Return which share of a month's units is charged, max(total - free, 0) / total.

    Which of several lanes uses up the allowance first is not known, so all are
    charged the same share (an assumption, without effect where their prices are
    the same).

    Parameters
    ----------
    counts : tuple of array (months, draws)
        Units of each lane.
    shares : tuple of array (months, 1)
        The part of them that draws on the allowance.
    allowances : tuple of array (months, 1)
        Free units as each lane's price states them; the largest applies.

    Returns
    -------
    array (months, draws)
        1 where nothing is used: the price of the first unit above the allowance.
    """
    free = np.max(np.stack(np.broadcast_arrays(*allowances)), axis=0)
    number = len(counts)

    def of_month(free: Array, *columns: Array) -> Array:
        drawn = [n * share for n, share in zip(columns[:number], columns[number:], strict=True)]
        total = drawn[0]
        for more in drawn[1:]:
            total = total + more
        left = np.maximum(total - free, 0.0)
        return np.divide(left, total, out=np.ones_like(left), where=total > 0.0)

    return by_month(of_month, free, *counts, *shares)


def _charge(memo: Memo, use: _Use, charged: dict[str, Array]) -> LaneUnits:
    rates = use.rates
    price = rates.plain
    if rates.drawings:
        shares = tuple(charged[drawing.pool] for drawing in rates.drawings)
        price = memo(_net_price, rates.plain, tuple(d.usd for d in rates.drawings), shares)
    return LaneUnits(
        use.per_call, use.per_turn, use.count, rates, price, memo(_times, use.count, price)
    )


def _net_price(plain: Array, usd: tuple[Array, ...], charged: tuple[Array, ...]) -> Array:
    price = plain
    for each, share in zip(usd, charged, strict=True):
        price = price + each * share
    return price


def _times(count: Array, price: Array) -> Array:
    return np.asarray(count * price)


def _charged_flow(memo: Memo, flow: LaneFlow, units: dict[str, LaneUnits]) -> LaneFlow:
    if not units:
        return flow
    spend = memo(_sum, flow.spend, tuple(each.usd for each in units.values()))
    return replace(flow, spend=spend, on_tokens=flow.spend, units=units)


def _sum(first: Array, others: tuple[Array, ...]) -> Array:
    total = first
    for other in others:
        total = total + other
    return total
