"""Each source's own figures of a provider's models, side by side and not merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from costmodel.foundation.datafiles import data_folder
from costmodel.prices.importers.listings import Listing, Shelf
from costmodel.prices.importers.overlay import read_overlay
from costmodel.prices.importers.packages import find_releases
from costmodel.prices.importers.provider_tables import shelves, sightings

Both = tuple[Listing | None, Listing | None]
"""What genai-prices and litellm list of one model."""


def source_figures(
    provider: str,
    *,
    at: date | None = None,
    folder: Path | None = None,
    packages: Path | None = None,
    names: Iterable[str] = (),
    everything: bool = False,
) -> dict[str, dict[str, dict[str, float]]]:
    """Return what each package states of a provider's models, before anything is merged.

    Parameters
    ----------
    provider : str
        A provider of the overlay, such as ``openai``.
    at : datetime.date, optional
        The day on which the prices apply; the last ones listed by default.
        litellm has one price and no dates.
    folder : Path, optional
        The folder of tables with overlay.yaml; the shipped one by default.
    packages : Path, optional
        Where wheels are unpacked; the installed packages by default.
    names : iterable of str
        More models to look for, beside those of the overlay, by a package's
        exact name of them.
    everything : bool
        Whether all other models for text are wanted too, under the names the
        packages give them.

    Returns
    -------
    dict
        For each model, for each field (``standard.input``, ``batch.cache_read``,
        ``standard.output above 272000``, ``web_search``, ``context``,
        ``max_input`` ...) the figure of each source that states it, under
        ``genai-prices 0.2.3`` and the like. Rates are USD per million tokens,
        units USD per 1,000, limits tokens.

    Raises
    ------
    InputError
        If the overlay has no such provider, or a package is missing.
    """
    where = data_folder("pricing") if folder is None else folder
    overlay = read_overlay(where / "overlay.yaml")
    stated = overlay.provider(provider)
    found = shelves(find_releases(packages), stated)
    seen = {each.name: (each.genai, each.litellm) for each in sightings(stated, found, None)}
    seen |= {name: (found[0].find(name), found[1].find(name)) for name in names if name not in seen}
    if everything:
        seen |= _others(found, seen)
    sources = (found[0].source, found[1].source)
    figures = {name: _side_by_side(sources, both, at or date.max) for name, both in seen.items()}
    return {name: fields for name, fields in figures.items() if fields}


def _others(found: tuple[Shelf, Shelf], seen: Mapping[str, Both]) -> dict[str, Both]:
    """Return the models for text that are not looked for by name."""
    taken = {each.id for both in seen.values() for each in both if each is not None}
    names = dict.fromkeys(
        each.id
        for shelf in found
        for each in shelf.listings.values()
        if each.periods and not each.kept_out and each.id not in taken
    )
    return {name: (found[0].find(name), found[1].find(name)) for name in names if name not in seen}


def _side_by_side(sources: tuple[str, str], both: Both, day: date) -> dict[str, dict[str, float]]:
    fields: dict[str, dict[str, float]] = {}
    for source, listing in zip(sources, both, strict=True):
        for name, value in _figures(listing, day) if listing is not None else ():
            fields.setdefault(name, {})[source] = value
    return fields


def _figures(listing: Listing, day: date) -> Iterator[tuple[str, float]]:
    period = listing.period_on(day)
    for mode, card in (period.cards if period else {}).items():
        yield from ((f"{mode}.{name}", float(usd)) for name, usd in card.figures().items())
    for name, unit in (period.units if period else {}).items():
        yield name, float(unit.usd)
    for name in ("context", "max_input", "max_output", "min_prefix"):
        tokens = getattr(listing, name)
        if tokens is not None:
            yield name, float(tokens)
