"""Bill one million usage rows with tiers and modes, beside plainer ways to do it.

Run with ``python benchmarks/bench_billing.py``. It prints medians over repetitions and
the ratio to one multiplication per part and to a loop over rows; nothing is asserted.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter

import numpy as np

from costmodel.prices.billing import bill
from costmodel.prices.book import load_prices
from costmodel.prices.cards import RateCard
from costmodel.prices.rows import bill_rows

ROWS = 1_000_000
LOOPED = 20_000
"""Rows of the loop; its time is scaled up to `ROWS`."""
REPEATS = 15


def milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(REPEATS):
        start = perf_counter()
        work()
        times.append(1e3 * (perf_counter() - start))
    return median(times)


def usage(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A tenth of the prompts is longer than 100,000 tokens; 60 % of the input is cached."""
    prompt = np.rint(rng.lognormal(np.log(12_000), 1.66, ROWS))
    cached = np.rint(0.6 * prompt)
    written = np.rint(0.5 * (prompt - cached))
    return {
        "input_tokens": prompt,
        "cached_input_tokens": cached,
        "cache_write_tokens": written,
        "output_tokens": np.rint(rng.lognormal(np.log(300), 1.0, ROWS)),
    }


MIXED = ("anthropic/claude-haiku-5-5", "openai/gpt-5.4", "google/gemini-2.5-pro")


def mixed_cards() -> list[RateCard]:
    """Six cards with a tier each: three models in two modes."""
    book = load_prices()
    return [
        book.month(model, mode, 2026, 11).parts[0][1]
        for model in MIXED
        for mode in ("standard", "batch")
    ]


def one_rate(card: RateCard, rows: dict[str, np.ndarray]) -> np.ndarray:
    """No tiers, no checks: the least a table of four rates can cost."""
    prompt, cached, written, output = rows.values()
    fresh = prompt - cached - written
    return (
        fresh * card.input
        + cached * card.cached_rate
        + written * card.written_rate
        + output * card.output_rate
    ) * 1e-6


def loop(card: RateCard, rows: dict[str, np.ndarray]) -> list[float]:
    found = []
    lists = (values[:LOOPED].tolist() for values in rows.values())
    for prompt, cached, written, output in zip(*lists, strict=True):
        now = card
        for tier in card.tiers:
            if tier.reached(prompt):
                now = tier.card
        fresh = prompt - cached - written
        usd = fresh * now.input + cached * now.cached_rate + written * now.written_rate
        found.append((usd + output * now.output_rate) * 1e-6)
    return found


def main() -> None:
    card = load_prices().month("anthropic/claude-haiku-5-5", "standard", 2026, 11).parts[0][1]
    rows, cards = usage(np.random.default_rng(1)), mixed_cards()
    which = np.random.default_rng(2).integers(0, len(cards), ROWS)
    billed = milliseconds(lambda: bill(card, **rows).total)
    mixed = milliseconds(lambda: bill_rows(cards, which, **rows).total)
    plain = milliseconds(lambda: one_rate(card, rows))
    looped = milliseconds(lambda: loop(card, rows)) * ROWS / LOOPED
    above = float(np.mean(rows["input_tokens"] > card.tiers[0].threshold))
    print(f"{ROWS:,} rows, {above:.0%} above the tier's threshold, medians of {REPEATS}")
    print(f"bill with tiers and checks   {billed:8.1f} ms")
    print(f"the same, six cards mixed    {mixed:8.1f} ms   {mixed / billed:.1f}x as long as bill")
    print(f"four rates, nothing checked  {plain:8.1f} ms   {billed / plain:.1f}x as long")
    print(f"a loop over rows             {looped:8.0f} ms   {looped / billed:.0f}x as long as bill")


if __name__ == "__main__":
    main()
