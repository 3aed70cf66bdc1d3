"""The price of a calendar month: every period in it, weighted by the time it applies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time

from costmodel.foundation.errors import PriceNotKnownError
from costmodel.prices.cards import RateCard
from costmodel.prices.instants import month_bounds
from costmodel.prices.offers import ModelPrices, PricePeriod


@dataclass(frozen=True)
class MonthPrice:
    """What one model charges in one mode in one month.

    Parameters
    ----------
    parts : tuple of (float, RateCard)
        Share of the month (they sum to 1) and the card that applies in it.
    notes : tuple of str
        Reservations, one sentence each.
    prompt_limit : int or None
        The longest prompt the model accepts in this mode, tokens.
    """

    parts: tuple[tuple[float, RateCard], ...]
    notes: tuple[str, ...]
    prompt_limit: int | None


def month_price(prices: ModelPrices, mode: str, year: int, month: int) -> MonthPrice:
    """Return a month's cards with the share of the month each applies.

    Announced periods count from their start; withdrawn ones never. A month in
    which the model starts is priced whole at its first price.

    Raises
    ------
    PriceNotKnownError
        If the month is over before the model's first price, or the mode is
        not offered throughout it.
    """
    start, end = month_bounds(year, month)
    first = prices.live[0].start
    if first is not None and first >= end:
        raise PriceNotKnownError(prices.too_early(f"{year:04d}-{month:02d}"))
    seconds: dict[RateCard, float] = {}
    limits: list[int] = [] if prices.prompt_limit is None else [prices.prompt_limit]
    for period, since, until in _spans(prices.live, start, end):
        offer = prices.mode_card(period, mode)
        seconds[offer.card] = seconds.get(offer.card, 0.0) + (until - since).total_seconds()
        limits += [] if offer.max_prompt_tokens is None else [offer.max_prompt_tokens]
    total = sum(seconds.values())
    parts = tuple((share / total, card) for card, share in seconds.items())
    return MonthPrice(parts, _notes(prices, mode, start, end), min(limits, default=None))


def _spans(
    periods: tuple[PricePeriod, ...], start: datetime, end: datetime
) -> list[tuple[PricePeriod, datetime, datetime]]:
    """Return the periods that touch [start, end), each with its part of it."""
    starts = [start, *(period.start or start for period in periods[1:]), end]
    found = []
    for period, since, until in zip(periods, starts, starts[1:], strict=False):
        if max(since, start) < min(until, end):
            found.append((period, max(since, start), min(until, end)))
    return found


def _notes(prices: ModelPrices, mode: str, start: datetime, end: datetime) -> tuple[str, ...]:
    offers = [prices.mode_card(p, mode) for p, _, _ in _spans(prices.live, start, end)]
    first = prices.live[0].start
    notes = []
    if first is not None and first > start:
        notes.append(f"{prices.id} starts on {first:%Y-%m-%d}; its first month is priced whole")
    if any(offer.card.cache_read is None for offer in offers) and prices.cache.mode != "none":
        notes.append(f"{prices.id} has no cached rate: cached input is billed at the input rate")
    if any(offer.peaks for offer in offers):
        notes.append(
            f"{prices.id} costs more in peak hours; monthly projections do not apply them yet "
            "and use the off-peak rates"
        )
    return (*notes, *_retired(prices, end))


def _retired(prices: ModelPrices, end: datetime) -> tuple[str, ...]:
    gone = prices.retirement
    if gone is None or datetime.combine(gone.date, time(), UTC) >= end:
        return ()
    if gone.then is None:
        last = "no successor is named, so its last price is used after that"
        return (f"{prices.id} retires on {gone.date}: {last}",)
    return (f"{prices.id} retires on {gone.date}: {gone.then} prices it after that",)
