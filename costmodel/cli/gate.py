"""A quantile held against the budget: what decides the exit code of `costmodel run`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from costmodel.engine.distribution import Distribution
from costmodel.engine.figures import quantile_name
from costmodel.foundation.converted import amount_in
from costmodel.foundation.errors import InputError, Problem
from costmodel.report.amounts import DOLLARS, Amounts, amounts_of
from costmodel.report.wording import compared, usd_beside

if TYPE_CHECKING:
    from costmodel.engine.projection import Projection


@dataclass(frozen=True)
class Gate:
    """A quantile held against a budget."""

    quantile: float
    usd: float
    budget_usd: float
    period: str
    compared: str
    """What the quantile is of, in words."""
    money: Amounts = DOLLARS
    """How amounts are shown."""

    @property
    def over(self) -> bool:
        """Whether the quantile lies above the budget."""
        return self.usd > self.budget_usd

    def __str__(self) -> str:
        verdict = ("within", "not above") if not self.over else ("over", "above")
        return (
            f"{verdict[0]} budget: {quantile_name(self.quantile)} of {self.compared} is "
            f"{usd_beside(self.usd, self.budget_usd, self.money)}, {verdict[1]} "
            f"{usd_beside(self.budget_usd, self.usd, self.money)}"
        )

    def figures(self) -> dict[str, Any]:
        """Return the comparison as plain data."""
        return {
            "quantile": quantile_name(self.quantile),
            f"dearest_{self.period}_usd": self.usd,
            "budget_usd": self.budget_usd,
            "over": self.over,
            **self._in_own_currency(),
        }

    def _in_own_currency(self) -> dict[str, Any]:
        if self.money is DOLLARS:
            return {}
        own = self.money.currency.of
        return {
            "in_own_currency": {
                "code": self.money.code,
                f"dearest_{self.period}": own(self.usd),
                "budget": amount_in(self.money.currency, self.budget_usd),
            }
        }


def held_against_budget(projection: Projection, quantile: float) -> Gate:
    """Hold a quantile of the dearest month, or year, against the scenario's budget.

    Raises
    ------
    InputError
        If the scenario has no budget.
    """
    budget = projection.scenario.budget
    if budget is None:
        raise InputError(
            Problem(
                "--quantile without a budget",
                "a budget to hold it against",
                "add --budget 5000, or budget: $5k per month to the scenario",
            )
        )
    monthly = budget.period == "month"
    spend = projection.dearest_month if monthly else Distribution(projection.dearest_year)
    held = spend.quantile(quantile)
    money = amounts_of(projection.scenario)
    return Gate(quantile, held, budget.usd, budget.period, compared(projection), money)
