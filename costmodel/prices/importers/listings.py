"""What one source says of one model, in the words of the price tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Rates = Mapping[str, Decimal]
"""USD per million tokens under ``input``, ``cache_read``, ``cache_write``, ``output`` ..."""

Threshold = tuple[int, bool]
"""Input tokens, and whether a prompt of exactly so many is re-priced."""


@dataclass(frozen=True)
class ListedCard:
    """The rates of one service mode.

    Parameters
    ----------
    rates : mapping of str to Decimal
        USD per million tokens.
    tiers : mapping of (int, bool) to mapping
        The rates of long prompts by their threshold.
    verified_from : date, optional
        The day from which the source vouches for them.
    """

    rates: Rates
    tiers: Mapping[Threshold, Rates] = field(default_factory=dict)
    verified_from: date | None = None

    def figures(self) -> dict[str, Decimal]:
        """Return every rate by a name of its own: ``input``, ``input above 272000``."""
        found = dict(self.rates)
        for (tokens, inclusive), rates in self.tiers.items():
            words = f"{'from' if inclusive else 'above'} {tokens}"
            found |= {f"{name} {words}": usd for name, usd in rates.items()}
        return found


@dataclass(frozen=True)
class ListedUnit:
    """A price per unit that is not a token.

    Parameters
    ----------
    usd : Decimal
        USD per 1,000 units.
    free : mapping, optional
        ``count``, ``period`` and perhaps ``shared_group`` of the free ones.
    """

    usd: Decimal
    free: Mapping[str, object] | None = None


@dataclass(frozen=True)
class ListedPeriod:
    """Cards by mode, and units by name, from a day on (None: not said since when)."""

    start: date | None
    cards: Mapping[str, ListedCard]
    units: Mapping[str, ListedUnit] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """One model as one source lists it.

    Parameters
    ----------
    id : str
        The source's own name of it.
    names : tuple of str
        Other exact names the source gives it.
    periods : tuple of ListedPeriod
        Sorted by their start.
    context, max_input, max_output, min_prefix : int or None
        Tokens: window, longest prompt, longest output, shortest cached prefix.
    retires : date or None
        The first day it is gone.
    geos : mapping of str to Decimal
        Factors on token prices by region.
    page : str
        The page the source names.
    kept_out : str
        Why the model is no model for text that one calls today; empty if it is.
    by_the_hour : bool
        Whether the source has prices for hours of the day, which `periods` lack.
    """

    id: str
    names: tuple[str, ...]
    periods: tuple[ListedPeriod, ...]
    context: int | None = None
    max_input: int | None = None
    max_output: int | None = None
    min_prefix: int | None = None
    retires: date | None = None
    geos: Mapping[str, Decimal] = field(default_factory=dict)
    page: str = ""
    kept_out: str = ""
    by_the_hour: bool = False

    def period_on(self, day: date) -> ListedPeriod | None:
        """Return the period in force on a day, None before the first."""
        begun = [each for each in self.periods if each.start is None or each.start <= day]
        return begun[-1] if begun else None


@dataclass(frozen=True)
class Shelf:
    """All models one release of a package lists for one provider."""

    source: str
    listings: Mapping[str, Listing]

    def find(self, name: str) -> Listing | None:
        """Return the listing of that id or exact name."""
        if name in self.listings:
            return self.listings[name]
        return next((each for each in self.listings.values() if name in each.names), None)
