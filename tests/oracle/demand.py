"""Who asks when: the conversations of a month, each with its person, day and hour."""

from dataclasses import dataclass, fields

import numpy as np

from .laws import draw_counts


def periods(period, days):
    """How many of the period a calendar month of so many days holds."""
    return {"day": float(days), "week": days / 7, "month": 1.0}[period]


def has_begun(thing, when):
    """Whether a feature or a strategy is there in that month."""
    begin = thing.from_month
    return begin is None or (when.year, when.month) >= (begin.year, begin.month)


class Table:
    """Columns of one length."""

    def rows(self, chosen):
        return type(self)(*(getattr(self, f.name)[chosen] for f in fields(self)))

    @classmethod
    def stacked(cls, tables):
        return cls(*(np.concatenate([getattr(t, f.name) for t in tables]) for f in fields(cls)))


@dataclass(frozen=True)
class Talks(Table):
    """Conversations, laid end to end."""

    future: np.ndarray
    lane: np.ndarray
    person: np.ndarray
    day: np.ndarray
    """Whole days since the first day of the horizon."""
    start: np.ndarray
    """Days since then, with the time of day."""
    turns: np.ndarray
    returned: np.ndarray
    """Whether it is of turns that were put off before."""


@dataclass(frozen=True)
class Lane:
    """One segment's use of one feature, as it is in each future."""

    index: int
    segment: str
    feature: str
    people: slice
    """Its people among those of all segments."""
    future: np.ndarray
    """Of every person of all segments."""
    rate: np.ndarray
    """Turns of each of its people in a period."""
    period: str
    active_days: np.ndarray | None
    """In each future."""
    mean_turns: np.ndarray
    cv: float

    def new(self, month, here, volume, lots, rng):
        """The conversations its people begin in a month; `here` tells who is there."""
        person = np.arange(self.people.start, self.people.stop)[here[self.people]]
        rate = self.rate[here[self.people]] * periods(self.period, month.days)
        future = self.future[person]
        starts = rng.poisson(rate * volume[future] / self.mean_turns[future])
        person = np.repeat(person, starts)
        days = lots.days_of(self, person, month.first, month.last, rng)
        return self.talks(person, days, rng, returned=False)

    def back(self, turns, first, last, lots, rng):
        """Turns put off (per person) come back as whole conversations in [first, last).

        Returns the conversations, and whose turns are back: those with a day in it.
        """
        person = np.flatnonzero(turns)
        some = lots.days_of(self, person, first, last, rng) >= 0
        person = person[some]
        count = rng.poisson(turns[person] / self.mean_turns[self.future[person]])
        again = np.repeat(person, count)
        days = lots.days_of(self, again, first, last, rng)
        return self.talks(again, days, rng, returned=True), person

    def talks(self, person, day, rng, *, returned):
        future = self.future[person]
        turns = draw_counts(self.mean_turns[future], self.cv, rng)
        alike = np.full(person.size, self.index), np.full(person.size, returned)
        return Talks(future, alike[0], person, day, day + rng.random(person.size), turns, alike[1])


class Lots:
    """One order of a month's days for each person: on the first D of them it is active."""

    def __init__(self, month, people, rng):
        self.month = month
        order = np.argsort(rng.random((people, month.days)), axis=1).astype(np.int8)
        self.rank = np.argsort(order, axis=1).astype(np.int8)
        self.coin = rng.random(people)

    def days_of(self, lane, person, first, last, rng):
        """For each person one of its active days in [first, last), -1 where it has none."""
        if lane.active_days is None:
            return rng.integers(first, last, person.size)
        lots = rng.random((person.size, last - first))
        wanted = np.clip(lane.active_days, 1, self.month.days)[lane.future[person]]
        active = np.floor(wanted + self.coin[person])
        ranks = self.rank[person, first - self.month.first : last - self.month.first]
        lots[ranks >= active[:, None]] = -1.0
        day = lots.argmax(axis=1)
        none = lots[np.arange(person.size), day] < 0
        return np.where(none, -1, first + day)


@dataclass(frozen=True)
class MonthOfDays:
    """A calendar month in days since the start of the horizon: [first, last)."""

    number: int
    first: int
    days: int

    @property
    def last(self):
        return self.first + self.days

    def windows(self, period):
        """(number, first day, last day) of the windows of a quota that lie in it, cut to it."""
        if period == "month":
            return [(self.number, self.first, self.last)]
        length = {"day": 1, "week": 7}[period]
        numbers = range(self.first // length, (self.last - 1) // length + 1)
        return [(n, max(self.first, n * length), min(self.last, (n + 1) * length)) for n in numbers]

    def window_of(self, day, period):
        """The number of the window each day lies in."""
        if period == "month":
            return np.full(day.shape, self.number)
        return day // {"day": 1, "week": 7}[period]
