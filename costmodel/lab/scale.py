"""The scale of a slider: how far a belief's median can be moved, and in which steps."""

from __future__ import annotations

import math
from dataclasses import dataclass

from costmodel.foundation.beliefs import Belief
from costmodel.foundation.units import Unit

FAR_LOW, FAR_HIGH = 0.01, 0.99
"""The slider spans what the belief itself holds possible: its P1 to its P99."""
STEPS = 100
"""Steps aimed at from end to end: a press of an arrow key is about one in a hundred."""
WIDE_RATIO = 20.0
"""High over low from which a positive scale is logarithmic; an assumption."""


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

    def nearest(self, value: float) -> float:
        """Return the position of the scale next to a value, as a value."""
        place = math.log10(value) if self.logarithmic else value
        place = min(max(place, self.low), self.high)
        place = _clean(self.low + round((place - self.low) / self.step) * self.step)
        return _clean(10**place) if self.logarithmic else place


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
