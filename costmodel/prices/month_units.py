"""The unit prices of a calendar month: searches, images and others, by the days they apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from costmodel.foundation.errors import PriceNotKnownError, did_you_mean
from costmodel.prices.charges import UnitPrice
from costmodel.prices.instants import month_bounds
from costmodel.prices.offers import ModelPrices
from costmodel.prices.stretches import Find, eras


@dataclass(frozen=True)
class UnitShare:
    """The price of one unit in a part of a month.

    Parameters
    ----------
    share : float
        The part of the month's time, and so of its units; the shares of a month sum to 1.
    model : str
        Whose price it is: the model's own, or that of its successor.
    price : UnitPrice
        USD for so many, and what is free.
    """

    share: float
    model: str
    price: UnitPrice


@dataclass(frozen=True)
class MonthUnits:
    """What one model charges for units that are not tokens in one calendar month.

    Parameters
    ----------
    model : str
        As ``provider/id``.
    month : str
        Such as ``2026-12``.
    days : int
        Days of the month: how often a daily allowance counts.
    parts : tuple of (float, str, mapping of str to UnitPrice)
        Share of the month, the model that prices it, and its unit prices.
    """

    model: str
    month: str
    days: int
    parts: tuple[tuple[float, str, Mapping[str, UnitPrice]], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The units that have a price throughout the month."""
        first = self.parts[0][2]
        return tuple(name for name in first if all(name in priced for *_, priced in self.parts))

    def __getitem__(self, name: str) -> tuple[UnitShare, ...]:
        """Return the prices of a unit in the month, in order.

        Raises
        ------
        PriceNotKnownError
            If the unit has no price in some part of the month; it names those
            there are. An unknown unit is never free.
        """
        for _, model, priced in self.parts:
            if name not in priced:
                raise PriceNotKnownError(no_unit(model, name, priced, f" in {self.month}"))
        return tuple(UnitShare(share, model, priced[name]) for share, model, priced in self.parts)

    def usd(self, name: str) -> float:
        """Return the price of one unit, weighted by days, before any is free, USD."""
        return sum(part.share * part.price.usd / part.price.per for part in self[name])


def no_unit(model: str, name: str, known: Iterable[str], when: str = "") -> str:
    """Return the message that a model has no price for a unit, with those there are."""
    known = list(known)
    listed, hint = ", ".join(known) or "none", did_you_mean(name, known)
    text = f"{model} has no price for unit '{name}'{when}; units there are: {listed}"
    return text + (f"; {hint}" if hint else "")


def month_units(find: Find, prices: ModelPrices, year: int, month: int) -> MonthUnits:
    """Return a month's unit prices with the share of the month each applies.

    As for tokens: announced periods count from their start, withdrawn ones
    never, the month in which a model starts is priced whole at its first price,
    and from a retirement on the named successor prices the month.

    Parameters
    ----------
    find : callable
        Returns the prices of a successor by its name.
    prices : ModelPrices
        The model.
    year, month : int
        The calendar month, in UTC.

    Raises
    ------
    PriceNotKnownError
        If the model has no price in some of the month.
    """
    start, end = month_bounds(year, month)
    found = tuple(eras(find, prices, start, end))
    whole = sum((era.until - era.since).total_seconds() for era in found)
    parts = tuple(
        ((era.until - era.since).total_seconds() / whole, era.prices.id, era.period.units)
        for era in found
    )
    return MonthUnits(prices.id, f"{year}-{month:02d}", (end - start).days, parts)
