"""The price of a calendar month: all that applies in it, weighted by the time it applies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby, pairwise

from costmodel.prices.cards import RateCard, rate_text
from costmodel.prices.instants import Hours, day_start, month_bounds
from costmodel.prices.offers import ModelPrices
from costmodel.prices.profiles import HourProfile, weekly_minutes, window_shares
from costmodel.prices.stretches import Find, Stretch, retirements, stretches


@dataclass(frozen=True)
class MonthPrice:
    """What one model charges in one mode in one month.

    Parameters
    ----------
    parts : tuple of (float, RateCard)
        Share of the month's tokens (they sum to 1) and the card that prices
        them; within a period the peak hours stand before the other hours.
    notes : tuple of str
        Reservations, one sentence each.
    prompt_limit : int or None
        The longest prompt the model accepts in this mode, tokens.
    """

    parts: tuple[tuple[float, RateCard], ...]
    notes: tuple[str, ...]
    prompt_limit: int | None

    def __repr__(self) -> str:
        return f"MonthPrice({'; '.join(_part(*part) for part in self.parts)} per 1M tokens)"


def _part(share: float, card: RateCard) -> str:
    output = "" if card.output is None else f", output {rate_text(card.output)}"
    tiers = f", {len(card.tiers)} tier{'s' * (len(card.tiers) > 1)}" if card.tiers else ""
    return f"{share:.1%} input {rate_text(card.input)}{output}{tiers}"


def month_price(
    find: Find,
    prices: ModelPrices,
    mode: str,
    year: int,
    month: int,
    hours: HourProfile | None = None,
    geo: str | None = None,
) -> MonthPrice:
    """Return a month's cards with the share of the month each applies.

    Announced periods count from their start; withdrawn ones never. A month in
    which the model starts is priced whole at its first price. From a
    retirement on the named successor prices the month.

    Parameters
    ----------
    find : callable
        Returns the prices of a successor by its name.
    prices : ModelPrices
        The model.
    mode : str
        Service mode.
    year, month : int
        The calendar month, in UTC.
    hours : HourProfile, optional
        When in the day and the week the tokens fall; flat by default.
    geo : str, optional
        Region the processing is kept in.

    Raises
    ------
    PriceNotKnownError
        If the month is over before the model's first price, or the mode or
        region is not offered throughout it, or a price ends with none after it.
    """
    start, end = month_bounds(year, month)
    found = tuple(stretches(find, prices, mode, start, end))
    seconds: dict[RateCard, float] = {}
    for stretch in found:
        factor = stretch.prices.geo_factor(geo)
        for card, duration in _cards(stretch, hours):
            card = card if factor == 1.0 else card.scaled(factor)
            seconds[card] = seconds.get(card, 0.0) + duration
    total = sum(seconds.values())
    parts = tuple((span / total, card) for card, span in seconds.items())
    limits = [n for stretch in found for n in stretch.prompt_limits]
    notes = _notes(find, prices, found, hours, end)
    return MonthPrice(parts, notes, min(limits, default=None))


def noted(prices: ModelPrices, price: MonthPrice, known: date | None, first: date) -> MonthPrice:
    """Return the price with a note if the model may not have existed in a past month.

    Parameters
    ----------
    known : datetime.date or None
        The day of the snapshot; None for prices given in Python.
    first : datetime.date
        The month's first day.
    """
    if known is None or first >= known.replace(day=1):
        return price
    if not prices.launch_unknown(day_start(first)):
        return price
    # The same words for every such month: a projection says them once.
    note = (
        f"the table does not say when {prices.id} was launched; its first known price is used "
        f"for months before {known:%Y-%m}"
    )
    return replace(price, notes=(*price.notes, note))


def _cards(stretch: Stretch, profile: HourProfile | None) -> Iterator[tuple[RateCard, float]]:
    """Yield cards with the seconds of the stretch's tokens they price, peak hours first."""
    for since, until, windows in _in_force(stretch):
        length = (until - since).total_seconds()
        shares = window_shares(tuple(h for h, _ in windows), profile, since, until)
        for (_, card), share in zip(windows, shares, strict=True):
            if share > 0.0:
                yield card, share * length
        left = 1.0 - sum(shares)
        if left > 1e-12:  # a window over all the tokens leaves only the rounding of shares
            yield stretch.offer.card, left * length


def _in_force(
    stretch: Stretch,
) -> Iterator[tuple[datetime, datetime, list[tuple[Hours, RateCard]]]]:
    """Cut a stretch where windows come into force or cease; yield each piece with its windows."""
    peaks = stretch.offer.peaks
    edges = {edge for hours, _ in peaks for edge in (hours.start, hours.end) if edge is not None}
    inner = sorted(edge for edge in edges if stretch.since < edge < stretch.until)
    cuts = [stretch.since, *inner, stretch.until]
    for since, until in pairwise(cuts):
        yield since, until, [peak for peak in peaks if peak[0].in_force(since)]


def _notes(
    find: Find,
    prices: ModelPrices,
    found: tuple[Stretch, ...],
    profile: HourProfile | None,
    end: datetime,
) -> tuple[str, ...]:
    """Return what the reader should know, model by model, each sentence once."""
    notes: dict[str, None] = {}
    for model, own in groupby(found, key=lambda stretch: stretch.prices.id):
        notes |= dict.fromkeys(_reservations(model, list(own), profile))
    gone = [_retired(model) for model in retirements(find, prices, end)]
    return (*notes, *dict.fromkeys(gone))


def _reservations(model: str, own: list[Stretch], profile: HourProfile | None) -> Iterator[str]:
    first = own[0].prices.live[0].start
    if first is not None and first > own[0].since:
        yield f"{model} starts on {first:%Y-%m-%d}; its first month is priced whole"
    cards = [stretch.offer.card for stretch in own]
    if any(card.cache_read is None for card in cards) and own[0].prices.cache.mode != "none":
        yield f"{model} has no cached rate: cached input is billed at the input rate"
    last = own[-1].period
    if last.promo and last.until is None and last is own[-1].prices.live[-1]:
        yield f"{model} is at a promotional price whose end is not known"
    windows = [hours for stretch in own for _, _, each in _in_force(stretch) for hours, _ in each]
    if windows:
        yield _peak_note(model, tuple(dict.fromkeys(windows)), profile)


def _peak_note(model: str, windows: tuple[Hours, ...], profile: HourProfile | None) -> str:
    """Say how the tokens of a month are shared between the peak hours and the others."""
    week = " and ".join(f"{weekly_minutes(hours) / 60:g} of 168 hours a week" for hours in windows)
    how = "use is taken to be flat over the week: an assumption"
    if profile is not None:
        how = f"weighted by {profile}"
    return f"{model} costs more in peak hours ({week}); {how}"


def _retired(prices: ModelPrices) -> str:
    gone = prices.retirement
    assert gone is not None
    if gone.then is None:
        last = "no successor is named, so its last price is used after that"
        return f"{prices.id} retires on {gone.date}: {last}"
    return f"{prices.id} retires on {gone.date}: {gone.then} prices it after that"
