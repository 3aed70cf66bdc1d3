"""Drawing a panel of price histories: steps, what is announced, marks and direct labels."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from costmodel.prices.cards import rate_text
from costmodel.prices.steps import RETIRED, UNPRICED, PriceStep
from costmodel.report import style
from costmodel.report.calendar_axis import View, calendar_axis
from costmodel.report.rate_axis import rate_axis
from costmodel.report.rate_canvas import Canvas, Point, fading, text_width
from costmodel.report.rate_lines import Panel, RateLine, days_of, end_label, fades_in

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DASHES = (2.4, (2.4, 1.6))
"""Announced: on and off, in widths of the line; it begins with a gap, to be seen when short."""
DOTS = (0, (1, 2))
"""Called off."""
WIDTH, HOLLOW_WIDTH, CORE_WIDTH, PEAK_WIDTH, PROMO_WIDTH = 2.2, 3.2, 1.3, 1.2, 8.0
"""Points; the core is the light middle of a hollow line."""
PROMO_ALPHA, PEAK_ALPHA = 0.25, 0.85
PROMO_LAYERS = 6
"""Of a fading band: more would be too faint for eight bits, and change its hue."""
FADE_SHARE = 0.09
"""The share of the panel in which a line fades in whose launch is not known."""
LABEL_GAP = 13.0
"""Points from one label to the next."""
LEADER = 14.0
"""Points from the right edge to the labels."""
STUB = 46.0
"""Points of the line of a withdrawn announcement."""


def draw_panel(
    ax: Axes, panel: Panel, view: View, *, priced: bool, first: bool, last: bool
) -> None:
    """Draw the lines of a panel on an Axes whose place in its figure is set.

    Parameters
    ----------
    ax : matplotlib Axes
        Leaves room at its right for the labels, see `label_room`.
    panel : Panel
    view : View
    priced : bool
        Whether to write the rate at every step.
    first, last : bool
        Whether it is the topmost, which says what the shade means; and the
        lowest, which names the months.
    """
    rates = panel.rates(view)
    rate_axis(ax, min(rates), max(rates))
    calendar_axis(ax, view, named=last)
    canvas = Canvas(ax, view, *style.axes_points(ax))
    _future(canvas)
    _headings(canvas, panel.heading, first=first)
    for line in panel.lines:
        _draw_line(canvas, line)
    if priced:
        _step_prices(canvas, panel)
    _end_labels(canvas, panel)


def label_room(panel: Panel, view: View) -> float:
    """Return the points that a panel's labels need at its right."""
    widest = max(text_width(end_label(line, view), style.SMALL_SIZE) for line in panel.lines)
    return LEADER + widest + 6


def _future(canvas: Canvas) -> None:
    """Shade what lies after the day of the knowledge."""
    view = canvas.view
    if view.now is not None and view.now < view.end:
        since = max(view.now, view.start)
        canvas.ax.axvspan(since, view.end, color=style.GRID.light, alpha=0.45, lw=0, zorder=0.5)
        if view.now >= view.start:
            canvas.ax.axvline(view.now, color=style.MUTED.light, lw=0.9, zorder=0.7)


def _headings(canvas: Canvas, heading: str, *, first: bool) -> None:
    """Write the panel's heading and, above the shade, what it means."""
    above, now = canvas.height + 6, canvas.view.now
    if heading:
        canvas.text(0, above, heading, weight="bold", size=style.SMALL_SIZE)
    if first and now is not None and now < canvas.view.end:
        taken = text_width(heading, style.SMALL_SIZE, bold=True) + 12 if heading else 0.0
        left = max(canvas.across(now), taken)
        canvas.text(left, above, ANNOUNCED, **style.SMALL_TEXT)


ANNOUNCED = "as announced"
"""What the shaded part of a panel shows."""


def _draw_line(canvas: Canvas, line: RateLine) -> None:
    for step, since, until in line.visible(canvas.view):
        if step.promo:
            _highlight(canvas, line, step, (since, until))
    for run in runs(line, canvas.view):
        known, announced = split(run, canvas.view.now)
        known = _faded(canvas, line, known)
        _stroke(canvas, line, known, "-")
        _stroke(canvas, line, announced, DASHES)
    _marks(canvas, line)
    for step in line.called_off:
        _stub(canvas, line, step)


def runs(line: RateLine, view: View) -> list[list[Point]]:
    """Return the visible polylines of a line: steps that follow each other are joined."""
    found: list[list[Point]] = []
    last = inf
    for step, since, until in line.visible(view):
        points = [(since, step.usd_per_mtok), (until, step.usd_per_mtok)]
        if found and last == since:
            found[-1] += points
        else:
            found.append(points)
        last = until
    return found


def split(run: list[Point], now: float | None) -> tuple[list[Point], list[Point]]:
    """Cut a polyline where the knowledge ends: what was, and what is announced."""
    if now is None or run[-1][0] <= now:
        return run, []
    if run[0][0] >= now:
        return [], run
    before = [point for point in run if point[0] <= now]
    cut = (now, before[-1][1])
    return [*before, cut], [cut, *(point for point in run if point[0] > now)]


def _stroke(canvas: Canvas, line: RateLine, points: list[Point], pattern: Any) -> None:  # noqa: ANN401
    if not points:
        return
    look: dict[str, Any] = {"ls": pattern, "alpha": PEAK_ALPHA if line.peak else 1.0}
    look |= {"solid_capstyle": "butt", "dash_capstyle": "butt", "solid_joinstyle": "miter"}
    depth = 2.2 if line.peak else 2.0  # a thin line stays visible on a thick one
    look |= {"lw": _width(line), "color": line.colour.light, "zorder": depth}
    canvas.plot(points, line.shift, **look)
    if line.hollow and not line.peak:
        core = {"lw": CORE_WIDTH, "ls": "-", "color": style.PAPER.light, "zorder": depth + 0.1}
        canvas.plot(points, line.shift, **{**look, **core})


def _width(line: RateLine) -> float:
    if line.peak:
        return PEAK_WIDTH
    return HOLLOW_WIDTH if line.hollow else WIDTH


def _highlight(canvas: Canvas, line: RateLine, step: PriceStep, span: tuple[float, float]) -> None:
    """Lay a broad band under a promotional price."""
    rate, (since, until) = step.usd_per_mtok, span
    look = {"lw": PROMO_WIDTH, "solid_capstyle": "butt", "color": line.colour.light, "zorder": 1}
    if fades_in(step, since, canvas.view):
        stop = _fade_end(canvas, since, until)
        for begin, alpha in fading(since, stop, PROMO_ALPHA, PROMO_LAYERS):
            canvas.plot([(begin, rate), (stop, rate)], line.shift, alpha=alpha, **look)
        since = stop
    canvas.plot([(since, rate), (until, rate)], line.shift, alpha=PROMO_ALPHA, **look)


def _faded(canvas: Canvas, line: RateLine, known: list[Point]) -> list[Point]:
    """Draw the fading left end of a line whose start is not known; return the rest."""
    if not known or not fades_in(line.visible(canvas.view)[0][0], known[0][0], canvas.view):
        return known
    start, rate = known[0]
    stop = _fade_end(canvas, start, known[1][0])
    look = {"solid_capstyle": "butt", "color": line.colour.light, "zorder": 2, "lw": _width(line)}
    for begin, alpha in fading(start, stop):
        canvas.plot([(begin, rate), (stop, rate)], line.shift, alpha=alpha, **look)
    if line.hollow and not line.peak:
        core = {**look, "lw": CORE_WIDTH, "color": style.PAPER.light, "zorder": 2.1}
        canvas.plot([(start, rate), (stop, rate)], line.shift, **core)
    return [(stop, rate), *known[1:]]


def _fade_end(canvas: Canvas, start: float, until: float) -> float:
    """Return where a fade is done: soon, and before the step is half over."""
    return min(start + FADE_SHARE * (canvas.view.end - start), (start + until) / 2)


def _marks(canvas: Canvas, line: RateLine) -> None:
    """Mark first sightings and ends."""
    look: dict[str, Any] = {"ls": "none", "clip_on": False, "zorder": 3, "color": line.colour.light}
    for step, since, until in line.visible(canvas.view):
        if step.observed and days_of(step)[0] == since:
            hollow = {"marker": "o", "ms": 5.5, "mew": 1.4, "markerfacecolor": style.PAPER.light}
            canvas.plot([(since, step.usd_per_mtok)], line.shift, **look, **hollow)
        if days_of(step)[1] == until and step.ending in END_MARKS:
            end = END_MARKS[step.ending]
            canvas.plot([(until, step.usd_per_mtok)], line.shift, **look, **end)


END_MARKS: dict[str, dict[str, Any]] = {
    RETIRED: {"marker": "x", "ms": 7.0, "mew": 2.0},
    UNPRICED: {"marker": "|", "ms": 11.0, "mew": 2.0},
}


def _stub(canvas: Canvas, line: RateLine, step: PriceStep) -> None:
    """Draw the beginning of a price that was announced and called off, with its words."""
    since = days_of(step)[0]
    if not canvas.view.shows(since):
        return
    x, y = canvas.across(since), canvas.up(step.usd_per_mtok, line.shift)
    before = [s for s, start, end in line.visible(canvas.view) if start <= since < end]
    foot = [(x, canvas.up(before[0].usd_per_mtok, line.shift))] if before else []
    stop = min(x + STUB, canvas.width)
    look = {"lw": 1.4, "ls": DOTS, "alpha": 0.8, "color": line.colour.light, "zorder": 1.5}
    canvas.rule([*foot, (x, y), (stop, y)], **look)
    gone = "" if step.withdrawn_on is None else f" {step.withdrawn_on}"
    words = f"{rate_text(step.usd_per_mtok)}, called off{gone}"
    if text_width(words, style.SMALL_SIZE) + 4 <= x:
        canvas.text(x - 4, y + 3, words, ha="right", **style.SMALL_TEXT)
    else:
        canvas.text(x, y + 4, words, **style.SMALL_TEXT)


def _step_prices(canvas: Canvas, panel: Panel) -> None:
    """Write the rate at every step but the last of a line, where there is room for it."""
    for line in panel.lines:
        for step, since, until in line.visible(canvas.view)[:-1]:
            words = rate_text(step.usd_per_mtok)
            left = canvas.across(since) + (FADE_SHARE * canvas.width if step.start is None else 4)
            wide = text_width(words, style.SMALL_SIZE)
            y = canvas.up(step.usd_per_mtok, line.shift)
            if left + wide > canvas.across(until):
                continue
            for low, place in ((y + 4, "bottom"), (y - 5 - style.SMALL_SIZE, "top")):
                if not _crossed(canvas, panel, (left, left + wide), (low, low + LABEL_GAP)):
                    at = low if place == "bottom" else low + style.SMALL_SIZE
                    canvas.text(left, at, words, va=place, **style.SMALL_TEXT)
                    break


def _crossed(canvas: Canvas, panel: Panel, across: Point, up: Point) -> bool:
    """Whether a line passes through a box of points."""
    return any(
        canvas.across(since) < across[1]
        and across[0] < canvas.across(until)
        and up[0] - 1 < canvas.up(step.usd_per_mtok, line.shift) < up[1] + 1
        for line in panel.lines
        for step, since, until in line.visible(canvas.view)
    )


def _end_labels(canvas: Canvas, panel: Panel) -> None:
    """Write each line's name and last rate at the right, with a leader where it moved."""
    ends = [(line, *_end(canvas, line)) for line in panel.lines]
    ends.sort(key=lambda end: (end[2], -end[0].shift))
    heights = style.spread_apart([end[2] for end in ends], LABEL_GAP, 0.0, canvas.height)
    for (line, x, y), at in zip(ends, heights, strict=True):
        colour = line.colour.light
        if x < canvas.width - 0.5:
            far = {"lw": 0.8, "ls": (0, (1, 3)), "color": style.MUTED.light, "zorder": 1.2}
            canvas.rule([(x + 6, y), (canvas.width, y)], **far)
        leader = [(canvas.width + 1, y), (canvas.width + LEADER - 4, at)]
        canvas.rule(leader, lw=PEAK_WIDTH, color=colour, zorder=2)
        words = end_label(line, canvas.view)
        look = {"size": style.SMALL_SIZE, "color": (style.MUTED if line.peak else style.INK).light}
        canvas.text(canvas.width + LEADER, at, words, va="center_baseline", **look)


def _end(canvas: Canvas, line: RateLine) -> Point:
    """Return where a line ends, in points."""
    step, _, until = line.visible(canvas.view)[-1]
    return canvas.across(until), canvas.up(step.usd_per_mtok, line.shift)
