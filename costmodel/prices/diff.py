"""What changed between two snapshots: prices at each date, announcements, facts.

Prices are compared date by date, so a period that was split, merged or written
another way at equal rates is no difference. Whether a change is news or a
correction depends on the older snapshot's day: dates up to the end of that day
were already past, or present, when it was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.cards import rate_text
from costmodel.prices.differences import Difference, Kind
from costmodel.prices.figures import Fact, facts_of
from costmodel.prices.instants import day_start
from costmodel.prices.model_differences import ModelPair
from costmodel.prices.schema import ModelEntry, Table
from costmodel.prices.shelf import Shelf, providers_of, table_of
from costmodel.prices.table_facts import table_facts
from costmodel.prices.timelines import tenures


@dataclass(frozen=True)
class SnapshotDiff:
    """The differences between two snapshots, by the days that name them."""

    old: str
    new: str
    differences: tuple[Difference, ...]

    def of(self, kind: Kind) -> tuple[Difference, ...]:
        """Return the differences of one kind."""
        return tuple(each for each in self.differences if each.kind == kind)


def compare_snapshots(old: Shelf, new: Shelf) -> SnapshotDiff:
    """Return what two snapshots, or two tables of one provider, say differently.

    Parameters
    ----------
    old, new : Snapshot or Table
        The older and the newer knowledge.

    Raises
    ------
    InputError
        If `old` is the newer of the two, or a table is not valid.
    """
    days = [shelf.snapshot if isinstance(shelf, Table) else shelf.day for shelf in (old, new)]
    if days[0] > days[1]:
        read, fix = f"{days[0]} before {days[1]}", f"write {days[1]} {days[0]}"
        raise InputError(Problem(read, "the older snapshot first", fix))
    dates = (_news_from(days[0]), _news_from(days[1]))
    found: list[Difference] = []
    for provider in sorted({*providers_of(old), *providers_of(new)}):
        found += _of_tables(provider, _table(old, provider), _table(new, provider), dates)
    return SnapshotDiff(str(days[0]), str(days[1]), tuple(found))


def _table(shelf: Shelf, provider: str) -> Table | None:
    return table_of(shelf, provider) if provider in providers_of(shelf) else None


def _news_from(day: date) -> datetime:
    """Return the first instant that was still to come when a snapshot of that day was made."""
    return day_start(day + timedelta(days=1))


def _of_tables(
    provider: str, old: Table | None, new: Table | None, dates: tuple[datetime, datetime]
) -> Iterator[Difference]:
    before, after = _entries(old), _entries(new)
    for name in dict.fromkeys((*before, *after)):
        model = f"{provider}/{name}"
        if name not in before:
            yield Difference("model added", model, "", None, _offer(after[name], dates[1]))
        elif name not in after:
            outcome = _new_name(provider, name, new)
            offer = _offer(before[name], dates[0])
            yield Difference("model removed", model, "", offer, None, outcome=outcome)
        else:
            assert old is not None
            assert new is not None
            pair = ModelPair(model, old, new, before[name], after[name], *dates)
            yield from pair.prices()
            yield from _facts(model, facts_of(before[name]), facts_of(after[name]))
    if old is not None and new is not None:
        yield from _facts(provider, table_facts(old), table_facts(new))


def _entries(table: Table | None) -> dict[str, ModelEntry]:
    return {} if table is None else {entry.id: entry for entry in table.models}


def _offer(entry: ModelEntry, now: datetime) -> str:
    """Return the rates of a model at a date in words; its first ones if it starts later."""
    begun = [each for each in tenures(entry) if each.since < now]
    prices = (begun[-1] if begun else tenures(entry)[0]).prices
    mode = "standard" if "standard.input" in prices else next(iter(prices)).split(".")[0]
    rates = {name: prices.get(f"{mode}.{name}") for name in ("input", "output")}
    words = [f"{n} {rate_text(v)}" for n, v in rates.items() if isinstance(v, float)]
    return f"{mode} {', '.join(words)}"


def _new_name(provider: str, name: str, new: Table | None) -> str:
    """Say where a removed name went, if it is now another model's alias."""
    owners = [
        entry.id for entry in (new.models if new is not None else ()) if name in entry.aliases
    ]
    return f"now a name of {provider}/{owners[0]}" if owners else ""


def _facts(subject: str, old: Mapping[str, Fact], new: Mapping[str, Fact]) -> Iterator[Difference]:
    for name in dict.fromkeys((*old, *new)):
        was, now = (facts[name].value if name in facts else None for facts in (old, new))
        if was != now:
            yield Difference("fact changed", subject, name, was, now)
