"""The ledger: what every lane turns, calls, sends and costs in every month and future."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import Demand
from costmodel.engine.rates import METERS, MonthlyRates
from costmodel.engine.requests import RequestShape
from costmodel.engine.unit_rates import UnitRates

Array = npt.NDArray[np.float64]

NO_CALL = "no call"
"""Stands for the model of a lane that calls none: what a response cache answers."""
DIMENSIONS = ("segment", "feature", "model", "meter", "lane")


@dataclass(frozen=True)
class Lane:
    """One stream of turns: a segment's use of a step of a feature, on one path."""

    segment: str
    feature: str
    step: str
    path: str
    model: str

    def __str__(self) -> str:
        return f"{self.segment}/{self.feature}/{self.step}/{self.path}"


PER_MILLION = 1e-6


@dataclass(frozen=True, eq=False)
class RateLevel:
    """Mean tokens per call, (months, draws), that pay a level of rates.

    The first level holds every token at the base rates; each further one the
    tokens of calls above a threshold, at what crossing it adds.
    """

    input: Array
    output: Array
    rates: dict[str, Array]


@dataclass(frozen=True, eq=False)
class StepCost:
    """What a turn of a step costs, shared by its lanes: arrays (months, draws)."""

    shape: RequestShape
    total: Array
    """USD per turn."""
    cached: Array
    """Share of a call's input read from the provider's cache, (draws,)."""
    written: Array
    levels: tuple[RateLevel, ...]
    crossing: Array
    """Share of calls above a long-context threshold."""
    too_long: Array
    """Share of calls longer than the model accepts."""
    rates: MonthlyRates

    @property
    def shares(self) -> tuple[Array, Array, Array]:
        """Shares of a call's input by meter: plain, cached, written."""
        return 1 - self.cached - self.written, self.cached, self.written

    @cached_property
    def by_meter(self) -> dict[str, Array]:
        """USD per turn by meter; they sum to `total`."""
        inputs, outputs = (
            whole * PER_MILLION for whole in (self.shape.tries.inputs, self.shape.tries.outputs)
        )
        usd = dict.fromkeys(METERS, np.zeros((1, 1)))
        for level in self.levels:
            for meter, share in zip(METERS, self.shares, strict=False):
                usd[meter] = usd[meter] + level.input * (inputs * share * level.rates[meter])
            usd["output"] = usd["output"] + level.output * (outputs * level.rates["output"])
        return usd


@dataclass(frozen=True, eq=False)
class LaneUnits:
    """One unit that is not a token, as a lane uses it; arrays (months, draws), broadcastable."""

    per_call: Array
    """Units of a billed call, (draws,)."""
    per_turn: Array
    """Units of a turn, those of answers asked for again included, (draws,)."""
    count: Array
    """Units of the month, with the chance of a finite population."""
    rates: UnitRates
    price: Array
    """USD per unit after what is free, the same for all that share it."""

    @cached_property
    def usd(self) -> Array:
        """What the units of the month cost: (months, draws)."""
        return np.asarray(self.count * self.price)


@dataclass(frozen=True, eq=False)
class LaneFlow:
    """A lane's turns and dollars; arrays (months, draws)."""

    lane: Lane
    demand: Demand
    token_spend: Array
    """What its tokens cost."""
    step: StepCost
    units: Mapping[str, LaneUnits] = field(default_factory=dict)
    """Units that are not tokens, by name."""
    charges: Mapping[str, Array] = field(default_factory=dict)
    """USD of the month that hang on neither: lookups of a response cache, storage of a prompt's."""
    between: Array | float = 0.0
    """Relative variance between people of the turns they are answered."""

    @cached_property
    def spend(self) -> Array:
        """What tokens, units and the rest cost."""
        spend = self.token_spend
        for use in self.units.values():
            spend = spend + use.usd
        for usd in self.charges.values():
            spend = spend + usd
        return spend

    @property
    def usd_per_turn(self) -> Array:
        """What a turn costs, units net of the free ones included."""
        total = self.step.total
        for use in self.units.values():
            total = total + use.per_turn * use.price
        return total

    @property
    def turns(self) -> Array:
        """Expected turns, before the chance of a finite population."""
        return self.demand.turns

    @property
    def calls(self) -> Array:
        """Billed requests."""
        return np.asarray(self.turns * self.step.shape.tries.billed)

    @property
    def attempts(self) -> Array:
        """Requests, unbilled transport errors included: what rate limits count."""
        return np.asarray(self.turns * self.step.shape.tries.tried)

    def tokens(self) -> dict[str, Array]:
        """Billed tokens by meter: (months, draws)."""
        shape, turns = self.step.shape, self.turns
        sent = turns * shape.tries.inputs * shape.input
        inputs = [sent * share for share in self.step.shares]
        received = turns * shape.tries.outputs * shape.output
        return dict(zip(METERS, [*inputs, received], strict=True))

    def meters(self) -> dict[str, Array]:
        """Dollars by meter; they sum to `spend`."""
        spend = self.token_spend
        per_usd = np.divide(
            spend,
            self.step.total,
            out=np.zeros(np.broadcast(spend, self.step.total).shape),
            where=self.step.total > 0,
        )
        tokens = {meter: usd * per_usd for meter, usd in self.step.by_meter.items()}
        return tokens | {name: use.usd for name, use in self.units.items()} | dict(self.charges)


@dataclass(frozen=True, eq=False)
class Ledger:
    """Every lane of a projection."""

    lanes: tuple[LaneFlow, ...]
    months: int
    draws: int
    unit_spend: Array | None = None
    """What the units of all lanes cost, (months, draws); None where there are none."""

    @cached_property
    def total(self) -> Array:
        """Spend of all lanes, USD: (months, draws)."""
        total = np.zeros((self.months, self.draws))
        for flow in self.lanes:
            total += flow.token_spend
            for usd in flow.charges.values():
                total += usd
        if self.unit_spend is not None:
            total += self.unit_spend
        return total

    def by(self, dimension: str) -> dict[str, Array]:
        """Return spend summed by "segment", "feature", "model", "meter" or "lane"."""
        sums: dict[str, Array] = {}
        for flow in self.lanes:
            parts = (
                flow.meters()
                if dimension == "meter"
                else {self._key(flow.lane, dimension): flow.spend}
            )
            for key, usd in parts.items():
                if key not in sums:
                    sums[key] = np.zeros((self.months, self.draws))
                sums[key] += usd
        return sums

    @staticmethod
    def _key(lane: Lane, dimension: str) -> str:
        return str(lane) if dimension == "lane" else str(getattr(lane, dimension))
