"""Facts of a whole table: its hours of the week, and the capacity a provider sells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from costmodel.prices.figures import Fact, stated_confidence
from costmodel.prices.pledges import Commitment
from costmodel.prices.schema import Table, Window


def table_facts(table: Table) -> dict[str, Fact]:
    """Return the facts of a table by name: ``windows.peak``, ``commitments.ptu.price.hourly``."""
    facts = {
        f"windows.{name}": Fact(window_words(window), src=window.src)
        for name, window in table.windows.items()
    }
    for each in table.commitments:
        facts |= {f"commitments.{each.id}.{name}": fact for name, fact in _of_commitment(each)}
    return facts


def window_words(window: Window) -> str:
    """Return when a window is: ``09:00-12:00 Asia/Shanghai, mon tue, from 2026-08-22T16:00Z``."""
    days = "every day" if window.days is None else " ".join(window.days)
    words = [f"{' '.join(window.hours)} {window.tz}", days]
    words += [] if window.from_ is None else [f"from {_utc(window.from_)}"]
    words += [] if window.to is None else [f"until {_utc(window.to)}"]
    return ", ".join(words)


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def _of_commitment(commitment: Commitment) -> Iterator[tuple[str, Fact]]:
    src = commitment.src
    yield "unit", Fact(commitment.unit, src=src)
    yield "min_units", Fact(commitment.min_units, commitment.unit, src)
    yield "increment", Fact(commitment.increment, commitment.unit, src)
    served = None if commitment.models is None else ", ".join(commitment.models)
    yield "models", Fact(served, src=src)
    for term, price in commitment.price.items():
        for name in ("usd", "usd_per_hour", "usd_per_month"):
            value = dict(price)[name]
            if value is not None:
                stated = stated_confidence(price)
                yield f"price.{term}.{name}", Fact(value, "USD", price.src or src, stated)
