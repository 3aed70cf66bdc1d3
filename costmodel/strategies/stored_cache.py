"""Explicit caches that are billed by the hour they are kept, such as Gemini's.

    cost an hour = calls (h read + (1 - h) written) tokens + storage tokens x share of time kept

Kept for as long as there are calls, an explicit cache is read by every call and pays where
calls an hour x (plain - read) > storage. Made anew by the first call after it has run out, it
is kept for the share h of the time: whether it is there does not depend on who asks, and calls
that come at random find it as often as it is there.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from costmodel.strategies.prompt_cache import Array, InputPrices, Renewal, prefix_hit

_HOUR = 3600.0

Kept = Literal["always", "on_demand"]


def reads_an_hour_to_pay(prices: InputPrices, storage: npt.ArrayLike) -> Array:
    """Return the calls an hour from which a cache that is always kept saves: s / (p - r).

    Parameters
    ----------
    prices : InputPrices
    storage : array_like
        USD per million tokens and hour.

    Returns
    -------
    array
        Infinite where reads save nothing. The prefix's length does not matter.
    """
    saved = prices.plain - prices.read
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(saved > 0, storage / np.where(saved > 0, saved, 1.0), np.inf))


def stored_price(
    prices: InputPrices,
    storage: npt.ArrayLike,
    rate: npt.ArrayLike,
    lifetime: npt.ArrayLike = _HOUR,
    kept: Kept = "always",
    renewal: Renewal = "fixed",
) -> Array:
    """Return the mean price of a prefix in an explicit cache, storage included.

    Parameters
    ----------
    prices : InputPrices
    storage : array_like
        USD per million tokens and hour.
    rate : array_like
        Calls a second that send the prefix; above 0.
    lifetime : array_like
        Seconds the cache is made for; with ``always`` it is prolonged before it runs out, and
        making it once is not counted.
    kept : str
        ``always``, or ``on_demand``: made anew by the first call after it has run out.
    renewal : str
        Whether a read prolongs a cache that is made on demand.

    Returns
    -------
    array
        USD per million prefix tokens of a call; compare with `prices.plain`.
    """
    calls = np.asarray(rate, dtype=np.float64)
    there = np.ones(calls.shape) if kept == "always" else prefix_hit(calls, lifetime, renewal)
    stored = np.asarray(storage, dtype=np.float64) * there / (calls * _HOUR)
    return np.asarray(prices.blended(there) + stored)
