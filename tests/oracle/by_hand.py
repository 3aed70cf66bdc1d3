"""Conversations and turns written down one by one, for the tests of the oracle itself."""

import numpy as np

from .demand import Lane, MonthOfDays, Talks
from .turns import Turns

JANUARY, FEBRUARY = MonthOfDays(0, 0, 31), MonthOfDays(1, 31, 28)


class Certain:
    """Beliefs of one future, each its mean."""

    futures = 1

    def at(self, _path, belief):
        return np.array([belief.mean])


def lane(index=0, people=1, active=None):
    return Lane(
        index=index,
        segment="free",
        feature=f"f{index}",
        people=slice(0, people),
        future=np.zeros(people, dtype=int),
        rate=np.full(people, 4.0),
        period="month",
        active_days=None if active is None else np.array([float(active)]),
        mean_turns=np.array([2.0]),
        cv=0.0,
    )


def talks(days, turns, person=0, index=0):
    days, size = np.asarray(days, dtype=float), len(days)
    return Talks(
        future=np.zeros(size, dtype=int),
        lane=np.full(size, index),
        person=np.full(size, person),
        day=days.astype(int),
        start=days,
        turns=np.asarray(turns),
        returned=np.zeros(size, dtype=bool),
    )


def turns(times, position=None, talk=None, person=None, **columns):
    """Turns at times in seconds; sizes of 100 in the message and 300 in the answer."""
    size = len(times)
    times = np.asarray(times, dtype=float)
    table = {
        "talk": np.arange(size) if talk is None else np.asarray(talk),
        "position": np.zeros(size, dtype=int) if position is None else np.asarray(position),
        "person": np.zeros(size, dtype=int) if person is None else np.asarray(person),
        "day": (times // 86_400).astype(int),
        "start": times / 86_400,
        "time": times,
        "user": np.full(size, 100.0),
        "visible": np.full(size, 300.0),
        "coin": np.full((size, 4), 0.5),
        **{name: np.ones(size, dtype=int) for name in ("made", "billed")},
        **{name: np.ones(size, dtype=bool) for name in ("answered", "resend")},
        **{name: np.zeros(size) for name in ("fixed", "retrieved", "kept", "hidden")},
        **{name: np.zeros(size, dtype=int) for name in ("future", "lane")},
        "cheaper": np.zeros(size, dtype=bool),
        **{name: np.asarray(values) for name, values in columns.items()},
    }
    return Turns(**table)
