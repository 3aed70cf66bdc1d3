"""Which offer applies when: a span of time cut at new prices, ends of prices and retirements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from costmodel.foundation.errors import PriceNotKnownError
from costmodel.prices.instants import day_start
from costmodel.prices.offers import ModeCard, ModelPrices, PricePeriod, Retirement

Find = Callable[[str], ModelPrices]
"""Returns a model's prices by its name."""


@dataclass(frozen=True)
class Era:
    """A span [since, until) in which one period of one model applies."""

    prices: ModelPrices
    period: PricePeriod
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Stretch:
    """A span [since, until) in which one offer of one model applies."""

    prices: ModelPrices
    period: PricePeriod
    offer: ModeCard
    since: datetime
    until: datetime

    @property
    def prompt_limits(self) -> list[int]:
        """The longest prompts of the model and of the mode, those that are known."""
        both = (self.prices.prompt_limit, self.offer.max_prompt_tokens)
        return [limit for limit in both if limit is not None]


def stretches(
    find: Find, prices: ModelPrices, mode: str, start: datetime, end: datetime
) -> Iterator[Stretch]:
    """Yield the offers of [start, end) in order: the model's, then those of its successors.

    Raises
    ------
    PriceNotKnownError
        If any of it has no price in that mode.
    """
    for era in eras(find, prices, start, end):
        offer = era.prices.mode_card(era.period, mode)
        yield Stretch(era.prices, era.period, offer, era.since, era.until)


def eras(find: Find, prices: ModelPrices, start: datetime, end: datetime) -> Iterator[Era]:
    """Yield whose period prices each part of [start, end), in whatever mode.

    The span in which a model starts belongs to its first price from the
    beginning.

    Raises
    ------
    PriceNotKnownError
        If any of it has no price.
    """
    for model, since, until in _tenures(find, prices, start, end):
        if since < until:
            yield from _own(model, since, until)


def retirements(find: Find, prices: ModelPrices, end: datetime) -> Iterator[ModelPrices]:
    """Yield the model and its successors as far as they retire before `end`."""
    for model, _, _ in _tenures(find, prices, end, end):
        if _gone_before(model, end) is not None:
            yield model


def _tenures(
    find: Find, prices: ModelPrices, start: datetime, end: datetime
) -> Iterator[tuple[ModelPrices, datetime, datetime]]:
    """Yield each model of a line of successors with its part of [start, end), empty or not."""
    line: list[str] = []
    while True:
        if prices.id in line:
            told = " -> ".join([*line, prices.id])
            raise PriceNotKnownError(f"no successor has a price: {told} leads back; fix: then:")
        line.append(prices.id)
        gone = _gone_before(prices, end)
        if gone is None or gone.then is None:
            yield prices, start, end
            return
        leaves = max(start, day_start(gone.date))
        yield prices, start, leaves
        prices, start = find(gone.then), leaves


def _gone_before(prices: ModelPrices, end: datetime) -> Retirement | None:
    gone = prices.retirement
    return None if gone is None or day_start(gone.date) >= end else gone


def _own(prices: ModelPrices, start: datetime, end: datetime) -> Iterator[Era]:
    """Yield one model's periods in [start, end)."""
    first = prices.live[0].start
    if first is not None and first >= end:
        raise PriceNotKnownError(prices.too_early(f"{start:%Y-%m}"))
    for period, since, until in _spans(prices.live, start, end):
        if since >= until:
            continue
        ends = until if period.until is None else min(until, period.until)
        if ends < until:
            raise PriceNotKnownError(prices.ended(period))
        yield Era(prices, period, since, until)


def _spans(
    periods: tuple[PricePeriod, ...], start: datetime, end: datetime
) -> Iterator[tuple[PricePeriod, datetime, datetime]]:
    """Yield each period with its part of [start, end), which is empty where since >= until."""
    edges = [start, *(period.start or start for period in periods[1:]), end]
    for period, (since, until) in zip(periods, pairwise(edges), strict=True):
        yield period, max(since, start), min(until, end)
