"""Draw the pictures of README and docs: `python docs/make_pictures.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import costmodel as cm
from costmodel.report.drawing import write_picture
from costmodel.report.fan import fan_chart, fan_of
from costmodel.report.style import CATEGORIES, GRID, SMALL_SIZE, styled
from costmodel.strategies.fallbacks import Chances, fall_back
from costmodel.strategies.hit_curves import lasting_hits
from costmodel.strategies.overload import overload
from costmodel.strategies.popularity import zipf
from costmodel.strategies.prompt_cache import InputPrices, prefix_hit
from costmodel.strategies.retries import all_fail

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


def two_panels() -> tuple[Figure, Axes, Axes]:
    """Return a figure of 1,520 x 624 pixels with two panels in the colours of the reports."""
    figure = Figure(figsize=(9.5, 3.9), dpi=160, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for panel in (left, right):
        panel.set_prop_cycle(cycler(color=[colour.light for colour in CATEGORIES]))
        panel.grid(color=GRID.light, linewidth=0.8)
        panel.set_axisbelow(True)
        panel.spines[["top", "right"]].set_visible(False)
    return figure, left, right


def save(figure: Figure, target: Path) -> None:
    """Write a figure as a PNG that is the same each time."""
    figure.savefig(target, metadata={"Software": None})


def prompt_cache(target: Path) -> None:
    """Write the break-even gaps and the dip behind a response cache as a PNG, 1,520 pixels wide."""
    five, half, hour = (InputPrices(1.0, 0.1, written) for written in (1.25, 1.25, 2.0))
    kept = (("5 min, write 1.25", five, 300.0), ("30 min, write 1.25", half, 1800.0),
            ("1 h, write 2", hour, 3600.0))  # fmt: skip
    with styled():
        figure, left, right = two_panels()
        gap = np.geomspace(0.5, 300, 400)
        for label, prices, lifetime in kept:
            left.plot(gap, prices.factor(prefix_hit(1 / (60 * gap), lifetime)), label=label)
        left.axhline(1.0, color="0.5", linewidth=0.8)
        left.set(xscale="log", ylim=(0, None), xlabel="minutes between calls",
                 ylabel="cost over that without")  # fmt: skip
        left.set_xticks([1, 3, 10, 30, 100, 300], ["1", "3", "10", "30", "100", "300"])
        left.minorticks_off()
        left.set_title("a prefix that every call shares", size=SMALL_SIZE)
        left.legend()
        answered = np.linspace(0, 1, 400)
        total = (1 - answered) * five.factor(prefix_hit((1 - answered) / 60, 300.0))
        right.plot(100 * answered, total)
        right.set(
            xlabel="% of calls that a response cache answers",
            ylabel="total over the plain bill",
            ylim=(0, None),
        )
        right.set_title("behind a response cache: a call a minute, 5 min", size=SMALL_SIZE)
        save(figure, target)


LIMITS = {
    "month": (400, 200, 100, 60, 30, 15, 8, 4, 2),
    "week": (200, 100, 50, 30, 15, 8, 4, 2, 1),
    "day": (100, 50, 30, 20, 10, 5, 3, 2, 1),
}
"""Turns that one person may make."""
NAMED = {
    "month": ((60, 30, 15, 8, 4), (-14, -13)),
    "week": ((), (0, 0)),
    "day": ((20, 10, 5, 2), (5, 4)),
}
"""Limits whose number stands beside their point, and how far from it."""
A_MONTH = {"month": 1.0, "week": 365 / 12 / 7, "day": 365 / 12}


def limited(limit: int, window: str) -> tuple[float, float, float]:
    """Return spend and turns that a limit on free users leaves, and people affected, in %."""
    quota = {"kind": "quota", "segment": "free", "limit": f"{limit} turns per {window}"}
    scenario = cm.load_scenario("support_chatbot").with_strategies({"q": quota}, variant="q")
    plain, under = (
        cm.simulate(scenario, variant=name, draws=2, uncertainty=set()) for name in ("today", "q")
    )
    fate = under.fates["free", "answer"]
    spend = under.by("segment")["free"].sum() / plain.by("segment")["free"].sum()
    turns = 1 - fate.blocked.sum() / fate.demanded.sum()
    return 100 * float(spend), 100 * float(turns), 100 * float(fate.affected.mean())


def quotas(target: Path) -> None:
    """Write what limits per day, week and month save, and whom they stop, as a PNG."""
    with styled():
        figure, left, right = two_panels()
        for window, limits in LIMITS.items():
            spend, turns, people = np.array([limited(limit, window) for limit in limits]).T
            left.plot(spend, people, marker=".", label=f"per {window}")
            shown, beside = NAMED[window]
            for limit in shown:
                at = (spend[limits.index(limit)], people[limits.index(limit)])
                left.annotate(f"{limit}", at, xytext=beside, textcoords="offset points", size=8,
                              color=left.lines[-1].get_color())  # fmt: skip
            a_month = np.array(limits) * A_MONTH[window]
            (line,) = right.plot(a_month, turns, label=f"per {window}")
            right.plot(a_month, spend, linestyle="--", color=line.get_color())
        left.set(
            xlabel="spend left, % of what free users cost without a limit",
            ylabel="% of free users stopped in a month",
            xlim=(0, 100), ylim=(0, 50),
        )  # fmt: skip
        left.legend(title="limit in turns", alignment="left")
        left.set_title("whom a limit stops, and what it leaves of the spend", size=SMALL_SIZE)
        right.set_title("the same number of turns by day, week and month", size=SMALL_SIZE)
        right.set(
            xscale="log", xlim=(4, 400), ylim=(0, 100),
            xlabel="turns a month that the limit allows in all",
            ylabel="% left of turns (lines) and spend (dashed)",
        )  # fmt: skip
        right.set_xticks([5, 10, 30, 100, 300], ["5", "10", "30", "100", "300"])
        right.minorticks_off()
        right.plot([], [], linestyle="--", color="0.4", label="spend")
        right.legend(loc="upper left")
        save(figure, target)


QUESTIONS, A_DAY = 4000, 750.0
"""Questions of the catalogue and turns a day that ask one of them; about those of support_chatbot,
where half of 1,600 first turns a day are personal."""


def found_each_day(lifetime: float, days: int) -> np.ndarray:
    """Return the share found on each day after the cache was emptied; `lifetime` in days."""
    ends = np.arange(1, days + 1)
    law, asked = zipf(QUESTIONS, 0.8), np.array([A_DAY * lifetime])
    so_far = [end * lasting_hits(law, asked, "fixed", emptied=lifetime / end)[0] for end in ends]
    return np.diff(so_far, prepend=0.0)


def response_cache(target: Path) -> None:
    """Write hit rates by lifetime and popularity, and after prompt changes, as a PNG."""
    with styled():
        figure, left, right = two_panels()
        days = np.geomspace(1 / 24, 60, 200)
        for exponent in (1.2, 1.0, 0.8, 0.6, 0.0):
            hits = lasting_hits(zipf(QUESTIONS, exponent), A_DAY * days, "fixed")
            label = f"Zipf {exponent:g}" if exponent else "all alike"
            left.plot(days, 100 * hits, label=label)
        left.set(xscale="log", ylim=(0, 100), xlabel="lifetime of an answer",
                 ylabel="% of repeated questions found")  # fmt: skip
        left.set_xticks([1 / 24, 1 / 4, 1, 7, 30], ["1 h", "6 h", "1 day", "7 days", "30 days"])
        left.minorticks_off()
        left.legend()
        for name, lifetime in (("30 days", 30.0), ("7 days", 7.0), ("1 day", 1.0)):
            found = 100 * np.tile(found_each_day(lifetime, 14), 2)
            right.stairs(found, np.arange(29), baseline=None, linewidth=1.5, label=name)
        right.axvline(14, color="0.5", linewidth=0.8, linestyle=":")
        right.text(14.3, 95, "new prompt: all is forgotten", size=8, color="0.4")
        right.set(ylim=(0, 100), xlim=(0, 28), xlabel="day",
                  ylabel="% of repeated questions found")  # fmt: skip
        right.set_xticks([0, 7, 14, 21, 28])
        right.legend(title="lifetime", alignment="left", loc="lower center", ncols=3)
        left.set_title("in the long run", size=SMALL_SIZE)
        right.set_title("day by day after a prompt change, Zipf 0.8", size=SMALL_SIZE)
        save(figure, target)


def failures(target: Path) -> None:
    """Write turns left unanswered by the attempts allowed, and retries under overload, as a PNG."""
    bad, none, most = np.array([0.05]), np.zeros(1), 6
    attempts = np.arange(1, most + 1)
    with styled():
        figure, left, right = two_panels()
        places = (("shape 0.2, as assumed", 0.2, (4.1, 0.3)), ("shape 1", 1.0, (4.2, 0.013)),
                  ("prompts alike", 1e9, (4.2, 6e-4)))  # fmt: skip
        for name, shape, place in places:
            failed = [float(share[0]) for share in all_fail(bad, none, shape, most)[1:]]
            (line,) = left.plot(attempts, 100 * np.array(failed), marker=".")
            left.text(*place, name, size=8, color=line.get_color())
        chances = [Chances(bad, none, int(number)) for number in attempts]
        once = Chances(bad, none, 1)
        after = [100 * float(fall_back(first, once, 0.2, 0.5).failed[0]) for first in chances]
        (line,) = left.plot(attempts, after, marker=".", linestyle="--")
        left.text(0.9, 0.05, "shape 0.2, then one\nattempt at another\nmodel, half alike", size=8,
                  color=line.get_color(), va="top")  # fmt: skip
        left.set(yscale="log", ylim=(1e-4, 10), xlabel="attempts allowed",
                 ylabel="% of turns without an answer")  # fmt: skip
        marks = [1e-4, 1e-3, 0.01, 0.1, 1, 10]
        left.set_yticks(marks, [f"{mark:.4f}".rstrip("0").rstrip(".") for mark in marks])
        left.minorticks_off()
        left.set_title("5 % malformed, by how much prompts differ", size=SMALL_SIZE)
        load = np.linspace(0, 2, 401)
        for allowed in (1, 2, 3, 5):
            words = "1 attempt" if allowed == 1 else f"{allowed} attempts"
            right.plot(load, overload(load, allowed).sent, label=words)
        right.axhline(1.0, color="0.5", linewidth=0.8)
        right.set(xlim=(0, 2), ylim=(0, 8), xlabel="turns asked for over the rate limit",
                  ylabel="requests sent over the rate limit")  # fmt: skip
        right.set_xticks([0, 0.5, 1, 1.5, 2], ["0", "0.5", "1", "1.5", "2"])
        right.set_title("retries above a rate limit", size=SMALL_SIZE)
        right.legend(loc="upper left")
        save(figure, target)


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    monthly_spend(IMAGES / "monthly_spend.png")
    price_history(IMAGES / "price_history.png")
    for draw in (prompt_cache, response_cache, quotas, failures):
        draw(IMAGES / f"{draw.__name__}.png")
