"""Pictures: figures drawn in the style and turned into SVG that can stand inside a page.

Only `matplotlib.figure.Figure` is used, never pyplot: no global state, no window
system, and half the import.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from costmodel.foundation.months import Month
from costmodel.report import style
from costmodel.report.amounts import DOLLARS, Amounts
from costmodel.report.breakdown import stacked_months
from costmodel.report.fan import LEVELS, Fan, fan_chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = npt.NDArray[np.float64]

POINTS = 72.0
"""Points in an inch; an SVG's user unit is a point."""
MARK_ROOM = 30.0
"""Points above a chart for two rows of mark labels."""
WIDE_LABELS = LEVELS
NARROW_LABELS = (0.10, 0.50, 0.90)
"""Quantiles named on a phone, where there is room for three."""


def draw_svg(
    size: tuple[float, float],
    room: tuple[float, float, float, float],
    paint: Callable[[Axes], object],
) -> str:
    """Return the SVG of a one-Axes figure, byte-identical for the same input.

    Parameters
    ----------
    size : (float, float)
        Width and height, points.
    room : (float, float, float, float)
        Left, right, bottom and top of the Axes: points kept free around it.
    paint : callable
        Draws on the Axes.
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    width, height = size
    left, right, bottom, top = room
    place = (
        left / width,
        bottom / height,
        1 - (left + right) / width,
        1 - (bottom + top) / height,
    )
    with style.styled():
        figure = Figure(figsize=(width / POINTS, height / POINTS))
        paint(figure.add_axes(place))
        stream = io.StringIO()
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(stream, metadata={"Date": None})
    return stream.getvalue()


def inline_svg(svg: str, name: str, description: str) -> str:
    """Return matplotlib's SVG made fit to stand inside a page.

    No prologue, metadata or style sheet; ids are prefixed with `name`, so that
    several pictures share a page; colours are CSS variables; the picture is one
    image to a screen reader, with `description` as its text.
    """
    body = svg[svg.index("<svg") :]
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body, flags=re.DOTALL)
    body = re.sub(r"<style.*?</style>\s*", "", body, flags=re.DOTALL)
    body = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", body)
    box = re.search(r'viewBox="[^"]*"', body)
    assert box is not None
    label = escape(description, quote=True)
    opening = f'<svg class="{name}" role="img" aria-label="{label}" {box[0]} '
    opening += 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    return style.with_variables(opening + body[body.index(">") + 1 :]).strip()


def fan_svg(fan: Fan, *, narrow: bool = False) -> str:
    """Return the SVG of a fan chart, for a desk (690 points wide) or a phone (270)."""
    top = MARK_ROOM if fan.marks else 8.0

    def room(left: float, right: float) -> tuple[float, float, float, float]:
        return style.wider(left, fan.money), style.wider(right, fan.money), 36, top

    if narrow:
        return draw_svg(
            (270, 250),
            room(38, 66),
            lambda ax: fan_chart(ax, fan, labelled=NARROW_LABELS, most_months=4),
        )
    return draw_svg((690, 320), room(44, 78), lambda ax: fan_chart(ax, fan))


def breakdown_svg(
    months: Sequence[Month], parts: Mapping[str, Array], money: Amounts = DOLLARS
) -> str:
    """Return the SVG of mean spend by month in parts, half a page wide (336 points)."""
    return draw_svg(
        (336, 230),
        (style.wider(40, money), 122, 36, 8),
        lambda ax: stacked_months(ax, months, parts, most_months=5, money=money),
    )
