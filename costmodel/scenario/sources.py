"""Which numbers say where they come from: the check behind ``costmodel check --strict``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from costmodel.foundation.beliefs import Source
from costmodel.foundation.spreads import Spread
from costmodel.scenario.naming import stated_beliefs
from costmodel.scenario.prompt import UserPart
from costmodel.scenario.steps import MALFORMED_SHAPE

if TYPE_CHECKING:
    from costmodel.scenario.schema import Scenario
    from costmodel.scenario.steps import Feature


def unsourced(scenario: Scenario) -> list[str]:
    """Return the paths of the numbers that have neither a source nor ``assumed: true``.

    Decisions (months, budget, attempts) are no claims about the world and need
    none; nor do values left to costmodel's defaults.
    """
    return [path for path, origin in origins(scenario) if not origin.known]


def origins(scenario: Scenario) -> Iterator[tuple[str, Source]]:
    """Yield path and origin of every number that claims something about the world."""
    for path, belief, _, _ in stated_beliefs(scenario):
        yield path, belief.origin
    if scenario.currency is not None and scenario.currency.code != "USD":
        yield "currency.usd", scenario.currency.origin
    for name, group in scenario.correlations.items():
        yield f"correlations.{name}.strength", group.origin
    if scenario.drift.volume > 0 or scenario.drift.tokens > 0:
        yield "drift", scenario.drift.origin
    for name, feature in scenario.features.items():
        yield from _of_feature(f"features.{name}", feature)


def _of_feature(at: str, feature: Feature) -> Iterator[tuple[str, Source]]:
    for segment, turns in feature.turns_per_user.items():
        yield from _of_spread(f"{at}.turns_per_user.{segment}", turns.spread)
    count = feature.conversation.turns
    if not (count.mean.certain and count.cv == 0):
        yield f"{at}.conversation.turns.cv", count.origin
    gap = feature.conversation.gap
    if gap is not None:
        yield f"{at}.conversation.gap.p50", gap.origin
        yield f"{at}.conversation.gap.p95", gap.origin
    for part in feature.prompt:
        if isinstance(part, UserPart):
            yield from _of_spread(f"{at}.prompt.user", part.size)
    yield from _of_spread(f"{at}.output", feature.output)
    if feature.reasoning is not None:
        yield from _of_spread(f"{at}.reasoning", feature.reasoning)
    if feature.failures.malformed_shape != MALFORMED_SHAPE:
        yield f"{at}.failures.malformed_shape", feature.failures.origin


def _of_spread(at: str, spread: Spread) -> Iterator[tuple[str, Source]]:
    yield f"{at}.{spread.stated[0]}", spread.origin
    if not math.isinf(spread.cap):
        yield f"{at}.max", spread.origin
