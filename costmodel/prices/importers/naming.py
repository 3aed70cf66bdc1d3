"""The names of a provider's models: aliases, and dated ids that retire earlier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from costmodel.prices.importers.listings import Listing, Shelf
from costmodel.prices.importers.sightings import (
    Entry,
    Sighting,
    dated_day,
    exact_names,
    is_dated_id,
)

RESELLERS = ("azure", "bedrock", "groq")
"""Providers that sell models of others: a bare name means the first party's."""

_ORDER = (
    "id",
    "aliases",
    "tokenizer",
    "limits",
    "cache",
    "capacity",
    "retires",
    "then",
    "note",
    "periods",
    "adjust",
)


def named(
    provider: str, seen: list[Sighting], entries: Mapping[str, Entry], shelf: Shelf
) -> dict[str, Entry]:
    """Return the entries with their aliases, and one for each dated id that retires earlier.

    Parameters
    ----------
    provider : str
        Whose models they are.
    seen : list of Sighting
        The models.
    entries : mapping of str to dict
        Their entries, by id.
    shelf : Shelf
        What litellm lists for the provider.
    """
    owned = set(entries)
    whole = dict(entries)
    for each in seen:
        entry = whole[each.name]
        aliases, earlier = _sorted_names(each, entry, shelf, owned)
        bare = [] if provider in RESELLERS else [each.name]
        entry["aliases"] = [*bare, *aliases]
        for name, gone in earlier.items():
            whole[name] = _dated_entry(entry, name, gone, provider)
        if earlier:
            days = ", ".join(f"{name} ({gone})" for name, gone in earlier.items())
            told = (entry.get("note"), f"Dated ids that retire earlier: {days}.")
            entry["note"] = " ".join(filter(None, told))
    return {name: _in_order(entry) for name, entry in whole.items()}


def _sorted_names(
    seen: Sighting, entry: Entry, shelf: Shelf, owned: set[str]
) -> tuple[list[str], dict[str, date]]:
    """Return the aliases of a model, and its dated ids that retire earlier with their day."""
    aliases: list[str] = []
    earlier: dict[str, date] = {}
    for name in exact_names(seen)[1:]:
        if name in owned or _moving(name) or not _vouched(name, seen, aliases, shelf):
            continue
        owned.add(name)
        listing = shelf.find(name)
        gone = listing.retires if listing else None
        if gone is not None and is_dated_id(name, seen.name) and _sooner(gone, entry):
            earlier[name] = gone
        elif not _another(listing, seen.litellm):
            aliases.append(name)
    return aliases, earlier


def _moving(name: str) -> bool:
    return "latest" in name or "/" in name


def _vouched(name: str, seen: Sighting, aliases: list[str], shelf: Shelf) -> bool:
    """Whether a name is a dated id, in litellm or the overlay, or a known one with dashes."""
    if dated_day(name):
        return is_dated_id(name, seen.name)
    stated = [alias for fact in seen.facts for alias in fact.aliases]
    dashed = name in [each.replace(".", "-") for each in (seen.name, *aliases)]
    return dashed or name in stated or name in shelf.listings


def _sooner(gone: date, entry: Entry) -> bool:
    retires: date | None = entry.get("retires")
    return retires is None or gone < retires


def _another(listing: Listing | None, ours: Listing | None) -> bool:
    """Whether litellm prices a name otherwise, or knows it as a model that is gone."""
    if listing is None or not listing.periods:
        return False
    if listing.retires is not None and (ours is None or listing.retires != ours.retires):
        return True
    return ours is not None and listing.periods[0].cards != ours.periods[0].cards


def dated_names(name: str, shelf: Shelf) -> list[str]:
    """Return the dated ids that litellm lists at the same rates, exactly as it writes them."""
    ours = shelf.find(name)
    return [
        other
        for other, listing in shelf.listings.items()
        if is_dated_id(other, name) and _standard(listing) == _standard(ours)
    ]


def _standard(listing: Listing | None) -> Mapping[str, Decimal]:
    return listing.periods[0].cards["standard"].rates if listing and listing.periods else {}


def _dated_entry(entry: Entry, name: str, gone: date, provider: str) -> Entry:
    """Return the entry of a dated id that retires earlier than its model."""
    own = {key: value for key, value in entry.items() if key not in ("note", "then", "capacity")}
    aliases = [] if provider in RESELLERS else [name]
    note = f"A dated id of {entry['id']}, at its prices."
    return {**own, "id": name, "aliases": aliases, "retires": gone, "note": note}


def _in_order(entry: Entry) -> Entry:
    return {key: entry[key] for key in _ORDER if key in entry and entry[key] != []}
