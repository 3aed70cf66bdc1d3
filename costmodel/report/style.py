"""The visual style of every picture: colours, type and axes, in a report and in the lab.

Categories take the colours of Okabe and Ito, "Color Universal Design" (2008,
jfly.uni-koeln.de/color), which colour-blind people can tell apart; bands of
uncertainty are lightness steps of one blue. Each colour has a name and a dark
twin, so that one SVG follows a light and a dark page through CSS variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from costmodel.foundation.months import Month
from costmodel.report.amounts import DOLLARS, Amounts

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Colour:
    """A colour by what it is for, on a light and on a dark page, as lower-case ``#rrggbb``."""

    name: str
    light: str
    dark: str


PAPER = Colour("paper", "#ffffff", "#15181d")
INK = Colour("ink", "#1c2127", "#e8eaed")
MUTED = Colour("muted", "#58616b", "#a4adb8")
GRID = Colour("grid", "#e3e6ea", "#2f353d")
BANDS = (
    Colour("band-outer", "#dce9f5", "#1c3145"),
    Colour("band-middle", "#b5d2ea", "#26496a"),
    Colour("band-inner", "#82b4dc", "#356b9b"),
)
"""From the widest band to the narrowest."""
MEDIAN = Colour("median", "#0a4a7f", "#a9d3f5")
BUDGET = Colour("budget", "#b84a00", "#ff9d52")
"""Okabe and Ito's vermillion, darkened until text in it reaches a contrast of 5 on white."""
CATEGORIES = (
    Colour("blue", "#0072b2", "#3d9fd8"),
    Colour("orange", "#e69f00", "#e69f00"),
    Colour("green", "#009e73", "#22b58a"),
    Colour("purple", "#cc79a7", "#cc79a7"),
    Colour("sky", "#56b4e9", "#7cc7f0"),
    Colour("vermillion", "#d55e00", "#e87722"),
    Colour("yellow", "#f0e442", "#f0e442"),
)
OTHER = Colour("other", "#98a0a9", "#78818b")
"""What is too small to have a colour of its own."""

COLOURS = (PAPER, INK, MUTED, GRID, *BANDS, MEDIAN, BUDGET, *CATEGORIES, OTHER)

FONTS = ["DejaVu Sans"]
"""Comes with matplotlib, so that a layout is the same everywhere; pages may show a narrower one."""
TEXT_SIZE = 10.5
"""Points, at the size a figure is drawn."""
SMALL_SIZE = 9.5
LETTER = 0.7
"""Widths of a text's size that a capital letter takes on average (DejaVu Sans)."""

SMALL_TEXT: dict[str, Any] = {"color": MUTED.light, "size": SMALL_SIZE}
"""Keywords of a text that stays in the background."""

RC: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "costmodel",
    "font.family": FONTS,
    "font.size": TEXT_SIZE,
    "text.color": INK.light,
    "text.parse_math": False,
    "figure.facecolor": PAPER.light,
    "path.simplify": False,
}
"""matplotlib settings of the style; texts from a scenario are never read as mathematics."""


@contextmanager
def styled() -> Iterator[None]:
    """Draw figures in the style: create, draw and save them inside this context."""
    import matplotlib as mpl

    settings: Any = RC  # the type of the keys lists every setting there is
    with mpl.rc_context(settings):
        yield


def category(index: int) -> Colour:
    """Return the colour of the `index`-th category, counted from 0."""
    return CATEGORIES[index] if index < len(CATEGORIES) else OTHER


_BY_LIGHT = {colour.light: colour for colour in COLOURS}
_HEX = re.compile(r"#[0-9a-f]{6}\b")


def with_variables(svg: str) -> str:
    """Return an SVG whose colours are CSS variables ``--cm-NAME``, the light ones by default."""

    def variable(match: re.Match[str]) -> str:
        colour = _BY_LIGHT.get(match[0])
        return match[0] if colour is None else f"var(--cm-{colour.name}, {colour.light})"

    return _HEX.sub(variable, svg)


def css_variables(*, dark: bool) -> str:
    """Return the CSS declarations of every colour, for light or dark pages."""
    return " ".join(f"--cm-{c.name}: {c.dark if dark else c.light};" for c in COLOURS)


def wider(points: float, money: Amounts) -> float:
    """Return a margin with room for the letters an amount has more than with ``$`` before it."""
    return points + LETTER * SMALL_SIZE * money.extra_letters


def axes_points(ax: Axes) -> tuple[float, float]:
    """Return the width and height of an Axes in points."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    width, height = figure.get_size_inches() * 72
    place = ax.get_position()
    return float(width * place.width), float(height * place.height)


def money_axis(ax: Axes, top: float, money: Amounts = DOLLARS, ticks: int = 5) -> None:
    """Scale the y axis from 0 to a little above `top` USD, with lines at round amounts.

    Lines and labels are plain artists: matplotlib's own ticks take as long as the
    rest of a chart together.

    Parameters
    ----------
    ax : matplotlib Axes
    top : float
        Largest amount shown, USD.
    money : Amounts
        In which currency the lines are round and labelled; positions stay USD.
    ticks : int
        At most this many steps.
    """
    shown = money.currency.of(top)
    step = round_step(shown, ticks)
    values = [step * n for n in range(int(1.05 * shown / step + 1e-9) + 1)]
    heights = [value * money.currency.usd for value in values]
    ax.set_axis_off()
    ax.set_ylim(0, 1.05 * top if top > 0 else 1.0)
    across, left = ax.get_yaxis_transform(), -7 / axes_points(ax)[0]
    ax.hlines(heights, 0, 1, transform=across, color=GRID.light, lw=0.8, zorder=0, gid="cm-grid")
    for value, height in zip(values, heights, strict=True):
        label = money.tick(value, step)
        ax.text(left, height, label, transform=across, ha="right", va="center", **SMALL_TEXT)


def round_step(top: float, ticks: int) -> float:
    """Return the smallest of 1, 2, 2.5 or 5 times a power of ten that needs at most `ticks`."""
    from math import floor, log10

    if top <= 0:
        return 1.0
    power = 10.0 ** floor(log10(top / ticks))
    return next(k * power for k in (1, 2, 2.5, 5, 10) if top / (k * power) <= ticks)


MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_STRIDES = (1, 2, 3, 6, 12)


def month_axis(ax: Axes, months: Sequence[Month], most: int = 13) -> None:
    """Label the x axis with months at 1, 2, 3, ...; the year stands under its first label.

    Parameters
    ----------
    ax : matplotlib Axes
    months : sequence of Month
        Consecutive.
    most : int
        Labels there is room for; a longer horizon labels every 2nd, 3rd, 6th or 12th month.
    """
    stride = next((s for s in _STRIDES if -(-len(months) // s) <= most), _STRIDES[-1])
    below, height, year = ax.get_xaxis_transform(), axes_points(ax)[1], 0
    for position in range(0, len(months), stride):
        month = months[position]
        lines = [MONTH_NAMES[month.month - 1]]
        lines += [] if month.year == year else [str(month.year)]
        for row, words in enumerate(lines):
            down = -(16 + 13 * row) / height
            ax.text(position + 1, down, words, transform=below, ha="center", **SMALL_TEXT)
        year = month.year


def spread_apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return positions as near as can be to those wanted, in their order, at least `gap` apart.

    Parameters
    ----------
    wanted : sequence of float
        Ascending.
    gap, low, high : float
        Same unit. What does not fit between `low` and `high` is spaced evenly.
    """
    if not wanted:
        return []
    if gap * (len(wanted) - 1) > high - low:
        gap = (high - low) / (len(wanted) - 1)
    groups: list[tuple[float, int]] = []  # centre and size of runs that touch
    for position in wanted:
        centre, size = position, 1
        while True:
            half = gap * (size - 1) / 2
            centre = min(max(centre, low + half), high - half)
            if not groups or centre - half - groups[-1][0] - _half(groups[-1], gap) >= gap - 1e-9:
                break
            other, count = groups.pop()
            centre = (other * count + centre * size) / (count + size)
            size += count
        groups.append((centre, size))
    return [c - _half((c, n), gap) + gap * k for c, n in groups for k in range(n)]


def _half(group: tuple[float, int], gap: float) -> float:
    return gap * (group[1] - 1) / 2
