"""The picture of price histories: what models cost, cost before, and will cost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.book import PriceBook, load_prices
from costmodel.prices.cards import rate_text
from costmodel.prices.figures import PER_MTOK
from costmodel.prices.history import PriceHistory
from costmodel.prices.instants import At, instant_of
from costmodel.report import style
from costmodel.report.calendar_axis import View, day_number
from costmodel.report.price_key import key_of
from costmodel.report.rate_canvas import text_width
from costmodel.report.rate_lines import (
    FIELD_WORDS,
    MOST_MODELS,
    Panel,
    days_of,
    panels,
    short_names,
)
from costmodel.report.rate_panel import LABEL_GAP, draw_panel, label_room

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from costmodel.report.picture import Picture

PAGE = 684.0
"""Width of the picture, points: 9.5 inches."""
LEFT, MONTHS, TITLE = 54.0, 28.0, 42.0
"""Points kept free at the left, below the lowest panel, and at the top."""
ABOVE, BELOW = 18.0, 8.0
"""Points above a panel, for its heading, and below it, for the marks of months."""
ONE_OF_SEVERAL, ALONE = 150.0, 220.0
"""Points a panel is high; more where its labels need it."""
NARROWEST = 240.0
"""Points a panel is wide at least, however long its labels are."""
TITLE_SIZE = style.TEXT_SIZE + 1.5
HALF_A_YEAR = timedelta(days=183)


def price_history(
    models: str | Sequence[str],
    *,
    fields: str | Sequence[str] = ("input", "output"),
    mode: str = "standard",
    start: At | None = None,
    end: At | None = None,
    prices: PriceBook | None = None,
    snapshot: str | None = None,
    withdrawn: bool = False,
) -> Picture:
    """Draw how the prices of models moved and will move, as known at a snapshot.

    Parameters
    ----------
    models : str or sequence of str
        Up to 14, as ``provider/id`` or an exact alias.
    fields : str or sequence of str
        Of input, cache_read, cache_write, cache_write_1h and output.
    mode : str
        The service mode.
    start, end : str, date or datetime, optional
        The days shown, half-open; by default every date the prices name, and
        half a year on either side of the snapshot.
    prices : PriceBook, optional
        Other prices than those of the tables.
    snapshot : str, optional
        What was known when, such as ``2026-11-23``; the newest by default. Not
        together with `prices`.
    withdrawn : bool
        Whether to show announcements that were called off.

    Returns
    -------
    matplotlib.figure.Figure
        It shows itself in a notebook; ``savefig`` writes it.

    Raises
    ------
    UnknownModelError, PriceNotKnownError
        If a model is not known, or not in that mode.
    InputError
        If there is nothing to draw, or too much.
    """
    fields = (fields,) if isinstance(fields, str) else tuple(dict.fromkeys(fields))
    histories = read_histories(models, fields=fields, mode=mode, prices=prices, snapshot=snapshot)
    view = view_of(histories, start, end)
    drawn = panels(histories, fields, view, withdrawn=withdrawn)
    if not drawn:
        raise InputError(
            Problem("no price in these days", "days in which a model has a price",
                    "widen start and end", "start")
        )  # fmt: skip
    return _drawn(histories, drawn, view, fields)


def read_histories(
    models: str | Sequence[str],
    *,
    fields: Sequence[str],
    mode: str,
    prices: PriceBook | None = None,
    snapshot: str | None = None,
) -> list[PriceHistory]:
    """Return the histories of models, each once, as `price_history` draws them."""
    names = [models] if isinstance(models, str) else list(models)
    if prices is not None and snapshot is not None:
        read = f"prices= and snapshot='{snapshot}'"
        raise InputError(Problem(read, "one of them", "leave out snapshot=", "snapshot"))
    book = load_prices(snapshot) if prices is None else prices
    ids = dict.fromkeys(book.model(name).id for name in names)
    if not 1 <= len(ids) <= MOST_MODELS:
        expected = f"1 to {MOST_MODELS} models in one picture"
        raise InputError(Problem(f"{len(ids)} models", expected, "draw several", "models"))
    return [book.history(model, fields, mode) for model in ids]


def view_of(histories: Sequence[PriceHistory], start: At | None, end: At | None) -> View:
    """Return the days to show: those asked for, else every date there is, with room around.

    Raises
    ------
    InputError
        If they are in the wrong order, or nothing says where to begin.
    """
    since = None if start is None else instant_of(start)[0]
    until = None if end is None else instant_of(end)[0]
    known_on = histories[0].known_on
    dates = _dates(histories)
    if not dates and (since is None or until is None):
        fix = "give start= and end="
        raise InputError(Problem("prices without any date", "the days to show", fix, "start"))
    first = min(dates).replace(day=1) - timedelta(days=1) if dates else date.min
    last = max(dates).replace(day=28) + timedelta(days=34) if dates else date.max
    view = View(
        day_number(since or first.replace(day=1)),
        day_number(until or last.replace(day=1)),
        None if known_on is None else day_number(known_on),
    )
    if view.start >= view.end:
        read = f"'{start}' to '{end}'"
        raise InputError(Problem(read, "an end after the start", "swap them", "end"))
    return view


def _dates(histories: Sequence[PriceHistory]) -> list[date]:
    """Return every day the prices name, and half a year on either side of the snapshot."""
    edges = [
        edge
        for history in histories
        for step in history.steps
        for edge in (step.start, step.until)
        if edge is not None
    ]
    days = [edge.date() for edge in edges]
    known_on = histories[0].known_on
    if known_on is not None:
        days += [known_on - HALF_A_YEAR, known_on + HALF_A_YEAR]
    return days


def _drawn(
    histories: Sequence[PriceHistory], drawn: Sequence[Panel], view: View, fields: Sequence[str]
) -> Picture:
    """Return the figure: title, panels and key, from top to bottom."""
    from costmodel.report.picture import Picture

    key = key_of(drawn, view, histories, PAGE - LEFT - 10)
    heights = [_height(panel, alone=len(drawn) == 1) for panel in drawn]
    whole = TITLE + sum(ABOVE + height + BELOW for height in heights) + MONTHS + key.height
    right = min(max(label_room(panel, view) for panel in drawn), PAGE - LEFT - NARROWEST)
    with style.styled():
        figure = Picture(figsize=(PAGE / 72, whole / 72))
        page = figure.add_axes((0, 0, 1, 1), xlim=(0, PAGE), ylim=(0, whole))
        page.set_axis_off()
        _title(page, title(histories, fields), whole)
        top = whole - TITLE
        for number, (panel, height) in enumerate(zip(drawn, heights, strict=True)):
            top -= ABOVE + height
            place = (LEFT / PAGE, top / whole, 1 - (LEFT + right) / PAGE, height / whole)
            axes = figure.add_axes(place)
            ends = {"first": number == 0, "last": number == len(drawn) - 1}
            draw_panel(axes, panel, view, priced=len(histories) == 1, **ends)
            top -= BELOW
        key.draw(page, LEFT, top - MONTHS)
    figure.description = description(histories, view)
    return figure


def _height(panel: Panel, *, alone: bool) -> float:
    return max(ALONE if alone else ONE_OF_SEVERAL, (LABEL_GAP + 1.5) * len(panel.lines) + 20)


def _title(page: Axes, words: tuple[str, str], top: float) -> None:
    what, facts = words
    page.text(10, top - 18, what, weight="bold", size=TITLE_SIZE)
    page.text(10, top - 33, facts, **style.SMALL_TEXT)


def title(histories: Sequence[PriceHistory], fields: Sequence[str]) -> tuple[str, str]:
    """Return what a picture shows, in two lines: whose prices, and what they are."""
    full = [history.model for history in histories]
    first = histories[0]
    rate = f"{FIELD_WORDS[fields[0]]} price".capitalize() if len(fields) == 1 else "Price"
    several = "" if len(full) == 1 else "s"
    for names in (full, list(short_names(full).values())):
        what = f"{rate}{several} of {_listed(names)}"
        if text_width(what, TITLE_SIZE, bold=True) <= PAGE - 20:
            break
    else:
        what = f"{rate}{several} of {len(full)} models"
    known = f"as known on {first.known_on}" if first.known_on else f"prices of {first.snapshot}"
    facts = [PER_MTOK, f"{first.mode} mode", known]
    facts += ["a reconstructed snapshot"] if first.reconstructed else []
    facts += [f"under contract {first.contract}"] if first.contract else []
    return what, ", ".join(facts)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def description(histories: Sequence[PriceHistory], view: View) -> str:
    """Return the picture in words, for those who cannot see it."""
    names = short_names([history.model for history in histories])
    fields = {step.field: None for history in histories for step in history.steps}
    what, facts = title(histories, list(fields))
    sentences = [f"{what}: {facts}."]
    for history in histories:
        for field in dict.fromkeys(step.field for step in history.steps):
            steps = [s for s in history.of(field) if view.clipped(*days_of(s))]
            parts = [rate_text(steps[0].usd_per_mtok)] if steps else []
            parts += [f"{rate_text(s.usd_per_mtok)} from {s.start:%Y-%m-%d}" for s in steps[1:]]
            if steps:
                words = f"{names[history.model]} {FIELD_WORDS[field]}: {', '.join(parts)}"
                sentences.append(f"{words}.")
    return " ".join(sentences)
