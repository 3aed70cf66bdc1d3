"""Why another source may state another value: too old, in the wrong column, at the wrong scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from costmodel.prices.figures import (
    MODES,
    RATES,
    Value,
    billed_price,
    first_tokens,
    near,
    prices_of,
)
from costmodel.prices.instants import day_start
from costmodel.prices.schema import ModelEntry, Table
from costmodel.prices.timelines import EVER, Step, Tenure, Timeline, tenures, timeline

LARGEST_POWER = 6
"""Powers of ten that are looked for: USD per token against USD per million."""


@dataclass(frozen=True)
class Known:
    """What our tables say of a model.

    Parameters
    ----------
    table, entry : Table, ModelEntry
        The newest table and what it says of the model.
    at : datetime.datetime
        The date of our prices.
    past : tuple of (Table, ModelEntry)
        What older tables said of it.
    """

    table: Table
    entry: ModelEntry
    at: datetime
    past: tuple[tuple[Table, ModelEntry], ...] = ()

    @cached_property
    def history(self) -> tuple[Tenure, ...]:
        """The model's periods."""
        return tenures(self.entry)

    @cached_property
    def prices(self) -> Mapping[str, Value]:
        """Our prices at the date, by their full names."""
        now = (t.prices for t in self.history if t.since <= self.at < t.until)
        return next(now, {})

    def timeline(self, field: str) -> Timeline:
        """Return a rate of ours over time."""
        return timeline(self.history, whole(field), self.table.windows)

    def now(self, field: str) -> float | None:
        """Return our rate at the date; None where we have none.

        For a tier that our card does not have it is what a prompt of that
        length is billed at.
        """
        if self.longest_prompt(field) is not None:
            return None
        return _number(billed_price(self.prices, whole(field)))

    def tier_missing(self, field: str) -> bool:
        """Whether a rate is that of a tier which our card does not have."""
        return _first(field) is not None and whole(field) not in self.prices

    def longest_prompt(self, field: str) -> int | None:
        """Return the longest prompt of a rate's mode if the tier of the rate begins above it."""
        first = _first(field)
        longest = self.prices.get(f"{whole(field).partition('.')[0]}.max_prompt_tokens")
        if first is None or not isinstance(longest, int):
            return None
        return longest if longest < first else None

    def coming(self, field: str, value: float) -> str:
        """Say from when our table has that value, if it is announced."""
        for step in self.timeline(field).steps:
            if step.since > self.at and same(step.value, value):
                return f"our price from {step.since:%Y-%m-%d}"
        return ""


def _first(field: str) -> int | None:
    """Return the shortest prompt of a rate's tier; None for a rate of no tier."""
    parts = whole(field).split(".")[1:-1]
    return next((tokens for tokens in map(first_tokens, parts) if tokens is not None), None)


def whole(field: str) -> str:
    """Return the full name of a rate: ``input`` is ``standard.input``."""
    return field if field.split(".")[0] in (*MODES, "units") else f"standard.{field}"


def same(one: object, other: float) -> bool:
    """Whether a value is a number that equals another but for rounding."""
    number = _number(one)
    return number is not None and near(number, other)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, float | int) else None


def stale(known: Known, field: str, value: float, as_of: date | None) -> str:
    """Say when the value was ours: at the source's date, earlier, or announced and withdrawn."""
    for step in _past_steps(known, field):
        if same(step.value, value):
            until = min(step.until, known.at)
            words = f"our price until {until:%Y-%m-%d}"
            if as_of is not None and step.since <= day_start(as_of) < step.until:
                return f"{words}, right at its date, {as_of}"
            return words
    return _withdrawn(known, field, value)


def _past_steps(known: Known, field: str) -> Iterator[Step]:
    """Yield our values before the date, the newest first, then those of older tables."""
    own = known.timeline(field).steps
    yield from (step for step in reversed(own) if step.until <= known.at)
    for table, entry in known.past:
        older = timeline(tenures(entry), whole(field), table.windows)
        made = day_start(table.snapshot)
        yield from (
            Step(step.since, min(step.until, known.at), step.value)
            for step in reversed(older.steps)
            if step.since <= made and step.until > EVER
        )


def _withdrawn(known: Known, field: str, value: float) -> str:
    for period in known.entry.periods:
        if period.status == "withdrawn" and same(prices_of(period).get(whole(field)), value):
            start = "" if period.from_ is None else f"announced for {period.from_:%Y-%m-%d}, "
            return f"{start}withdrawn on {period.withdrawn_on}"
    return ""


def swapped(theirs: tuple[float, float], ours: tuple[float | None, float | None]) -> str:
    """Say so if input and output are exchanged."""
    if ours[0] is None or ours[1] is None or same(ours[0], ours[1]):
        return ""
    exchanged = same(ours[0], theirs[1]) and same(ours[1], theirs[0])
    return "input and output exchanged" if exchanged else ""


def wrong_column(known: Known, field: str, value: float) -> str:
    """Say so if a cache rate is another figure of the cache: storage, or reads."""
    rate = field.rpartition(".")[2]
    storage = known.entry.cache.storage
    if rate == "cache_read" and storage is not None and same(storage.usd_per_mtok_hour, value):
        return "the price of cache storage per hour"
    lead = field.removesuffix(rate)
    if rate.startswith("cache_write") and same(known.now(f"{lead}cache_read"), value):
        return "the rate of cached reads"
    return ""


def wrong_scale(known: Known, field: str, value: float) -> str:
    """Say so if the value is ours times a power of ten, twice or half, or of another mode."""
    own = known.now(field)
    if own is None or own <= 0 or value <= 0:
        return ""
    other = _other_rate(known, field, value)
    if other:
        return other
    power = round(math.log10(value / own))
    if power and abs(power) <= LARGEST_POWER and same(own * 10.0**power, value):
        return f"{10 ** abs(power):,} times too {'large' if power > 0 else 'small'}"
    for factor, words in ((2.0, "twice ours"), (0.5, "half of ours, as in a batch")):
        if same(own * factor, value):
            return words
    return ""


def _other_rate(known: Known, field: str, value: float) -> str:
    """Say which rate of the same kind, in another mode, tier or window, the value is."""
    rate = field.rpartition(".")[2]
    for name, price in known.prices.items():
        own = name.rpartition(".")[2] == rate and name != whole(field)
        if own and rate in RATES and same(price, value):
            return f"our {name.rpartition('.')[0].replace('.', ' ')} rate"
    return ""
