"""Which variant the switches of a dashboard make, and which of them exclude each other."""

from __future__ import annotations

from itertools import chain, count

from costmodel.engine.projection import Projection
from costmodel.scenario.schema import Scenario
from costmodel.scenario.strategy_checks import clashes

VARIANT = "what_if"
"""Name of a variant that the scenario does not have, as the switches make it."""


def variant_with(opening: Projection, on: tuple[str, ...]) -> str | None:
    """Return the variant of a scenario that has just these strategies, that of the opening first.

    None if there is no such variant.
    """
    variants = opening.scenario.variants
    names = (opening.variant, *variants)
    return next((name for name in names if set(variants[name]) == set(on)), None)


def new_variant(scenario: Scenario) -> str:
    """Return a name that no variant of the scenario has."""
    names = chain([VARIANT], (f"{VARIANT}_{number}" for number in count(2)))
    return next(name for name in names if name not in scenario.variants)


def clash_words(scenario: Scenario, on: tuple[str, ...], switched: str) -> str | None:
    """Return why a strategy cannot be on with the others; None if it can."""
    for pair in clashes(on, scenario.strategies):
        other, why = next(name for name in pair[:2] if name != switched), pair[2]
        return (
            f"{switched} stays off: it does not go together with {other} ({why}). "
            f"Switch {other} off first."
        )
    return None
