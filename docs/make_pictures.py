"""Draw the pictures of README and docs: `python docs/make_pictures.py`."""

from __future__ import annotations

from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import costmodel as cm
from costmodel.report.drawing import write_picture
from costmodel.report.fan import fan_chart, fan_of
from costmodel.report.style import styled

IMAGES = Path(__file__).parent / "images"
CANDIDATES = ("gpt-5.6-sol", "gpt-5.6-terra", "gpt-5.6-luna", "gemini-3.6-flash")


def monthly_spend(target: Path) -> None:
    """Write the fan chart of the support chatbot as a PNG, 1,520 x 720 pixels."""
    with styled():
        figure = Figure(figsize=(9.5, 4.5), dpi=160)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0.06, 0.12, 0.82, 0.84))
        fan_chart(axes, fan_of(cm.simulate("support_chatbot")))
        figure.savefig(target, metadata={"Software": None})


def price_history(target: Path) -> None:
    """Write the prices of four models over time as a PNG, 1,520 pixels wide."""
    write_picture(cm.price_history(CANDIDATES), target)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    monthly_spend(IMAGES / "monthly_spend.png")
    price_history(IMAGES / "price_history.png")
