"""Simulation: from scratch, per slider move, by population, its memory and its accuracy.

Beside it, in the same run, a peer: the plain numpy Monte Carlo that most people
would write for the same beliefs (independent draws, one lognormal a belief,
np.percentile), which has no caps, history, retries, noise or drift.
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from workload import workload

from costmodel.engine.memo import Memo
from costmodel.engine.simulate import simulate
from costmodel.prices import load_prices

DRAWS = 8192
QUANTILES = (0.1, 0.5, 0.9)


def median_ms(action: Callable[[], object], repeats: int = 15) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def figures(projection) -> list[float]:
    rows = [projection.month(n) for n in range(1, 13)]
    rows += [projection.dearest_month, projection.total]
    return [row.quantile(p) for row in rows for p in QUANTILES]


def plain_numpy(scenario, seed: int = 0) -> None:
    rng = np.random.default_rng(seed)
    total = np.zeros((12, DRAWS))
    for _ in scenario.features:
        for _ in scenario.segments:
            users = rng.lognormal(9, 0.1, DRAWS)
            growth = rng.normal(0.05, 0.02, DRAWS)
            turns, inputs, outputs = (rng.lognormal(2, 0.3, DRAWS) for _ in range(3))
            for month in range(12):
                cost = turns * (inputs * 2e-6 + outputs * 12e-6)
                total[month] += users * (1 + growth) ** month * cost
    np.percentile(total, [10, 50, 90], axis=1)
    np.percentile(total.max(axis=0), [10, 50, 90])


def slider_move(scenario, prices, path: str, moves: int = 30) -> float:
    memo, belief = Memo(), scenario.beliefs()[path]
    figures(simulate(scenario, prices=prices, memo=memo))
    steps = range(1, moves + 1)
    moved = [
        scenario.with_overrides({path: belief.with_median(belief.median * (1 + k / 200))})
        for k in steps
    ]
    queue = iter(moved)
    return median_ms(lambda: figures(simulate(next(queue), prices=prices, memo=memo)), moves)


def main() -> None:
    scenario, prices = workload(), load_prices()
    simulate(scenario, prices=prices)  # tables that last as long as the process

    today = []

    def again() -> None:
        # As when a notebook's cell is run again: the last projection goes when the next is there.
        today[:] = [simulate(scenario, prices=prices)]
        figures(today[0])

    scratch = median_ms(again)
    peer = median_ms(lambda: plain_numpy(scenario))
    print(f"from scratch, with quantiles   {scratch:7.1f} ms   {scratch / peer:5.2f} x plain numpy")
    print(f"plain numpy Monte Carlo        {peer:7.1f} ms   1.00 x")

    for path in (
        "features.feature_0.output.mean",
        "segments.free.users",
        "features.feature_1.turns_per_user.free.mean",
    ):
        move = slider_move(scenario, prices, path)
        print(f"slider move {path:44s} {move:6.1f} ms   {move / scratch:5.2f} x from scratch")

    small, large = workload(100), workload(100e6)
    simulate(small, prices=prices), simulate(large, prices=prices)
    pairs = [
        (
            median_ms(lambda: simulate(small, prices=prices), 5),
            median_ms(lambda: simulate(large, prices=prices), 5),
        )
        for _ in range(5)
    ]
    ratio = statistics.median(b / a for a, b in pairs)
    print(f"100 million users against 100  {ratio:7.2f} x the time")

    tracemalloc.start()
    simulate(scenario, prices=prices)
    print(f"tracemalloc peak               {tracemalloc.get_traced_memory()[1] / 1e6:7.0f} MB")
    tracemalloc.stop()

    many = simulate(scenario, prices=prices, draws=1 << 17, seed=999)
    truth = {p: many.dearest_month.quantile(p) for p in QUANTILES}
    truth_total = {p: many.total.quantile(p) for p in QUANTILES}
    errors = {p: [] for p in QUANTILES}
    totals = {p: [] for p in QUANTILES}
    for seed in range(20):
        run = simulate(scenario, prices=prices, seed=seed)
        for p in QUANTILES:
            errors[p].append(run.dearest_month.quantile(p) / truth[p] - 1)
            totals[p].append(run.total.quantile(p) / truth_total[p] - 1)
    for name, found in (("dearest month", errors), ("total", totals)):
        text = ", ".join(
            f"P{100 * p:.0f} {np.sqrt(np.mean(np.square(e))):.2%}" for p, e in found.items()
        )
        print(f"RMSE over 20 seeds, {name:14s} {text}")


if __name__ == "__main__":
    main()
