"""Sums by lane, future and month of what a variant did."""

import numpy as np

from .conversations import METERS
from .results import Lane, SlowResult

FATES = (
    *("demanded", "carried_in", "blocked", "deferred", "failed"),
    *("primary", "degraded", "response_cache", "right", "wrong", "looked_up", "affected"),
)
"""Turns, but `affected`: people who met a quota of the lane and could not buy."""
NAMES = {
    "usd": METERS,
    "tokens": (*METERS, "reasoning"),
    "counts": ("conversations", "turns", "failed", "attempts", "calls"),
    "fates": FATES,
    "path_usd": ("primary", "degraded", "response cache"),
    "beside": ("wrong answers", "turns sold"),
}


class Ledger:
    """Tables of arrays (lanes, futures, months)."""

    def __init__(self, lanes, futures, scenario):
        self.lanes, self.scenario = lanes, scenario
        self.shape = (len(lanes), futures, scenario.months)
        self.tables = {
            table: {name: np.zeros(self.shape) for name in names} for table, names in NAMES.items()
        }
        self.tables["usd"]["cache lookups"] = np.zeros(self.shape)
        self.units = {lane.index: {} for lane in lanes}
        self.people = {name: np.zeros(self.shape[1:]) for name in scenario.segments}
        self.of = {lane.segment: lane.people for lane in lanes}

    def open(self, month, here):
        """Begin a month; `here` tells which people are there."""
        self.month = month
        for segment, part in self.of.items():
            self.people[segment][:, month] = self._by_future(part, here)

    def _by_future(self, part, chosen):
        future = self.lanes[0].future[part]
        return np.bincount(future, chosen[part], minlength=self.shape[1])

    def add(self, table, name, rows, weights):
        """Add up one value of each row (with its lane and future)."""
        place = rows.lane * self.shape[1] + rows.future
        sums = np.bincount(place, weights, minlength=self.shape[0] * self.shape[1])
        self.tables[table][name][:, :, self.month] += sums.reshape(self.shape[:2])

    def demand(self, talks, judged):
        """Enter the turns asked for, and those that a quota by turns refused."""
        self.add("counts", "conversations", talks, np.ones(talks.turns.size))
        self.add("fates", "demanded", talks, talks.turns * ~talks.returned)
        self.add("fates", "carried_in", talks, talks.turns * talks.returned)
        self.add("fates", "blocked", talks, judged.blocked)
        self.add("fates", "deferred", talks, judged.deferred)

    def close(self, calls, refused, steps, rng):
        """Enter the turns of a feature that were made, and their calls."""
        turns, looked = calls.turns, calls.looked
        called = ~refused & ~looked.hit
        fates = {
            "blocked": refused,
            "failed": called & ~turns.answered,
            "primary": called & turns.answered & ~turns.cheaper,
            "degraded": called & turns.answered & turns.cheaper,
            "response_cache": looked.hit,
            "right": looked.right,
            "wrong": looked.wrong,
            "looked_up": looked.up,
        }
        counts = {
            "turns": called,
            "failed": called & ~turns.answered,
            "attempts": turns.made * called,
            "calls": turns.billed * called,
        }
        for table, columns in (("fates", fates), ("counts", counts)):
            for name, values in columns.items():
                self.add(table, name, turns, values)
        self.add("tokens", "reasoning", turns, turns.hidden * turns.billed * called)
        for table, columns in (("tokens", calls.tokens), ("usd", calls.usd)):
            for meter, values in columns.items():
                self.add(table, meter, turns, values * called)
        for path, mine in (("primary", ~turns.cheaper), ("degraded", turns.cheaper)):
            usd = sum(calls.usd.values(), np.zeros(called.size))
            self.add("path_usd", path, turns, usd * called * mine)
        self._units(turns, called, steps, rng)
        if calls.answers is not None:
            self._answers(turns, looked, calls.answers)

    def _answers(self, turns, looked, answers):
        each = np.zeros(self.shape[1])
        usd = looked.up * (each + answers.lookup)[turns.future]
        self.add("usd", "cache lookups", turns, usd)
        self.add("path_usd", "response cache", turns, usd)
        wrong = looked.wrong * (each + answers.wrong_answer)[turns.future]
        self.add("beside", "wrong answers", turns, wrong)

    def _units(self, turns, called, steps, rng):
        for lane, step in steps.items():
            mine = (turns.lane == lane) & called
            for name, mean in step.units.items():
                assert not turns.cheaper[mine].any()
                future = turns.future[mine]
                drawn = rng.poisson(mean[future] * turns.billed[mine])
                table = self.units[lane].setdefault(name, np.zeros(self.shape[1:]))
                table[:, self.month] += np.bincount(future, drawn, minlength=self.shape[1])

    def limited(self, limited):
        """Enter the people who met a quota, in each lane that it covers."""
        for lane in self.lanes:
            met = np.zeros(lane.future.size, dtype=bool)
            for quota, people in limited.items():
                if lane.index in {each.index for each in quota.lanes}:
                    met |= people
            self.tables["fates"]["affected"][lane.index, :, self.month] = self._by_future(
                lane.people, met
            )

    def result(self):
        """The whole as a result by lane."""
        lanes = {
            (lane.segment, lane.feature): Lane(
                **{
                    table: {name: values[lane.index] for name, values in columns.items()}
                    for table, columns in self.tables.items()
                },
                units=self.units[lane.index],
            )
            for lane in self.lanes
        }
        return SlowResult(lanes, self.people)
