"""Each source's own figures of a provider's models, side by side and not merged."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.prices.importers.listings import Listing
from costmodel.prices.importers.overlay import read_overlay
from costmodel.prices.importers.packages import find_releases
from costmodel.prices.importers.provider_tables import shelves, sightings


def source_figures(
    provider: str,
    *,
    at: date | None = None,
    folder: Path | None = None,
    packages: Path | None = None,
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
    if provider not in overlay.providers:
        known = ", ".join(overlay.providers)
        fix = did_you_mean(provider, overlay.providers) or f"use one of: {known}"
        raise InputError(Problem(f"provider '{provider}'", f"one of {known}", fix))
    stated = overlay.providers[provider]
    found = shelves(find_releases(packages), stated)
    day = at or date.max
    return {
        each.name: _side_by_side({found[0].source: each.genai, found[1].source: each.litellm}, day)
        for each in sightings(stated, found, day if at else None)
    }


def _side_by_side(listings: dict[str, Listing | None], day: date) -> dict[str, dict[str, float]]:
    fields: dict[str, dict[str, float]] = {}
    for source, listing in listings.items():
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
