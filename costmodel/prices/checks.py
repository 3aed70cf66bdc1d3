"""Checks of a price table that need more than one of its fields."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from costmodel.foundation.reading import ValuePath
from costmodel.prices.schema import ModelEntry, Period, Table

Finding = tuple[ValuePath, str, str, str]
"""Path of the value, what was read, what was expected, how to fix it."""


def findings(table: Table) -> Iterator[Finding]:
    """Yield everything inconsistent in a table that is valid field by field."""
    yield from _names(table)
    for number, model in enumerate(table.models):
        at: ValuePath = ("models", number)
        yield from _periods(table, model, at)
        for step, period in enumerate(model.periods):
            yield from _cards(table, period, (*at, "periods", step))
    yield from _sources(table)


def _names(table: Table) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for number, model in enumerate(table.models):
        for name in dict.fromkeys((model.id, *model.aliases)):
            if name in owners:
                yield (
                    ("models", number, "id" if name == model.id else "aliases"),
                    f"'{name}', which is already a name of {owners[name]}",
                    "names that belong to one model",
                    "give each id and alias to one model only",
                )
            owners.setdefault(name, model.id)


def _periods(table: Table, model: ModelEntry, at: ValuePath) -> Iterator[Finding]:
    live = [(n, p) for n, p in enumerate(model.periods) if p.status != "withdrawn"]
    if not live:
        read = "only withdrawn periods"
        yield (*at, "periods"), read, "a period that applies", "add an effective period"
    for (_, before), (number, after) in pairwise(live):
        yield from _order(before, after, (*at, "periods", number, "from"))
    own = f"{table.provider}/{model.id}"
    if model.then is not None and (model.retires is None or model.then == own):
        expected = "another model, beside the day this one retires"
        yield (*at, "then"), f"'{model.then}'", expected, "give retires: and a successor"
    for number, period in enumerate(model.periods):
        yield from _status(table, period, (*at, "periods", number))


def _order(before: Period, after: Period, at: ValuePath) -> Iterator[Finding]:
    if after.from_ is None:
        yield at, "null", "a start, as only the first period may lack one", "give the instant"
    elif before.from_ is not None and after.from_ == before.from_:
        read = f"{after.from_.isoformat()}, where the period before it starts as well"
        yield at, read, "periods that do not overlap", "merge the two periods or move one"
    elif before.from_ is not None and after.from_ < before.from_:
        read = f"{after.from_.isoformat()} after {before.from_.isoformat()}"
        yield at, read, "periods sorted by their start", "put the earlier period first"


def _status(table: Table, period: Period, at: ValuePath) -> Iterator[Finding]:
    later = period.from_ is not None and period.from_.date() > table.snapshot
    if period.status == "effective" and later:
        read = f"effective, from a day after the snapshot of {table.snapshot}"
        yield (*at, "status"), read, "announced", "what starts later was only announced then"
    if period.status == "announced" and not later:
        read = f"announced, from a day not after the snapshot of {table.snapshot}"
        yield (*at, "status"), read, "effective or withdrawn", "say what became of it"
    if (period.status == "withdrawn") != (period.withdrawn_on is not None):
        read = f"{period.status} with withdrawn_on {period.withdrawn_on or 'missing'}"
        expected = "withdrawn_on exactly where the status is withdrawn"
        yield (*at, "status"), read, expected, "add or remove withdrawn_on"


def _cards(table: Table, period: Period, at: ValuePath) -> Iterator[Finding]:
    for mode, card in period.cards.items():
        here: ValuePath = (*at, "cards", mode)
        thresholds = [above.threshold for above in card.above]
        if any(b <= a for a, b in pairwise(thresholds)):
            read = ", ".join(map(str, thresholds))
            yield (*here, "above"), read, "increasing thresholds", "sort the tiers, one each"
        for name in card.windows:
            if name not in table.windows:
                known = ", ".join(table.windows) or "none"
                expected = f"a window of this file ({known})"
                yield (*here, "windows", name), f"'{name}'", expected, "define it under windows:"


def _sources(table: Table) -> Iterator[Finding]:
    for at, keys in _cited(table):
        for key in keys:
            if key not in table.sources:
                known = ", ".join(table.sources)
                yield at, f"source '{key}'", f"one of {known}", "define it under sources:"


def _cited(table: Table) -> Iterator[tuple[ValuePath, tuple[str, ...]]]:
    for name, window in table.windows.items():
        yield ("windows", name, "src"), window.src
    for number, model in enumerate(table.models):
        at: ValuePath = ("models", number)
        yield (*at, "cache", "src"), model.cache.src
        if model.cache.storage is not None:
            yield (*at, "cache", "storage", "src"), model.cache.storage.src
        for step, adjust in enumerate(model.adjust):
            yield (*at, "adjust", step, "src"), adjust.src
        for step, period in enumerate(model.periods):
            yield from _cited_in_period(period, (*at, "periods", step))


def _cited_in_period(period: Period, at: ValuePath) -> Iterator[tuple[ValuePath, tuple[str, ...]]]:
    yield (*at, "src"), period.src
    for mode, card in period.cards.items():
        yield (*at, "cards", mode, "src"), card.src
    for name, unit in period.units.items():
        yield (*at, "units", name, "src"), unit.src
