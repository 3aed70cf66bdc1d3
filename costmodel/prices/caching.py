"""What a prompt cache takes: the shortest prefix, whole steps, and storage by the hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, PriceNotKnownError, Problem
from costmodel.prices.billing import PER_TOKEN
from costmodel.prices.offers import ModelPrices
from costmodel.prices.schema import CacheFacts

Array = npt.NDArray[np.float64]


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
    storage = prices.cache.storage
    if storage is None:
        raise PriceNotKnownError(
            f"{prices.id} has no storage price: its cache is not billed by the hour in this table"
        )
    return np.asarray(kept * span * (storage.usd_per_mtok_hour * PER_TOKEN))


def _counts(name: str, values: npt.ArrayLike) -> Array:
    counts = np.asarray(values, dtype=np.float64)
    fine = (counts >= 0.0) & np.isfinite(counts)
    if not fine.all():
        read = f"{counts[~fine].flat[0]:g}"
        raise InputError(Problem(read, "numbers from 0 up, finite", path=name))
    return counts
