"""The figure our functions return; imported where one is drawn, as it loads matplotlib."""

from __future__ import annotations

from matplotlib.figure import Figure


class Picture(Figure):
    """A matplotlib Figure that shows itself in a notebook, with words for a screen reader.

    It belongs to no window and no pyplot; `savefig` writes it like any other.
    """

    description: str = ""
    """What the picture shows, in words."""

    def _repr_html_(self) -> str:
        from costmodel.report.drawing import picture_html

        return picture_html(self, self.description)
