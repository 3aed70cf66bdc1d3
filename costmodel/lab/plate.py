"""Plates: what stands still in a fan chart, laid out once, with room for what moves.

matplotlib lays out axes, ticks, budget line and marks of one y axis; the paths
and labels that follow a slider are then written straight into the SVG, which
takes half a millisecond where a new figure takes a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt

from costmodel.report import style
from costmodel.report.amounts import Amounts
from costmodel.report.fan import BAND_ROWS, CHARACTER, FAR_ABOVE, LEVELS, MEDIAN_ROW, Fan, fan_chart
from costmodel.report.pictures import draw_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[np.float64]

LABELLED = (0.10, 0.50, 0.90)
"""Quantiles named at the right end of the chart."""
HEADROOM = 1.05
"""Upper end of a fan chart's y axis over the largest amount it has to show."""
LABEL_GAP = 13.0
"""Least distance between two labels' middles, in pixels of the picture."""


@dataclass(frozen=True)
class Format:
    """The size of a picture and its margins, in its own pixels."""

    name: str
    width: int
    height: int
    left: int
    right: int
    above: int
    below: int
    most_months: int

    def with_marks(self, marks: bool) -> Format:
        """Return the format with room for marks above the axes, if there are any."""
        if not marks:
            return self
        return replace(self, height=self.height + MARKS, above=self.above + MARKS)

    def with_letters(self, money: Amounts) -> Format:
        """Return the format with room for amounts that begin with more than a ``$``."""
        left, right = (round(style.wider(side, money)) for side in (self.left, self.right))
        return replace(self, left=left, right=right)

    @property
    def inside(self) -> tuple[float, float]:
        """Width and height between the margins."""
        return self.width - self.left - self.right, self.height - self.above - self.below


WIDE = Format("wide", 540, 300, left=44, right=76, above=14, below=34, most_months=12)
NARROW = Format("narrow", 330, 250, left=40, right=72, above=14, below=34, most_months=4)
MARKS = 24
"""Pixels above the axes for two rows of marks' labels, where a scenario has marks."""


@dataclass(frozen=True)
class Plate:
    """One y axis of a chart as SVG, cut open where the fan and its labels go."""

    format: Format
    top: float
    """Upper end of the y axis, USD."""
    months: int
    budget_usd: float | None
    """Height of the budget line; None where there is none on this axis."""
    before: str
    between: str
    after: str

    @cached_property
    def _x(self) -> Array:
        count = max(self.months, 2)  # a single month is a bar: two positions, equal amounts
        return self.format.left + np.linspace(0.0, self.format.inside[0], count)

    def y(self, usd: Array | float) -> Array:
        """Return the height on the picture of amounts in USD, in pixels from its upper edge."""
        inside = self.format.inside[1]
        return np.asarray(self.format.above + inside * (1 - np.asarray(usd) / self.top))

    def filled(self, fan: Fan, opening: Fan, words: str) -> str:
        """Return the SVG of a fan.

        Parameters
        ----------
        fan, opening : Fan
            What to show, and the state that stays as a pale ghost and a dotted median.
        words : str
            What the picture says in numbers, for those who cannot see it.
        """
        opened = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="cm-picture cm-{self.format.name}"'
            f' viewBox="0 0 {self.format.width} {self.format.height}" role="img"'
            f' aria-label="{escape(words)}" stroke-linejoin="round">'
        )
        paths = "".join(self.paths(fan, opening))
        labels = "".join(self._labels(fan, opening))
        return f"{opened}{self.before}{paths}{self.between}{labels}{self.after}</svg>"

    def paths(self, fan: Fan, opening: Fan) -> Iterator[str]:
        """Yield what moves: the opening's ghost, the bands, widest first, both medians."""
        pale = f"fill: {_css(style.GRID)}; fill-opacity: 0.6"
        yield _path("ghost", self._ghost(opening), pale)
        for index, (low, high) in enumerate(BAND_ROWS):
            outline = _polyline(self._points(fan.usd[low]) + self._points(fan.usd[high])[::-1])
            yield _path(f"band-{index}", outline + " Z", f"fill: {_css(style.BANDS[index])}")
        # On a smaller axis the pinned line ends where it leaves the picture.
        pinned = _polyline([p for p in self._points(opening.median) if p[1] >= self.format.above])
        dots = f"fill: none; stroke: {_css(style.MUTED)}; stroke-width: 1.4; stroke-dasharray: 2 3"
        yield _path("opening", pinned, dots)
        line = f"fill: none; stroke: {_css(style.MEDIAN)}; stroke-width: 2.4"
        yield _path("median", _polyline(self._points(fan.median)), line)

    def _ghost(self, opening: Fan) -> str:
        """Return the outline of the opening's widest band; it ends where it leaves the picture."""
        low, high = (np.minimum(opening.usd[row], self.top) for row in BAND_ROWS[0])
        return _polyline(self._points(low) + self._points(high)[::-1]) + " Z"

    def _points(self, usd: Array) -> list[tuple[float, float]]:
        return list(zip(self._x.tolist(), self.y(_amounts(usd)).tolist(), strict=True))

    def _labels(self, fan: Fan, opening: Fan) -> Iterator[str]:
        ends = [
            (float(fan.usd[row, -1]), f"P{100 * LEVELS[row]:.0f}", row == MEDIAN_ROW)
            for row in (LEVELS.index(level) for level in LABELLED)
        ]
        pinned = float(opening.median[-1])
        if pinned <= self.top and not np.array_equal(opening.median, fan.median):
            ends.append((pinned, "was", False))
        ends.sort(key=lambda end: -end[0])
        low, high = self.format.above - 4.0, self.format.height - self.format.below - 2.0
        wanted = self.y(np.array([usd for usd, _, _ in ends])).tolist()
        heights = style.spread_apart(wanted, LABEL_GAP, low, high)
        x = self.format.width - self.format.right + 7.0
        for (usd, name, middle), height in zip(ends, heights, strict=True):
            colour, weight = (style.MEDIAN, "bold") if middle else (style.MUTED, "normal")
            css = f"font-weight: {weight}; fill: {_css(colour)}"
            yield _text("end", x, height + 3.6, css, f"{name} {fan.money.short(usd)}")
        if self.budget_usd is not None:
            yield self._budget_label(fan, self.budget_usd)

    def _budget_label(self, fan: Fan, budget_usd: float) -> str:
        """Name the budget line where the fan leaves room: left or right, above or below it."""
        text = _without_chance(fan.budget_text)
        line = float(self.y(budget_usd))
        width, left = CHARACTER * len(text), float(self.format.left)
        right = left + self.format.inside[0]
        above, below = (line - 14.0, line), (line, line + 14.0)
        spots = [
            (x, edge, span)
            for x, edge in ((left + 6, left), (right - 6, right - width))
            for span in (above, below)
            if span[1] <= self.format.height - self.format.below
        ]
        free = (spot for spot in spots if not self._covers(fan, spot[1], width, spot[2]))
        x, edge, span = next(free, spots[0])
        anchor = "start" if edge == left else "end"
        css = f"text-anchor: {anchor}; fill: {_css(style.BUDGET)}"
        return _text("budget-label", x, line - 5 if span == above else line + 12, css, text)

    def _covers(self, fan: Fan, left: float, width: float, span: tuple[float, float]) -> bool:
        """Return whether the fan reaches into a box of the picture."""
        x = np.linspace(left, left + width, 5)
        upper = np.interp(x, self._x, self.y(_amounts(fan.usd[-1])))
        lower = np.interp(x, self._x, self.y(_amounts(fan.usd[0])))
        return bool(np.any((upper < span[1]) & (lower > span[0])))


def _amounts(usd: Array) -> Array:
    """Return amounts at the chart's positions: a single month has two."""
    return np.repeat(usd, 2) if usd.size == 1 else usd


def _text(name: str, x: float, y: float, css: str, text: str) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}"'
    return f'<text class="cm-{name}" {place} style="font-size: 10.5px; {css}">{escape(text)}</text>'


def _without_chance(budget_text: str) -> str:
    """Return a budget's label without its chance, which stands among the figures of merit."""
    return budget_text.split(":")[0]


def _path(name: str, d: str, css: str) -> str:
    return f'<path class="cm-{name}" d="{d}" style="{css}"/>'


def _polyline(points: list[tuple[float, float]]) -> str:
    return "M " + " L ".join(f"{x:.1f} {y:.2f}" for x, y in points) if points else ""


def _css(colour: style.Colour) -> str:
    return f"var(--cm-{colour.name}, {colour.light})"


_FAN, _LABELS = "\x01fan\x01", "\x01labels\x01"


def lay_out(fan: Fan, top: float, form: Format) -> Plate:
    """Lay out the chart of a fan's months, budget and marks, with a y axis from 0 to `top` USD."""
    form = form.with_marks(bool(fan.marks)).with_letters(fan.money)
    standing = _standing(fan, top)
    budget = standing.budget_usd
    drawn = budget is not None and budget <= top
    svg = style.with_variables(_opened(_drawn(standing, form), moving_budget_label=drawn))
    before, rest = svg.split(_FAN)
    between, after = rest.split(_LABELS)
    return Plate(form, top, len(fan.months), budget if drawn else None, before, between, after)


def _standing(fan: Fan, top: float) -> Fan:
    """Return a fan for which `fan_chart` makes the y axis end at `top` USD."""
    peak, budget = top / HEADROOM, fan.budget_usd
    if budget is not None and budget > peak:
        budget = 2 * FAR_ABOVE * peak  # named in words above the chart
    text = _without_chance(fan.budget_text)
    return replace(fan, usd=np.full_like(fan.usd, peak), budget_usd=budget, budget_text=text)


def _drawn(fan: Fan, form: Format) -> str:
    def paint(ax: Axes) -> None:
        fan_chart(ax, fan, labelled=LABELLED, most_months=form.most_months)
        figure = ax.get_figure(root=True)
        assert figure is not None
        figure.patch.set_visible(False)  # the page's own background shows through

    room = (form.left, form.right, form.below, form.above)
    return draw_svg((form.width, form.height), room, paint)


_REMOVED = {f"cm-{name}" for name in ("band-1", "band-2", "median")} | {
    f"cm-end-P{100 * level:.0f}" for level in LABELLED
}


def _opened(svg: str, *, moving_budget_label: bool) -> str:
    """Return the inside of a figure's SVG with marks where the fan and the labels go."""
    removed = _REMOVED | ({"cm-budget-label"} if moving_budget_label else set())
    root = ElementTree.fromstring(svg)  # noqa: S314 - what matplotlib has just written
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
        for child in list(node):
            _open(node, child, removed)
        node.attrib.pop("clip-path", None)
        if not node.get("id", "").startswith("cm-"):
            node.attrib.pop("id", None)  # a page may hold several charts
        node.text, node.tail = (node.text or "").strip(), ""
    for node in root.iter():
        name = node.attrib.pop("id", None)
        if name is not None:
            node.set("class", name)
    inside = "".join(ElementTree.tostring(child, encoding="unicode") for child in root)
    return inside + _LABELS


def _open(parent: ElementTree.Element, child: ElementTree.Element, removed: set[str]) -> None:
    tag, name = child.tag.rpartition("}")[2], child.get("id", "")
    if tag in ("metadata", "defs") or name in removed:
        parent.remove(child)
    elif name == "cm-band-0":
        child.clear()
        child.text = _FAN
