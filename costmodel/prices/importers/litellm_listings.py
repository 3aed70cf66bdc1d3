"""Reading litellm's file of prices: today's rates, limits, cache minima, regions and units."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from costmodel.prices.figures import RATES
from costmodel.prices.importers.listings import (
    ListedCard,
    ListedPeriod,
    ListedUnit,
    Listing,
    Rates,
    Shelf,
    Threshold,
)
from costmodel.prices.importers.packages import Release

_KEYS = {
    "input": "input_cost_per_token",
    "cache_read": "cache_read_input_token_cost",
    "cache_write": "cache_creation_input_token_cost",
    "cache_write_1h": "cache_creation_input_token_cost_above_1hr",
    "output": "output_cost_per_token",
}
_ENDINGS = {"standard": "", "batch": "_batches", "flex": "_flex", "priority": "_priority"}
_ABOVE = re.compile(r"_above_(\d+)k_tokens")
_TEXT = ("chat", "embedding", "responses")
_REGION = re.compile(r"regional_processing_uplift_multiplier_(\w+)")
PER = 1000
"""Searches are priced per 1,000 here and each in litellm."""


def litellm_shelf(release: Release, provider: str, prefixes: tuple[str, ...]) -> Shelf:
    """Return what a release of litellm lists for a provider.

    Parameters
    ----------
    release : Release
        Of litellm.
    provider : str
        What names the provider in the whole of this file, such as ``gemini/``.
    prefixes : tuple of str
        What stands before its models' names, the most usual first.
    """
    found: dict[str, Listing] = {}
    for prefix in prefixes:
        for name, entry in _entries(release).items():
            bare = name.removeprefix(prefix)
            mine = re.fullmatch(provider, str(entry.get("litellm_provider")))
            if mine and name.startswith(prefix) and bare not in found:
                found[bare] = _listing(bare, entry, provider == "xai")
    return Shelf(str(release), found)


@lru_cache(maxsize=4)
def _entries(release: Release) -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = json.loads(release.file.read_text(encoding="utf-8"))
    return {name: entry for name, entry in entries.items() if name != "sample_spec"}


def _listing(name: str, entry: Mapping[str, Any], inclusive: bool) -> Listing:
    embedding = entry.get("mode") == "embedding"
    cards = dict(_cards(entry, embedding, inclusive))
    period = ListedPeriod(None, cards, dict(_units(entry)))
    return Listing(
        id=name,
        names=(),
        periods=(period,) if cards else (),
        max_input=_whole(entry.get("max_input_tokens")),
        max_output=None if embedding else _whole(entry.get("max_output_tokens")),
        min_prefix=_whole(entry.get("prompt_cache_min_tokens")),
        retires=_day(entry.get("deprecation_date")),
        geos=dict(_geos(entry)),
        page=str(entry.get("source") or ""),
        kept_out="" if entry.get("mode") in _TEXT else "not for text",
    )


def _whole(tokens: object) -> int | None:
    return int(tokens) if isinstance(tokens, int | float) else None


def _day(text: object) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None


def _usd(value: object) -> Decimal | None:
    """Return USD per million tokens; zero stands for "no such rate" in this file."""
    if not isinstance(value, int | float) or value <= 0:
        return None
    return Decimal(repr(value)) * 1_000_000


def _cards(
    entry: Mapping[str, Any], embedding: bool, inclusive: bool
) -> Iterator[tuple[str, ListedCard]]:
    for mode, ending in _ENDINGS.items():
        rates = _rates(entry, ending, "", embedding)
        if "input" in rates:
            yield mode, ListedCard(rates, _tiers(entry, ending, rates, embedding, inclusive))


def _tiers(
    entry: Mapping[str, Any], ending: str, rates: Rates, embedding: bool, inclusive: bool
) -> dict[Threshold, Rates]:
    """Return the rates of long prompts; one that is not stated there stays as it is below."""
    sizes = sorted({int(size) for key in entry for size in _ABOVE.findall(key)})
    found = {size: _rates(entry, ending, f"_above_{size}k_tokens", embedding) for size in sizes}
    return {
        (size * 1000, inclusive): {**rates, **long}
        for size, long in found.items()
        if "input" in long
    }


def _rates(entry: Mapping[str, Any], ending: str, above: str, embedding: bool) -> Rates:
    names = [name for name in RATES if not (embedding and name == "output")]
    found = {name: _usd(entry.get(f"{_KEYS[name]}{above}{ending}")) for name in names}
    return {name: usd for name, usd in found.items() if usd is not None}


def _geos(entry: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    for key, factor in entry.items():
        region = _REGION.fullmatch(key)
        if region and isinstance(factor, int | float):
            yield region[1], Decimal(repr(factor))
    factor = (entry.get("provider_specific_entry") or {}).get("us")
    if isinstance(factor, int | float):
        yield "us", Decimal(repr(factor))


def _units(entry: Mapping[str, Any]) -> Iterator[tuple[str, ListedUnit]]:
    costs = entry.get("search_context_cost_per_query")
    sizes = set(costs.values()) if isinstance(costs, dict) else set()
    if len(sizes) == 1:  # where the price depends on the size of the context there is no one price
        yield "web_search", ListedUnit(_thousand(sizes.pop()), entry.get("search_free_requests"))
    maps = entry.get("google_maps_grounding_cost_per_query")
    if isinstance(maps, int | float):
        yield "maps_grounding", ListedUnit(_thousand(maps))


def _thousand(usd: object) -> Decimal:
    return Decimal(repr(usd)) * PER
