"""What a picture of price histories draws: its lines, their colours, labels and panels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from math import inf

from costmodel.prices.cards import rate_text
from costmodel.prices.history import PriceHistory
from costmodel.prices.steps import PriceStep
from costmodel.report import style
from costmodel.report.calendar_axis import View, day_number

FIELD_WORDS = {
    "input": "input",
    "cache_read": "cached input",
    "cache_write": "cache write",
    "cache_write_1h": "cache write for 1h",
    "output": "output",
}
HUES = (*(c for c in style.CATEGORIES if c.name != "yellow"), style.INK)
"""Colours of lines: Okabe and Ito's eight without yellow, which a line on white does not show."""
MOST_MODELS = 2 * len(HUES)
"""Each colour serves a solid and a hollow line."""
LONGEST_NAME = 46
"""Characters of a name in a label."""
BESIDE = 3.0
"""Points between lines that would lie on one another."""


@dataclass(frozen=True)
class RateLine:
    """One line of a panel.

    Parameters
    ----------
    model, field : str
        Whose rate it is, and which.
    peak : bool
        Whether it is that of peak hours.
    steps : tuple of PriceStep
        In order of time.
    called_off : tuple of PriceStep
        Withdrawn announcements to show.
    label : str
        What stands at its end, before the rate.
    colour : Colour
    hollow : bool
        Whether it has a light core: the second line of its colour.
    shift : float
        Points it is drawn above its rate, as another line lies there.
    """

    model: str
    field: str
    peak: bool
    steps: tuple[PriceStep, ...]
    called_off: tuple[PriceStep, ...]
    label: str
    colour: style.Colour
    hollow: bool = False
    shift: float = 0.0

    def visible(self, view: View) -> list[tuple[PriceStep, float, float]]:
        """Return the steps in view with the days they are seen."""
        clipped = ((step, view.clipped(*days_of(step))) for step in self.steps)
        return [(step, *span) for step, span in clipped if span is not None]


@dataclass(frozen=True)
class Panel:
    """Lines that share an Axes, below a heading that may be empty."""

    heading: str
    lines: tuple[RateLine, ...]

    def rates(self, view: View) -> list[float]:
        """Return every rate that is seen, USD per million tokens."""
        steps = [step for line in self.lines for step, _, _ in line.visible(view)]
        steps += [step for line in self.lines for step in line.called_off if _begins(step, view)]
        return [step.usd_per_mtok for step in steps]


def days_of(step: PriceStep) -> tuple[float, float]:
    """Return when a step starts and ends, in days; infinite where that is not known."""
    since = -inf if step.start is None else day_number(step.start)
    return since, inf if step.until is None else day_number(step.until)


def fades_in(step: PriceStep, since: float, view: View) -> bool:
    """Whether a step seen from `since` on fades in: nobody knows whether it held before.

    What is announced needs no fade: at the snapshot it held.
    """
    known = view.now is None or view.start < view.now
    return step.start is None and since == view.start and known


def _begins(step: PriceStep, view: View) -> bool:
    return view.shows(days_of(step)[0])


def panels(
    histories: Sequence[PriceHistory], fields: Sequence[str], view: View, *, withdrawn: bool
) -> list[Panel]:
    """Return one panel for one model, else one for each rate; without what is out of view."""
    names = short_names([history.model for history in histories])
    alone = len(histories) == 1
    found = [
        _line(history, field, number if not alone else fields.index(field), peak=peak)
        for number, history in enumerate(histories)
        for field in fields
        for peak in (False, True)
    ]
    lines = [
        replace(
            line,
            label=_label(names[line.model], line, alone=alone, several=len(fields) > 1),
            called_off=line.called_off if withdrawn else (),
        )
        for line in found
        if line.visible(view)
    ]
    if alone or len(fields) == 1:
        groups = [("", lines)]
    else:
        groups = [(f, [line for line in lines if line.field == f]) for f in fields]
    return [
        Panel(FIELD_WORDS.get(heading, "").capitalize(), tuple(_beside(group, view)))
        for heading, group in groups
        if group
    ]


def short_names(models: Sequence[str]) -> dict[str, str]:
    """Return models without their providers, where that leaves them different.

    Very long names are cut in their middle.
    """
    short = _without_providers(models)
    cut = {model: _cut(name) for model, name in short.items()}
    return cut if len(set(cut.values())) == len(cut) else short


def _cut(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    half = LONGEST_NAME // 2
    return f"{name[:half]}\N{HORIZONTAL ELLIPSIS}{name[-half:]}"


def _without_providers(models: Sequence[str]) -> dict[str, str]:
    bare = {model: model.partition("/")[2] for model in models}
    return bare if len(set(bare.values())) == len(bare) else {model: model for model in models}


def _line(history: PriceHistory, field: str, number: int, *, peak: bool) -> RateLine:
    return RateLine(
        model=history.model,
        field=field,
        peak=peak,
        steps=history.of(field, peak=peak),
        called_off=() if peak else history.withdrawn(field),
        label="",
        colour=HUES[number % len(HUES)],
        hollow=number >= len(HUES),
    )


def _label(name: str, line: RateLine, *, alone: bool, several: bool) -> str:
    words = FIELD_WORDS[line.field] if alone else name
    if alone and not several:
        return "peak hours" if line.peak else ""
    return f"{words}, peak hours" if line.peak else words


def end_label(line: RateLine, view: View) -> str:
    """Return what stands at the right end of a line: its name, its last rate, until when."""
    step, _, until = line.visible(view)[-1]
    words = f"{line.label} {rate_text(step.usd_per_mtok)}".strip()
    ended = step.until is not None and until < view.end
    return f"{words} until {step.until:%Y-%m-%d}" if ended else words


def _beside(lines: Sequence[RateLine], view: View) -> Iterator[RateLine]:
    """Yield lines so shifted that none lies on another."""
    placed: list[RateLine] = []
    for line in lines:
        for number in count():
            shift = BESIDE * ((number + 1) // 2) * (1 if number % 2 else -1)
            if not any(other.shift == shift and _touch(line, other, view) for other in placed):
                break
        placed.append(replace(line, shift=shift))
        yield placed[-1]


def _touch(one: RateLine, other: RateLine, view: View) -> bool:
    """Whether two lines have the same rate at the same time, somewhere in view."""
    return any(
        a.usd_per_mtok == b.usd_per_mtok and max(since, begin) < min(until, end)
        for a, since, until in one.visible(view)
        for b, begin, end in other.visible(view)
    )
