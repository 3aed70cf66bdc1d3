"""A provider's whole table: which models, their other names, and the sources cited."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.importers.genai_listings import genai_shelf
from costmodel.prices.importers.listings import Listing, Shelf
from costmodel.prices.importers.litellm_listings import litellm_shelf
from costmodel.prices.importers.merging import merged
from costmodel.prices.importers.naming import dated_names, named
from costmodel.prices.importers.overlay import Overlay, Provider
from costmodel.prices.importers.packages import Release
from costmodel.prices.importers.sightings import Entry, Sighting
from costmodel.prices.importers.writing import table_text


@dataclass(frozen=True)
class ImportedTable:
    """A provider's table before it is written.

    Parameters
    ----------
    provider : str
        Its name.
    models : tuple of dict
        The entries.
    left_out : mapping of str to int
        How many models of the packages are not in it, by reason.
    remarks : mapping of str to list of str
        Conflicts and figures left out, by model.
    """

    provider: str
    models: tuple[Entry, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    remarks: Mapping[str, list[str]] = field(default_factory=dict)


def shelves(releases: tuple[Release, Release], provider: Provider) -> tuple[Shelf, Shelf]:
    """Return what the two packages list for a provider."""
    names = provider.names
    genai = genai_shelf(releases[0], names.genai_prices)
    return genai, litellm_shelf(releases[1], names.litellm, names.prefixes)


def sightings(
    provider: Provider, found: tuple[Shelf, Shelf], day: date | None
) -> Iterator[Sighting]:
    """Yield the models of a snapshot that a package of its day lists, in the overlay's order.

    Without a day every fact counts, and models that are gone are not left out.
    """
    for name, other in provider.models.items():
        genai = found[0].find(other.get("genai_prices", name))
        litellm = found[1].find(other.get("litellm", name))
        facts = tuple(
            fact
            for fact in provider.facts
            if (day is None or fact.known <= day) and (fact.models is None or name in fact.models)
        )
        dated = tuple(dated_names(other.get("litellm", name), found[1]))
        seen = Sighting(name, genai, litellm, facts, dated)
        if _priced(seen) and not _gone(seen, provider, day):
            yield replace(seen, litellm=_with_regions(seen, provider, found[1]))


def _priced(seen: Sighting) -> bool:
    listings = (seen.genai, seen.litellm)
    return bool(seen.fact("periods")) or any(each and each.periods for each in listings)


def _gone(seen: Sighting, provider: Provider, day: date | None) -> bool:
    """Whether a model is deprecated, or retired before the day."""
    if day is None or seen.name in provider.retired:
        return False
    retires = seen.fact("retires") or (seen.litellm and seen.litellm.retires)
    shut = seen.genai is not None and seen.genai.kept_out == "deprecated"
    return shut or bool(retires and retires <= day)


def _with_regions(seen: Sighting, provider: Provider, shelf: Shelf) -> Listing | None:
    """Return litellm's listing with the regions that cost the same factor for every rate."""
    if seen.litellm is None or not provider.regions:
        return seen.litellm
    geos = dict(seen.litellm.geos)
    for geo, starts in provider.regions.items():
        for old, new in starts.items():
            if seen.litellm.id.startswith(old):
                there = shelf.find(new + seen.litellm.id.removeprefix(old))
                factor = None if there is None else _factor(seen.litellm, there)
                geos |= {} if factor is None or factor == 1 else {geo: factor}
    return replace(seen.litellm, geos=geos)


def _factor(here: Listing, there: Listing) -> Decimal | None:
    """Return by how much every standard rate is higher there; None if they differ."""
    if not here.periods or not there.periods:
        return None
    ours = here.periods[0].cards["standard"].figures()
    theirs = there.periods[0].cards["standard"].figures()
    if not ours.keys() <= theirs.keys():
        return None
    ratios = {round(theirs[name] / usd, 4) for name, usd in ours.items()}
    return ratios.pop().normalize() if len(ratios) == 1 else None


def imported_table(
    name: str, overlay: Overlay, releases: tuple[Release, Release], day: date
) -> ImportedTable:
    """Return one provider's table as known on a day."""
    provider = overlay.provider(name)
    found = shelves(releases, provider)
    seen = list(sightings(provider, found, day))
    entries: dict[str, Entry] = {}
    remarks: dict[str, list[str]] = {}
    for each in seen:
        entries[each.name], said = merged(each, provider, day)
        if said:
            remarks[each.name] = said
    _require(name, entries)
    entries = named(name, seen, entries, found[1])
    listed = {**found[1].listings, **found[0].listings}
    return ImportedTable(name, tuple(entries.values()), _left_out(listed, entries), remarks)


def _require(provider: str, entries: Mapping[str, Entry]) -> None:
    lacking = [name for name, entry in entries.items() if "tokenizer" not in entry]
    if lacking:
        read = f"no tokenizer for {', '.join(lacking)}"
        path, fix = f"providers.{provider}.facts", "add a fact with the family"
        raise InputError(Problem(read, "one for each model", fix, path, "pricing/overlay.yaml"))


def _left_out(listed: Mapping[str, Listing], entries: Mapping[str, Entry]) -> dict[str, int]:
    taken = {
        name for entry in entries.values() for name in (entry["id"], *entry.get("aliases", ()))
    }
    reasons = Counter(
        each.kept_out or "not chosen" for name, each in listed.items() if name not in taken
    )
    return dict(sorted(reasons.items()))


def text_of(
    table: ImportedTable,
    overlay: Overlay,
    releases: tuple[Release, Release],
    days: tuple[date, date],
    reconstructed: str,
) -> str:
    """Return a table's file.

    Parameters
    ----------
    table : ImportedTable
        The models.
    overlay : Overlay
        Where the sources it cites are defined.
    releases : tuple of Release
        The packages read.
    days : tuple of datetime.date
        The snapshot's day, and the day it is made.
    reconstructed : str
        How and from what, if it is made later than its day.
    """
    day, made = days
    provider = overlay.providers[table.provider]
    windows = {n: w for n, w in provider.windows.items() if w.known <= day}
    sold = [each for each in provider.commitments if each.known <= day]
    head: dict[str, Any] = {
        "schema": "costmodel.pricing/1",
        "snapshot": day,
        "provider": table.provider,
        "reconstructed": reconstructed or None,
        "currency": "USD",
        "unit": "usd_per_1m_tokens",
        "usage_convention": "input_tokens_is_total",
        "sources": None,
        "windows": {n: _plain(w) for n, w in windows.items()},
        "commitments": [_plain(each) for each in sold],
    }
    cited = set(_cited([head, *table.models]))
    head["sources"] = dict(_sources(overlay, provider, releases, made, cited))
    return table_text(provider.title, {k: v for k, v in head.items() if v}, table.models)


def _plain(record: Any) -> Entry:  # noqa: ANN401
    kept: Entry = record.model_dump(exclude_unset=True, by_alias=True, exclude={"known"})
    return kept


def _cited(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from each if key == "src" else _cited(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _cited(each)


def _sources(
    overlay: Overlay,
    provider: Provider,
    releases: tuple[Release, Release],
    made: date,
    cited: set[str],
) -> Iterator[tuple[str, Entry]]:
    """Yield the sources cited, the packages with their version and the day they were read."""
    for key, source in overlay.sources.items():
        if key in cited:
            stated = _plain(source)
            if key == provider.page:
                stated |= {"via": " and ".join(map(str, releases)), "retrieved": made}
            yield key, stated
    for key, release in zip(("gp", "ll"), releases, strict=True):
        if key in cited:
            yield (
                key,
                {
                    "name": release.name,
                    "version": release.version,
                    "license": "MIT",
                    "kind": "aggregator",
                    "retrieved": made,
                },
            )
    if "id" in cited:
        yield (
            "id",
            {
                "name": "the date in the provider's own dated model id",
                "kind": "vendor",
                "retrieved": made,
                "note": "not launched before that day",
            },
        )
