"""The closed form of a month's units: counted at the means, free ones taken off the total.

Written apart from the simulation, one number at a time. What is left after an
allowance is convex in the units used, so with anything uncertain this is a
lower bound of the mean: some months use more than is free though the average
month does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from costmodel.engine.expected_attempts import mean_attempts, mean_fallback
from costmodel.engine.ledger import Lane
from costmodel.engine.unit_rates import differing
from costmodel.foundation.months import Month
from costmodel.prices.book import PriceBook
from costmodel.prices.month_units import UnitShare
from costmodel.scenario.schema import Scenario


def unit_meters(
    scenario: Scenario,
    book: PriceBook,
    months: Sequence[Month],
    lanes: Sequence[tuple[Lane, Sequence[float]]],
) -> list[list[dict[str, float]]]:
    """Return what units cost by lane, month and unit, USD, net of the free ones.

    Parameters
    ----------
    lanes : sequence of (Lane, sequence of float)
        Each lane with its turns by month.

    Raises
    ------
    PriceNotKnownError
        If a unit has no price in a month.
    InputError
        If models that share an allowance state different ones.
    """
    meters: list[list[dict[str, float]]] = [[{} for _ in months] for _ in lanes]
    for row, month in enumerate(months):
        used = [
            _Used(number, lane.model, unit, turns[row] * per_turn)
            for number, (lane, turns) in enumerate(lanes)
            for unit, per_turn in _per_turn(scenario, lane).items()
        ]
        for (number, unit), usd in _charges(book, month, used).items():
            meters[number][row][unit] = usd
    return meters


def _per_turn(scenario: Scenario, lane: Lane) -> dict[str, float]:
    step = dict(scenario.features[lane.feature].steps)[lane.step]
    tries = mean_attempts(step.failures)
    billed = tries.billed
    if lane.path == "fallback":
        billed = mean_fallback(step.failures).billed / tries.failed if tries.failed > 0 else 0.0
    return {unit: belief.mean * billed for unit, belief in step.units.stated.items()}


@dataclass(frozen=True)
class _Used:
    """One unit that one lane uses in a month."""

    lane: int
    model: str
    unit: str
    count: float


def _charges(book: PriceBook, month: Month, used: Sequence[_Used]) -> dict[tuple[int, str], float]:
    pools: dict[tuple[str, ...], _Pool] = {}
    priced = [book.month_units(use.model, month.year, month.month)[use.unit] for use in used]
    for use, parts in zip(used, priced, strict=True):
        for pool, drawn in _by_pool(use.unit, parts).items():
            pools.setdefault(pool, _Pool()).add(use.count, drawn, month.days)
    return {
        (use.lane, use.unit): sum(
            use.count * part.share * part.price.usd / part.price.per * _charged(pools, use, part)
            for part in parts
        )
        for use, parts in zip(used, priced, strict=True)
    }


class _Pool:
    """Everything of a month that draws on one allowance."""

    def __init__(self) -> None:
        self.total = 0.0
        self.free = 0.0
        self.stated: set[tuple[int, str]] | None = None

    def add(self, count: float, drawn: Sequence[UnitShare], days: int) -> None:
        """Add a lane's units, with the prices that part of them has here."""
        whole = sum(part.share for part in drawn)
        free = 0.0
        stated: set[tuple[int, str]] = set()
        for part in drawn:
            terms = part.price.free
            assert terms is not None
            stated.add((terms.count, terms.period))
            per_month = 1 / whole if terms.period == "month" else days
            free += terms.count * part.share * per_month
        if self.stated is not None and self.stated != stated:
            group = drawn[0].price.free and drawn[0].price.free.shared_group
            pool = f"group {group} of {drawn[0].model.split('/')[0]}"
            raise differing(pool, self.stated | stated)
        self.stated = stated
        self.total += count * whole
        self.free = max(self.free, free)

    @property
    def charged(self) -> float:
        """The share of the units that is charged."""
        return max(self.total - self.free, 0.0) / self.total if self.total > 0 else 1.0


def _by_pool(unit: str, parts: Sequence[UnitShare]) -> Mapping[tuple[str, ...], list[UnitShare]]:
    found: dict[tuple[str, ...], list[UnitShare]] = {}
    for part in parts:
        if part.price.free is not None:
            found.setdefault(_pool_of(unit, part), []).append(part)
    return found


def _pool_of(unit: str, part: UnitShare) -> tuple[str, ...]:
    free = part.price.free
    assert free is not None
    if free.shared_group is not None:
        return part.model.split("/")[0], free.shared_group
    return part.model, unit, "alone"


def _charged(pools: Mapping[tuple[str, ...], _Pool], use: _Used, part: UnitShare) -> float:
    return 1.0 if part.price.free is None else pools[_pool_of(use.unit, part)].charged
