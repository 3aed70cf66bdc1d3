"""A fan chart that follows a slider: laid out once, then only its paths are rewritten."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from costmodel.lab.plate import HEADROOM, NARROW, WIDE, Format, Plate, lay_out
from costmodel.report.fan import MEDIAN_ROW, Fan

FULLEST = 0.97
EMPTIEST = 0.40
"""Shares of the y axis between which the fan's peak stays on it: a new axis is laid out
above the one and below the other, so that small moves never shift the picture."""
IN_SIGHT = 0.15
"""Down to this share of the opening's axis a fan stays on it, so that a fall is seen as one."""
AT_FIRST = 0.75
"""Share of the y axis the fan takes when the chart is opened: room to grow by a fifth."""


@dataclass
class LiveChart:
    """The fan chart of one dashboard, opened at a state and updated by `svg`.

    The axes form a ladder, each FULLEST/EMPTIEST times the one below, so that a
    peak decides its axis: a step away and back gives the same picture, byte for
    byte, whatever happened between. Each axis is laid out when it is first needed.

    Parameters
    ----------
    opening : Fan
        The state the chart opens with; its widest band stays as a ghost, its median as a dotted
        line.
    formats : tuple of Format
        The sizes drawn; the page shows the one that fits.
    """

    opening: Fan
    formats: tuple[Format, ...] = (WIDE, NARROW)
    _plates: dict[float, tuple[Plate, ...]] = field(default_factory=dict, repr=False)

    def svg(self, fan: Fan) -> str:
        """Return the picture of a state, one SVG for each format."""
        words = in_words(fan)
        return "".join(plate.filled(fan, self.opening, words) for plate in self.plates(fan))

    def plates(self, fan: Fan) -> tuple[Plate, ...]:
        """Return the plates of the axis that a state is drawn on, laid out if they are new."""
        top = self.top(fan)
        if top not in self._plates:
            self._plates[top] = tuple(lay_out(self.opening, top, form) for form in self.formats)
        return self._plates[top]

    def top(self, fan: Fan) -> float:
        """Return the upper end of the y axis that a state is drawn on, USD."""
        return self._first_top() * (FULLEST / EMPTIEST) ** self._rung(float(fan.usd.max()))

    def _rung(self, peak: float) -> int:
        """Return the rung on which a peak takes more than EMPTIEST and at most FULLEST.

        Below the first rung the opening's axis is kept while the fan can be read on it.
        """
        if peak <= 0:
            return 0
        filled = peak / self._first_top()
        if IN_SIGHT <= filled <= EMPTIEST:
            return 0
        return math.ceil(math.log(filled / FULLEST) / math.log(FULLEST / EMPTIEST) - 1e-12)

    def _first_top(self) -> float:
        peak, budget = float(self.opening.usd.max()), self.opening.budget_usd or 0.0
        if peak <= 0:
            return budget / AT_FIRST or 1.0
        top = max(peak / AT_FIRST, budget / FULLEST * HEADROOM)
        # A budget far above the fan would press it flat: then it is named in words.
        return top if peak > EMPTIEST * top else peak / AT_FIRST


def in_words(fan: Fan) -> str:
    """Return what a fan chart shows, in numbers: for those who cannot see it."""
    last, first = fan.months[-1], fan.months[0]
    low, middle, high = (fan.money(float(fan.usd[row, -1])) for row in (1, MEDIAN_ROW, 5))
    start = fan.money(float(fan.median[0]))
    text = (
        f"Fan chart of monthly spend from {first} to {last}: the median goes from {start} to"
        f" {middle}; in {last} P10 is {low} and P90 {high}."
    )
    budget = fan.budget_text
    return f"{text} {budget}." if budget else text
