"""Billing of requests that have cards of their own: several models, modes or hours at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.billing import Array, Bill, Rates, checked_usage, place_of, priced
from costmodel.prices.cards import RateCard, Tier


def bill_rows(
    cards: Sequence[RateCard],
    which: npt.ArrayLike,
    *,
    input_tokens: npt.ArrayLike,
    cached_input_tokens: npt.ArrayLike = 0,
    cache_write_tokens: npt.ArrayLike = 0,
    cache_write_1h_tokens: npt.ArrayLike = 0,
    output_tokens: npt.ArrayLike,
) -> Bill:
    """Price requests of several models, modes or hours at once, each with its own card.

    Parameters
    ----------
    cards : sequence of RateCard
        The cards there are.
    which : array_like of int
        For each request, the position of its card in `cards`.
    input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens : \
array_like
        As in `bill`.

    Raises
    ------
    InputError
        As in `bill`, or if `which` is no position in `cards`.
    PriceNotKnownError
        If a request has output and its card has no output rate.
    """
    usage = checked_usage(
        input_tokens, cached_input_tokens, cache_write_tokens, cache_write_1h_tokens, output_tokens
    )
    return priced(usage, _rates_of_rows(tuple(cards), _positions(which, len(cards)), usage.input))


def _positions(which: npt.ArrayLike, count: int) -> npt.NDArray[np.intp]:
    given = np.asarray(which)
    whole = given.astype(np.intp) if given.dtype.kind in "iu" else np.full(given.shape, -1)
    if whole.size and (whole.min() < 0 or whole.max() >= count):
        wrong = int(np.flatnonzero(((whole < 0) | (whole >= count)).ravel())[0])
        read, place = f"{given.ravel()[wrong]}", place_of("which", given, wrong)
        raise InputError(Problem(read, f"whole positions from 0 to {count - 1}", path=place))
    return np.asarray(whole, dtype=np.intp)


def _rates_of_rows(
    cards: tuple[RateCard, ...], which: npt.NDArray[np.intp], prompt: Array
) -> Rates:
    """Return the rates of requests that have cards of their own."""
    tiers = [sorted(card.tiers, key=lambda tier: tier.threshold) for card in cards]
    table = [each for card, own in zip(cards, tiers, strict=True) for each in (card, *_cards(own))]
    firsts = np.cumsum([0, *(1 + len(own) for own in tiers)])
    band = firsts[which]
    for level in range(max(map(len, tiers), default=0)):
        limits = np.array([_limit(own, level) for own in tiers])
        band = band + (prompt > limits[which])
    return Rates(tuple(table), band)


def _cards(tiers: list[Tier]) -> tuple[RateCard, ...]:
    return tuple(tier.card for tier in tiers)


def _limit(tiers: list[Tier], level: int) -> float:
    """Return the tokens above which a level starts; infinite where there is none."""
    if level >= len(tiers):
        return np.inf
    tier = tiers[level]
    return float(np.nextafter(tier.threshold, -np.inf) if tier.inclusive else tier.threshold)
