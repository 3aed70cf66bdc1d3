"""Who vouches for a figure: the sources it cites, and how sure they make it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from costmodel.prices.figures import Fact, stated_confidence
from costmodel.prices.records import Record, Sources
from costmodel.prices.schema import ModelEntry, Period, Source

KINDS = ("contract", "vendor", "aggregator", "secondary")
"""Kinds of sources, the one that vouches best for a figure first."""


@dataclass(frozen=True)
class Citation:
    """A source as a figure cites it: its key in the table, and what the table says of it."""

    key: str
    source: Source

    @property
    def name(self) -> str:
        """Its address, else its name, else its key."""
        return self.source.url or self.source.name or self.key


@dataclass(frozen=True)
class Vouched:
    """What vouches for a figure.

    Parameters
    ----------
    citations : tuple of Citation
        Its sources.
    confidence : str or None
        vendor, aggregator, secondary, derived, memory or contract; None where
        the figure cites no source of its own.
    stated : bool
        Whether the table states the confidence. If not, it is the best kind
        among the sources.
    own : bool
        Whether the sources are cited for this figure, and not for the model's prices only.
    """

    citations: tuple[Citation, ...]
    confidence: str | None
    stated: bool
    own: bool


def price_vouched(sources: Mapping[str, Source], period: Period, name: str) -> Vouched:
    """Return what vouches for a price: its card or unit where that says so, else the period."""
    inner = _record(period, name)
    stated = stated_confidence(inner) or stated_confidence(period)
    src = dict(inner).get("src") or period.src
    return _vouched(sources, src, stated, own=True)


def fact_vouched(sources: Mapping[str, Source], entry: ModelEntry, fact: Fact) -> Vouched:
    """Return what vouches for a fact: its own sources, else those of the model's prices."""
    if fact.value is None:
        return Vouched((), None, stated=False, own=False)
    if fact.src:
        return _vouched(sources, fact.src, fact.confidence, own=True)
    every = tuple(dict.fromkeys(key for period in entry.periods for key in period.src))
    return _vouched(sources, every, fact.confidence, own=False)


def _record(period: Period, name: str) -> Record:
    """Return the card or the unit that a price stands in."""
    lead, _, rest = name.partition(".")
    inside: Mapping[str, Record] = (
        {str(k): v for k, v in period.units.items()}
        if lead == "units"
        else {str(k): v for k, v in period.cards.items()}
    )
    return inside[rest.split(".")[0] if lead == "units" else lead]


def _vouched(
    sources: Mapping[str, Source], src: Sources, stated: str | None, *, own: bool
) -> Vouched:
    kinds = {sources[key].kind for key in src}
    best = next((kind for kind in KINDS if kind in kinds), None)
    citations = tuple(Citation(key, sources[key]) for key in src)
    confidence = stated if stated is not None else (best if own else None)
    return Vouched(citations, confidence, stated=stated is not None, own=own)
