"""Billing: tokens times rates, request by request.

A request costs (uncached x input + cached x cache_read + written x cache_write
+ output x output) / 1e6 with uncached = input - cached - written, every rate
that of the request's own long-context tier (MODEL section 1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, PriceNotKnownError, Problem
from costmodel.prices.cards import RateCard as RateCard
from costmodel.prices.cards import Tier as Tier

Array = npt.NDArray[np.float64]

PER_TOKEN = 1e-6
"""Rates are stated per million tokens."""
ROUNDING = 1e-9
"""Relative excess of parts over their whole that counts as floating-point rounding."""


@dataclass(frozen=True, eq=False)
class Bill:
    """What requests cost, USD, each array in the shape of the requests.

    Parameters
    ----------
    uncached, cached, written, output : numpy.ndarray
        The parts of each request's price: fresh input, cache reads, cache
        writes of both lifetimes, output.
    """

    uncached: Array
    cached: Array
    written: Array
    output: Array

    @property
    def total(self) -> Array:
        """The price of each request, USD."""
        return self.uncached + self.cached + self.written + self.output


@dataclass(frozen=True, eq=False)
class Usage:
    """Checked token counts of requests; the fields are those of `bill`."""

    input: Array
    cached: Array
    written: Array
    written_1h: Array
    output: Array
    uncached: Array


@dataclass(frozen=True, eq=False)
class Rates:
    """The cards that price some requests, and which of them prices each request."""

    cards: tuple[RateCard, ...]
    band: npt.NDArray[np.intp] | None

    def price(self, tokens: Array, rate: Callable[[RateCard], float]) -> Array:
        """Return tokens x rate, USD; the rate of tokens nobody used need not exist."""
        if not tokens.any():
            return np.zeros(tokens.shape)
        if self.band is None:
            return np.asarray(tokens * (rate(self.cards[0]) * PER_TOKEN))
        table = np.array([_rate_or_nan(card, rate) * PER_TOKEN for card in self.cards])
        usd = np.asarray(tokens * table[self.band])
        return _without_gaps(usd, tokens, self, rate) if np.isnan(table).any() else usd


def _rate_or_nan(card: RateCard, rate: Callable[[RateCard], float]) -> float:
    try:
        return rate(card)
    except PriceNotKnownError:
        return np.nan


def _without_gaps(
    usd: Array, tokens: Array, rates: Rates, rate: Callable[[RateCard], float]
) -> Array:
    """Return prices with 0 for no tokens; raise the error of a card that lacks a used rate."""
    found = np.where(tokens == 0.0, 0.0, usd)
    if np.isnan(found).any():
        for card in rates.cards:
            rate(card)
    return np.asarray(found)


def bill(
    card: RateCard,
    *,
    input_tokens: npt.ArrayLike,
    cached_input_tokens: npt.ArrayLike = 0,
    cache_write_tokens: npt.ArrayLike = 0,
    cache_write_1h_tokens: npt.ArrayLike = 0,
    output_tokens: npt.ArrayLike,
) -> Bill:
    """Price requests, each with its own long-context tier.

    Parameters
    ----------
    card : RateCard
        Rates, USD per million tokens.
    input_tokens : array_like
        All prompt tokens of each request, cached and written ones included.
    cached_input_tokens, cache_write_tokens : array_like
        Parts of the input read from, and written to, the prompt cache.
    cache_write_1h_tokens : array_like
        The part of `cache_write_tokens` written for one hour.
    output_tokens : array_like
        All output tokens, reasoning included.

    Returns
    -------
    Bill
        USD in the shape the arguments broadcast to.

    Raises
    ------
    InputError
        If a count is negative or not finite, or parts exceed their whole.
    PriceNotKnownError
        If there is output and the card has no output rate.
    """
    usage = checked_usage(
        input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens
    )
    return priced(usage, _rates_for(card, usage.input))


def checked_usage(
    input_tokens: npt.ArrayLike,
    cached_input_tokens: npt.ArrayLike,
    cache_write_tokens: npt.ArrayLike,
    cache_write_1h_tokens: npt.ArrayLike,
    output_tokens: npt.ArrayLike,
) -> Usage:
    """Check the token counts of requests and take the fresh input out of the total.

    Raises
    ------
    InputError
        See `bill`.
    """
    total = _counts("input_tokens", input_tokens)
    cached = _counts("cached_input_tokens", cached_input_tokens)
    written = _counts("cache_write_tokens", cache_write_tokens)
    written_1h = _counts("cache_write_1h_tokens", cache_write_1h_tokens)
    output = _counts("output_tokens", output_tokens)
    _require_part("cache_write_1h_tokens", written_1h, "cache_write_tokens", written)
    if not cached.any() and not written.any():
        return Usage(total, cached, written, written_1h, output, total)
    uncached = total - cached
    uncached = uncached - written if written.any() else uncached
    if uncached.min(initial=0.0) < 0.0:
        names = "cached_input_tokens + cache_write_tokens"
        _require_part(names, cached + written, "input_tokens", total)
        uncached = np.maximum(uncached, 0.0)
    return Usage(total, cached, written, written_1h, output, uncached)


def _counts(name: str, values: npt.ArrayLike) -> Array:
    counts = np.asarray(values, dtype=np.float64)
    low, high = counts.min(initial=0.0), counts.max(initial=0.0)
    if low >= 0.0 and high < np.inf:
        return counts
    wrong = np.flatnonzero(~((counts >= 0.0) & np.isfinite(counts)).ravel())[0]
    raise InputError(
        Problem(
            f"{counts.ravel()[wrong]:g}",
            "token counts from 0 up, finite",
            "input_tokens is the total, and every count is a number of tokens",
            place_of(name, counts, int(wrong)),
        )
    )


def _require_part(name: str, part: Array, whole_name: str, whole: Array) -> None:
    if part.ndim == 0 and part == 0.0:
        return
    part, whole = np.broadcast_arrays(part, whole)
    excess = part > whole * (1.0 + ROUNDING)
    if not excess.any():
        return
    wrong = int(np.flatnonzero(excess.ravel())[0])
    raise InputError(
        Problem(
            f"{name} {part.ravel()[wrong]:,.15g} with {whole_name} {whole.ravel()[wrong]:,.15g}",
            f"{name} of at most {whole_name}",
            "input_tokens is the total: add the cached and written tokens to a provider's count "
            "that leaves them out",
            place_of(name, part, wrong),
        )
    )


def place_of(name: str, counts: npt.NDArray[Any], row: int) -> str:
    """Return the name of a row of counts, for messages."""
    return name if counts.ndim == 0 else f"{name}[{row}]"


def _rates_for(card: RateCard, prompt: Array) -> Rates:
    """Return the rates of each request, given the tokens of its prompt."""
    longest = float(prompt.max(initial=0.0))
    tiers = sorted(card.tiers, key=lambda tier: tier.threshold)
    reached = [tier for tier in tiers if tier.reached(longest)]
    if not reached:
        return Rates((card,), None)
    return Rates((card, *(tier.card for tier in reached)), _bands(reached, prompt))


def _bands(tiers: list[Tier], prompt: Array) -> npt.NDArray[np.intp]:
    """Return how many tiers each request has reached."""
    band = np.zeros(prompt.shape, dtype=np.intp)
    for tier in tiers:
        band += prompt >= tier.threshold if tier.inclusive else prompt > tier.threshold
    return band


def priced(usage: Usage, rates: Rates) -> Bill:
    """Return the parts of the prices of checked requests."""
    parts = (
        rates.price(usage.uncached, lambda card: card.input),
        rates.price(usage.cached, lambda card: card.cached_rate),
        _written(usage, rates),
        rates.price(usage.output, lambda card: card.output_rate),
    )
    shape = np.broadcast_shapes(*(part.shape for part in parts))
    return Bill(*(np.broadcast_to(part, shape) for part in parts))


def _written(usage: Usage, rates: Rates) -> Array:
    if not usage.written_1h.any():
        return rates.price(usage.written, lambda card: card.written_rate)
    briefly = usage.written - usage.written_1h
    usual = rates.price(briefly, lambda card: card.written_rate)
    return usual + rates.price(usage.written_1h, lambda card: card.written_1h_rate)
