"""Time a slider move of the what-if dashboard, picture included, beside a naive redraw.

Run on demand, on a quiet machine: ``python benchmarks/bench_slider.py``. The naive
one is what `ipywidgets.interact` over matplotlib does: the whole simulation again
and a new figure saved as PNG. The budget is 20 ms in the kernel for a move.
"""

import io
import statistics
import sys
import time

import costmodel as cm
from costmodel.lab.what_if import what_if
from costmodel.report import style
from costmodel.report.fan import fan_chart, fan_of

MOVES = 40
NAIVE_MOVES = 10


def milliseconds(action) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1e3


def slider_moves(board, dial) -> list[float]:
    """Return the kernel time of steps up and down again; the first draw of an axis counts too."""
    half = MOVES // 2
    steps = [*range(1, half + 1), *range(half - 1, -1, -1)]
    first = dial.scale.steps_to(dial.start)
    positions = [dial.scale.value_at(first + n) for n in steps]
    times = [milliseconds(lambda v=value: setattr(dial.slider, "value", v)) for value in positions]
    board.reset()
    return times


def naive_moves(board, dial) -> list[float]:
    """Return the time of simulating everything afresh and saving a new figure."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    def redraw(value: float) -> None:
        belief = dial.opening.with_median(value)
        state = cm.simulate(board.scenario.with_overrides({dial.path: belief}))
        with style.styled():
            figure = Figure(figsize=(7.5, 4.2), dpi=100)
            fan_chart(figure.add_axes((0.1, 0.15, 0.75, 0.75)), fan_of(state))
            FigureCanvasAgg(figure).print_png(io.BytesIO())

    values = [dial.start + n * dial.scale.step for n in range(1, NAIVE_MOVES + 1)]
    return [milliseconds(lambda v=value: redraw(v)) for value in values]


def report(board, dials) -> None:
    """Print the times of each dial's moves."""
    for dial in dials:
        times = slider_moves(board, dial)
        print(f"  {dial.label:42} median {statistics.median(times):6.1f}   worst {max(times):6.1f}")


def with_strategies(scenario) -> None:
    """Print the times of plain and of strategies' sliders with most strategies on."""
    variant = max(scenario.variants, key=lambda name: len(scenario.variants[name]))
    board = what_if(scenario, variant=variant)
    print(
        f"with the strategies of {variant}: {', '.join(board.on)}; budget 16 ms, 30 ms for tables"
    )
    report(board, board.dials)
    report(board, [dial for card in board.cards if card.on for dial in card.dials])
    for card in board.cards:
        off, on = (milliseconds(lambda c=card, v=v: setattr(c.toggle, "value", v))
                   for v in (not card.on, card.on))  # fmt: skip
        print(f"  {card.name:42} off {off:6.1f}   on again {on:6.1f}")


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "support_chatbot"
    board = what_if(name)
    print(f"{name}, {board.projection.draws:,} draws; kernel ms per slider move, picture included")
    report(board, board.dials)
    if board.cards:
        with_strategies(board.scenario)
    dial = board.dials[0]
    ours = statistics.median(slider_moves(board, dial))
    naive = statistics.median(naive_moves(board, dial))
    print(f"  naive redraw of {dial.label}: median {naive:.1f}, {naive / ours:.1f} x ours")


if __name__ == "__main__":
    main()
