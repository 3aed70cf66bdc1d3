"""Dials: a belief under a slider, with its name, its value and what a move of it does."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from html import escape
from typing import Any

from costmodel.foundation.beliefs import Belief, Samples
from costmodel.foundation.converted import Converted
from costmodel.foundation.errors import InputError
from costmodel.foundation.units import Period, Unit
from costmodel.foundation.writing import duration, plain_number
from costmodel.lab.labels import label_of, value_text
from costmodel.lab.scale import Scale, allowed, scale_around, scale_of
from costmodel.questions.sensitivity import Influence
from costmodel.report.amounts import percent
from costmodel.scenario.schema import Scenario

DIGITS = 5
"""Significant digits of a moved belief: what is simulated is what the `--set` line says."""


@dataclass(eq=False)
class Dial:
    """One uncertain belief under a slider that moves its median and keeps its relative width.

    Money is moved in the currency it was written in, which the value's sign says.

    Parameters
    ----------
    path, opening : str, Belief
        Which belief, and as the scenario has it.
    unit : Unit
        What it counts.
    label : str
        Its name for people.
    share : float or None
        The share of the spread it explains; None where that was not asked.
    scale : Scale
        Where its median can be moved.
    """

    path: str
    opening: Belief
    unit: Unit
    label: str
    share: float | None
    scale: Scale
    start: float = field(init=False)
    slider: Any = field(init=False)
    readout: Any = field(init=False)
    note: Any = field(init=False)
    box: Any = field(init=False)

    def __post_init__(self) -> None:
        self.start = self.scale.nearest(as_written(self.opening).median)
        self.slider = _slider(self.scale, self.start, self.label, self.path)
        self.readout, self.note, self.box = _around(self.slider)
        self.show()

    @property
    def moved(self) -> bool:
        """Whether the slider stands elsewhere than at the scenario's own value."""
        # The browser may return the start with rounding noise of its own.
        size = self.start if self.scale.logarithmic else self.scale.step
        return abs(float(self.slider.value) - self.start) > 1e-6 * size

    @property
    def belief(self) -> Belief:
        """The belief as the slider has it; the scenario's own where it is not moved."""
        if not self.moved:
            return self.opening
        return moved_to(self.opening, float(self.slider.value))

    @property
    def change(self) -> Any:  # noqa: ANN401 - what `with_overrides` takes
        """What stands at its path as the slider has it."""
        return self.belief

    def put_back(self) -> None:
        """Move the slider to the scenario's own value."""
        self.slider.value = self.start

    def show(self, *, binding: bool = True) -> None:
        """Bring the value and the note beside the slider up to date."""
        self.readout.value = f'<div class="cm-readout">{escape(self.value_text)}</div>'
        low, high = (escape(self._text(end)) for end in self.scale.ends)
        middle = "" if self.share is None else f"explains {percent(self.share)} of the spread"
        if not binding:
            middle = "<b>not binding: this move changes nothing</b>"
        spans = f"<span>{low}</span><span>{middle}</span><span>{high}</span>"
        self.note.value = f'<div class="cm-ends">{self._start_mark}{spans}</div>'

    @property
    def _start_mark(self) -> str:
        """A tick under the track where the scenario's own value stands."""
        share = self.scale.share_of(self.start)
        place = f"calc(8px + (100% - 16px) * {share:.4f})"  # the track ends 8 px short of the box
        return f'<i class="cm-start" title="as written" style="left: {place}"></i>'

    @property
    def value_text(self) -> str:
        """The slider's value as people write it."""
        return self._text(float(self.slider.value))

    def _text(self, value: float) -> str:
        return value_text(value, self.unit, 0.0 if self.scale.logarithmic else self.scale.step)


@dataclass(eq=False)
class LimitDial(Dial):
    """The amount of a limit, a certain number in the unit and period that it has."""

    @property
    def change(self) -> str:
        """The number alone: an override keeps the unit and the period."""
        return plain_number(float(f"{self.slider.value:.10g}"))


@dataclass(eq=False)
class LifetimeDial(Dial):
    """A duration in seconds, moved in whole minutes, or in whole hours from ten on."""

    @property
    def change(self) -> str:
        """The duration with its unit."""
        return duration(_whole(float(self.slider.value)))

    def _text(self, value: float) -> str:
        return duration(_whole(value))


def _whole(seconds: float) -> float:
    step = next((step for step in (3600.0, 60.0) if seconds >= 10 * step), 1.0)
    return max(round(seconds / step), 1) * step


def dials_of(scenario: Scenario, ranking: tuple[Influence, ...]) -> tuple[Dial, ...]:
    """Return a dial for each of the ranked beliefs."""
    from costmodel.scenario.naming import stated_beliefs

    stated = {named[0]: named for named in stated_beliefs(scenario)}
    return tuple(dial_of(scenario, one.share, *stated[one.path]) for one in ranking)


def dial_of(
    scenario: Scenario,
    share: float | None,
    path: str,
    belief: Belief,
    unit: Unit,
    period: Period | None,
    *,
    label: str = "",
) -> Dial:
    """Return the dial of a belief that stands at a path.

    Parameters
    ----------
    share : float or None
        As in `Dial`.
    label : str
        Its name for people, if not that of its path.
    """

    def fits(median: float) -> bool:
        """Whether the scenario takes the moved belief: a mean must stay below its cap, say."""
        try:
            scenario.with_overrides({path: moved_to(belief, median)})
        except InputError:
            return False
        return True

    stated = as_written(belief)
    if isinstance(belief, Converted):
        unit = unit.written_in(belief.code)
    wide = scale_around(stated.median, unit) if stated.certain else scale_of(stated, unit)
    scale = allowed(wide, stated.median, fits)
    label = label or label_of(path, scenario, period)
    return Dial(path, belief, unit, label, share, scale)


def as_written(belief: Belief) -> Belief:
    """Return a belief in the currency it was written in."""
    return belief.stated if isinstance(belief, Converted) else belief


def moved_to(belief: Belief, median: float) -> Belief:
    """Return a belief with another median, as written, its relative width kept, in five digits."""
    if isinstance(belief, Converted):
        return replace(belief, stated=moved_to(belief.stated, median))
    return rounded(belief.with_median(_short(round(median, 12))))


def rounded(belief: Belief) -> Belief:
    """Return a belief whose numbers have five significant digits, as its `--set` line has them.

    Measured samples stay as they are: no line could carry them.
    """
    if isinstance(belief, Samples):
        return belief
    numbers = {
        entry.name: float(getattr(belief, entry.name))
        for entry in fields(belief)
        if isinstance(getattr(belief, entry.name), float)
    }
    short: dict[str, Any] = {name: _short(value) for name, value in numbers.items()}
    return replace(belief, **short)


def _short(value: float) -> float:
    """Round to five digits, but never a share to all of a whole."""
    short = float(f"{value:.{DIGITS}g}")
    return value if short == 1.0 else short


def _slider(scale: Scale, start: float, label: str, path: str) -> Any:  # noqa: ANN401
    from ipywidgets import FloatLogSlider, FloatSlider

    # The readout of ipywidgets can be edited, and reads "9,800" as 9: ours cannot.
    kind = FloatLogSlider if scale.logarithmic else FloatSlider
    slider = kind(
        value=start,
        min=scale.low,
        max=scale.high,
        step=scale.step,
        description=label,
        tooltip=path,
        readout=False,
        continuous_update=True,
        style={"description_width": "initial"},
    )
    slider.add_class("cm-slider")
    return slider


def _around(slider: Any) -> tuple[Any, Any, Any]:  # noqa: ANN401
    from ipywidgets import HTML, VBox

    readout, note = HTML().add_class("cm-readout-box"), HTML()
    box = VBox([slider, readout, note])
    box.add_class("cm-dial")
    return readout, note, box
