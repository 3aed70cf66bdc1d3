"""One thing that two snapshots say differently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from costmodel.prices.figures import Value

Kind = Literal[
    "model added",
    "model removed",
    "new period",
    "retroactive correction",
    "announcement changed",
    "fact changed",
]


@dataclass(frozen=True)
class Difference:
    """One thing that two snapshots say differently.

    Parameters
    ----------
    kind : str
        ``new period``: a change that applies from a date after the older
        snapshot's day, which that did not have. ``retroactive correction``:
        another value for dates that were past when the older one was made.
        ``announcement changed``: announced in the older one, and since
        confirmed, withdrawn, altered, postponed or brought forward. ``fact
        changed``: limits, cache facts, retirements, tokenizer, regions,
        capacity. ``model added``, ``model removed``.
    model : str
        ``provider/id``; the provider alone for what holds for all its models.
    field : str
        Such as ``batch.input``; empty for a whole model.
    old, new : float, int, bool, str or None
        What the snapshots say; None where they state nothing.
    since, until : datetime.datetime or None
        The dates at which they differ; None where there is no bound.
    outcome : str
        What became of an announcement; ``announced`` for a new period that is
        still to come at the newer snapshot; a remark on a whole model.
    """

    kind: Kind
    model: str
    field: str
    old: Value
    new: Value
    since: datetime | None = None
    until: datetime | None = None
    outcome: str = ""

    @property
    def ratio(self) -> float | None:
        """New over old, for numbers above zero."""
        numbers = [v for v in (self.old, self.new) if isinstance(v, float | int)]
        if len(numbers) < 2 or min(numbers) <= 0 or isinstance(self.old, bool):
            return None
        return numbers[1] / numbers[0]
