"""What people use of what is billed, as streams that a limit on it cuts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from costmodel.engine.cliffs import OUTPUT_CORRELATION, USER_CORRELATION, size_law
from costmodel.engine.memo import Memo
from costmodel.engine.noise import BlendedRates, conversation_cost_cv
from costmodel.engine.pipeline.chosen import Place
from costmodel.engine.pipeline.paths import Path
from costmodel.engine.requests import request_shape, user_spread
from costmodel.engine.world import Steady, World
from costmodel.foundation.counts import count_variance
from costmodel.strategies.features import Stream


@dataclass(frozen=True)
class Grown:
    """A segment's turns at a feature, and how what they use grows and differs.

    `growth` is by how much of a mean turn's use each earlier turn makes a turn dearer; `cv` the
    coefficient of variation of what a conversation uses.
    """

    stream: Stream
    growth: float
    cv: float


def law_of(world: World, place: Place) -> tuple[float, float, float]:
    """Return how people differ, and the turns of a conversation, at the means."""
    segment, name = place
    feature = world.scenario.features[name]
    law = feature.conversation.turns
    return feature.turns_per_user[segment].spread.sigma, max(law.mean.mean, 1.0), law.cv


def growth_of(world: World, memo: Memo, path: Path, unit: str) -> tuple[float, float]:
    """Return growth and cv of what a conversation uses, in a quota's unit."""
    if unit == "calls":
        return 0.0, 0.0
    name = path.lane.feature
    feature = world.scenario.features[name]
    step = dict(feature.steps)[path.lane.step]
    shape = request_shape(Steady(world.scenario, memo), memo, name, feature, step)
    earlier = float(shape.earlier.max())
    resent = float(shape.user.flat[0] + shape.kept.flat[0] + shape.visible.flat[0])
    if unit == "tokens":
        rates, use = BlendedRates(1.0, 1.0), float((shape.input + shape.output).flat[0])
        laws = (size_law(user_spread(step), USER_CORRELATION),
                size_law(step.output, OUTPUT_CORRELATION),
                size_law(step.reasoning, OUTPUT_CORRELATION))  # fmt: skip
        cv = memo(conversation_cost_cv, shape, feature.conversation.turns.cv, *laws, rates)
        return resent / use if earlier > 0 else 0.0, round(cv, 2)
    inputs = float(path.cost.by_meter["input"].mean() + path.cost.by_meter["cached input"].mean()
                   + path.cost.by_meter["cache write"].mean())  # fmt: skip
    share = inputs / max(float(path.cost.total.mean()), 1e-300)
    sent = float(path.cost.shape.input.mean())
    return (share * resent / sent if earlier > 0 else 0.0), round(path.cv, 2)


def grown_stream(
    sigma: float, turns: float, turns_cv: float, unit: str, growth: float, cv: float, a_turn: float
) -> Grown:
    """Return a segment's turns (calls) as a stream, at the means.

    Turns that cost as much independently of each other make conversations of the same variance
    where their own squared coefficient of variation is K (cv^2 - cv_K^2).
    """
    spread = math.sqrt(float(count_variance(np.array(turns), turns_cv))) / turns
    own = math.sqrt(max(turns * (cv**2 - spread**2), 0.0)) if unit != "calls" else 0.0
    length = max(turns * a_turn, 1.0) if unit == "calls" else turns
    return Grown(Stream(sigma, length, spread, 1.0, round(own, 2)), round(growth, 3), cv)
