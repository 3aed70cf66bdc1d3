"""Billing a month's searches, images, pages and other units, net of the free ones."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.charges import UnitPrice

Array = npt.NDArray[np.float64]
Key = TypeVar("Key", bound=Hashable)
"""How the caller names a unit: ``web_search``, or a pair of model and unit."""


@dataclass(frozen=True, eq=False)
class UnitBill(Generic[Key]):
    """What a month's units cost.

    Parameters
    ----------
    billed : mapping of Key to numpy.ndarray
        Units left after the free ones.
    usd : mapping of Key to numpy.ndarray
        Their price, USD.
    """

    billed: Mapping[Key, Array]
    usd: Mapping[Key, Array]

    @property
    def total(self) -> Array:
        """The price of all units, USD."""
        return np.asarray(sum(self.usd.values(), start=np.zeros(())))


def bill_units(
    prices: Mapping[Key, UnitPrice],
    counts: Mapping[Key, npt.ArrayLike],
    days: npt.ArrayLike,
) -> UnitBill[Key]:
    """Price a month's units net of the free ones.

    Prices with the same `shared_group` draw on one allowance: their counts are
    added, the free units are taken from the sum, and what is left is shared
    among them in proportion to their counts (which of several models uses up
    the allowance first is not known: an assumption, without effect where their
    prices are the same). A daily allowance counts `days` times, as if the
    month's units fell evenly on those days; on uneven days some of it is lost
    and the bill is higher.

    Parameters
    ----------
    prices : mapping of Key to UnitPrice
        The price of each unit; keys are the caller's, such as ``web_search``
        or ``("google/gemini-3.8-flash", "web_search")``.
    counts : mapping of Key to array_like
        Units of the month, under the keys of `prices`.
    days : array_like
        Days of the month on which the units are used, at most its real days.

    Returns
    -------
    UnitBill
        In the shape to which counts and days broadcast.

    Raises
    ------
    InputError
        If a count has no price, is negative or not finite, if days do not lie
        between 0 and 31, or if a group's members state different allowances.
    """
    used = {key: _count(prices, key, values) for key, values in counts.items()}
    on = _days(days)
    billed: dict[Key, Array] = {}
    for members in _pools(prices, used):
        share = _charged_share(members, prices, used, on)
        billed |= {key: used[key] * share for key in members}
    billed = {key: billed[key] for key in used}
    usd = {key: billed[key] * (prices[key].usd / prices[key].per) for key in used}
    return UnitBill(billed, usd)


def _pools(prices: Mapping[Key, UnitPrice], used: Mapping[Key, Array]) -> list[list[Key]]:
    """Return the units that share an allowance together, the others alone."""
    pools: dict[object, list[Key]] = {}
    for key in used:
        free = prices[key].free
        group = None if free is None else free.shared_group
        name: object = ("alone", key) if group is None else ("group", group)
        pools.setdefault(name, []).append(key)
    return list(pools.values())


def _charged_share(
    members: list[Key], prices: Mapping[Key, UnitPrice], used: Mapping[Key, Array], days: Array
) -> Array:
    """Return which share of the members' units is charged."""
    frees = {prices[key].free for key in members}
    if len(frees) > 1:
        raise InputError(_differing(members, prices))
    free = frees.pop()
    total = np.asarray(sum((used[key] for key in members), start=np.zeros(())))
    if free is None:
        return np.ones(np.broadcast_shapes(total.shape, days.shape))
    allowance = free.count * (days if free.period == "day" else np.ones(days.shape))
    left = np.maximum(total - allowance, 0.0)
    return np.divide(left, total, out=np.zeros(left.shape), where=total > 0.0)


def _differing(members: list[Key], prices: Mapping[Key, UnitPrice]) -> Problem:
    frees = (prices[key].free for key in members)
    told = dict.fromkeys(f"{free.count:,} a {free.period}" for free in frees if free is not None)
    first = prices[members[0]].free
    group = "" if first is None else first.shared_group
    fix = "state the same count and period for each member"
    return Problem(" and ".join(told), f"one allowance for the group '{group}'", fix, "free")


def _count(prices: Mapping[Key, UnitPrice], key: Key, values: npt.ArrayLike) -> Array:
    if key not in prices:
        known = ", ".join(map(str, prices)) or "none"
        read = f"units of '{key}', which has no price"
        raise InputError(Problem(read, f"one of {known}", "give its price as well", "counts"))
    counts = np.asarray(values, dtype=np.float64)
    if not (np.isfinite(counts).all() and (counts >= 0.0).all()):
        wrong = counts[~((counts >= 0.0) & np.isfinite(counts))].flat[0]
        read = f"{wrong:g} units of '{key}'"
        raise InputError(Problem(read, "a count from 0 up, finite", path="counts"))
    return counts


def _days(days: npt.ArrayLike) -> Array:
    found = np.asarray(days, dtype=np.float64)
    if not ((found >= 0.0) & (found <= 31.0)).all():
        wrong = found[~((found >= 0.0) & (found <= 31.0))].flat[0]
        fix = "give the days of the month on which the units are used"
        raise InputError(Problem(f"{wrong:g} days", "0 to 31 days", fix, "days"))
    return found
