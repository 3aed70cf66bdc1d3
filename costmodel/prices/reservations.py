"""What to know beside the price of a request: assumptions, gaps and ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from costmodel.prices.book import PriceBook
from costmodel.prices.instants import day_start
from costmodel.prices.offers import ModeCard, ModelPrices


def reservations(
    book: PriceBook,
    prices: ModelPrices,
    offer: ModeCard,
    instant: datetime | None,
    *,
    timed: bool,
    uncached_rate: bool,
) -> Iterator[str]:
    """Yield what the reader should know about a request's price, one sentence each.

    Parameters
    ----------
    book, prices, offer : PriceBook, ModelPrices, ModeCard
        What prices the request.
    instant : datetime.datetime or None
        When; None where prices have no dates.
    timed : bool
        Whether the caller gave a time of day.
    uncached_rate : bool
        Whether cached input is billed at the input rate for want of a cached one.
    """
    if uncached_rate:
        yield f"{prices.id} has no cached rate: cached input is billed at the input rate"
    if instant is None:
        return
    if offer.peaks and not timed:
        yield (
            f"{prices.id} costs more in peak hours; without a time of day in at= the off-peak "
            "rates are used"
        )
    if offer.verified_from is not None and instant.date() < offer.verified_from:
        yield (
            f"the source vouches for these rates of {prices.id} from {offer.verified_from} on; "
            f"for {instant:%Y-%m-%d} they are an assumption"
        )
    if book.instant is not None and instant < book.instant and prices.launch_unknown(instant):
        yield (
            f"the table does not say when {prices.id} was launched; its first known price is "
            f"used for {instant:%Y-%m-%d}"
        )
    gone = prices.retirement
    if gone is not None and instant >= day_start(gone.date):
        then = "" if gone.then is None else f"; {gone.then} takes its place"
        yield f"{prices.id} retired on {gone.date}; this is its last price{then}"
