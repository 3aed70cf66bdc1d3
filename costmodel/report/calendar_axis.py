"""An x axis of days: months and years below it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from costmodel.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STRIDES = (1, 2, 3, 6, 12, 24, 60)
"""Months from one label to the next."""
LABEL_ROOM = 34.0
"""Points a month's label needs, with air."""


def day_number(when: date | datetime) -> float:
    """Return an instant, or the first one of a day in UTC, as days since 1970."""
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return (when - _EPOCH) / timedelta(days=1)


@dataclass(frozen=True)
class View:
    """The days a chart shows, half-open, and the last day of knowledge.

    Parameters
    ----------
    start, end : float
        As `day_number` gives them.
    now : float or None
        Where what is announced begins; None where nobody knows.
    """

    start: float
    end: float
    now: float | None

    def clipped(self, since: float, until: float) -> tuple[float, float] | None:
        """Return the visible part of a span, None if there is none."""
        since, until = max(since, self.start), min(until, self.end)
        return (since, until) if since < until else None

    def shows(self, when: float) -> bool:
        """Whether a moment lies in the view."""
        return self.start <= when < self.end


def month_starts(view: View) -> list[date]:
    """Return the first day of every month that begins in the view."""
    return list(_month_starts(view))


def _month_starts(view: View) -> Iterator[date]:
    day = (_EPOCH + timedelta(days=view.start)).date().replace(day=1)
    while day_number(day) < view.end:
        if view.start <= day_number(day):
            yield day
        day = (day + timedelta(days=31)).replace(day=1)


def calendar_axis(ax: Axes, view: View, *, named: bool = True) -> None:
    """Scale the x axis to a view and mark its months.

    Parameters
    ----------
    ax : matplotlib Axes
    view : View
    named : bool
        Whether to name them; the year stands under its first month.
    """
    width, height = style.axes_points(ax)
    below, year = ax.get_xaxis_transform(), 0
    ax.set_xlim(view.start, view.end)
    for day in _labelled(month_starts(view), int(width / LABEL_ROOM)):
        at = day_number(day)
        ax.plot([at, at], [0, -4 / height], transform=below, clip_on=False,
                color=style.MUTED.light, lw=0.8)  # fmt: skip
        if named:
            _name(ax, day, height, with_year=day.year != year)
        year = day.year


def _name(ax: Axes, day: date, height: float, *, with_year: bool) -> None:
    lines = [style.MONTH_NAMES[day.month - 1], *([str(day.year)] if with_year else [])]
    for row, words in enumerate(lines):
        place = (day_number(day), -(16 + 13 * row) / height)
        ax.text(*place, words, transform=ax.get_xaxis_transform(), ha="center", **style.SMALL_TEXT)


def _labelled(months: list[date], most: int) -> list[date]:
    """Return the months that get a label: at round distances, a January among them."""
    for stride in _STRIDES:
        chosen = [day for day in months if (day.year * 12 + day.month - 1) % stride == 0]
        if len(chosen) <= most:
            return chosen
    return chosen
