"""What may be spent: a budget that is held against the bill, or a cap that stops it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import model_validator

from costmodel.foundation import units
from costmodel.foundation.marks import Raw
from costmodel.scenario.model import Model
from costmodel.scenario.quantities import NumberOf, PeriodOf, in_unit


class Budget(Model):
    """What may be spent, in USD per calendar month or per year.

    Where it was written in the scenario's currency, `usd` is a `StatedAmount`.
    """

    usd: Annotated[float, NumberOf(units.BUDGET)]
    period: Annotated[Literal["month", "year"], PeriodOf(units.BUDGET)]

    @model_validator(mode="before")
    @classmethod
    def _written(cls, data: Raw) -> Raw:
        if isinstance(data, dict) and "usd" in data:
            return {**data, "usd": in_unit(data["usd"])}
        return {"usd": data, "period": data}
