"""An Axes of days and rates that is measured in points, and what is drawn on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from costmodel.report import style
from costmodel.report.calendar_axis import View

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Point = tuple[float, float]
"""A moment, in days, and a rate, USD per million tokens."""
FADE_LAYERS = 24


@lru_cache(maxsize=512)
def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text is in the style's font, points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=style.FONTS, size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(words, font, ismath=False)
    return float(width)


@dataclass(frozen=True)
class Canvas:
    """An Axes that is scaled, with its size in points."""

    ax: Axes
    view: View
    width: float
    height: float

    def across(self, day: float) -> float:
        """Return how far right a moment is, points."""
        return (day - self.view.start) / (self.view.end - self.view.start) * self.width

    def up(self, rate: float, shift: float = 0.0) -> float:
        """Return how high a rate is, points."""
        transform = self.ax.get_yaxis_transform() - self.ax.transAxes
        return float(transform.transform((0.0, rate))[1]) * self.height + shift

    def plot(self, points: list[Point], shift: float, **look: Any) -> None:  # noqa: ANN401
        """Draw a line through moments and rates."""
        x, y = zip(*points, strict=True)
        self.ax.plot(x, y, transform=self.shifted(shift), **look)

    def shifted(self, shift: float) -> Any:  # noqa: ANN401
        """Return the transform of data that draws them some points higher."""
        from matplotlib.transforms import ScaledTranslation

        figure = self.ax.get_figure(root=True)
        assert figure is not None
        return self.ax.transData + ScaledTranslation(0, shift / 72, figure.dpi_scale_trans)

    def text(self, x: float, y: float, words: str, **look: Any) -> None:  # noqa: ANN401
        """Write words at a place in points from the lower left corner."""
        place = (x / self.width, y / self.height)
        self.ax.text(*place, words, transform=self.ax.transAxes, **look)

    def rule(self, points: list[Point], **look: Any) -> None:  # noqa: ANN401
        """Draw a line between places in points, also outside the panel."""
        x = [point[0] / self.width for point in points]
        y = [point[1] / self.height for point in points]
        self.ax.plot(x, y, transform=self.ax.transAxes, clip_on=False, **look)


def fading(
    start: float, stop: float, opacity: float = 1.0, layers: int = FADE_LAYERS
) -> list[tuple[float, float]]:
    """Return where lines begin that all end at `stop`, and their alphas, to fade in evenly.

    Layers that overlap have no seams, as pieces side by side would. With n of N
    layers above each other the opacity is `opacity` x n / N.
    """
    seen = [opacity * number / layers for number in range(layers + 1)]
    alphas = [(after - before) / (1 - before) for before, after in pairwise(seen)]
    step = (stop - start) / layers
    return [(start + number * step, alpha) for number, alpha in enumerate(alphas)]
