"""The fan chart: monthly spend with its uncertainty, the budget and what happens when.

`fan_of` takes the figures from a projection; `fan_chart` draws them on any Axes
and names every moving artist by its gid, so that a live chart can move them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from costmodel.foundation.months import Month
from costmodel.report import style
from costmodel.report.amounts import DOLLARS, Amounts, amounts_of, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection
    from matplotlib.lines import Line2D
    from matplotlib.text import Text

    from costmodel.engine.projection import Projection
    from costmodel.engine.provenance import Mark

Array = npt.NDArray[np.float64]

LEVELS = (0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95)
"""Quantiles of the fan, from which its three bands and the median line are made."""
BAND_ROWS = ((0, 6), (1, 5), (2, 4))
"""Rows of `Fan.usd` between which each band lies, widest first."""
MEDIAN_ROW = 3
FAR_ABOVE = 1.6
"""A budget further above the P95 than this factor is named in words instead of drawn."""


def quantile_label(level: float) -> str:
    """Return ``P90`` for 0.9."""
    return f"P{100 * level:.10g}"


@dataclass(frozen=True)
class Fan:
    """What a fan chart shows."""

    months: tuple[Month, ...]
    usd: Array
    """Spend at each of `LEVELS`, USD: (levels, months)."""
    budget_usd: float | None = None
    """Height of the budget line, USD a month."""
    budget_text: str = ""
    marks: tuple[Mark, ...] = ()
    money: Amounts = DOLLARS
    """How amounts are labelled; those above stay USD."""

    @property
    def median(self) -> Array:
        """Median spend of each month, USD."""
        return np.asarray(self.usd[MEDIAN_ROW])


def fan_of(projection: Projection) -> Fan:
    """Return the fan of a projection's monthly spend."""
    spend = [projection.month(number) for number in range(1, len(projection.months) + 1)]
    return Fan(
        months=projection.months,
        usd=np.array([[month.quantile(level) for month in spend] for level in LEVELS]),
        budget_usd=_monthly_line(projection),
        budget_text=budget_words(projection),
        marks=projection.marks,
        money=amounts_of(projection.scenario),
    )


def _monthly_line(projection: Projection) -> float | None:
    """Return the budget of a month, or a twelfth of a year's where the horizon has a year."""
    budget = projection.scenario.budget
    if budget is None or budget.period == "month":
        return None if budget is None else budget.usd
    return budget.usd / 12 if len(projection.months) >= 12 else None


def budget_words(projection: Projection) -> str:
    """Return the budget line's label: the budget and the chance of passing it."""
    budget, chance = projection.scenario.budget, projection.chance_over_budget
    if budget is None or chance is None:
        return ""
    money = amounts_of(projection.scenario)
    if budget.period == "month":
        return f"Budget {money.short(budget.usd)} a month: {percent(chance)} chance of passing it"
    whole, part = money.short(budget.usd), money.short(budget.usd / 12)
    if len(projection.months) < 12:
        return ""
    return f"Budget {whole} a year ({part} a month): {percent(chance)} chance of passing it"


@dataclass(frozen=True)
class FanArtists:
    """The artists of a fan chart that move with the figures; their gids are in brackets."""

    bands: tuple[PolyCollection, ...]
    """[cm-band-0], [cm-band-1], [cm-band-2], widest first."""
    median: Line2D
    """[cm-median]."""
    ends: tuple[Text, ...]
    """Labels right of the last month [cm-end-P50, ...], in the order of `LEVELS` shown."""
    budget: Line2D | None
    """[cm-budget]; None where there is no budget or it lies far above the chart."""
    budget_label: Text | None
    """[cm-budget-label]."""


def fan_chart(
    ax: Axes, fan: Fan, *, labelled: tuple[float, ...] = LEVELS, most_months: int = 13
) -> FanArtists:
    """Draw a fan chart on an Axes whose place in its figure is already set.

    Parameters
    ----------
    ax : matplotlib Axes
        Leaves room right of it for the labels of the quantiles (about 70 points)
        and above it for the marks (about 30 points).
    fan : Fan
    labelled : tuple of float
        Those of `LEVELS` named at the right end.
    most_months : int
        Month labels there is room for.
    """
    x, usd = _month_positions(fan)
    top = fan_top(fan)
    style.money_axis(ax, top, fan.money)
    style.month_axis(ax, fan.months, most_months)
    ax.set_xlim(float(x[0]), float(x[-1]))
    bands = tuple(_band(ax, x, usd, index) for index in range(len(BAND_ROWS)))
    (median,) = ax.plot(x, usd[MEDIAN_ROW], color=style.MEDIAN.light, lw=2.2, gid="cm-median")
    ends = _end_labels(ax, fan, labelled)
    line, label = _budget(ax, fan)
    _marks(ax, fan)
    return FanArtists(bands, median, ends, line, label)


def fan_top(fan: Fan) -> float:
    """Return the largest amount the chart has to show, USD."""
    largest = float(fan.usd.max())
    budget = fan.budget_usd
    if budget is None or (budget > FAR_ABOVE * largest and largest > 0):
        return largest
    return max(largest, budget)


def _month_positions(fan: Fan) -> tuple[Array, Array]:
    """Return month positions and amounts; a single month becomes a bar one month wide."""
    if len(fan.months) == 1:
        return np.array([0.6, 1.4]), np.repeat(fan.usd, 2, axis=1)
    return np.arange(1.0, len(fan.months) + 1), fan.usd


def _band(ax: Axes, x: Array, usd: Array, index: int) -> PolyCollection:
    low, high = BAND_ROWS[index]
    colour = style.BANDS[index].light
    return ax.fill_between(x, usd[low], usd[high], color=colour, lw=0, gid=f"cm-band-{index}")


def _end_labels(ax: Axes, fan: Fan, labelled: tuple[float, ...]) -> tuple[Text, ...]:
    low, high = ax.get_ylim()
    width, height = style.axes_points(ax)
    gap = 12.5 * (high - low) / height
    rows = [LEVELS.index(level) for level in labelled]
    wanted = [float(fan.usd[row, -1]) for row in rows]
    heights = style.spread_apart(wanted, gap, low + gap / 4, high + gap)
    return tuple(
        _end_label(ax, LEVELS[row], fan.money.short(amount), (1 + 7 / width, at))
        for row, amount, at in zip(rows, wanted, heights, strict=True)
    )


def _end_label(ax: Axes, level: float, amount: str, place: tuple[float, float]) -> Text:
    name, middle = quantile_label(level), level == LEVELS[MEDIAN_ROW]
    return ax.text(
        *place,
        f"{name} {amount}",
        transform=ax.get_yaxis_transform(),
        va="center",
        size=style.TEXT_SIZE if middle else style.SMALL_SIZE,
        weight="bold" if middle else "normal",
        color=(style.MEDIAN if middle else style.MUTED).light,
        gid=f"cm-end-{name}",
    )


def _budget(ax: Axes, fan: Fan) -> tuple[Line2D | None, Text | None]:
    if fan.budget_usd is None:
        return None, None
    drawn = fan.budget_usd <= ax.get_ylim()[1]
    line = None
    if drawn:
        line = ax.axhline(
            fan.budget_usd, color=style.BUDGET.light, lw=1.5, ls=(0, (6, 4)), gid="cm-budget"
        )
    return line, _budget_label(ax, fan, drawn=drawn)


def _budget_label(ax: Axes, fan: Fan, *, drawn: bool) -> Text:
    """Write the budget's words above its line, in two or three rows where one is too long."""
    width, height = style.axes_points(ax)
    words = fan.budget_text if drawn else f"{fan.budget_text} (above this chart)"
    if CHARACTER * style.TEXT_SIZE * len(words) > width:
        words = words.replace(": ", ":\n", 1)
        first = words.split("\n")[0]
        if fan.money.extra_letters and CHARACTER * style.TEXT_SIZE * len(first) > width:
            words = words.replace(" a ", "\na ", 1)
    assert fan.budget_usd is not None
    top = ax.get_ylim()[1]
    return ax.text(
        6 / width,
        (fan.budget_usd / top if drawn else 1) + (5 if drawn else -4) / height,
        words,
        transform=ax.transAxes,
        va="bottom" if drawn else "top",
        color=style.BUDGET.light,
        gid="cm-budget-label",
    )


KIND_WORDS = {"price": "price", "retirement": "retires", "start": "start"}
"""The word beside a mark's letter on the chart."""
CHARACTER = 0.62
"""Widths of a text's size that a character takes on average (DejaVu Sans, lower case)."""
MARK_ROWS = 2
"""Rows of labels there is room for above a chart."""
MARK_ROW = 12.0
"""Points from one of these rows to the next."""


def mark_letters(count: int) -> list[str]:
    """Return A, B, ..., Z, AA, AB, ...: the letters by which marks are named."""
    return [("" if n < 26 else chr(64 + n // 26)) + chr(65 + n % 26) for n in range(count)]


def mark_labels(marks: tuple[Mark, ...]) -> dict[int, str]:
    """Return one label a month, such as ``A price, B start``."""
    parts: dict[int, list[str]] = {}
    for letter, mark in zip(mark_letters(len(marks)), marks, strict=True):
        words = f"{letter} {KIND_WORDS.get(mark.kind, mark.kind)}"
        parts.setdefault(mark.month, []).append(words)
    return {month: ", ".join(words) for month, words in parts.items()}


def _marks(ax: Axes, fan: Fan) -> None:
    """Draw a fine vertical line at each mark's month, and its label above the chart."""
    labels = mark_labels(fan.marks)
    if not labels:
        return
    width, height = style.axes_points(ax)
    low, high = ax.get_xlim()
    places = {m: min(max(m, low), high) for m in labels}
    in_points = {m: (x - low) / (high - low) * width for m, x in places.items()}
    placed = _without_overlap(labels, in_points)
    above = ax.get_xaxis_transform()
    tops = [1 + MARK_ROW * placed[m][1] / height for m in labels]
    ax.vlines(
        list(places.values()), 0, tops, transform=above, color=style.MUTED.light, lw=0.9,
        linestyles=(0, (1, 2.5)), clip_on=False, gid="cm-marks",
    )  # fmt: skip
    for month, (words, row) in placed.items():
        at = (places[month], 1 + (4 + MARK_ROW * row) / height)
        ax.text(*at, words, transform=above, ha="center", va="baseline", **style.SMALL_TEXT)


def _without_overlap(
    labels: dict[int, str], places: dict[int, float]
) -> dict[int, tuple[str, int]]:
    """Give each label a row in which it touches no other; where there is none, letters only.

    Where two rows of letters are full too a label is left empty: the list below
    the chart names every mark.
    """
    ends = [-math.inf] * MARK_ROWS
    placed: dict[int, tuple[str, int]] = {}
    for month, words in labels.items():
        letters = " ".join(part.split()[0] for part in words.split(", "))
        placed[month] = ("", 0)
        for text in (words, letters):
            half = CHARACTER * style.SMALL_SIZE * len(text) / 2
            row = next((r for r in range(MARK_ROWS) if places[month] - half > ends[r] + 5), None)
            if row is not None:
                placed[month] = (text, row)
                ends[row] = places[month] + half
                break
    return placed
