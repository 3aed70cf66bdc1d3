"""Strategies: from scratch, per slider move, and what comparing the same futures is worth.

The workload of bench_simulate with a prompt cache and a response cache on every feature and a
quota in every segment (by month, by week and degrading, by day). Beside it, in the same run, the
same workload without any. Run on demand, on a quiet machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench_simulate import median_ms
from workload import workload

import costmodel as cm
from costmodel.engine.memo import Memo
from costmodel.engine.simulate import simulate
from costmodel.prices import load_prices

QUOTAS = {
    "free_month": {"segment": "free", "feature": "feature_0", "limit": "30 turns per month"},
    "pro_week": {"segment": "pro", "feature": "feature_1", "limit": "20 turns per week",
                 "then": "degrade", "model": "openai/gpt-5.6-luna"},
    "team_day": {"segment": "team", "feature": "feature_2", "limit": "8 turns per day"},
}  # fmt: skip


def with_strategies():
    scenario = workload()
    strategies = {name: {"kind": "quota", **quota} for name, quota in QUOTAS.items()}
    for name, lifetime in zip(scenario.features, ("30min", "30min", None), strict=True):
        strategies[f"answers_{name}"] = {
            "kind": "response_cache", "feature": name, "match": "semantic", "ttl": "24h",
            "questions": "2k to 6k", "unique": "40% to 70%", "false_hits": "0.5% to 2%",
        }  # fmt: skip
        if lifetime:
            strategies[f"prompt_{name}"] = {
                "kind": "prompt_cache", "feature": name, "ttl": lifetime,
                "breakpoints": ["system", "history"],
            }  # fmt: skip
    return scenario.with_strategies(strategies, variant="all_on")


def slider(scenario, prices, path: str, moves: int = 15) -> float:
    memo = Memo()
    simulate(scenario, prices=prices, variant="all_on", memo=memo)
    limit = path.endswith("limit")
    first = 30.0 if limit else scenario.beliefs()[path].median
    step = 1.0 if limit else 0.01 * first
    positions = iter(first + step * n for n in range(1, 10 * moves))

    def move() -> None:
        at = next(positions)
        changed = scenario.with_overrides({path: round(at) if limit else at})
        simulate(changed, prices=prices, variant="all_on", memo=memo)

    return median_ms(move, moves)


def paired() -> None:
    scenario = cm.load_scenario("support_chatbot")
    base = cm.simulate(scenario)
    shorter = scenario.with_overrides({"features.answer.prompt.system.tokens": 700})
    rows = [("a shorter system prompt", cm.simulate(shorter))]
    for name in scenario.strategies:
        alone = scenario.with_strategies(name, variant=f"only_{name}")
        rows.append((name, cm.simulate(alone, variant=f"only_{name}")))
    print("standard error of the mean saving, same futures over unrelated ones (support_chatbot)")
    for name, other in rows:
        saving = cm.compare(base, other).savings[0]
        ratio = saving.error / saving.unpaired_error
        print(f"  {name:28} saves {saving.share:4.0%}   {ratio:5.3f}")


def main() -> None:
    prices = load_prices()
    scenario = with_strategies()
    plain = median_ms(lambda: simulate(scenario, prices=prices), 9)
    simulate(scenario, prices=prices, variant="all_on")
    seeds = iter(range(1, 100))
    full = median_ms(
        lambda: simulate(scenario, prices=prices, variant="all_on", seed=next(seeds)), 9
    )
    print(f"without strategies, from scratch     {plain:6.1f} ms")
    print(f"with all of them, from scratch       {full:6.1f} ms   {full / plain:4.2f} x")
    for path in (
        "features.feature_0.output.mean", "strategies.answers_feature_0.unique",
        "strategies.free_month.limit", "segments.free.users",
    ):  # fmt: skip
        print(f"slider {path:42} {slider(scenario, prices, path):6.1f} ms")
    paired()


if __name__ == "__main__":
    main()
