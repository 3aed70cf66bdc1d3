"""What two snapshots say differently of one model's prices, date by date.

A price that changes after the older snapshot's day was news then: a new period,
or an announcement of which something became. Any other difference corrects the
past.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from costmodel.prices.differences import Difference
from costmodel.prices.schema import ModelEntry, Table
from costmodel.prices.timelines import (
    EVER,
    NEVER,
    Differing,
    Tenure,
    Timeline,
    differing,
    names_of,
    tenures,
    timeline,
)


@dataclass(frozen=True)
class ModelPair:
    """One model in two snapshots.

    Parameters
    ----------
    model : str
        ``provider/id``.
    old_table, new_table : Table
        The tables it stands in.
    old, new : ModelEntry
        What they say of it.
    news, now : datetime.datetime
        The first instants that were still to come when the snapshots were made.
    """

    model: str
    old_table: Table
    new_table: Table
    old: ModelEntry
    new: ModelEntry
    news: datetime
    now: datetime

    def prices(self) -> Iterator[Difference]:
        """Yield the differences of every price."""
        old, new = tenures(self.old), tenures(self.new)
        for name in dict.fromkeys((*names_of(new), *names_of(old))):
            before = timeline(old, name, self.old_table.windows)
            after = timeline(new, name, self.new_table.windows)
            for span in differing(before, after):
                if _listed(name, span, (*old, *new)):
                    yield self._classified(name, span, before, after)
            yield from self._confirmed(name, before, after)

    def _classified(
        self, name: str, span: Differing, before: Timeline, after: Timeline
    ) -> Difference:
        found = Difference(
            "retroactive correction",
            self.model,
            name,
            span.old,
            span.new,
            None if span.since == EVER else span.since,
            None if span.until == NEVER else span.until,
        )
        if span.since < self.news:
            return found
        outcome = self._outcome(span, before, after)
        if outcome:
            return replace(found, kind="announcement changed", outcome=outcome)
        outcome = "announced" if span.since >= self.now else ""
        return replace(found, kind="new period", outcome=outcome)

    def _outcome(self, span: Differing, before: Timeline, after: Timeline) -> str:
        """Say what became of the old announcement a span lies in, or that it came earlier."""
        announced = before.step(span.since)
        if announced.since >= self.news:
            if span.new != before.before(announced.since):
                return "altered"
            if span.until != NEVER and after.at(span.until) == announced.value:
                return f"postponed to {span.until:%Y-%m-%d}"
            return self._withdrawn(announced.since)
        follows = span.until != NEVER and before.step(span.until)
        if follows and follows.since == span.until and follows.value == span.new:
            return f"brought forward from {span.until:%Y-%m-%d}"
        return ""

    def _withdrawn(self, start: datetime) -> str:
        days = [p.withdrawn_on for p in self.new.periods if p.from_ == start and p.withdrawn_on]
        return f"withdrawn on {days[0]}" if days else "withdrawn"

    def _confirmed(self, name: str, before: Timeline, after: Timeline) -> Iterator[Difference]:
        """Yield the announcements that have come true at the newer snapshot."""
        starts = {step.since for step in after.steps}
        for step in before.steps:
            came = self.news <= step.since < self.now and step.since in starts
            if came and after.at(step.since) == step.value:
                was = before.before(step.since)
                yield Difference(
                    "announcement changed",
                    self.model,
                    name,
                    was,
                    step.value,
                    step.since,
                    None if step.until == NEVER else step.until,
                    "confirmed",
                )


def _listed(name: str, span: Differing, periods: tuple[Tenure, ...]) -> bool:
    """Whether a card that applies then has that price itself.

    A tier that neither card has then is billed at the rates told already.
    """
    return any(
        name in each.prices
        for each in periods
        if each.since < span.until and span.since < each.until
    )
