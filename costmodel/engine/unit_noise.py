"""What chance does to the units of a month: how many a conversation uses, whole ones only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from costmodel.engine.memo import Memo
from costmodel.engine.world import Steady, World
from costmodel.foundation.counts import count_pmf
from costmodel.scenario.schema import Feature, Step
from costmodel.strategies.retries import Attempts, attempts


@dataclass(frozen=True)
class UnitNoise:
    """What chance does to a lane's units of a month."""

    cv: float
    """Coefficient of variation of a conversation's units."""
    with_turns: float
    """Correlation of a month's units with the calls of those conversations."""


def unit_noise(mean_turns: float, turns_cv: float, per_call: float, tries: Attempts) -> UnitNoise:
    """Return how much a month's units vary by chance, at the beliefs' means.

    Units of a call are Poisson (an assumption). A turn of B billed calls has u B
    of them on average, variance u E[B] + u^2 Var(B); a conversation of K turns K
    times that, and (u E[B])^2 Var(K) besides. What comes from K and B moves
    with what the tokens cost, which has one score a month; the rest is the
    units' own. Nothing here depends on the size of a message.
    """
    if per_call == 0:
        return UnitNoise(0.0, 1.0)
    pmf = count_pmf(max(mean_turns, 1.0), turns_cv)
    turns = np.arange(1, pmf.size + 1, dtype=np.float64)
    mean, retries = float(pmf @ turns), float(tries.relative_variance[0])
    shared = float(pmf @ (turns - mean) ** 2) / mean**2 + retries / mean
    own = 1 / (per_call * float(tries.billed[0]) * mean)
    return UnitNoise(math.sqrt(shared + own), math.sqrt((1 + shared) / (1 + shared + own)))


def noise_of(
    world: World, memo: Memo, name: str, feature: Feature, step: Step, per_call: float
) -> UnitNoise:
    """Return the chance in the units of a step of feature `name`, at the beliefs' means."""
    steady, failures = Steady(world.scenario, memo), step.failures
    tries = memo(
        attempts,
        steady.value(f"features.{name}.failures.malformed", failures.malformed),
        steady.value(f"features.{name}.failures.transport", failures.transport),
        failures.malformed_shape,
        failures.max_attempts,
    )
    turns = feature.conversation.turns
    return memo(unit_noise, turns.mean.mean, turns.cv, per_call, tries)
