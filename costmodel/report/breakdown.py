"""Stacked bars of mean spend by month: by feature, by segment or by meter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from costmodel.foundation.months import Month
from costmodel.report import style
from costmodel.report.amounts import DOLLARS, Amounts, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[np.float64]

MOST_PARTS = 6
"""Parts shown with a colour of their own; smaller ones are drawn together as 'others'."""
BAR_WIDTH = 0.74
"""Months."""
MANY_MONTHS = 24
"""Beyond this many months the bars stand side by side without gaps."""


def largest_parts(parts: Mapping[str, Array], most: int = MOST_PARTS) -> dict[str, Array]:
    """Return the parts that cost anything, in their order, all but the largest put together.

    Parameters
    ----------
    parts : mapping of str to array (months,)
        Mean spend by name, USD.
    """
    costly = {name: usd for name, usd in parts.items() if usd.sum() > 0}
    if len(costly) <= most:
        return costly
    kept = sorted(costly, key=lambda name: -float(costly[name].sum()))[: most - 1]
    shown = {name: usd for name, usd in costly.items() if name in kept}
    rest = [usd for name, usd in costly.items() if name not in kept]
    return {**shown, f"{len(rest)} others": np.sum(rest, axis=0)}


def stacked_months(
    ax: Axes,
    months: Sequence[Month],
    parts: Mapping[str, Array],
    *,
    most_months: int = 6,
    money: Amounts = DOLLARS,
) -> None:
    """Draw bars of mean spend by month, one colour a part, named at the right end with its share.

    Parameters
    ----------
    ax : matplotlib Axes
        Leaves room right of it for the names (about 110 points).
    months : sequence of Month
    parts : mapping of str to array (months,)
        Mean spend by name, USD; from the bottom up.
    most_months : int
        Month labels there is room for.
    money : Amounts
        How amounts are labelled.
    """
    shown = largest_parts(parts)
    floors = np.cumsum([np.zeros(len(months)), *shown.values()], axis=0)
    style.money_axis(ax, float(floors[-1].max()), money, ticks=4)
    style.month_axis(ax, months, most_months)
    ax.set_xlim(0.5, len(months) + 0.5)
    colours = _colours(shown, list(parts))
    for row, colour in enumerate(colours):
        _bars(ax, floors[row], floors[row + 1], colour)
    _names(ax, shown, floors, colours)


def _colours(shown: Mapping[str, Array], every: Sequence[str]) -> list[str]:
    """Return a colour for each part shown: by its place among all, so that it keeps its own."""
    names = list(shown)
    places = list(every) if len(every) <= len(style.CATEGORIES) else names
    return [
        (style.category(places.index(name)) if name in every else style.OTHER).light
        for name in names
    ]


def _bars(ax: Axes, floor: Array, ceiling: Array, colour: str) -> None:
    from matplotlib.collections import PolyCollection

    middle = np.arange(1.0, floor.size + 1)
    crowded = floor.size > MANY_MONTHS
    half = 0.5 if crowded else BAR_WIDTH / 2
    left, right = middle - half, middle + half
    corners = [(left, floor), (left, ceiling), (right, ceiling), (right, floor)]
    boxes = np.stack([np.stack(corner, axis=1) for corner in corners], axis=1)
    bars = PolyCollection(
        list(boxes),
        facecolors=colour,
        edgecolors=style.PAPER.light,
        linewidths=0.0 if crowded else 0.6,
    )
    ax.add_collection(bars, autolim=False)


def _names(ax: Axes, shown: Mapping[str, Array], floors: Array, colours: list[str]) -> None:
    """Name each part beside the middle of its last bar, with its share of the whole."""
    if not shown:
        return
    low, high = ax.get_ylim()
    width, height = style.axes_points(ax)
    whole = sum(float(usd.sum()) for usd in shown.values())
    wanted = ((floors[:-1, -1] + floors[1:, -1]) / 2).tolist()
    gap = 14 * (high - low) / height
    heights = style.spread_apart(wanted, gap, low + gap / 2, high)
    beside = ax.get_yaxis_transform()
    ax.scatter(
        [1 + 6 / width] * len(heights), heights, transform=beside, marker="s", s=42, c=colours,
        clip_on=False, linewidths=0,
    )  # fmt: skip
    for (name, usd), at in zip(shown.items(), heights, strict=True):
        words = f"{_shortened(name)} {percent(float(usd.sum()) / whole)}"
        ax.text(1 + 14 / width, at, words, transform=beside, va="center", size=style.SMALL_SIZE)


LONGEST_NAME = 14
"""Characters of a part's name beside a chart; the table below has all of it."""


def _shortened(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
