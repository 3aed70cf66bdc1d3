"""Simulate a scenario: the pipeline from beliefs to dollars."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from costmodel.engine.books import further_contract, is_loadable, scenario_book
from costmodel.engine.demand import people
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import check_with_prices, chosen
from costmodel.engine.pipeline.flow import flow_of
from costmodel.engine.projection import Projection
from costmodel.engine.provenance import Provenance, reproducing_command, reproducing_python
from costmodel.engine.remarks import marks, warnings_of
from costmodel.engine.streams import MOST_DRAWS
from costmodel.engine.world import World
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.version import VERSION
from costmodel.prices.book import PriceBook
from costmodel.scenario.loading import load_scenario
from costmodel.scenario.schema import Scenario

Array = npt.NDArray[np.float64]

UNCERTAINTY = frozenset({"belief", "spread", "drift"})
MOST_SEED = 10**18
DEFAULT_DRAWS = 8192
"""Draws at which P10, P50 and P90 have about 1 % error (benchmarks/bench_simulate.py)."""
PER_MILLION = 1e-6


def simulate(
    scenario: Scenario | str | Path,
    *,
    prices: PriceBook | None = None,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
    uncertainty: frozenset[str] | set[str] = UNCERTAINTY,
    memo: Memo | None = None,
    variant: str | None = None,
) -> Projection:
    """Project the monthly spend of a scenario, with its uncertainty.

    Parameters
    ----------
    scenario : Scenario, or a shipped name or path
    prices : PriceBook, optional
        Another book than the snapshot the scenario names; a warning says so.
    draws : int
        Simulated futures, a power of two up to 131,072.
    seed : int
        Same seed, same futures.
    uncertainty : set of "belief", "spread", "drift"
        What is on. Off, a belief is at its mean, drift is 1 and a finite
        population has no noise; with all three off the result equals `expected`.
    memo : Memo, optional
        Keeps stages between calls, for sliders.
    variant : str, optional
        Which strategies are on; the scenario's first variant, the baseline, without.

    Raises
    ------
    InputError
        If draws, uncertainty or variant cannot be used, or a strategy asks of a model what its
        provider does not sell.
    UnknownModelError, PriceNotKnownError
        If a price is not known for a model, mode and month of the scenario.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    on = _checked(draws, seed, uncertainty)
    memo = Memo() if memo is None else memo
    memo.start_run()
    book = scenario_book(scenario) if prices is None else prices
    picked = chosen(scenario, variant)
    check_with_prices(scenario, book, picked)
    world = World(scenario, draws=draws, seed=seed, uncertainty=on, memo=memo)
    active = {
        name: memo(
            people,
            world.value(f"segments.{name}.users", segment.users),
            world.value(f"segments.{name}.growth", segment.growth),
            scenario.months,
        )
        for name, segment in scenario.segments.items()
    }
    flow = flow_of(world, memo, book, picked, active)
    rates = [path.rates for path in flow.paths]
    return Projection(
        scenario=scenario,
        ledger=flow.ledger,
        provenance=_provenance(scenario, book, seed, draws, on, _further(picked.variant, scenario)),
        marks=marks(scenario, book, picked.strategies),
        warnings=warnings_of(world, flow.ledger, active, rates, book, picked.strategies),
        prices=book,
        beliefs=dict(world.drawn),
        variant=picked.variant,
        flow=flow,
        _people=tuple((name, array.mean(axis=1)) for name, array in flow.active.items()),
    )


def _checked(draws: int, seed: int, uncertainty: frozenset[str] | set[str]) -> frozenset[str]:
    if not isinstance(seed, int) or abs(seed) >= MOST_SEED:
        expected = "a whole number of at most 18 digits"
        raise InputError(Problem(f"seed={str(seed)[:40]}", expected, "use 0, the default"))
    power_of_two = isinstance(draws, int) and draws > 0 and draws & (draws - 1) == 0
    if not power_of_two or not 2 <= draws <= MOST_DRAWS:
        raise InputError(
            Problem(
                read=f"draws={draws!r}",
                expected=f"a power of two from 2 to {MOST_DRAWS:,}",
                fix=f"use {DEFAULT_DRAWS}, the default",
            )
        )
    unknown = set(uncertainty) - UNCERTAINTY
    if unknown:
        raise InputError(
            Problem(
                read=f"uncertainty {sorted(unknown)}",
                expected="some of 'belief', 'spread' and 'drift'",
                fix="leave the others out",
            )
        )
    return frozenset(uncertainty)


def book_words(book: PriceBook) -> str:
    """Return how to come by a price book in Python."""
    if book.contract is None or not is_loadable(book):
        return "<the book given in Python>"
    return f"cm.load_prices({book.snapshot!r}, contract={book.contract.file!r})"


def _further(variant: str, scenario: Scenario) -> str:
    """Return the name of a variant that is not the baseline; empty for the baseline."""
    return "" if variant == next(iter(scenario.variants)) else variant


def _provenance(
    scenario: Scenario, book: PriceBook, seed: int, draws: int, on: frozenset[str], variant: str
) -> Provenance:
    further = further_contract(scenario, book)
    if on == UNCERTAINTY and is_loadable(book):
        command = reproducing_command(
            scenario, book.snapshot, seed, draws, contract=further, variant=variant
        )
    else:
        prices = book_words(book) if further or not is_loadable(book) else ""
        command = reproducing_python(scenario, seed, draws, on, prices, variant)
    return Provenance(
        scenario=scenario.name,
        scenario_digest=scenario.digest,
        snapshot=book.snapshot,
        snapshot_digest=book.digest,
        seed=seed,
        draws=draws,
        uncertainty=tuple(sorted(on)),
        version=VERSION,
        command=command,
        overrides=tuple(str(override) for override in scenario.overrides),
        contract="" if book.contract is None else str(book.contract),
        reconstructed=book.reconstructed,
    )
