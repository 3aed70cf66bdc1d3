"""Promotional prices: until when they last, as far as the tables know."""

from __future__ import annotations

from datetime import datetime

from costmodel.prices.offers import ModelPrices, PricePeriod


def promotion_end(prices: ModelPrices, period: PricePeriod) -> datetime | None:
    """Return the first instant after a promotion, None where no end is known.

    It is the period's own end, or the start of the next price that is not
    promotional.

    Parameters
    ----------
    prices : ModelPrices
        The model.
    period : PricePeriod
        One of its periods whose prices are promotional.
    """
    following = prices.live[prices.live.index(period) + 1 :] if period in prices.live else ()
    ends = [period.until, *(_end(each) for each in following)]
    return next((end for end in ends if end is not None), None)


def _end(period: PricePeriod) -> datetime | None:
    """Return when a later period ends a promotion: at its start, or where its own ends."""
    return period.until if period.promo else period.start
