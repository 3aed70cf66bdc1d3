"""Price changes in words: what moves, from what to what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from costmodel.prices.cards import RateCard, rate_text
from costmodel.prices.offers import ModelPrices, PricePeriod

_NAMES = {
    "input": "input",
    "output": "output",
    "cache_read": "cached input",
    "cache_write": "cache write",
    "cache_write_1h": "cache write for 1h",
}


@dataclass(frozen=True)
class PriceChange:
    """A change of one model's price in one mode.

    Parameters
    ----------
    date : datetime.date
        The day it takes effect, in UTC.
    status : str
        ``effective``; ``announced`` if it was still to come at the snapshot;
        ``contract`` where the user's own contract starts or ends a discount.
    text : str
        Such as ``input $0.75 -> $1.50, output $3.75 -> $7.50 per 1M tokens``.
    """

    date: date
    status: str
    text: str


def price_changes(
    prices: ModelPrices, mode: str, start: date, end: date
) -> tuple[PriceChange, ...]:
    """Return the changes with start <= date < end, in order; withdrawn ones are left out."""
    found = []
    for before, after in pairwise(prices.live):
        assert after.start is not None
        day = after.start.date()
        text = _text(before, after, mode)
        if start <= day < end and text:
            status = "contract" if after.continues else after.status
            found.append(PriceChange(day, status, text))
    return (*found, *_last_end(prices, mode, start, end))


def _last_end(prices: ModelPrices, mode: str, start: date, end: date) -> Iterator[PriceChange]:
    """Yield the end of the last prices, if they end."""
    last = prices.live[-1]
    if last.until is not None and mode in last.cards and start <= last.until.date() < end:
        kind = "promotional price" if last.promo else "price"
        text = f"the {kind} ends and none after it is known"
        yield PriceChange(last.until.date(), last.status, text)


def _text(before: PricePeriod, after: PricePeriod, mode: str) -> str:
    old, new = before.cards.get(mode), after.cards.get(mode)
    if old is None or new is None:
        return "" if old is new else f"{mode} is {'first' if new else 'no longer'} offered"
    moved = [*_moves(old.card, new.card), *_tier_moves(old.card, new.card)]
    return f"{', '.join(moved)} per 1M tokens" if moved else ""


def _moves(old: RateCard, new: RateCard) -> list[str]:
    """Return input and output moves, or the cache's where neither moves."""
    moves = {name: _move(words, old, new, name) for name, words in _NAMES.items()}
    main = [moves[name] for name in ("input", "output") if moves[name]]
    return main or [text for text in moves.values() if text]


def _move(words: str, old: RateCard, new: RateCard, name: str) -> str:
    before, after = getattr(old, name), getattr(new, name)
    return "" if before == after else f"{words} {_rate(before)} -> {_rate(after)}"


def _rate(rate: float | None) -> str:
    return "none" if rate is None else rate_text(rate)


def _tier_moves(old: RateCard, new: RateCard) -> Iterator[str]:
    """Yield the long-context moves, which matter on their own when base rates stay."""
    if old.input != new.input or old.output != new.output:
        return
    sizes = {tier.threshold for tier in (*old.tiers, *new.tiers)}
    for size in sorted(sizes):
        before, after = old.at(size + 1), new.at(size + 1)
        if before.input != after.input or before.output != after.output:
            yield f"above {size:,} prompt tokens {', '.join(_moves(before, after))}"
