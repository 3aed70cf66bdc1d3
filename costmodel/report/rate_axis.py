"""A y axis of prices: from 0, or in equal ratios where they are far apart."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING

from costmodel.prices.cards import rate_text
from costmodel.report import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAR_APART = 10.0
"""Ratio of the highest to the lowest rate above which the axis shows equal ratios."""
_MOST_TICKS = 8
_ROUND = ((1.0, 2.0, 5.0), (1.0, 3.0), (1.0,))
"""Round numbers of a decade, from many to few."""


def rate_axis(ax: Axes, lowest: float, highest: float) -> None:
    """Scale the y axis to rates, USD per million tokens, with round lines.

    Parameters
    ----------
    ax : matplotlib Axes
    lowest, highest : float
        Of the rates shown. A rate of 0 keeps the axis linear.
    """
    ax.set_axis_off()
    if lowest > 0 and highest / lowest > FAR_APART:
        ax.set_yscale("log")
        ax.set_ylim(lowest / 1.25, highest * 1.25)
        _lines(ax, _decades(lowest / 1.25, highest * 1.25))
        return
    top = highest if highest > 0 else 1.0
    step = style.round_step(top, 5)
    ax.set_ylim(0, 1.08 * top)
    _lines(ax, [step * n for n in range(floor(1.08 * top / step + 1e-9) + 1)])


def _decades(low: float, high: float) -> list[float]:
    """Return round numbers between two, at most eight of them where decades allow it."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    for parts in _ROUND:
        values = [k * 10.0**power for power in powers for k in parts]
        inside = [value for value in values if low <= value <= high]
        if len(inside) <= _MOST_TICKS:
            return inside
    return inside


def _lines(ax: Axes, values: list[float]) -> None:
    across, left = ax.get_yaxis_transform(), -7 / style.axes_points(ax)[0]
    ax.hlines(values, 0, 1, transform=across, color=style.GRID.light, lw=0.8, zorder=0.6)
    for value in values:
        text = rate_text(value)
        ax.text(left, value, text, transform=across, ha="right", va="center", **style.SMALL_TEXT)
