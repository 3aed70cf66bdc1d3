"""The scale of a slider: how far a belief's median can be moved, and in which steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from costmodel.foundation.beliefs import Belief
from costmodel.foundation.units import Unit

FAR_LOW, FAR_HIGH = 0.01, 0.99
"""The slider spans what the belief itself holds possible: its P1 to its P99."""
STEPS = 100
"""Steps aimed at from end to end: a press of an arrow key is about one in a hundred."""
WIDE_RATIO = 20.0
"""High over low from which a positive scale is logarithmic; an assumption."""
REACH = 4.0
"""How many times itself a certain number can be moved to; an assumption."""
LIFETIME_REACH = 24.0
"""The same for a duration, which is also cut down to so small a part: from 24 hours, an hour to
24 days; an assumption."""
LIFETIME_STEP = 0.05
"""Step of a duration's log10: an arrow key moves it by about an eighth."""


@dataclass(frozen=True)
class Scale:
    """Ends and step of a slider; for a logarithmic one, those of the value's log10."""

    low: float
    high: float
    step: float
    logarithmic: bool = False

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest value."""
        return (10**self.low, 10**self.high) if self.logarithmic else (self.low, self.high)

    def value_at(self, count: int) -> float:
        """Return the value a number of steps above the low end."""
        place = _clean(self.low + count * self.step)
        return _clean(10**place) if self.logarithmic else place

    def steps_to(self, value: float) -> int:
        """Return how many steps above the low end a value stands, the nearest on the track."""
        place = math.log10(value) if self.logarithmic else value
        return round((min(max(place, self.low), self.high) - self.low) / self.step)

    def share_of(self, value: float) -> float:
        """Return where on the track a value stands, from 0 to 1."""
        place = math.log10(value) if self.logarithmic else value
        return (place - self.low) / (self.high - self.low)

    def nearest(self, value: float) -> float:
        """Return the position of the scale next to a value, as a value."""
        return self.value_at(self.steps_to(value))

    def between(self, first: int, last: int) -> Scale:
        """Return the part of the scale between two numbers of steps."""
        low, high = (_clean(self.low + count * self.step) for count in (first, last))
        return replace(self, low=low, high=high)


def scale_of(belief: Belief, unit: Unit) -> Scale:
    """Return the scale on which a belief's median is moved: nice numbers around its P1 and P99."""
    low, high = belief.quantile(FAR_LOW), belief.quantile(FAR_HIGH)
    if unit.domain == "positive" and low > 0 and high / low > WIDE_RATIO:
        return _logarithmic(low, high, unit)
    step = _nice((high - low) / STEPS)
    least, most = _bounds(unit, step)
    return Scale(
        max(_clean(math.floor(low / step + 1e-9) * step), least),
        min(_clean(math.ceil(high / step - 1e-9) * step), most),
        step,
    )


def scale_around(value: float, unit: Unit, *, whole: bool = False) -> Scale:
    """Return the scale of a certain number: up to `REACH` times itself, or the whole of a share.

    Parameters
    ----------
    value : float
        Lies on the track: a limit of 37 is not shown as 35.
    unit : Unit
    whole : bool
        Whether it counts, so that only whole numbers fit.
    """
    share = unit.domain == "share"
    most = 1.0 if share else min(REACH * value, unit.largest)
    step = max(_nice(most / STEPS), 1.0) if whole else _nice(most / STEPS)
    rest = value % step
    on_grid = min(rest, step - rest) < 1e-6 * step
    low = (0.0 if share else step) if on_grid else _clean(rest)
    count = max(math.floor((most - low) / step + 1e-9), 1)
    return Scale(low, _clean(low + count * step), step)


def lifetime_scale(seconds: float) -> Scale:
    """Return the logarithmic scale of a duration, its own value on the track."""
    middle, reach = math.log10(seconds), math.log10(LIFETIME_REACH)
    down, up = (math.floor(far / LIFETIME_STEP) for far in (min(reach, middle), reach))
    low, high = middle - down * LIFETIME_STEP, middle + up * LIFETIME_STEP
    return Scale(_clean(low), _clean(high), LIFETIME_STEP, logarithmic=True)


def allowed(scale: Scale, start: float, fits: Callable[[float], bool]) -> Scale:
    """Return the part of a scale around `start` whose values fit, found by bisection."""
    middle, last = scale.steps_to(start), scale.steps_to(scale.ends[1])
    low = _furthest(scale, middle, 0, fits)
    return scale.between(low, max(_furthest(scale, middle, last, fits), low + 1))


def _furthest(scale: Scale, good: int, wanted: int, fits: Callable[[float], bool]) -> int:
    """Return the number of steps nearest to `wanted`, seen from `good`, at which a value fits."""
    if fits(scale.value_at(wanted)):
        return wanted
    bad = wanted
    while abs(bad - good) > 1:
        middle = (bad + good) // 2
        good, bad = (middle, bad) if fits(scale.value_at(middle)) else (good, middle)
    return good


def _logarithmic(low: float, high: float, unit: Unit) -> Scale:
    step = _nice((math.log10(high) - math.log10(low)) / STEPS)
    first = math.floor(math.log10(max(low, unit.smallest)) / step) * step
    last = math.ceil(math.log10(min(high, unit.largest)) / step) * step
    return Scale(_clean(first), _clean(last), step, logarithmic=True)


def _bounds(unit: Unit, step: float) -> tuple[float, float]:
    """Return the ends beyond which no median of the unit's domain lies, both allowed."""
    least = max(unit.smallest, step) if unit.domain != "signed" else unit.smallest
    most = unit.largest - step if unit.domain == "share" else unit.largest
    return least, most


def _nice(span: float) -> float:
    """Return the number of the form 1, 2 or 5 times a power of ten that is next above `span`."""
    power = 10.0 ** math.floor(math.log10(span))
    return _clean(next(k * power for k in (1, 2, 5, 10) if k * power >= span * (1 - 1e-9)))


def _clean(value: float) -> float:
    """Return a value without the rounding noise of its steps: 0.055, not 0.05500000000000001."""
    return float(f"{value:.12g}")
