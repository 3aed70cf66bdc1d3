"""Reserved capacity in a price file: what a unit serves, and what it costs for which term."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from costmodel.prices.records import Confidence, Count, Name, Rate, Record, Sources

HOURS_PER_MONTH = 8760 / 12
"""The mean month of a year of 365 days: 730 hours."""

TERM_MONTHS = {"hourly": 0, "month": 1, "half_year": 6, "year": 12}
"""Months one is bound for; hourly capacity can be given back at any time."""

TermName = Literal["hourly", "month", "half_year", "year"]


class TermPrice(Record):
    """The price of one unit for one term, by the hour, the month or the whole term.

    Parameters
    ----------
    usd : float, optional
        USD per unit for the time that names the term: an hour, a month, half a
        year, a year.
    usd_per_hour, usd_per_month : float, optional
        USD per unit where a longer term is billed by the hour or the month.
    confidence : str, optional
        Who says so; absent where the source does.
    """

    usd: Rate | None = None
    usd_per_hour: Rate | None = None
    usd_per_month: Rate | None = None
    confidence: Confidence | None = None
    note: str | None = None
    src: Sources = ()

    @model_validator(mode="after")
    def _one_price(self) -> TermPrice:
        given = [self.usd, self.usd_per_hour, self.usd_per_month]
        if sum(price is not None for price in given) != 1:
            raise ValueError("exactly one of usd, usd_per_hour and usd_per_month")
        return self

    def monthly(self, term: str, hours: float) -> float:
        """Return USD per unit for a month of `hours` hours."""
        if self.usd_per_hour is not None:
            return self.usd_per_hour * hours
        if self.usd_per_month is not None:
            return self.usd_per_month
        assert self.usd is not None
        return self.usd * hours if term == "hourly" else self.usd / TERM_MONTHS[term]


class Commitment(Record):
    """Capacity a provider sells by the unit.

    Parameters
    ----------
    id : str
        Such as ``ptu-global``.
    unit : str
        What it is called: PTU, GSU, model unit.
    models : tuple of str, optional
        The models it serves, by id; absent: every model with a `capacity`.
    min_units, increment : int
        The fewest units sold, and the step above them.
    price : mapping of str to TermPrice
        By term: hourly, month, half_year, year.
    """

    id: Name
    unit: Name
    models: tuple[Name, ...] | None = None
    min_units: Count = 1
    increment: Count = 1
    price: dict[TermName, TermPrice] = Field(min_length=1)
    note: str | None = None
    src: Sources = Field(min_length=1)


class Capacity(Record):
    """What one unit serves of a model.

    Parameters
    ----------
    input_tpm_per_unit : float
        Weighted input tokens per minute.
    output_weight, cached_weight : float
        How many fresh input tokens an output token, and a cached one, count as.
    """

    input_tpm_per_unit: float = Field(gt=0, strict=True, allow_inf_nan=False)
    output_weight: Rate
    cached_weight: Rate = 0.0
    confidence: Confidence | None = None
    note: str | None = None
    src: Sources = Field(min_length=1)
