"""What another snapshot of prices does to scenarios, in dollars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from costmodel.engine.expected import expected
from costmodel.foundation.errors import PriceNotKnownError, UnknownModelError
from costmodel.foundation.months import Month
from costmodel.prices.book import PriceBook
from costmodel.scenario.schema import Scenario


@dataclass(frozen=True)
class Outlay:
    """The expected cost of a scenario at one book's prices, all uncertainty off, USD."""

    total_usd: float
    dearest_month: Month
    dearest_month_usd: float


@dataclass(frozen=True)
class Repricing:
    """A scenario at two books' prices.

    Parameters
    ----------
    scenario : str
        Its name.
    old, new : Outlay or str
        What it costs, or in words why that is not known.
    """

    scenario: str
    old: Outlay | str
    new: Outlay | str

    @property
    def total_change_usd(self) -> float | None:
        """New less old over all months; None where either is not known."""
        if isinstance(self.old, str) or isinstance(self.new, str):
            return None
        return self.new.total_usd - self.old.total_usd

    @property
    def dearest_change_usd(self) -> float | None:
        """New less old of the dearest months, which need not be the same month."""
        if isinstance(self.old, str) or isinstance(self.new, str):
            return None
        return self.new.dearest_month_usd - self.old.dearest_month_usd


def reprice(
    scenarios: Mapping[str, Scenario], old: PriceBook, new: PriceBook
) -> tuple[Repricing, ...]:
    """Return what each scenario is expected to cost at the prices of two books.

    The closed form at the means, as `expected`: the scenario's baseline, without
    strategies. The snapshot a scenario names plays no part.
    """
    return tuple(
        Repricing(name, _outlay(scenario, old), _outlay(scenario, new))
        for name, scenario in scenarios.items()
    )


def _outlay(scenario: Scenario, book: PriceBook) -> Outlay | str:
    try:
        cost = expected(scenario, prices=book)
    except (UnknownModelError, PriceNotKnownError) as error:
        return str(error)
    usd, month = max(zip(cost.by_month, cost.months, strict=True), key=lambda each: each[0])
    return Outlay(cost.total, month, usd)
