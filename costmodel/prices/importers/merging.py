"""One model's entry of a table: two packages and the overlay laid over each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from costmodel.prices.importers.conflicts import conflicts
from costmodel.prices.importers.overlay import Added, Provider, Step
from costmodel.prices.importers.period_cards import period_cards, period_units
from costmodel.prices.importers.sightings import (
    Entry,
    Sighting,
    dated_day,
    exact_names,
    is_dated_id,
)


def merged(seen: Sighting, provider: Provider, day: date) -> tuple[Entry, list[str]]:
    """Return a model's entry, and what had to be said about its figures.

    Parameters
    ----------
    seen : Sighting
        The model in the packages and in the overlay.
    provider : Provider
        What the overlay says of its provider.
    day : datetime.date
        The snapshot's day.
    """
    remarks: list[str] = []
    periods = _periods(seen, provider, day, remarks)
    remarks += conflicts(seen, periods, day)
    entry = {
        "id": seen.name,
        "aliases": [seen.name],
        "tokenizer": _plain(seen.fact("tokenizer")),
        "limits": _limits(seen),
        "cache": _cache(seen),
        "capacity": _plain(seen.fact("capacity")),
        "retires": seen.fact("retires") or (seen.litellm and seen.litellm.retires),
        "then": seen.fact("then"),
        "note": " ".join(filter(None, [seen.fact("note"), *remarks])) or None,
        "periods": periods,
        "adjust": _regions(seen),
    }
    return {key: value for key, value in entry.items() if value not in (None, [], {})}, remarks


def _regions(seen: Sighting) -> list[Entry]:
    """Return the factors of regions: the overlay's, else litellm's."""
    found: dict[str, tuple[Decimal | float, list[str]]] = {
        geo: (factor, ["ll"]) for geo, factor in _listed_regions(seen).items()
    }
    for fact in seen.facts:
        found |= {geo: (factor, [*fact.src]) for geo, factor in fact.geo.items()}
    return [
        {"when": {"geo": geo}, "multiply": factor, "applies_to": "tokens", "src": src}
        for geo, (factor, src) in sorted(found.items(), reverse=True)
    ]


def _listed_regions(seen: Sighting) -> Mapping[str, Decimal]:
    return seen.litellm.geos if seen.litellm else {}


def _plain(record: Any) -> Entry | None:  # noqa: ANN401
    if record is None:
        return None
    kept: Entry = record.model_dump(exclude_unset=True, by_alias=True)
    return kept


def _limits(seen: Sighting) -> Entry:
    stated = seen.fact("limits")
    found = {
        "context": seen.genai.context if seen.genai else None,
        "max_input": seen.litellm.max_input if seen.litellm else None,
        "max_output": seen.litellm.max_output if seen.litellm else None,
    }
    found |= {} if stated is None else stated.model_dump(exclude_unset=True)
    return {name: tokens for name, tokens in found.items() if tokens}


def _cache(seen: Sighting) -> Entry:
    """Return the cache facts: the overlay's, and the shortest prefix litellm gives."""
    found: Entry = {}
    sources: dict[str, None] = {}
    for fact in seen.facts:
        if fact.cache is not None:
            stated = fact.cache.model_dump(exclude_unset=True)
            found |= stated
            sources |= dict.fromkeys(fact.src)
    if found.get("mode") == "none":
        return {"mode": "none"}
    shortest = seen.litellm.min_prefix if seen.litellm else None
    if shortest is not None and "min_prefix_tokens" not in found:
        found = {**found, "min_prefix_tokens": shortest}
        sources |= {"ll": None}
    stated = {key: value for key, value in found.items() if value is not None}
    return {**stated, "src": [*sources]} if stated else {"mode": "none"}


def _periods(seen: Sighting, provider: Provider, day: date, remarks: list[str]) -> list[Entry]:
    stated = seen.fact("periods")
    if stated:
        found = [_added(each) for each in stated]
    else:
        found = list(_listed(seen, provider, day, remarks))
        _launch(seen, provider, found)
    for fact in seen.facts:
        found += [_added(each) for each in fact.add if not stated]
        for step in fact.steps:
            found = _stepped(found, step, fact.src)
    found.sort(key=lambda period: period["from"] or datetime.min.replace(tzinfo=UTC))
    return [_stamped(period, day) for period in found]


def _listed(seen: Sighting, provider: Provider, day: date, remarks: list[str]) -> Iterator[Entry]:
    """Yield the periods of genai-prices, completed by litellm in the one in force.

    litellm's units hold in the announced periods too: an announcement of token
    prices says nothing of them.
    """
    listing = seen.genai if seen.genai and seen.genai.periods else seen.litellm
    if listing is seen.genai and seen.genai and seen.genai.by_the_hour:
        remarks.append("genai-prices has prices by the hour of the day, which are left out.")
        listing = seen.litellm or seen.genai
    assert listing is not None
    now = listing.period_on(day)
    begun = False
    for period in listing.periods:
        begun = begun or period is now
        other = seen.litellm.periods[0] if seen.litellm and seen.litellm.periods else None
        src = [
            provider.page,
            *(["gp"] if listing is seen.genai else []),
            *(["ll"] if other else []),
        ]
        more = other if listing is seen.genai else None
        cards = dict(period_cards(seen, period, more if period is now else None, remarks))
        yield {
            "from": None if period.start is None else _midnight(period.start),
            "src": src,
            "cards": cards,
            "units": dict(period_units(period.units, more.units if more and begun else {})),
        }


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _launch(seen: Sighting, provider: Provider, periods: list[Entry]) -> None:
    """Give the first period the start the overlay or a dated name states."""
    if not periods or periods[0]["from"] is not None:
        return
    stated = seen.fact("launch")
    if stated is not None:
        src = next(fact.src for fact in reversed(seen.facts) if fact.launch is stated)
        periods[0]["from"] = stated.from_
        if stated.from_kind == "observed":
            periods[0]["from_kind"] = "observed"
        periods[0]["src"] = [*dict.fromkeys([*src, *periods[0]["src"]])]
        return
    dated = [name for name in exact_names(seen) if is_dated_id(name, seen.name)]
    days = sorted(filter(None, map(dated_day, dated)))
    if provider.launch_from_ids and days:
        periods[0] |= {"from": _midnight(days[0]), "from_kind": "observed"}
        periods[0]["src"] = ["id", *periods[0]["src"]]


def _added(period: Added) -> Entry:
    return {"from": period.from_, **period.model_dump(exclude_unset=True, by_alias=True)}


def _stepped(periods: list[Entry], step: Step, src: tuple[str, ...]) -> list[Entry]:
    """Return the periods with a step's changes."""
    at = next((n for n, each in enumerate(periods) if each["from"] == step.from_), None)
    if at is None and step.from_ is None:
        at = 0
    if at is None:
        assert step.from_ is not None
        before = [e for e in periods if e["from"] is None or e["from"] < step.from_]
        if not before:
            return periods
        last = max(before, key=lambda e: e["from"] or datetime.min.replace(tzinfo=UTC))
        copy = {k: v for k, v in last.items() if k not in ("from_kind", "promo", "note", "until")}
        return _stepped([*periods, {**copy, "from": step.from_}], step, src)
    periods = list(periods)
    periods[at] = _changed(periods[at], step, src)
    return periods


def _changed(period: Entry, step: Step, src: tuple[str, ...]) -> Entry:
    cards = {**period["cards"], **{m: _plain(card) for m, card in step.cards.items()}}
    changed = {
        **period,
        "cards": {mode: card for mode, card in cards.items() if mode not in step.without},
        "units": {**period.get("units", {}), **{n: _plain(u) for n, u in step.units.items()}},
        "src": [*dict.fromkeys([*period["src"], *src])],
    }
    for key in ("promo", "confidence", "note"):
        if getattr(step, key) is not None:
            changed[key] = getattr(step, key)
    return changed


def _stamped(period: Entry, day: date) -> Entry:
    """Return a period in the order of a table's keys, with the status it had on the day."""
    start = period["from"]
    later = start is not None and start.date() > day
    gone = period.get("withdrawn_on")
    status = "withdrawn" if gone and gone <= day else "announced" if later else "effective"
    if status != "withdrawn":
        period = {key: value for key, value in period.items() if key != "withdrawn_on"}
    ordered: Entry = {"from": start, "from_kind": period.get("from_kind"), "status": status}
    keys = ("withdrawn_on", "promo", "until", "confidence", "src", "note", "cards", "units")
    ordered |= {key: period.get(key) for key in keys}
    return {k: v for k, v in ordered.items() if k == "from" or v not in (None, [], {}, False)}
