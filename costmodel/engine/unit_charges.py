"""Charges of a month's units: counted by lane, free ones taken off, and given back to lanes.

What is free is taken from the month's total of all lanes that share it, in
every future, so that it counts once: the one thing that couples features.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.ledger import NO_CALL, LaneFlow, LaneUnits, Ledger
from costmodel.engine.memo import Memo
from costmodel.engine.noise import noisy_spend, people_noise, plain_spend
from costmodel.engine.rows import by_month
from costmodel.engine.unit_noise import UnitNoise, noise_of
from costmodel.engine.unit_rates import Drawing, UnitRates, differing, unit_rates
from costmodel.engine.world import World
from costmodel.prices.book import PriceBook

Array = npt.NDArray[np.float64]


def ledger_with_units(
    world: World, memo: Memo, book: PriceBook, flows: tuple[LaneFlow, ...]
) -> Ledger:
    """Return the ledger of lanes, with their units and what these cost.

    Raises
    ------
    PriceNotKnownError
        If a unit has no price in some month.
    InputError
        If the members of a group state different allowances.
    """
    months, draws = world.scenario.months, world.draws
    uses = _uses(world, memo, book, flows)
    if not uses:
        return Ledger(flows, months, draws)
    prices = _net_prices(memo, uses)
    charged: dict[int, dict[str, LaneUnits]] = {}
    for use, price in zip(uses, prices, strict=True):
        one = use.of
        units = LaneUnits(one.per_call, one.per_turn, use.count, one.rates, price)
        charged.setdefault(use.lane, {})[one.unit] = units
    lanes = tuple(
        replace(flow, units=charged[lane]) if lane in charged else flow
        for lane, flow in enumerate(flows)
    )
    spend = memo(_spend, tuple(use.count for use in uses), prices)
    return Ledger(lanes, months, draws, spend)


def _spend(counts: tuple[Array, ...], prices: tuple[Array, ...]) -> Array:
    """Return what all units cost together: (months, draws)."""
    alike: dict[int, tuple[Array, list[Array]]] = {}
    for count, price in zip(counts, prices, strict=True):
        alike.setdefault(id(price), (price, []))[1].append(count)

    def of_month(price: Array, *counts: Array) -> Array:
        return np.asarray(_total(counts) * price)

    return _total([by_month(of_month, price, *several) for price, several in alike.values()])


def _total(arrays: Sequence[Array]) -> Array:
    total = arrays[0]
    for more in arrays[1:]:
        total = total + more
    return total


@dataclass(frozen=True, eq=False)
class _StepUnit:
    """One unit of one step, alike in all its lanes."""

    unit: str
    per_call: Array
    per_turn: Array
    rates: UnitRates
    noise: UnitNoise


@dataclass(frozen=True, eq=False)
class _Use:
    """One unit that one lane uses."""

    lane: int
    of: _StepUnit
    count: Array


def _uses(world: World, memo: Memo, book: PriceBook, flows: tuple[LaneFlow, ...]) -> list[_Use]:
    steps: dict[tuple[str, ...], list[_StepUnit]] = {}
    uses = []
    for lane, flow in enumerate(flows):
        if flow.lane.model == NO_CALL:
            continue
        key = (flow.lane.feature, flow.lane.step, flow.lane.path, flow.lane.model)
        if key not in steps:
            steps[key] = _of_step(world, memo, book, flow)
        uses += [_Use(lane, one, _count(world, memo, flow, one)) for one in steps[key]]
    return uses


def _of_step(world: World, memo: Memo, book: PriceBook, flow: LaneFlow) -> list[_StepUnit]:
    scenario, name = world.scenario, flow.lane.feature
    feature = scenario.features[name]
    step = dict(feature.steps)[flow.lane.step]
    found = []
    for unit, belief in step.units.stated.items():
        per_call = world.value(f"features.{name}.units.{unit}", belief)
        per_turn = memo(_of_turn, per_call, flow.step.shape.tries.billed)
        rates = unit_rates(book, scenario.start, scenario.months, flow.lane.model, unit)
        noise = noise_of(world, memo, name, feature, step, belief.mean)
        found.append(_StepUnit(unit, per_call, per_turn, rates, noise))
    return found


def _of_turn(per_call: Array, billed: Array) -> Array:
    """Return the units of a turn: every billed call uses them, a malformed answer's too."""
    return np.asarray(per_call * billed)


def _count(world: World, memo: Memo, flow: LaneFlow, one: _StepUnit) -> Array:
    """Return a lane's units of each month, (months, draws), with the noise of its people."""
    if "spread" not in world.uncertainty:
        return memo(plain_spend, *flow.demand.factors, one.per_turn)
    feature, segment = flow.lane.feature, flow.lane.segment
    scores = memo(
        _blend,
        world.conversation_scores(segment, feature),
        world.unit_scores(segment, feature, one.unit),
        one.noise.with_turns,
    )
    people = memo(people_noise, flow.demand.active, flow.between, world.people_scores(segment))
    turns = flow.step.shape.turns
    return memo(
        noisy_spend, *flow.demand.factors, one.per_turn, people, turns, one.noise.cv, scores
    )


def _blend(shared: Array, alone: Array, correlation: float) -> Array:
    return np.asarray(correlation * shared + math.sqrt(1 - correlation**2) * alone)


def _charged_shares(memo: Memo, uses: Sequence[_Use]) -> dict[str, Array]:
    """Return for every allowance which share of the units drawing on it is charged."""
    members: dict[str, list[tuple[_Use, Drawing]]] = {}
    for use in uses:
        for drawing in use.of.rates.drawings:
            members.setdefault(drawing.pool, []).append((use, drawing))
    charged = {}
    for pool, drawn in members.items():
        memo(_check_agreement, pool, *(drawing for _, drawing in drawn))
        charged[pool] = memo(
            charged_share,
            tuple(use.count for use, _ in drawn),
            tuple(drawing.share for _, drawing in drawn),
            tuple(drawing.allowance for _, drawing in drawn),
        )
    return charged


def _check_agreement(pool: str, *drawings: Drawing) -> None:
    for stated in zip(*(drawing.stated for drawing in drawings), strict=True):
        found = {each for each in stated if each}
        if len(found) > 1:
            raise differing(pool, (terms for each in found for terms in each))


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
    drawn = [n if (part == 1).all() else n * part for n, part in zip(counts, shares, strict=True)]

    def of_month(free: Array, *drawn: Array) -> Array:
        total = _total(drawn)
        left = np.maximum(total - free, 0.0)
        return np.divide(left, total, out=np.ones_like(left), where=total > 0.0)

    return by_month(of_month, free, *drawn)


def _net_prices(memo: Memo, uses: Sequence[_Use]) -> tuple[Array, ...]:
    """Return for each use the price of a unit after what is free, (months, draws)."""
    charged = _charged_shares(memo, uses)

    def net(rates: UnitRates) -> Array:
        if not rates.drawings:
            return rates.price
        shares = tuple(charged[drawing.pool] for drawing in rates.drawings)
        return memo(_net_price, rates.plain, tuple(d.usd for d in rates.drawings), shares)

    return tuple(net(use.of.rates) for use in uses)


def _net_price(plain: Array, usd: tuple[Array, ...], charged: tuple[Array, ...]) -> Array:
    price = plain
    for each, share in zip(usd, charged, strict=True):
        price = price + each * share
    return price
