"""What a prompt cache takes and when it pays: the shortest prefix, whole steps, storage, reads."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, PriceNotKnownError, Problem
from costmodel.prices.billing import PER_TOKEN
from costmodel.prices.cards import RateCard
from costmodel.prices.instants import At, instant_of
from costmodel.prices.offers import ModelPrices, PricePeriod
from costmodel.prices.schema import CacheFacts

Array = npt.NDArray[np.float64]

HOUR = "1h"
"""The lifetime whose writes have a rate of their own, cache_write_1h."""


@dataclass(frozen=True, eq=False)
class Cacheable:
    """How much of prefixes a provider's cache takes.

    Parameters
    ----------
    tokens : numpy.ndarray
        Tokens of each prefix that are billed as cached when it is read again.
    reason : str
        Why a prefix has none, in words; empty if each has some.
    """

    tokens: Array
    reason: str


def cacheable(prices: ModelPrices, prefix_tokens: npt.ArrayLike) -> Cacheable:
    """Return the tokens of shared prefixes that a model's prompt cache takes.

    A prefix below the minimum is not cached at all; above it, whole increments
    are, counted from the minimum. Where the table states no minimum, none is
    taken to exist.

    Parameters
    ----------
    prices : ModelPrices
        The model, such as ``book.model("anthropic/claude-haiku-4-5")``.
    prefix_tokens : array_like
        Tokens of each prefix.

    Raises
    ------
    InputError
        If a count is negative or not finite.
    """
    prefix = _counts("prefix_tokens", prefix_tokens)
    facts = prices.cache
    if facts.mode == "none":
        return Cacheable(np.zeros(prefix.shape), f"{prices.id} has no prompt cache")
    least, step = facts.min_prefix_tokens or 0, facts.increment_tokens
    tokens = whole_steps(prefix, least, step)
    return Cacheable(tokens, _reason(prices.id, facts, prefix, tokens))


def whole_steps(prefix: Array, least: int, step: int | None) -> Array:
    """Return prefixes cut to whole steps above the least that is cached; 0 below it.

    Parameters
    ----------
    prefix : array
        Tokens.
    least : int
        Tokens of the shortest prefix that is cached.
    step : int or None
        Tokens of an increment; None where every token counts.
    """
    above = prefix - least
    taken = prefix if step is None else least + np.floor(above / step) * step
    return np.where(above >= 0.0, taken, 0.0)


def _reason(name: str, facts: CacheFacts, prefix: Array, tokens: Array) -> str:
    """Say why prefixes are not cached: which they are, and what the model asks for."""
    missed = tokens == 0.0
    if not missed.any():
        return ""
    longest, count = prefix[missed].max(), int(missed.sum())
    which = f"a prefix of {longest:,.15g} tokens is"
    if prefix.size > 1:
        which = f"{count:,} of {prefix.size:,} prefixes are"
    if facts.min_prefix_tokens:
        return f"{which} shorter than the {facts.min_prefix_tokens:,} tokens that {name} caches"
    if facts.increment_tokens is not None:
        return f"{which} shorter than {name}'s increment of {facts.increment_tokens:,} tokens"
    return f"{which} empty"


def storage_cost(prices: ModelPrices, tokens: npt.ArrayLike, hours: npt.ArrayLike) -> Array:
    """Return what keeping explicit caches costs: tokens / 1e6 x hours x USD per million and hour.

    Parameters
    ----------
    prices : ModelPrices
        The model, such as ``book.model("google/gemini-2.5-pro")``.
    tokens : array_like
        Tokens kept.
    hours : array_like
        How long they are kept.

    Returns
    -------
    numpy.ndarray
        USD, in the shape to which tokens and hours broadcast.

    Raises
    ------
    PriceNotKnownError
        If the table has no storage price for the model; nothing is stored at $0 instead.
    InputError
        If tokens or hours are negative or not finite.
    """
    kept, span = _counts("tokens", tokens), _counts("hours", hours)
    return np.asarray(kept * span * (_storage_rate(prices) * PER_TOKEN))


def _storage_rate(prices: ModelPrices) -> float:
    """Return USD per million tokens and hour."""
    if prices.cache.storage is None:
        raise PriceNotKnownError(
            f"{prices.id} has no storage price: its cache is not billed by the hour in this table"
        )
    return prices.cache.storage.usd_per_mtok_hour


def break_even_reads(
    prices: ModelPrices,
    lifetime: str | None = None,
    *,
    prefix_tokens: float | None = None,
    prompt_tokens: float = 0,
    mode: str = "standard",
    at: At | None = None,
) -> float:
    """Return how many reads of a written prefix pay for writing it.

    One write and n reads cost write + n x read; sending the prefix fresh costs
    (n + 1) x input. They are equal at n = (write - input) / (input - read).

    Parameters
    ----------
    prices : ModelPrices
        The model, such as ``book.model("anthropic/claude-haiku-4-5")``.
    lifetime : str, optional
        A name in the model's `ttl_seconds`, such as ``1h``; by default the
        usual write.
    prefix_tokens : float, optional
        Tokens of the prefix, held against the shortest one that is cached.
    prompt_tokens : float
        Tokens of the whole prompt, whose long-context tier sets the rates.
    mode : str
        Service mode.
    at : str, datetime.date or datetime.datetime, optional
        When; by default at the prices in force when the snapshot was made.

    Returns
    -------
    float
        Reads per write. Infinite where the prefix is too short to be cached, or
        a read costs no less than fresh input; 0 where writing costs nothing extra.

    Raises
    ------
    PriceNotKnownError
        If the model has no prompt cache, or no rate for a read or for such a write.
    InputError
        If the model's cache has no such lifetime, or a count is negative or not
        finite.
    """
    _require_lifetime(prices, lifetime)
    card = _card(prices, mode, at, prompt_tokens)
    written = _written_rate(prices, card, lifetime)
    if prefix_tokens is not None and not cacheable(prices, prefix_tokens).tokens.any():
        return math.inf
    return _ratio(written - card.input, _saved(prices, card))


def storage_break_even_reads_per_hour(
    prices: ModelPrices,
    *,
    prompt_tokens: float = 0,
    mode: str = "standard",
    at: At | None = None,
) -> float:
    """Return how many reads an hour pay for keeping an explicit cache: storage / (input - read).

    The size of the cache plays no part: tokens stored and tokens read are the same.

    Parameters
    ----------
    prices, prompt_tokens, mode, at
        As in `break_even_reads`.

    Returns
    -------
    float
        Reads per hour; infinite where a read costs no less than fresh input.

    Raises
    ------
    PriceNotKnownError
        If the model has no storage price or no rate for a read.
    """
    storage = _storage_rate(prices)
    return _ratio(storage, _saved(prices, _card(prices, mode, at, prompt_tokens)))


def _ratio(extra: float, saved: float) -> float:
    if extra <= 0.0:
        return 0.0
    return math.inf if saved <= 0.0 else extra / saved


def _card(prices: ModelPrices, mode: str, at: At | None, prompt_tokens: float) -> RateCard:
    """Return the rates of a prompt of that many tokens."""
    prompt = float(_counts("prompt_tokens", prompt_tokens))
    if at is None:
        return prices.mode_card(_in_force(prices), mode).card.at(prompt)
    instant, timed = instant_of(at)
    offer = prices.mode_card(prices.period_at(instant), mode)
    return (offer.at(instant) if timed else offer.card).at(prompt)


def _in_force(prices: ModelPrices) -> PricePeriod:
    """Return the last period that had started when the snapshot was made."""
    started = [period for period in prices.live if period.status == "effective"]
    return (started or prices.live)[-1]


def _saved(prices: ModelPrices, card: RateCard) -> float:
    """Return what reading a million tokens saves, USD."""
    if prices.cache.mode == "none":
        raise PriceNotKnownError(f"{prices.id} has no prompt cache")
    if card.cache_read is None:
        raise PriceNotKnownError(
            f"{prices.id} has no cached rate: a read saves nothing that is known"
        )
    return card.input - card.cache_read


def _require_lifetime(prices: ModelPrices, lifetime: str | None) -> None:
    known = prices.cache.ttl_seconds
    if lifetime is not None and lifetime not in known:
        expected = f"a lifetime of {prices.id}'s cache ({', '.join(known) or 'none is stated'})"
        fix = "leave it out for the usual write"
        raise InputError(Problem(f"'{lifetime}'", expected, fix, "lifetime"))


def _written_rate(prices: ModelPrices, card: RateCard, lifetime: str | None) -> float:
    if lifetime != HOUR:
        return card.written_rate
    if card.cache_write_1h is None:
        raise PriceNotKnownError(f"{prices.id} has no rate for cache writes that last {HOUR}")
    return card.cache_write_1h


def _counts(name: str, values: npt.ArrayLike) -> Array:
    counts = np.asarray(values, dtype=np.float64)
    fine = (counts >= 0.0) & np.isfinite(counts)
    if not fine.all():
        read = f"{counts[~fine].flat[0]:g}"
        raise InputError(Problem(read, "numbers from 0 up, finite", path=name))
    return counts
