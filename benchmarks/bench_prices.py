"""Load price tables and price requests, beside the plainest reader and another price library.

Run with ``python benchmarks/bench_prices.py``. It prints medians over repetitions and ratios
within the same run; nothing is asserted. The plainest reader is PyYAML's C loader of the same
files, which checks nothing; the library is genai-prices, whose calc_price takes one request.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import yaml

from costmodel.foundation.datafiles import data_folder
from costmodel.prices.book import PriceBook, load_prices
from costmodel.prices.cards import RateCard
from costmodel.prices.entries import table_models
from costmodel.prices.request import Request, price_request
from costmodel.prices.rows import bill_rows
from costmodel.prices.snapshots import find_snapshot

REPEATS = 15
ROWS = 1_000_000
ONE_BY_ONE = 2_000
"""Requests priced one at a time; their time is scaled up to `ROWS`."""
MIXED = ("anthropic/claude-haiku-5-5", "openai/gpt-5.4", "google/gemini-2.5-pro")
CONTEXTS = {"standard": None, "batch": {"processing": "batch"}}


def milliseconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(1e3 * (perf_counter() - start))
    return median(times)


def plainly(*files: Path) -> list[object]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return [yaml.load(file.read_bytes(), Loader=loader) for file in files]


def loading() -> None:
    folder = data_folder("pricing")
    found = find_snapshot(None, folder)
    index = folder / "index.yaml"
    rows = [("index.yaml", milliseconds(lambda: find_snapshot(None, folder)), [index])]
    for provider in found.providers:
        work = milliseconds(lambda p=provider: table_models(found.table(p)))
        rows.append((f"{provider}.yaml", work, [found.folder / f"{provider}.yaml"]))
    files = [found.folder / f"{provider}.yaml" for provider in found.providers]
    together = milliseconds(lambda: [table_models(found.table(p)) for p in found.providers])
    rows.append(("all tables", together, files))
    print(f"snapshot {found.day}, sha256, read with lines, checked, made into prices")
    for name, ours, each in rows:
        plain = milliseconds(lambda each=each: plainly(*each))
        size = sum(file.stat().st_size for file in each) / 1e3
        print(
            f"{name:<16} {size:6.1f} kB {ours:8.1f} ms   {ours / plain:.2f}x PyYAML's C loader "
            f"({plain:.1f} ms), which checks nothing"
        )


def usage(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Prompts of which a tenth is longer than 100,000 tokens; 60 % of the input is cached."""
    prompt = np.rint(np.minimum(rng.lognormal(np.log(12_000), 1.66, ROWS), 900_000))
    cached = np.rint(0.6 * prompt)
    output = np.rint(rng.lognormal(np.log(300), 1.0, ROWS))
    return {"input_tokens": prompt, "cached_input_tokens": cached, "output_tokens": output}


def kinds() -> list[tuple[str, str]]:
    return [(model, mode) for model in MIXED for mode in CONTEXTS]


def cards(book: PriceBook) -> list[RateCard]:
    return [book.month(model, mode, 2026, 11).parts[0][1] for model, mode in kinds()]


def by_our_requests(book: PriceBook, rows: dict[str, np.ndarray], which: np.ndarray) -> list[float]:
    found = []
    for n in range(ONE_BY_ONE):
        model, mode = kinds()[which[n]]
        prompt, cached, output = (float(values[n]) for values in rows.values())
        request = Request(prompt, cached, 0, 0, output)
        found.append(price_request(book, model, request, mode=mode).usd)
    return found


def by_calc_price(rows: dict[str, np.ndarray], which: np.ndarray) -> list[float]:
    import genai_prices

    at, found = datetime(2026, 11, 23, tzinfo=UTC), []
    for n in range(ONE_BY_ONE):
        model, mode = kinds()[which[n]]
        provider, _, bare = model.partition("/")
        prompt, cached, output = (int(values[n]) for values in rows.values())
        used = genai_prices.Usage(
            input_tokens=prompt, cache_read_tokens=cached, output_tokens=output
        )
        words = {"provider_id": provider, "price_context": CONTEXTS[mode]}
        price = genai_prices.calc_price(used, bare, genai_request_timestamp=at, **words)
        found.append(float(price.total_price))
    return found


def billing() -> None:
    book, rows = load_prices(), usage(np.random.default_rng(1))
    which = np.random.default_rng(2).integers(0, len(kinds()), ROWS)
    offers = cards(book)
    ours = bill_rows(offers, which, **rows).total[:ONE_BY_ONE]
    theirs = by_calc_price(rows, which)
    apart = np.abs(ours - theirs) / ours
    mixed = milliseconds(lambda: bill_rows(offers, which, **rows).total)
    single = milliseconds(lambda: by_our_requests(book, rows, which), 5) * ROWS / ONE_BY_ONE
    other = milliseconds(lambda: by_calc_price(rows, which), 5) * ROWS / ONE_BY_ONE
    print(f"\n{ROWS:,} requests, {len(MIXED)} models in {len(CONTEXTS)} modes, a tier each")
    print(f"bill_rows                    {mixed:10,.1f} ms")
    print(f"price_request, one by one    {single:10,.0f} ms   {single / mixed:,.0f}x as long")
    print(f"genai-prices calc_price      {other:10,.0f} ms   {other / mixed:,.0f}x as long")
    print(f"largest relative difference of the first {ONE_BY_ONE:,}: {apart.max():.1e}")


def main() -> None:
    loading()
    billing()


if __name__ == "__main__":
    main()
