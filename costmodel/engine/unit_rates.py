"""Monthly prices of units that are not tokens, and who shares what is free of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.months import Month
from costmodel.prices.book import PriceBook
from costmodel.prices.charges import FreeUnits
from costmodel.prices.month_units import UnitShare

Array = npt.NDArray[np.float64]

Stated = tuple[frozenset[tuple[int, str]], ...]
"""By month, the allowances that apply in it: count and period."""


@dataclass(frozen=True, eq=False)
class Drawing:
    """What one model's unit draws on one allowance; arrays (months, 1)."""

    pool: str
    """Who shares the allowance: one unit of one model, or a group of a provider."""
    share: Array
    """Part of the month's units that draw on it: 1, unless the model retires in the month."""
    usd: Array
    """Price of that part, USD per unit of the whole month's."""
    allowance: Array
    """Free units of the month; a daily allowance counts once for each day it applies."""
    stated: Stated


@dataclass(frozen=True, eq=False)
class UnitRates:
    """Prices of one unit of one model in each month; arrays (months, 1).

    Parameters
    ----------
    model, unit : str
    price : array
        USD per unit before any is free, weighted by days.
    plain : array
        The part of `price` that no allowance lowers.
    drawings : tuple of Drawing
        The other parts, by allowance: their `usd` and `plain` sum to `price`.
    sources : tuple of str
        Where the prices come from, in words.
    notes : tuple of str
        What is taken for granted about free units.
    moves : tuple of (int, float, float)
        Each change of price: the month, counted from 1, and USD per unit before and after.
    """

    model: str
    unit: str
    price: Array
    plain: Array
    drawings: tuple[Drawing, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    moves: tuple[tuple[int, float, float], ...]


@lru_cache(maxsize=128)
def unit_rates(book: PriceBook, start: Month, count: int, model: str, unit: str) -> UnitRates:
    """Resolve the prices of a model's unit for `count` months; kept per book.

    Where a price changes within a month, the month's units are priced by the
    days each applies. A monthly allowance is the whole month's; where its size
    changes, by days too.

    Raises
    ------
    UnknownModelError, PriceNotKnownError
        If the model or a month's price of the unit is not in the book.
    """
    priced = [book.month_units(model, m.year, m.month) for m in _months(start, count)]
    parts = [month[unit] for month in priced]
    days = [month.days for month in priced]
    every = list(dict.fromkeys(_pool(part, unit) for month in parts for part in month))
    plain = _usd(parts, "", unit)
    drawings = tuple(_drawing(parts, days, pool, unit) for pool in every if pool)
    price = plain + sum(drawing.usd for drawing in drawings)
    everywhere = [part for month in parts for part in month]
    sources = tuple(dict.fromkeys(word for part in everywhere for word in part.price.src))
    notes = tuple(dict.fromkeys(_notes(everywhere, unit)))
    moves = tuple(_moves(parts))
    return UnitRates(priced[0].model, unit, price, plain, drawings, sources, notes, moves)


def _moves(parts: list[tuple[UnitShare, ...]]) -> Iterator[tuple[int, float, float]]:
    prices = [
        (number, part.price.usd / part.price.per)
        for number, month in enumerate(parts, start=1)
        for part in month
    ]
    for (_, before), (number, after) in pairwise(prices):
        if before != after:
            yield number, before, after


def _months(start: Month, count: int) -> Iterator[Month]:
    return (start.plus(row) for row in range(count))


def _pool(part: UnitShare, unit: str) -> str:
    """Return the name of the allowance a price draws on; empty if nothing is free."""
    if part.price.free is None:
        return ""
    group = part.price.free.shared_group
    if group is None:
        return f"{unit} of {part.model}"
    return f"group {group} of {part.model.partition('/')[0]}"


def _column(values: list[float]) -> Array:
    return np.array(values)[:, None]


def _of(month: tuple[UnitShare, ...], pool: str, unit: str) -> list[UnitShare]:
    return [part for part in month if _pool(part, unit) == pool]


def _usd(parts: list[tuple[UnitShare, ...]], pool: str, unit: str) -> Array:
    return _column(
        [
            sum((p.share * (p.price.usd / p.price.per) for p in _of(month, pool, unit)), 0.0)
            for month in parts
        ]
    )


def _drawing(parts: list[tuple[UnitShare, ...]], days: list[int], pool: str, unit: str) -> Drawing:
    drawn = [_of(month, pool, unit) for month in parts]
    return Drawing(
        pool,
        share=_column([sum((p.share for p in month), 0.0) for month in drawn]),
        usd=_usd(parts, pool, unit),
        allowance=_column([_allowance(month, n) for month, n in zip(drawn, days, strict=True)]),
        stated=tuple(frozenset(_stated(part) for part in month) for month in drawn),
    )


def _free(part: UnitShare) -> FreeUnits:
    free = part.price.free
    assert free is not None
    return free


def _stated(part: UnitShare) -> tuple[int, str]:
    return _free(part).count, _free(part).period


def _allowance(drawn: list[UnitShare], days: int) -> float:
    """Return the free units of a month: a monthly allowance whole, a daily one for its days."""
    whole = sum(part.share for part in drawn)
    return sum(
        _free(p).count * p.share * (days if _free(p).period == "day" else 1 / whole) for p in drawn
    )


def differing(pool: str, stated: Iterable[tuple[int, str]]) -> InputError:
    """Return the error of models that share an allowance and state different ones."""
    told = " and ".join(f"{count:,} a {period}" for count, period in sorted(set(stated)))
    fix = "state the same count and period for each member"
    return InputError(Problem(told, f"one allowance for the {pool}", fix, "free"))


def _notes(parts: list[UnitShare], unit: str) -> Iterator[str]:
    for part in parts:
        free = part.price.free
        if free is None:
            continue
        group = free.shared_group
        shared = f", shared by the models of {group}" if group is not None else ""
        even = ", used evenly over its days" if free.period == "day" else ""
        yield (
            f"{free.count:,} {unit} of {part.model} are free each {free.period}{shared}: taken to "
            f"be this scenario's alone{even}; other use of the same account makes it dearer"
        )
