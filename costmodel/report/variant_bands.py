"""The monthly spend of several variants on one chart: medians, and bands from P10 to P90."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from costmodel.foundation.months import Month
from costmodel.report import style
from costmodel.report.amounts import DOLLARS, Amounts, amounts_of
from costmodel.report.fan import CHARACTER, FAR_ABOVE
from costmodel.report.variant_tables import baseline_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from costmodel.engine.projection import Projection
    from costmodel.questions.compare import Comparison

Array = npt.NDArray[np.float64]

LEVELS = (0.10, 0.50, 0.90)
MOST = 6
"""Variants drawn beside the baseline: as many colours as have enough contrast for a line."""
ROW = 27.0
"""Points from one label of two lines to the next."""


@dataclass(frozen=True)
class Band:
    """What a chart shows of one variant.

    Parameters
    ----------
    name : str
    usd : array (levels, months)
        Spend at each of `LEVELS`.
    """

    name: str
    usd: Array


@dataclass(frozen=True)
class Bands:
    """What a chart of variants shows, the baseline first.

    Parameters
    ----------
    months : tuple of Month
    bands : tuple of Band
    left_out : int
        Variants there is no room for: those that save least.
    budget_usd : float or None
        A month's budget.
    money : Amounts
    """

    months: tuple[Month, ...]
    bands: tuple[Band, ...]
    left_out: int = 0
    budget_usd: float | None = None
    money: Amounts = DOLLARS


def bands_of(comparison: Comparison) -> Bands:
    """Return what a chart shows of a comparison."""
    base = comparison.baseline
    most = sorted(comparison.savings, key=lambda saving: -saving.total.mean)[:MOST]
    shown = [saving for saving in comparison.savings if saving in most]
    budget = base.scenario.budget
    return Bands(
        base.months,
        (
            Band(baseline_name(comparison), _levels(base)),
            *(Band(saving.name, _levels(saving.projection)) for saving in shown),
        ),
        len(comparison.savings) - len(shown),
        budget.usd if budget is not None and budget.period == "month" else None,
        amounts_of(base.scenario),
    )


def _levels(projection: Projection) -> Array:
    spend = [projection.month(number) for number in range(1, len(projection.months) + 1)]
    return np.array([[month.quantile(level) for month in spend] for level in LEVELS])


def bands_description(bands: Bands) -> str:
    """Return what the chart shows, in numbers: the picture's text for a screen reader."""
    last = bands.months[-1]
    words = []
    for band in bands.bands:
        p10, p50, p90 = (bands.money(float(usd)) for usd in band.usd[:, -1])
        words.append(f"{band.name}: P10 {p10}, P50 {p50}, P90 {p90}")
    return (
        f"Monthly spend of each variant up to {last}, over simulated futures. {'; '.join(words)}."
    )


def bands_chart(ax: Axes, bands: Bands, *, longest: int = 22, most_months: int = 13) -> None:
    """Draw medians and bands on an Axes whose place in its figure is already set.

    Parameters
    ----------
    ax : matplotlib Axes
        Leaves room right of it for the names.
    bands : Bands
    longest : int
        Characters of a name beside the chart.
    most_months : int
        Month labels there is room for.
    """
    top = float(max(band.usd.max() for band in bands.bands))
    drawn = bands.budget_usd is not None and bands.budget_usd <= FAR_ABOVE * top
    style.money_axis(ax, max(top, bands.budget_usd or 0.0) if drawn else top, bands.money)
    style.month_axis(ax, bands.months, most_months)
    colours = _colours(len(bands.bands))
    ax.set_xlim(*((0.6, 1.4) if len(bands.months) == 1 else (1, len(bands.months))))
    for n, (band, colour) in enumerate(zip(bands.bands, colours, strict=True)):
        _band(ax, band, colour, min(0.16, 0.5 / len(bands.bands)))
        hides = any(_alike(band, other, top) for other in bands.bands[:n])
        _median(ax, band, colour, (0, (3, 3)) if hides else "-")
    if drawn and bands.budget_usd is not None:
        _budget(ax, bands.budget_usd, bands.money)
    _names(ax, bands, colours, longest)


def _colours(count: int) -> list[str]:
    """Return grey for the baseline, then the categories."""
    return [style.MUTED.light, *(style.category(n).light for n in range(count - 1))]


def _alike(one: Band, other: Band, top: float) -> bool:
    """Tell whether two medians lie on each other: the later one is drawn with gaps."""
    return bool((np.abs(one.usd[1] - other.usd[1]) < 0.005 * top).all())


def _points(band: Band) -> tuple[Array, Array]:
    """Return month positions and amounts; a single month becomes a bar."""
    if band.usd.shape[1] == 1:
        return np.array([0.6, 1.4]), np.repeat(band.usd, 2, axis=1)
    return np.arange(1.0, band.usd.shape[1] + 1), band.usd


def _band(ax: Axes, band: Band, colour: str, alpha: float) -> None:
    x, usd = _points(band)
    ax.fill_between(x, usd[0], usd[2], color=colour, alpha=alpha, lw=0)
    for row in (0, 2):
        ax.plot(x, usd[row], color=colour, lw=0.8, alpha=0.7)


def _median(ax: Axes, band: Band, colour: str, dashes: str | tuple[int, tuple[int, int]]) -> None:
    x, usd = _points(band)
    ax.plot(x, usd[1], color=colour, lw=2.2, ls=dashes)


def _budget(ax: Axes, usd: float, money: Amounts) -> None:
    width, height = style.axes_points(ax)
    ax.axhline(usd, color=style.BUDGET.light, lw=1.5, ls=(0, (6, 4)))
    at = (6 / width, usd / ax.get_ylim()[1] + 5 / height)
    several = (f"Budget {money.short(usd)} a month", f"Budget {money.short(usd)}", "Budget")
    fits = (one for one in several if CHARACTER * style.TEXT_SIZE * len(one) < width - 6)
    words = next(fits, several[-1])
    ax.text(*at, words, transform=ax.transAxes, va="bottom", color=style.BUDGET.light)


def _names(ax: Axes, bands: Bands, colours: Sequence[str], longest: int) -> None:
    """Name each variant beside the end of its median, with P50 and P90 of the last month."""
    width, height = style.axes_points(ax)
    low, high = ax.get_ylim()
    order = sorted(range(len(bands.bands)), key=lambda n: float(bands.bands[n].usd[1, -1]))
    ends = [float(bands.bands[n].usd[1, -1]) for n in order]
    row = ROW * (high - low) / height
    places = style.spread_apart(ends, row, low + row / 2, high)
    across = ax.get_yaxis_transform()
    for n, end, at in zip(order, ends, places, strict=True):
        ax.plot([1 + 2 / width, 1 + 9 / width], [end, at], transform=across, color=colours[n],
                lw=1.2, clip_on=False)  # fmt: skip
        ax.scatter([1 + 13 / width], [at], transform=across, marker="s", s=36, c=colours[n],
                   clip_on=False, linewidths=0)  # fmt: skip
        for words, down, look in _label(bands, n, longest):
            ax.annotate(words, (1 + 20 / width, at), xycoords=across, xytext=(0, down),
                        textcoords="offset points", va="center", annotation_clip=False,
                        **look)  # fmt: skip


def _label(bands: Bands, n: int, longest: int) -> list[tuple[str, float, dict[str, Any]]]:
    band, short = bands.bands[n], bands.money.short
    figures = f"P50 {short(float(band.usd[1, -1]))}, P90 {short(float(band.usd[2, -1]))}"
    if longest < len(figures):
        figures = f"P50 {short(float(band.usd[1, -1]))}"
    name = {"size": style.SMALL_SIZE, "weight": "bold", "color": style.INK.light}
    return [(shortened(band.name, longest), 6.0, name), (figures, -6.0, dict(style.SMALL_TEXT))]


def shortened(name: str, longest: int) -> str:
    """Return a name cut to so many characters; the table has all of it."""
    return name if len(name) <= longest else name[: longest - 1] + "…"
