"""Prices valid in each month of a projection, as arrays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.foundation.months import Month
from costmodel.prices.book import PriceBook
from costmodel.prices.cards import RateCard

Array = npt.NDArray[np.float64]

METERS = ("input", "cached input", "cache write", "output")
"""What a provider meters: uncached input, cache reads, cache writes, output with reasoning."""


@dataclass(frozen=True, eq=False)
class CliffRates:
    """What crossing a threshold adds to each meter's rate: (months, 1), USD per million tokens."""

    threshold: int
    inclusive: bool
    added: dict[str, Array]

    @property
    def crossed_above(self) -> float:
        """Input tokens above which a request pays more: a hair below an inclusive threshold."""
        return self.threshold - (1e-6 if self.inclusive else 0.0)


@dataclass(frozen=True, eq=False)
class MonthlyRates:
    """Rates of one model and mode in each month, weighted by the days they apply.

    `base` and each cliff's `added` map a meter to (months, 1), USD per million
    tokens. A request above a threshold pays base plus every crossed cliff's
    addition on all its tokens: the whole request is re-priced.
    """

    base: dict[str, Array]
    cliffs: tuple[CliffRates, ...]
    notes: tuple[str, ...]
    prompt_limit: int | None
    """The longest prompt the model accepts in every month, tokens."""


@lru_cache(maxsize=128)
def monthly_rates(
    book: PriceBook,
    start: Month,
    count: int,
    model: str,
    mode: str,
    lifetime: str = "cache_write",
) -> MonthlyRates:
    """Resolve a model's prices in a service mode for `count` months; kept per book.

    `lifetime` says at which rate cache writes are billed: ``cache_write``, the usual lifetime's,
    or ``cache_write_1h``.

    Raises
    ------
    UnknownModelError, PriceNotKnownError
        If the model, its mode or a month's price is not in the book.
    """
    base = {meter: np.zeros((count, 1)) for meter in METERS}
    added: dict[tuple[int, bool], dict[str, Array]] = defaultdict(
        lambda: {meter: np.zeros((count, 1)) for meter in METERS}
    )
    notes: list[str] = []
    limits: list[int] = []
    for row in range(count):
        month = start.plus(row)
        price = book.month(model, mode, month.year, month.month)
        limits += [] if price.prompt_limit is None else [price.prompt_limit]
        notes += [note for note in price.notes if note not in notes]
        for weight, card in price.parts:
            below = meter_rates(card, lifetime)
            for meter in METERS:
                base[meter][row] += weight * below[meter]
            for tier in sorted(card.tiers, key=lambda tier: tier.threshold):
                above = meter_rates(tier.card, lifetime)
                for meter in METERS:
                    step_up = weight * (above[meter] - below[meter])
                    added[tier.threshold, tier.inclusive][meter][row] += step_up
                below = above
    cliffs = tuple(CliffRates(*where, rates) for where, rates in sorted(added.items()))
    return MonthlyRates(base, cliffs, tuple(notes), min(limits, default=None))


def meter_rates(card: RateCard, lifetime: str = "cache_write") -> dict[str, float]:
    """Return a card's rate for each meter, USD per million tokens."""
    written = card.written_1h_rate if lifetime == "cache_write_1h" else card.written_rate
    rates = (card.input, card.cached_rate, written, card.output_rate)
    return dict(zip(METERS, rates, strict=True))
