"""The waterfall of a variant: from the baseline's mean bill, step by step, to the variant's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from costmodel.report import style
from costmodel.report.amounts import DOLLARS, Amounts, amounts_of
from costmodel.report.tables import whole_span
from costmodel.report.variant_bands import shortened
from costmodel.report.variant_tables import NOT_BINDING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from costmodel.questions.waterfall import Step, Waterfall

BAR = 13.0
"""Height of a bar, points."""
ORDER = "In this order; another order gives other parts."


@dataclass(frozen=True)
class Fall:
    """One bar: a whole bill, or what a step takes off it; USD over the whole horizon.

    Parameters
    ----------
    name : str
    start, end : float
        A whole bill starts at 0.
    low, high : float
        Where the bar would end at the P90 and at the P10 of what is saved.
    words : str
        The amount, beside the bar.
    alone : str
        What the step saves without the others; empty for a whole bill.
    whole : bool
    """

    name: str
    start: float
    end: float
    low: float
    high: float
    words: str
    alone: str = ""
    whole: bool = False


@dataclass(frozen=True)
class Falls:
    """What a waterfall chart shows, from top to bottom."""

    bars: tuple[Fall, ...]
    span: str
    money: Amounts = DOLLARS


def falls_of(waterfall: Waterfall) -> Falls:
    """Return what a chart shows of a waterfall."""
    first, last = waterfall.saving.baseline, waterfall.saving.projection
    money = amounts_of(first.scenario)
    level = first.total.mean
    bars = [_whole(first.variant, level, money)]
    for number, step in enumerate(waterfall.steps, start=1):
        bars.append(_step(f"{number} {step.name}", level, step, money))
        level = bars[-1].end
    bars.append(_whole(waterfall.variant, last.total.mean, money))
    return Falls(tuple(bars), whole_span(len(first.months)), money)


def _whole(name: str, usd: float, money: Amounts) -> Fall:
    return Fall(name, 0.0, usd, usd, usd, money.short(usd), whole=True)


def _step(name: str, level: float, step: Step, money: Amounts) -> Fall:
    saved = step.saving.total
    if not step.saving.binding:
        return Fall(name, level, level, level, level, NOT_BINDING)
    words = f"{'+' if saved.mean < 0 else '−'}{money.short(abs(saved.mean))}"
    alone = step.alone.total.mean
    beside = f"alone {'+' if alone < 0 else '−'}{money.short(abs(alone))}"
    end = level - saved.mean
    return Fall(name, level, end, level - saved.p90, level - saved.p10, words, beside)


def falls_description(falls: Falls) -> str:
    """Return what the chart shows, in numbers: the picture's text for a screen reader."""
    words = [
        f"{bar.name} {bar.words}{f' ({bar.alone})' if bar.alone else ''}" for bar in falls.bars
    ]
    return f"Mean bill of {falls.span}, one strategy after the other. {'; '.join(words)}. {ORDER}"


def waterfall_chart(ax: Axes, falls: Falls, *, longest: int = 22, above: bool = False) -> None:
    """Draw a waterfall on an Axes whose place in its figure is already set.

    Parameters
    ----------
    ax : matplotlib Axes
        Leaves room left of it for names (unless they stand above their bars), right of it for
        amounts, and below it for the axis and a line of text.
    falls : Falls
    longest : int
        Characters of a name.
    above : bool
        Whether names and amounts stand above their bars: for a narrow picture.
    """
    ax.set_axis_off()
    ax.set_ylim(len(falls.bars) - 0.5, -0.5)
    _amount_axis(ax, falls, ticks=3 if above else 6)
    for row, bar in enumerate(falls.bars):
        _bar(ax, row, bar, above=above)
        _link(ax, row, bar, last=row == len(falls.bars) - 1, above=above)
        _words(ax, row, bar, longest, falls.money, above=above)
    height = style.axes_points(ax)[1]
    ax.text(0, -32 / height, ORDER, transform=ax.transAxes, va="center", **style.SMALL_TEXT)


def _amount_axis(ax: Axes, falls: Falls, ticks: int) -> None:
    """Scale the x axis to all bars, with lines at round amounts named below them."""
    money = falls.money
    edges = [0.0, *(edge for bar in falls.bars for edge in (bar.start, bar.end, bar.low, bar.high))]
    low, top = min(edges), max(edges)
    span = (top - low) or 1.0
    ax.set_xlim(low - 0.01 * span, top + 0.02 * span)
    step = style.round_step(money.currency.of(span), ticks)
    first, last = int(money.currency.of(low) / step), int(money.currency.of(top) / step)
    below, height = ax.get_xaxis_transform(), style.axes_points(ax)[1]
    for value in (step * n for n in range(first, last + 1)):
        at = value * money.currency.usd
        ax.vlines(at, 0, 1, transform=below, color=style.GRID.light, lw=0.8, zorder=0)
        label = money.tick(value, step) if value >= 0 else f"-{money.tick(-value, step)}"
        ax.text(at, -13 / height, label, transform=below, ha="center", **style.SMALL_TEXT)


def _thickness(ax: Axes) -> float:
    low, high = ax.get_ylim()
    return abs(high - low) * BAR / style.axes_points(ax)[1]


def _centre(ax: Axes, row: int, *, above: bool) -> float:
    """Return where a bar is: the middle of its row, or the lower part below its name."""
    return row + (0.6 * _thickness(ax) if above else 0.0)


def _bar(ax: Axes, row: int, bar: Fall, *, above: bool) -> None:
    at, thick = _centre(ax, row, above=above), _thickness(ax)
    left, length = min(bar.start, bar.end), abs(bar.end - bar.start)
    ax.barh(at, length, thick, left, color=_colour(bar), lw=0)
    if bar.low != bar.high:
        for colour, width in ((style.PAPER.light, 3.4), (style.INK.light, 1.2)):
            ax.hlines(at, bar.low, bar.high, color=colour, lw=width)
            ends = [bar.low, bar.high]
            ax.vlines(ends, at - thick / 4, at + thick / 4, color=colour, lw=width)


def _colour(bar: Fall) -> str:
    if bar.whole:
        return style.OTHER.light
    return (style.CATEGORIES[4] if bar.end <= bar.start else style.CATEGORIES[1]).light


def _link(ax: Axes, row: int, bar: Fall, *, last: bool, above: bool) -> None:
    """Draw a fine line from where a bar ends down to the next one."""
    if not last:
        at = _centre(ax, row, above=above)
        ax.vlines(bar.end, at, at + 1, color=style.MUTED.light, lw=0.9)


def _words(ax: Axes, row: int, bar: Fall, longest: int, money: Amounts, *, above: bool) -> None:
    width = style.axes_points(ax)[0]
    across = ax.get_yaxis_transform()
    weight = "bold" if bar.whole else "normal"
    name = shortened(bar.name, longest)
    if above:
        at = row - 0.75 * _thickness(ax)
        amount = f"{bar.words}, {bar.alone}" if bar.alone else bar.words
        ax.text(0, at, name, transform=across, va="center", size=style.SMALL_SIZE, weight=weight,
                gid=f"cm-halo-name-{row}")  # fmt: skip
        ax.text(1, at, amount, transform=across, va="center", ha="right",
                gid=f"cm-halo-{row}", **style.SMALL_TEXT)  # fmt: skip
        return
    ax.text(-8 / width, row, name, transform=across, va="center", ha="right", weight=weight)
    ax.text(1 + 8 / width, row, bar.words, transform=across, va="center", weight=weight)
    beside = 1 + style.wider(72, money) / width
    ax.text(beside, row, bar.alone, transform=across, va="center", **style.SMALL_TEXT)
