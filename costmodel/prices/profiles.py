"""When in the week requests come: what weights hours with prices of their own in a month."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.prices.instants import Hours, minutes_ahead

DAY = 24 * 60
"""Minutes of a day."""
WEEK = 7 * DAY
"""Minutes of a week."""
SUM = 1e-6
"""How far shares may sum from 1: their rounding to six decimals."""


@dataclass(frozen=True)
class HourProfile:
    """How the tokens of a month fall on the hours of the day, and on the days of the week.

    Parameters
    ----------
    shares : tuple of float
        24 shares that sum to 1, from 00:00-01:00 to 23:00-24:00 on the clock of
        `tz`; even within an hour.
    tz : str
        A name of the tz database.
    day_shares : tuple of float, optional
        Seven shares that sum to 1, Monday to Sunday; by default every day has
        the same.

    Raises
    ------
    InputError
        If shares are not 24 (or 7) numbers from 0 up that sum to 1, or no such
        zone is known.
    """

    shares: tuple[float, ...]
    tz: str = "UTC"
    day_shares: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", tuple(map(float, self.shares)))
        if self.day_shares is not None:
            object.__setattr__(self, "day_shares", tuple(map(float, self.day_shares)))
        _require_shares("shares", self.shares, 24)
        if self.day_shares is not None:
            _require_shares("day_shares", self.day_shares, 7)
        _require_zone(self.tz)

    def of_minute(self, minute: int) -> float:
        """Return the share of a minute of the week, Monday 00:00 first, on the clock of `tz`."""
        day = 1 / 7 if self.day_shares is None else self.day_shares[minute // DAY]
        return day * self.shares[minute % DAY // 60] / 60

    def __str__(self) -> str:
        days = "" if self.day_shares is None else " and weekdays"
        return f"the given profile of hours{days} in {self.tz}"


def window_shares(
    windows: tuple[Hours, ...], profile: HourProfile | None, since: datetime, until: datetime
) -> tuple[float, ...]:
    """Return the share of the tokens of [since, until) that falls into each window.

    The share is that of a whole week (35 of 168 hours for seven hours on five
    days), so that a month does not move with its number of Mondays. Where
    windows overlap the first one has the tokens, as in the price of an instant.

    Parameters
    ----------
    windows : tuple of Hours
        In force throughout the span.
    profile : HourProfile or None
        None: flat over the week.
    since, until : datetime.datetime
        The span, with zones. Clock changes inside it are weighted by days.
    """
    if not windows:
        return ()
    if profile is None and len(windows) == 1:
        return _shares(windows, None, (0,), 0)  # the clock plays no part
    found = [0.0] * len(windows)
    for day, part in _days(since, until):
        ahead = tuple(minutes_ahead(hours.zone, day) for hours in windows)
        own = 0 if profile is None else minutes_ahead(profile.tz, day)
        shares = _shares(windows, profile, ahead, own)
        found = [sum_ + part * share for sum_, share in zip(found, shares, strict=True)]
    return tuple(found)


def _days(since: datetime, until: datetime) -> Iterator[tuple[datetime, float]]:
    """Yield the start of every 24 hours of a span, and the share of the span they are."""
    start = since
    while start < until:
        stop = min(start + timedelta(days=1), until)
        yield start, (stop - start) / (until - since)
        start = stop


@lru_cache(maxsize=256)
def _shares(
    windows: tuple[Hours, ...],
    profile: HourProfile | None,
    ahead: tuple[int, ...],
    profile_ahead: int,
) -> tuple[float, ...]:
    """Return the windows' shares of a week, given how far each clock is ahead of UTC, minutes."""
    weights = [
        1.0 if profile is None else profile.of_minute((minute + profile_ahead) % WEEK)
        for minute in range(WEEK)
    ]
    total, shares = math.fsum(weights), []
    for hours, minutes in zip(windows, ahead, strict=True):
        inside = [(minute - minutes) % WEEK for minute in _minutes(hours)]
        shares.append(math.fsum(weights[minute] for minute in inside) / total)
        for minute in inside:
            weights[minute] = 0.0
    return tuple(shares)


def weekly_minutes(hours: Hours) -> int:
    """Return how many minutes of a week a window has."""
    return len(_minutes(hours))


@lru_cache(maxsize=64)
def _minutes(hours: Hours) -> frozenset[int]:
    """Return the minutes of the week, Monday 00:00 first, in a window, on its own clock."""
    spans = [range(first, last) for first, last in hours.spans]
    return frozenset(day * DAY + minute for day in hours.days for each in spans for minute in each)


def _require_shares(name: str, shares: tuple[float, ...], count: int) -> None:
    fix = "divide each count by their sum"
    if len(shares) != count:
        read = f"{len(shares)} shares"
        raise InputError(Problem(read, f"{count} shares that sum to 1", fix, name))
    wrong = [share for share in shares if not 0.0 <= share < math.inf]
    if wrong:
        raise InputError(Problem(f"{wrong[0]:g}", "shares from 0 up, finite", fix, name))
    if abs(math.fsum(shares) - 1.0) > SUM:
        read = f"a sum of {math.fsum(shares):.6g}"
        raise InputError(Problem(read, f"{count} shares that sum to 1", fix, name))


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fix = did_you_mean(name, available_timezones()) or "write it like Europe/Berlin"
        raise InputError(Problem(f"'{name}'", "a name of the tz database", fix, "tz")) from None
