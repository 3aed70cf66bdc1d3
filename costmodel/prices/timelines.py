"""Prices over time: a figure of a table as a step function of the date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from costmodel.prices.figures import Value, billed_price, prices_of
from costmodel.prices.schema import ModelEntry, Period, Window

EVER = datetime.min.replace(tzinfo=UTC)
"""Before every price: where a period with an unknown start begins."""
NEVER = datetime.max.replace(tzinfo=UTC)
"""After every price: where the last period ends."""


@dataclass(frozen=True)
class Step:
    """One value of a figure, from `since` up to `until`; None where there is no price."""

    since: datetime
    until: datetime
    value: Value


@dataclass(frozen=True)
class Timeline:
    """A figure at every date: steps that touch, from `EVER` to `NEVER`, neighbours differ."""

    steps: tuple[Step, ...]

    def step(self, instant: datetime) -> Step:
        """Return the step an instant lies in."""
        return next(step for step in reversed(self.steps) if step.since <= instant)

    def at(self, instant: datetime) -> Value:
        """Return the value at an instant."""
        return self.step(instant).value

    def before(self, instant: datetime) -> Value:
        """Return the value just before an instant."""
        return next((s.value for s in reversed(self.steps) if s.since < instant), None)


@dataclass(frozen=True)
class Tenure:
    """A period of a model with the span in which it applies, and its prices by name."""

    number: int
    period: Period
    since: datetime
    until: datetime
    prices: Mapping[str, Value]


def tenures(entry: ModelEntry) -> tuple[Tenure, ...]:
    """Return the periods of a model that apply, each up to the next or to its own end."""
    live = [(n, p) for n, p in enumerate(entry.periods) if p.status != "withdrawn"]
    starts = [EVER if p.from_ is None else p.from_.astimezone(UTC) for _, p in live]
    ends = [*starts[1:], NEVER]
    return tuple(
        Tenure(n, p, start, _end(p, end), prices_of(p))
        for (n, p), start, end in zip(live, starts, ends, strict=True)
    )


def _end(period: Period, following: datetime) -> datetime:
    return following if period.until is None else min(following, period.until.astimezone(UTC))


def names_of(history: tuple[Tenure, ...]) -> tuple[str, ...]:
    """Return the names of all prices a model has or had; withdrawn ones are left out."""
    return tuple(dict.fromkeys(name for each in history for name in each.prices))


def timeline(history: tuple[Tenure, ...], name: str, windows: Mapping[str, Window]) -> Timeline:
    """Return a price of a model at every date.

    Parameters
    ----------
    history : tuple of Tenure
        The model's, from `tenures`.
    name : str
        The price, as in `figures.prices_of`; a tier the model has not is
        priced as such prompts are billed.
    windows : mapping of str to Window
        Those of the file: a window's rate is a price while the window is in force.
    """
    steps = [
        Step(since, until, billed_price(each.prices, name))
        for each in history
        for since, until in [_clipped(each, windows.get(_second(name)))]
    ]
    return Timeline(tuple(_joined([step for step in steps if step.since < step.until])))


def _second(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def _clipped(each: Tenure, window: Window | None) -> tuple[datetime, datetime]:
    if window is None:
        return each.since, each.until
    since = each.since if window.from_ is None else max(each.since, window.from_.astimezone(UTC))
    until = each.until if window.to is None else min(each.until, window.to.astimezone(UTC))
    return since, until


def _joined(steps: list[Step]) -> Iterator[Step]:
    """Yield steps over all dates: gaps as None, equal neighbours as one."""
    filled, reached = [], EVER
    for step in steps:
        filled += [Step(reached, step.since, None)] if reached < step.since else []
        filled.append(step)
        reached = step.until
    filled += [Step(reached, NEVER, None)] if reached < NEVER else []
    starts = [filled[0].since]
    starts += [after.since for before, after in pairwise(filled) if before.value != after.value]
    values = {step.since: step.value for step in filled}
    for since, until in zip(starts, [*starts[1:], NEVER], strict=True):
        yield Step(since, until, values[since])


@dataclass(frozen=True)
class Differing:
    """A span of dates at which two timelines differ in the same way."""

    since: datetime
    until: datetime
    old: Value
    new: Value


def differing(old: Timeline, new: Timeline) -> tuple[Differing, ...]:
    """Return the spans at which two timelines differ, each as long as both values stay."""
    marks = sorted({step.since for step in (*old.steps, *new.steps)})
    spans = [
        Differing(since, until, old.at(since), new.at(since))
        for since, until in zip(marks, [*marks[1:], NEVER], strict=True)
    ]
    return tuple(span for span in spans if span.old != span.new)
