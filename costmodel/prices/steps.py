"""Steps of a rate: spans of time, half-open, in which it does not change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from costmodel.prices.cards import RateCard
from costmodel.prices.instants import WEEKDAYS, Hours, day_start
from costmodel.prices.offers import ModeCard, ModelPrices, PricePeriod

CHANGED, RETIRED, UNPRICED, HOURS_END = "changed", "retired", "no price", "hours end"
"""How a step ends: in another price, in the model's retirement, with no price after it, or where
hours stop having prices of their own."""

_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class PriceStep:
    """A span of time in which one rate does not change.

    Parameters
    ----------
    field : str
        Which rate: input, cache_read, cache_write, cache_write_1h or output.
    start : datetime.datetime or None
        The first instant; None where the table does not know the launch.
    until : datetime.datetime or None
        The first instant after it; None where no end is known.
    usd_per_mtok : float
        USD per million tokens, for prompts below any long-context threshold.
    status : str
        ``effective``, ``announced``, ``withdrawn``, or ``contract`` where a date
        of the user's contract starts it.
    promo : bool
        Whether the vendor calls the price promotional.
    observed : bool
        Whether `start` is the day of a first sighting, not of the change.
    ending : str
        ``changed``, ``retired``, ``no price``, ``hours end``, or empty where no end is known.
    hours : Hours or None
        The hours of the week the rate is for; None for all others.
    withdrawn_on : datetime.date or None
        When a withdrawn announcement was called off.
    """

    field: str
    start: datetime | None
    until: datetime | None
    usd_per_mtok: float
    status: str = "effective"
    promo: bool = False
    observed: bool = False
    ending: str = ""
    hours: Hours | None = None
    withdrawn_on: date | None = None

    def row(self) -> dict[str, Any]:
        """Return the step as plain data; instants as ISO 8601 text in UTC."""
        return {
            "field": self.field,
            "from": _iso(self.start),
            "until": _iso(self.until),
            "usd_per_mtok": self.usd_per_mtok,
            "status": self.status,
            "promo": self.promo,
            "observed": self.observed,
            "ending": self.ending or None,
            "peak_hours": None if self.hours is None else hours_text(self.hours),
            "withdrawn_on": _iso(self.withdrawn_on),
        }


def hours_text(hours: Hours) -> str:
    """Return ``09:00-12:00, 14:00-18:00 Mon-Fri, Asia/Shanghai``."""
    spans = ", ".join(f"{_clock(first)}-{_clock(last)}" for first, last in hours.spans)
    return f"{spans} {_days(hours.days)}, {hours.zone}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _days(days: tuple[int, ...]) -> str:
    if len(days) == len(WEEKDAYS):
        return "every day"
    in_a_row = len(days) > 2 and days == tuple(range(days[0], days[-1] + 1))
    names = [WEEKDAYS[day].capitalize() for day in days]
    return f"{names[0]}-{names[-1]}" if in_a_row else " ".join(names)


def _iso(when: date | None) -> str | None:
    return None if when is None else when.isoformat()


@dataclass(frozen=True)
class _Piece:
    """A period with its span, cut at the retirement."""

    period: PricePeriod
    offer: ModeCard
    start: datetime
    until: datetime


def rate_steps(prices: ModelPrices, field: str, mode: str) -> Iterator[PriceStep]:
    """Yield the steps of one rate: outside peak hours, in them, and withdrawn announcements.

    Parameters
    ----------
    prices : ModelPrices
        The model.
    field : str
        The rate, as the tables call it.
    mode : str
        The service mode.
    """
    gone = _LAST if prices.retirement is None else day_start(prices.retirement.date)
    pieces = list(_pieces(prices.live, mode, gone))
    yield from _joined(_base(pieces, field), gone)
    peaks = {hours: None for piece in pieces for hours, _ in piece.offer.peaks}
    for hours in sorted(peaks, key=lambda hours: hours.start or _FIRST):
        yield from _joined(_peak(pieces, hours, field), gone)
    yield from _withdrawn(prices, field, mode)


def _pieces(live: tuple[PricePeriod, ...], mode: str, gone: datetime) -> Iterator[_Piece]:
    """Yield the periods that offer a mode, each until it ends, is followed, or the model goes."""
    edges = [*(period.start for period in live[1:]), None]
    for period, edge in zip(live, edges, strict=True):
        start = period.start or _FIRST
        until = min(edge or _LAST, period.until or _LAST, gone)
        if mode in period.cards and start < until:
            yield _Piece(period, period.cards[mode], start, until)


def _base(pieces: list[_Piece], field: str) -> Iterator[PriceStep]:
    for piece in pieces:
        yield from _step(piece, piece.offer.card, field)


def _peak(pieces: list[_Piece], hours: Hours, field: str) -> Iterator[PriceStep]:
    """Yield the steps of hours with prices of their own, while these hours are in force."""
    for piece in pieces:
        start = max(piece.start, hours.start or _FIRST)
        until = min(piece.until, hours.end or _LAST)
        for own, card in piece.offer.peaks:
            if own == hours and start < until:
                for step in _step(replace(piece, start=start, until=until), card, field):
                    yield replace(step, hours=hours)


def _step(piece: _Piece, card: RateCard, field: str) -> Iterator[PriceStep]:
    """Yield the rate of a piece, if there is one."""
    usd, period = getattr(card, field), piece.period
    if usd is not None:
        yield PriceStep(
            field=field,
            start=None if piece.start == _FIRST else piece.start,
            until=piece.until,
            usd_per_mtok=usd,
            status="contract" if period.continues else period.status,
            promo=period.promo,
            observed=period.observed and piece.start == period.start,
        )


def _joined(steps: Iterator[PriceStep], gone: datetime) -> Iterator[PriceStep]:
    """Yield steps of one rate, those that only go on as before made one, with how each ends."""
    run: PriceStep | None = None
    for step in steps:
        if run is not None and _goes_on(run, step):
            run = replace(run, until=step.until)
            continue
        if run is not None:
            yield _ended(run, CHANGED if run.until == step.start else UNPRICED)
        run = step
    if run is not None:
        yield _ended(run, RETIRED if run.until == gone else UNPRICED)


def _goes_on(before: PriceStep, after: PriceStep) -> bool:
    same = before.usd_per_mtok == after.usd_per_mtok and before.promo == after.promo
    return same and before.until == after.start


def _ended(step: PriceStep, ending: str) -> PriceStep:
    if step.until == _LAST:
        return replace(step, until=None, ending="")
    if step.hours is not None and ending == UNPRICED:
        ending = HOURS_END
    return replace(step, ending=ending)


def _withdrawn(prices: ModelPrices, field: str, mode: str) -> Iterator[PriceStep]:
    """Yield what was announced and called off, until the next price that was listed."""
    for number, period in enumerate(prices.periods):
        offer = period.cards.get(mode)
        usd = None if offer is None else getattr(offer.card, field)
        if period.status == "withdrawn" and usd is not None:
            later = [each.start for each in prices.periods[number + 1 :]]
            yield PriceStep(
                field=field,
                start=period.start,
                until=period.until or next(iter(later), None),
                usd_per_mtok=usd,
                status="withdrawn",
                withdrawn_on=period.withdrawn_on,
            )
