"""The key below a picture of price histories: only what is to be seen in it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from costmodel.prices.history import PriceHistory
from costmodel.prices.instants import Hours
from costmodel.prices.steps import RETIRED, UNPRICED, hours_text
from costmodel.report import style
from costmodel.report.calendar_axis import View
from costmodel.report.rate_canvas import fading, text_width
from costmodel.report.rate_lines import Panel, days_of, fades_in, short_names
from costmodel.report.rate_panel import (
    DASHES,
    DOTS,
    END_MARKS,
    PEAK_ALPHA,
    PEAK_WIDTH,
    PROMO_ALPHA,
    PROMO_WIDTH,
    WIDTH,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROW = 15.0
"""Points from one row of the key to the next."""
SWATCH = 20.0
"""Points of a sample."""
GAP = 18.0
"""Points between two entries of a row."""


@dataclass(frozen=True)
class Entry:
    """A sample and what it means."""

    look: dict[str, Any]
    words: str
    fading: bool = False


@dataclass(frozen=True)
class Key:
    """Rows of entries, and sentences below them."""

    rows: tuple[tuple[Entry, ...], ...]
    notes: tuple[str, ...]

    @property
    def height(self) -> float:
        """Points it takes."""
        return ROW * (len(self.rows) + len(self.notes)) + 10

    def draw(self, page: Axes, left: float, top: float) -> None:
        """Draw it downwards from a place on a page measured in points."""
        y = top
        for row in self.rows:
            y, x = y - ROW, left
            for entry in row:
                _sample(page, entry, x, y + 3)
                page.text(x + SWATCH + 5, y, entry.words, **style.SMALL_TEXT)
                x += _width(entry) + GAP
        for note in self.notes:
            y -= ROW
            page.text(left, y, note, **style.SMALL_TEXT)


def key_of(
    panels: Sequence[Panel], view: View, histories: Sequence[PriceHistory], width: float
) -> Key:
    """Return the key to what panels show, in rows of at most `width` points."""
    rows: list[list[Entry]] = []
    for entry in _entries(panels, view):
        if rows and sum(_width(e) + GAP for e in rows[-1]) + _width(entry) <= width:
            rows[-1].append(entry)
        else:
            rows.append([entry])
    letters = int(width / (0.55 * style.SMALL_SIZE))
    notes = [line for note in _notes(histories) for line in textwrap.wrap(note, letters)]
    return Key(tuple(map(tuple, rows)), tuple(notes))


def _width(entry: Entry) -> float:
    return SWATCH + 5 + text_width(entry.words, style.SMALL_SIZE)


def _entries(panels: Sequence[Panel], view: View) -> Iterator[Entry]:
    line = {"color": style.INK.light, "lw": WIDTH}
    mark = {"color": style.INK.light, "ls": "none"}
    hollow = {"marker": "o", "ms": 5.5, "mew": 1.4, "markerfacecolor": style.PAPER.light}
    wide = {**line, "lw": PROMO_WIDTH, "alpha": PROMO_ALPHA}
    seen = [
        (one, step, since, until)
        for panel in panels
        for one in panel.lines
        for step, since, until in one.visible(view)
    ]
    if any(fades_in(step, since, view) for _, step, since, _ in seen):
        yield Entry(line, "launch date not known", fading=True)
    if any(step.observed and days_of(step)[0] == since for _, step, since, _ in seen):
        yield Entry({**mark, **hollow}, "first seen that day, may be older")
    if any(step.promo for _, step, _, _ in seen):
        yield Entry(wide, "promotional price")
    if view.now is not None and any(until > view.now for *_, until in seen):
        yield Entry({**line, "ls": DASHES}, "as announced so far")
    for ending, words in ((RETIRED, "model retires"), (UNPRICED, "no longer offered")):
        if any(s.ending == ending and days_of(s)[1] == until for _, s, _, until in seen):
            yield Entry({**mark, **END_MARKS[ending]}, words)
    for hours in dict.fromkeys(step.hours for _, step, _, _ in seen):
        if hours is not None:
            look = {**line, "lw": PEAK_WIDTH, "alpha": PEAK_ALPHA}
            yield Entry(look, f"peak hours {hours_text(hours)}{_end(hours)}")
    called_off = [s for panel in panels for one in panel.lines for s in one.called_off]
    if any(view.shows(days_of(step)[0]) for step in called_off):
        yield Entry({**line, "lw": 1.4, "ls": DOTS}, "announced, then called off")


def _end(hours: Hours) -> str:
    return "" if hours.end is None else f", until {hours.end:%Y-%m-%d}"


def _notes(histories: Sequence[PriceHistory]) -> Iterator[str]:
    names = short_names([history.model for history in histories])
    dearer: dict[int, list[str]] = {}
    for history in histories:
        if history.long_prompt_tokens is not None:
            dearer.setdefault(history.long_prompt_tokens, []).append(names[history.model])
    if dearer:
        parts = (f"above {tokens:,} tokens {', '.join(of)}" for tokens, of in dearer.items())
        told = "; ".join(parts)
        yield f"Rates of short prompts. Long ones have, or had, rates of their own: {told}."


def _sample(page: Axes, entry: Entry, x: float, y: float) -> None:
    if entry.fading:
        for begin, alpha in fading(x, x + SWATCH):
            page.plot([begin, x + SWATCH], [y, y], solid_capstyle="butt", alpha=alpha, **entry.look)
        return
    place = [x + SWATCH / 2] if "marker" in entry.look else [x, x + SWATCH]
    page.plot(place, [y] * len(place), solid_capstyle="butt", dash_capstyle="butt", **entry.look)
