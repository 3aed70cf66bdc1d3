"""Draw the pictures of README and docs: `python docs/make_pictures.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import costmodel as cm
from costmodel.report.drawing import write_picture
from costmodel.report.fan import fan_chart, fan_of
from costmodel.report.style import styled
from costmodel.strategies.prompt_cache import InputPrices, prefix_hit

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


def prompt_cache(target: Path) -> None:
    """Write the break-even gaps and the dip behind a response cache as a PNG, 1,520 pixels wide."""
    five, half, hour = (InputPrices(1.0, 0.1, written) for written in (1.25, 1.25, 2.0))
    kept = (("5 min, write 1.25", five, 300.0), ("30 min, write 1.25", half, 1800.0),
            ("1 h, write 2", hour, 3600.0))  # fmt: skip
    with styled():
        figure = Figure(figsize=(9.5, 3.6), dpi=160, layout="constrained")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        gap = np.geomspace(0.5, 300, 400)
        for label, prices, lifetime in kept:
            left.plot(gap, prices.factor(prefix_hit(1 / (60 * gap), lifetime)), label=label)
        left.axhline(1.0, color="0.5", linewidth=0.8)
        left.set(xscale="log", xlabel="minutes between calls", ylabel="cost over that without")
        left.set_xticks([1, 3, 10, 30, 100, 300], ["1", "3", "10", "30", "100", "300"])
        left.legend()
        answered = np.linspace(0, 1, 400)
        total = (1 - answered) * five.factor(prefix_hit((1 - answered) / 60, 300.0))
        right.plot(100 * answered, total)
        right.set(
            xlabel="% of calls that a response cache answers",
            ylabel="total over the plain bill",
            ylim=(0, None),
            title="a call a minute, 5 min",
        )
        figure.savefig(target, metadata={"Software": None})


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    monthly_spend(IMAGES / "monthly_spend.png")
    price_history(IMAGES / "price_history.png")
    prompt_cache(IMAGES / "prompt_cache.png")
