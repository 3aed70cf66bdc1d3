"""Instants: when a price applies, and the hours of the week with their own prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from costmodel.foundation.errors import CostModelError, InputError, Problem

At = str | date | datetime
"""How callers state when a price applies: a day, or an instant with its zone."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def instant_of(at: At) -> tuple[datetime, bool]:
    """Return the instant meant by `at`, and whether it carries a time of day.

    A bare day means its first moment in UTC.

    Raises
    ------
    InputError
        If the text is no date, or a time lacks its zone.
    """
    when = _parsed(at) if isinstance(at, str) else at
    if not isinstance(when, datetime):
        return day_start(when), False
    if when.tzinfo is None:
        read = f"'{at}', a time without a zone"
        raise InputError(Problem(read, "an instant with its zone", f"write {when.isoformat()}Z"))
    return when.astimezone(UTC), True


def _parsed(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        expected = "a day as YYYY-MM-DD or an instant as YYYY-MM-DDTHH:MM:SSZ"
        fix = "write it like 2026-11-23 or 2026-11-23T02:00:00Z"
        raise InputError(Problem(f"'{text}'", expected, fix, "at")) from None


def month_bounds(year: int, month: int) -> tuple[datetime, datetime]:
    """Return the first instant of a calendar month, in UTC, and that of the next month."""
    start = datetime(year, month, 1, tzinfo=UTC)
    return start, (start + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class Hours:
    """Recurring hours with their own prices, half-open, on the clock of `zone`.

    Parameters
    ----------
    zone : str
        A name of the tz database.
    days : tuple of int
        Weekdays, 0 for Monday.
    spans : tuple of (int, int)
        First and last-but-one minute of the day plus one, in minutes.
    start, end : datetime or None
        When the hours came into force and ceased to be.
    """

    zone: str
    days: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    start: datetime | None
    end: datetime | None

    def in_force(self, instant: datetime) -> bool:
        """Whether these hours, whatever the time of day, are in force at `instant`."""
        begun = self.start is None or instant >= self.start
        return begun and (self.end is None or instant < self.end)

    def contain(self, instant: datetime) -> bool:
        """Whether `instant` lies in these hours."""
        if not self.in_force(instant):
            return False
        local = instant.astimezone(_zone(self.zone))
        minute = local.hour * 60 + local.minute
        return local.weekday() in self.days and any(a <= minute < b for a, b in self.spans)


def minutes_ahead(zone: str, instant: datetime) -> int:
    """Return how far the clock of `zone` is ahead of UTC at an instant, whole minutes."""
    offset = instant.astimezone(_zone(zone)).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() / 60)


def day_start(day: date) -> datetime:
    """Return the first instant of a day, in UTC."""
    return datetime.combine(day, time(), UTC)


def span(text: str) -> tuple[int, int]:
    """Return ``09:00-12:00`` as minutes of the day, 540 and 720."""
    first, last = (part.split(":") for part in text.split("-"))
    return int(first[0]) * 60 + int(first[1]), int(last[0]) * 60 + int(last[1])


@lru_cache(maxsize=32)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        raise CostModelError(
            f"the time zone '{name}' is not known on this machine; fix: pip install tzdata"
        ) from None
