"""Rules of a table against what vouches for it: its sources, and the snapshot before it."""

from __future__ import annotations

from collections.abc import Iterator

from costmodel.foundation.reading import ValuePath
from costmodel.prices.cards import rate_text
from costmodel.prices.figures import first_tokens
from costmodel.prices.hits import Doubt
from costmodel.prices.schema import ModelEntry, Table
from costmodel.prices.timelines import (
    EVER,
    Differing,
    Tenure,
    differing,
    names_of,
    tenures,
    timeline,
)

LARGEST_CHANGE = 3.0
"""A price that changes by more, up or down, since the last snapshot is looked at by a person."""


def source_doubts(table: Table) -> Iterator[Doubt]:
    """Yield the sources without the day they were read, and the facts without a source."""
    for name, source in table.sources.items():
        if source.retrieved is None:
            yield Doubt(
                "sources",
                ("sources", name),
                f"source '{name}' without `retrieved`",
                "the day its figures were read",
                "add retrieved: YYYY-MM-DD",
                "warning",
            )
    for number, model in enumerate(table.models):
        if model.cache.mode != "none" and not model.cache.src:
            read = f"cache facts of {model.id} without `src`"
            fix = "add src: [...] to cache"
            yield Doubt("sources", ("models", number, "cache"), read, "a source", fix)


def change_doubts(old: Table, new: Table) -> Iterator[Doubt]:
    """Yield the prices that differ by more than 3 times from the last snapshot, unreviewed."""
    before = {entry.id: entry for entry in old.models}
    for number, entry in enumerate(new.models):
        if entry.id in before:
            for doubt in _leaps(old, new, before[entry.id], entry):
                path: ValuePath = ("models", number, *doubt.path)
                yield Doubt(doubt.rule, path, doubt.read, doubt.expected, doubt.fix, doubt.level)


def _leaps(old: Table, new: Table, was: ModelEntry, now: ModelEntry) -> Iterator[Doubt]:
    history, past = tenures(now), tenures(was)
    for name in names_of(history):
        before, after = timeline(past, name, old.windows), timeline(history, name, new.windows)
        for span in differing(before, after):
            each = next((t for t in history if t.since <= span.since < t.until), None)
            if each is not None and name in each.prices and each.period.reviewed is None:
                yield from _leap(name, span, each, str(old.snapshot))


def _leap(name: str, span: Differing, each: Tenure, snapshot: str) -> Iterator[Doubt]:
    rates = [value for value in (span.old, span.new) if isinstance(value, float)]
    if len(rates) < 2 or min(rates) * LARGEST_CHANGE >= max(rates) * (1 - 1e-9):
        return
    since = "" if span.since == EVER else f" from {span.since:%Y-%m-%d}"
    times = "" if rates[0] == 0 else f", {rates[1] / rates[0]:.3g} times"
    yield Doubt(
        "large changes",
        ("periods", each.number, *_place(name)),
        f"{rate_text(rates[1])} for {name}{since}{times} {rate_text(rates[0])} in {snapshot}",
        "a change of at most 3 times, or `reviewed`",
        'check it, then add reviewed: "who looked, and against what" to the period',
    )


def _place(name: str) -> ValuePath:
    """Return where a price stands in its period, as far as its name says."""
    lead, *rest = name.split(".")
    if lead == "units":
        return ("units", rest[0])
    if first_tokens(rest[0]) is not None:
        return ("cards", lead, "above")
    return (
        ("cards", lead, "windows", rest[0])
        if len(rest) > 1
        else ("cards", lead, "per_mtok", rest[0])
    )
