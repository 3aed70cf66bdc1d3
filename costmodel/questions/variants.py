"""A scenario's variants side by side, in the same futures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from costmodel.engine.books import further_contract, is_loadable
from costmodel.engine.memo import Memo
from costmodel.engine.provenance import reproducing_command, reproducing_python
from costmodel.engine.simulate import DEFAULT_DRAWS, UNCERTAINTY, book_words
from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.book import PriceBook
from costmodel.questions.compare import Comparison, compare
from costmodel.questions.futures import Futures
from costmodel.questions.waterfall import Waterfall, changed, waterfall_in
from costmodel.scenario.loading import load_scenario
from costmodel.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class VariantComparison(Comparison):
    """Variants of one scenario beside one of them.

    Parameters
    ----------
    futures : Futures
        Where their parts are simulated when a waterfall is asked for.
    """

    futures: Futures

    @cached_property
    def waterfalls(self) -> tuple[Waterfall, ...]:
        """The waterfall of each variant that differs from the baseline by several strategies."""
        first = self.baseline.variant
        return tuple(
            waterfall_in(self.futures, each.name, first)
            for each in self.savings
            if sum(map(len, changed(self.futures, each.name, first))) > 1
        )

    @property
    def command(self) -> str:
        """The command line, or Python, that makes the comparison again."""
        first, scenario = self.baseline, self.baseline.scenario
        names = (first.variant, *(saving.name for saving in self.savings))
        origin, book = first.provenance, first.prices
        further, on = further_contract(scenario, book), frozenset(origin.uncertainty)
        if on != UNCERTAINTY or not is_loadable(book):
            known = book_words(book) if further or not is_loadable(book) else ""
            return reproducing_python(
                scenario, origin.seed, origin.draws, on, known, variants=names
            )
        every = names == tuple(scenario.variants)
        return reproducing_command(
            scenario,
            origin.snapshot,
            origin.seed,
            origin.draws,
            contract=further,
            command="compare",
            options={} if every else {"--variants": ",".join(names)},
        )


def compare_variants(
    scenario: Scenario | str | Path,
    variants: Sequence[str] | None = None,
    *,
    prices: PriceBook | None = None,
    draws: int = DEFAULT_DRAWS,
    seed: int = 0,
    uncertainty: frozenset[str] | set[str] = UNCERTAINTY,
    memo: Memo | None = None,
) -> VariantComparison:
    """Simulate a scenario's variants in the same futures and compare them with the first.

    Parameters
    ----------
    scenario : Scenario, or a shipped name or path
    variants : sequence of str, optional
        Which ones, the baseline first; all of them without. One alone is compared with the
        scenario's first.
    prices, draws, seed, uncertainty, memo
        As for `simulate`.

    Returns
    -------
    VariantComparison
        A `Comparison` whose savings have the variants' names, with `waterfalls`.

    Raises
    ------
    InputError
        If a variant is unknown, or there is nothing to compare.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    names = chosen_variants(scenario, variants)
    futures = Futures(
        scenario, prices=prices, draws=draws, seed=seed, uncertainty=uncertainty, memo=memo
    )
    baseline, *others = (futures.of(name) for name in names)
    made = compare(baseline, *others, names=names[1:])
    return VariantComparison(made.baseline, made.savings, futures)


def chosen_variants(scenario: Scenario, variants: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the variants to compare, the baseline first.

    Raises
    ------
    InputError
        With every unknown variant, or if there are not two.
    """
    known = tuple(scenario.variants)
    names = known if variants is None else tuple(dict.fromkeys(variants))
    problems = [problem for name in names for problem in _unknown(scenario, name)]
    if problems:
        raise InputError(problems)
    if len(names) == 1 and names != known[:1]:
        names = (known[0], *names)
    if len(names) < 2:
        raise InputError(_alone(scenario, known))
    return names


def _unknown(scenario: Scenario, name: str) -> tuple[Problem, ...]:
    try:
        scenario.variant(name)
    except InputError as error:
        return error.problems
    return ()


def _alone(scenario: Scenario, known: tuple[str, ...]) -> Problem:
    """Return what to add to a scenario, or to name, so that there is something to compare."""
    expected = "two variants or more to compare"
    if len(known) > 1:
        fix = f"name another one too, of {', '.join(known[1:])}"
        return Problem(f"only the variant '{known[0]}', which is the baseline", expected, fix)
    segment = next(iter(scenario.segments))
    fix = (
        "add to the scenario, for example, strategies: {fair_use: {kind: quota, segment: "
        f"{segment}, limit: 30 turns per month}}}} and variants: {{today: [], limited: [fair_use]}}"
    )
    if scenario.strategies:
        added = f"limited: [{', '.join(scenario.strategies)}]"
        fix = f"add one under variants, for example {added}"
    return Problem(f"a scenario with one variant, '{known[0]}'", expected, fix)
