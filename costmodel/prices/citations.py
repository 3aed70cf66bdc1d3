"""Where a price file cites its sources: each place with the keys that stand there."""

from __future__ import annotations

from collections.abc import Iterator

from costmodel.foundation.reading import ValuePath
from costmodel.prices.pledges import Commitment
from costmodel.prices.records import Sources
from costmodel.prices.schema import ModelEntry, Period, PriceFile

Citation = tuple[ValuePath, Sources]


def cited(file: PriceFile) -> Iterator[Citation]:
    """Yield every `src` of a table or contract with its place."""
    for name, window in file.windows.items():
        yield ("windows", name, "src"), window.src
    for number, commitment in enumerate(file.commitments):
        yield from _of_commitment(commitment, ("commitments", number))
    for number, model in enumerate(file.models):
        yield from _of_model(model, ("models", number))
    yield from file.further_citations()


def _of_commitment(commitment: Commitment, at: ValuePath) -> Iterator[Citation]:
    yield (*at, "src"), commitment.src
    for term, price in commitment.price.items():
        yield (*at, "price", term, "src"), price.src


def _of_model(model: ModelEntry, at: ValuePath) -> Iterator[Citation]:
    yield (*at, "cache", "src"), model.cache.src
    if model.cache.storage is not None:
        yield (*at, "cache", "storage", "src"), model.cache.storage.src
    if model.capacity is not None:
        yield (*at, "capacity", "src"), model.capacity.src
    for step, adjust in enumerate(model.adjust):
        yield (*at, "adjust", step, "src"), adjust.src
    for step, period in enumerate(model.periods):
        yield from _of_period(period, (*at, "periods", step))


def _of_period(period: Period, at: ValuePath) -> Iterator[Citation]:
    yield (*at, "src"), period.src
    for mode, card in period.cards.items():
        yield (*at, "cards", mode, "src"), card.src
    for name, unit in period.units.items():
        yield (*at, "units", name, "src"), unit.src
