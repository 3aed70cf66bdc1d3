"""Hit rates of a response cache for 12 months and 8,192 futures: first use, and a slider move.

The first use builds the table, a move that keeps the table's axes looks it up again.
"""

from __future__ import annotations

import statistics
import time

import numpy as np

from costmodel.strategies import hit_tables
from costmodel.strategies.answer_rules import CacheRules, Questions
from costmodel.strategies.popularity import zipf
from costmodel.strategies.response_cache import cache_hits

DRAWS, REPEATS = 8192, 15
DAYS = np.array([31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30])
RNG = np.random.default_rng(0)


def between(low: float, high: float) -> np.ndarray:
    return RNG.uniform(low, high, DRAWS)


def cases() -> dict[str, tuple[CacheRules, Questions]]:
    count, unique, recall = between(2_000, 6_000), between(0.4, 0.7), between(0.7, 0.9)
    day = {"match": "semantic", "lifetime_hours": 24.0}
    return {
        "all certain": (CacheRules(lifetime_hours=24.0), Questions(count=np.array([4_000.0]))),
        "questions, unique": (CacheRules(**day), Questions(count=count, unique=unique)),
        "and recall": (CacheRules(**day), Questions(count=count, unique=unique, recall=recall)),
        "and exponent": (
            CacheRules(**day),
            Questions(count=count, unique=unique, recall=recall, exponent=between(0.6, 1.1)),
        ),
        "room": (CacheRules(capacity=1_000.0), Questions(count=count)),
        "room and lifetime": (
            CacheRules(capacity=500.0, lifetime_hours=72.0), Questions(count=count)
        ),
        "300 tenants": (
            CacheRules(lifetime_hours=24.0, tenants=300, tenant_sigma=2.0), Questions(count=count)
        ),
    }  # fmt: skip


def forget() -> None:
    for cached in (zipf, hit_tables._law, hit_tables.hit_surface):
        cached.cache_clear()


def median_ms(rules: CacheRules, questions: Questions, turns: np.ndarray, *, anew: bool) -> float:
    times = []
    for _ in range(REPEATS):
        if anew:
            forget()
        start = time.perf_counter()
        cache_hits(rules, questions, turns, DAYS)
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times)


def main() -> None:
    growth = np.cumprod(np.full((12, 1), 1.06), axis=0)
    turns = np.exp(RNG.normal(9, 0.6, DRAWS) + RNG.normal(0, 0.15, (12, DRAWS))) * growth
    print(f"{'':20} first use  slider move   (ms)")
    for name, (rules, questions) in cases().items():
        first = median_ms(rules, questions, turns, anew=True)
        again = median_ms(rules, questions, turns, anew=False)
        print(f"{name:20} {first:9.1f} {again:12.1f}")


if __name__ == "__main__":
    main()
