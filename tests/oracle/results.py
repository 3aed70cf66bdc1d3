"""What the slow simulator drew, by lane: arrays futures x months."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Lane:
    """What one segment did with one feature: every array is futures x months."""

    usd: dict[str, np.ndarray]
    """By meter: uncached, cached and written input, output; cache lookups."""
    tokens: dict[str, np.ndarray]
    """By meter, and `reasoning`, which `output` includes."""
    counts: dict[str, np.ndarray]
    """conversations, turns, failed turns, attempts, calls (attempts that were billed)."""
    units: dict[str, np.ndarray] = field(default_factory=dict)
    """Whole units by name: searches, images, pages."""
    fates: dict[str, np.ndarray] = field(default_factory=dict)
    """Of a variant: turns by what became of them, and the people stopped or held up."""
    path_usd: dict[str, np.ndarray] = field(default_factory=dict)
    """Of a variant: the bill by path (primary, degraded, response cache), units left out."""
    beside: dict[str, np.ndarray] = field(default_factory=dict)
    """Of a variant: USD that are not on the bill: wrong answers, turns sold."""

    @property
    def spend(self):
        return sum(self.usd.values())


TABLES = ("usd", "tokens", "counts", "units", "fates", "path_usd", "beside")


@dataclass(frozen=True)
class SlowResult:
    """The futures drawn, by lane; sums over lanes are arrays futures x months."""

    lanes: dict[tuple[str, str], Lane] = field(default_factory=dict)
    people: dict[str, np.ndarray] = field(default_factory=dict)
    """Whole people of each segment, futures x months; those who left are not counted."""

    @property
    def spend(self):
        return sum(lane.spend for lane in self.lanes.values())

    @property
    def total(self):
        """USD of the whole horizon, one per future."""
        return self.spend.sum(axis=1)

    def usd(self, meter):
        return sum(lane.usd[meter] for lane in self.lanes.values())

    def usd_of(self, unit):
        return sum(lane.usd[unit] for lane in self.lanes.values() if unit in lane.usd)

    def tokens(self, meter):
        return sum(lane.tokens[meter] for lane in self.lanes.values())

    def count(self, name):
        return sum(lane.counts[name] for lane in self.lanes.values())

    def fate(self, name):
        return sum(lane.fates[name] for lane in self.lanes.values())


def joined(results):
    """The futures of several results, one after the other."""
    first = results[0]
    lanes = {
        key: Lane(*(_concatenated([getattr(r.lanes[key], t) for r in results]) for t in TABLES))
        for key in first.lanes
    }
    return SlowResult(lanes, _concatenated([r.people for r in results]))


def _concatenated(tables):
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
