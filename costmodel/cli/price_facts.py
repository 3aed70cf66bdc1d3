"""Facts of a model's price beside its rates, in words: units, cache, reserved capacity, sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from costmodel.cli.terminal import add_row, table
from costmodel.prices.cards import rate_text
from costmodel.prices.charges import UnitPrice
from costmodel.prices.offers import ModelPrices, PricePeriod
from costmodel.prices.pledges import Capacity, TermPrice
from costmodel.prices.promotions import promotion_end

if TYPE_CHECKING:
    from rich.table import Table

    from costmodel.prices.book import PriceBook

NAMED_SHARERS = 3
"""Models named that share an allowance; of more their number is told."""


def sharers(book: PriceBook, model: ModelPrices, unit: UnitPrice) -> list[str]:
    """Return the other models of the provider that draw on the same free units."""
    if unit.free is None or unit.free.shared_group is None:
        return []
    provider, group = model.id.partition("/")[0], unit.free.shared_group
    others = (book.model(name) for name in book.models() if name.startswith(f"{provider}/"))
    return [other.id for other in others if other.id != model.id and _draws_on(other, group)]


def _draws_on(model: ModelPrices, group: str) -> bool:
    units = (unit for period in model.live for unit in period.units.values())
    return any(unit.free is not None and unit.free.shared_group == group for unit in units)


def unit_words(book: PriceBook, model: ModelPrices, period: PricePeriod) -> Iterator[str]:
    """Say what units that are not tokens cost, and how many are free."""
    for name, unit in period.units.items():
        per = f"per {unit.per:,}" if unit.per > 1 else "each"
        words = f"{name.replace('_', ' ')}: {rate_text(unit.usd)} {per}"
        yield words + _free(unit, sharers(book, model, unit))


def _free(unit: UnitPrice, others: list[str]) -> str:
    if unit.free is None:
        return ""
    words = f"; {unit.free.count:,} a {unit.free.period} free"
    if not others:
        return words
    named = ", ".join(others[:NAMED_SHARERS])
    more = len(others) - NAMED_SHARERS
    return f"{words}, shared with {named}" + (f" and {more} more" if more > 0 else "")


def promo_words(model: ModelPrices, period: PricePeriod) -> Iterator[str]:
    """Say that a period's prices are promotional, and when they end."""
    if period.promo:
        end = promotion_end(model, period)
        yield "promotional prices, " + (
            "with no end in the table" if end is None else f"until {end:%Y-%m-%d}"
        )
    if period.until is not None:
        yield f"the table knows no price that follows at once on {period.until:%Y-%m-%d}"


def status_words(model: ModelPrices, period: PricePeriod) -> str:
    """Return a period's status in a table: ``effective, promo until 2027-01-01``."""
    words = "observed" if period.observed else period.status
    if period.withdrawn_on is not None:
        return f"{words} {period.withdrawn_on}"
    end = promotion_end(model, period) if period.promo else period.until
    words += ", promo" if period.promo else ""
    return words if end is None else f"{words} until {end:%Y-%m-%d}"


def capacity_words(model: ModelPrices) -> Iterator[str]:
    """Say what a unit of reserved capacity serves of a model."""
    each = model.capacity
    if each is not None:
        names = list(dict.fromkeys(offer.unit for offer in model.commitments)) or ["reserved unit"]
        yield (
            f"one {' or '.join(names)} serves {each.input_tpm_per_unit:,.10g} weighted input "
            f"tokens a minute; an output token counts as {each.output_weight:g}, a cached one as "
            f"{each.cached_weight:g}{_confidence(each)}" + (f"; {each.note}" if each.note else "")
        )


def _confidence(figure: Capacity | TermPrice) -> str:
    return "" if figure.confidence is None else f" (confidence: {figure.confidence})"


def reserved_table(model: ModelPrices) -> Table:
    """Return the reserved capacity that serves a model, a row for each term."""
    columns = ["Offer", "Unit", "At least", "Step", "Term", "USD per unit", "Confidence"]
    made = table("Reserved capacity", columns, words=("Offer", "Unit", "Term", "Confidence"))
    for offer in model.commitments:
        for term, price in offer.price.items():
            name, usd, per = term.replace("_", " "), *_priced(term, price)
            cells = (f"{offer.min_units:,}", f"{offer.increment:,}", name, f"{usd} {per}")
            add_row(made, offer.id, offer.unit, *cells, price.confidence or "its source")
    return made


def reserved_notes(model: ModelPrices) -> Iterator[str]:
    """Yield the reservations about reserved capacity, in the tables' words."""
    for offer in model.commitments:
        notes = {offer.id: offer.note}
        notes |= {f"{offer.id}, {term}": each.note for term, each in offer.price.items()}
        yield from (f"{what}: {note}" for what, note in notes.items() if note)


def _priced(term: str, price: TermPrice) -> tuple[str, str]:
    """Return a price and what it is for: ``$221.00``, ``a month``."""
    if price.usd_per_hour is not None:
        return rate_text(price.usd_per_hour), "an hour"
    if price.usd_per_month is not None:
        return rate_text(price.usd_per_month), "a month"
    assert price.usd is not None
    spans = {"hourly": "an hour", "month": "a month", "half_year": "a half-year", "year": "a year"}
    return rate_text(price.usd), spans[term]
