"""What a turn of a step costs: its request shape, at each month's rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.cliffs import (
    OUTPUT_CORRELATION,
    USER_CORRELATION,
    SizeLaw,
    TokensAbove,
    size_law,
    tokens_above,
)
from costmodel.engine.ledger import PER_MILLION, RateLevel, StepCost
from costmodel.engine.memo import Memo
from costmodel.engine.noise import BlendedRates, conversation_cost_cv
from costmodel.engine.pipeline.kept_prompts import KeptInput
from costmodel.engine.rates import METERS, MonthlyRates
from costmodel.engine.requests import RequestShape, request_shape, user_spread
from costmodel.engine.rows import by_month
from costmodel.engine.world import EXTREME_SCORE, LARGEST_SCORE, Steady, World
from costmodel.scenario.schema import Feature, Step

Array = npt.NDArray[np.float64]


def step_cost(
    world: World | Steady,
    memo: Memo,
    name: str,
    feature: Feature,
    step: Step,
    shape: RequestShape,
    kept: KeptInput,
    rates: MonthlyRates,
) -> tuple[StepCost, float]:
    """Return what a called turn of a step costs, and the cv of a conversation's cost.

    Parameters
    ----------
    shape : RequestShape
        Of the calls that quotas and the response cache leave.
    kept : KeptInput
        What the provider's cache reads and stores of them.
    rates : MonthlyRates
    """
    central = request_shape(Steady(world.scenario, memo), memo, name, feature, step)
    laws = (
        size_law(user_spread(step), USER_CORRELATION),
        size_law(step.output, OUTPUT_CORRELATION),
        size_law(step.reasoning, OUTPUT_CORRELATION),
    )
    turns_cv = feature.conversation.turns.cv
    corner = _corner(world, memo, name, feature, step)
    turns_range = _turns_range(world, feature)

    def above(threshold: float) -> TokensAbove | None:
        return memo(tokens_above, shape, corner, turns_range, *laws[:2], turns_cv, threshold)

    crossing = tuple(above(cliff.crossed_above) for cliff in rates.cliffs)
    refused = None if rates.prompt_limit is None else above(float(rates.prompt_limit))
    cost = memo(_price_turn, shape, kept.read, kept.written, rates, crossing, refused)
    reached = tuple(tokens is not None for tokens in crossing)
    cv = memo(_conversation_cv, central, *kept.central, rates, reached, laws, turns_cv)
    return cost, cv


def _corner(
    world: World | Steady, memo: Memo, name: str, feature: Feature, step: Step
) -> RequestShape:
    """Return the request shape of a step when everything uncertain is at its upper end."""
    extreme = Steady(world.scenario, memo, score=EXTREME_SCORE, uncertainty=world.uncertainty)
    shape = request_shape(extreme, memo, name, feature, step)
    return memo(_never_failing, shape)


def _never_failing(shape: RequestShape) -> RequestShape:
    return replace(shape, tries=replace(shape.tries, unanswered=np.zeros(1)))


def _turns_range(world: World | Steady, feature: Feature) -> tuple[float, float]:
    belief = feature.conversation.turns.mean
    if belief.certain or "belief" not in world.uncertainty:
        return belief.mean, belief.mean
    low, high = belief.values(np.array([-LARGEST_SCORE, LARGEST_SCORE])).tolist()
    return max(1.0, low), max(1.0, high)


def _price_turn(
    shape: RequestShape,
    cached: Array,
    written: Array,
    rates: MonthlyRates,
    above: tuple[TokensAbove | None, ...],
    refused: TokensAbove | None,
) -> StepCost:
    """Return the cost of a turn: billed calls x (tokens below and above each threshold) x rates."""
    levels = [RateLevel(shape.input, shape.output, rates.base)]
    crossing = np.zeros((1, 1))
    for cliff, tokens in zip(rates.cliffs, above, strict=True):
        if tokens is not None:
            crossing = np.maximum(crossing, tokens.share)
            levels.append(RateLevel(tokens.input, tokens.output, cliff.added))
    total = np.zeros((1, 1))
    for level in levels:
        blended = level.rates["input"] + (
            cached * (level.rates["cached input"] - level.rates["input"])
            + written * (level.rates["cache write"] - level.rates["input"])
        )
        usd = by_month(
            lambda sent, rate, received, output_rate, inputs, outputs: (
                sent * rate * inputs + received * output_rate * outputs
            ),
            level.input,
            blended,
            level.output,
            level.rates["output"],
            shape.tries.inputs * PER_MILLION,
            shape.tries.outputs * PER_MILLION,
        )
        total = usd if level is levels[0] else total + usd
    return StepCost(
        shape=shape,
        total=total,
        cached=cached,
        written=written,
        levels=tuple(levels),
        crossing=crossing,
        too_long=np.zeros((1, 1)) if refused is None else refused.share,
        rates=rates,
    )


def _conversation_cv(
    central: RequestShape,
    cached: float,
    written: float,
    rates: MonthlyRates,
    reached: tuple[bool, ...],
    laws: tuple[SizeLaw, SizeLaw, SizeLaw],
    turns_cv: float,
) -> float:
    """Return the cv of a conversation's cost at the means and the first month's rates."""

    def blended(meters: dict[str, Array], threshold: float = 0.0) -> BlendedRates:
        first = {meter: float(rate[0, 0]) for meter, rate in meters.items()}
        plain, read, write, output = (first[meter] for meter in METERS)
        inputs = plain * (1 - cached - written) + read * cached + write * written
        return BlendedRates(inputs, output, threshold)

    cliffs = tuple(
        blended(cliff.added, cliff.crossed_above)
        for cliff, matters in zip(rates.cliffs, reached, strict=True)
        if matters
    )
    return conversation_cost_cv(
        central, turns_cv, *laws, replace(blended(rates.base), cliffs=cliffs)
    )
