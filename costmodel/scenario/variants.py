"""Variants: lists of strategies that are compared; the first is the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from costmodel.foundation.errors import InputError, Problem, nearest_names

if TYPE_CHECKING:
    from costmodel.scenario.schema import Scenario
    from costmodel.scenario.strategies import Strategy

Variants = dict[str, tuple[str, ...]]
BASELINE = "baseline"
TOGETHER = "all"
"""The variants that a scenario without `variants` has besides one of each strategy."""


def default_variants(strategies: Mapping[str, Strategy]) -> Variants:
    """Return a baseline without strategies, each strategy alone, and all where they go together."""
    from costmodel.scenario.strategy_checks import clashes

    found: Variants = {BASELINE: (), **{name: (name,) for name in strategies}}
    if len(strategies) > 1 and not any(clashes(tuple(strategies), strategies)):
        found.setdefault(TOGETHER, tuple(strategies))
    return found


def variant_of(scenario: Scenario, name: str | None) -> tuple[tuple[str, Strategy], ...]:
    """Return name and content of a variant's strategies; see `Scenario.variant`."""
    known = scenario.variants
    chosen = next(iter(known)) if name is None else name
    if chosen not in known:
        near = nearest_names(chosen, known, 1)
        fix = f"did you mean '{near[0]}'?" if near else f"one of {', '.join(known)}"
        expected = f"a variant of this scenario ({', '.join(known)})"
        raise InputError(Problem(f"the variant '{chosen}'", expected, fix))
    return tuple((each, scenario.strategies[each]) for each in known[chosen])


def with_strategies(
    scenario: Scenario,
    strategies: tuple[str | Mapping[str, Any], ...],
    variant: str | None,
) -> Scenario:
    """Return a copy with one more variant; see `Scenario.with_strategies`."""
    made = {
        name: value
        for each in strategies
        if not isinstance(each, str)
        for name, value in each.items()
    }
    names = [name for each in strategies for name in ([each] if isinstance(each, str) else each)]
    _check_new(scenario, made)
    name = variant if variant is not None else "_and_".join(names)[:60] or BASELINE
    if scenario.variants.get(name) == tuple(names) and not made:
        return scenario
    if name in scenario.variants:
        fix = "give another by variant="
        raise InputError(Problem(f"the variant '{name}' again", "a name of its own", fix))
    changes: dict[str, Any] = {
        f"strategies.{key}": value
        for key, value in made.items()
        if scenario.strategies.get(key) != value
    }
    return scenario.with_overrides({**changes, f"variants.{name}": names})


def _check_new(scenario: Scenario, made: Mapping[str, Any]) -> None:
    for name, value in made.items():
        if name in scenario.strategies and scenario.strategies[name] != value:
            fix = "give it another name, or change it with with_overrides"
            read = f"another strategy '{name}'"
            raise InputError(Problem(read, "a name of its own", fix, f"strategies.{name}"))
