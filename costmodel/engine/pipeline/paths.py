"""The paths of a feature's turns: which calls each makes, and what a call costs there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from costmodel.engine.demand import Demand
from costmodel.engine.ledger import NO_CALL, Lane, RateLevel, StepCost
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.chosen import Chosen, Place
from costmodel.engine.pipeline.kept_answers import (
    NO_CACHE,
    NOT_ANSWERED,
    Answered,
    Kept,
    answered,
)
from costmodel.engine.pipeline.kept_prompts import KeptInput, kept_input
from costmodel.engine.pipeline.passing import NONE, Limited, Passing
from costmodel.engine.pipeline.prompt_streams import PromptCalls, Stream
from costmodel.engine.pipeline.remaining import remaining_shape
from costmodel.engine.rates import MonthlyRates, monthly_rates
from costmodel.engine.requests import RequestShape, request_shape
from costmodel.engine.tries import Tries, at_fallback
from costmodel.engine.turn_cost import step_cost
from costmodel.engine.world import Steady, World
from costmodel.prices.book import PriceBook
from costmodel.scenario.schema import Feature, Step
from costmodel.strategies.retries import Attempts

Array = npt.NDArray[np.float64]

PRIMARY, CHEAPER, FALLBACK, CACHE = "primary", "degraded", "fallback", "response cache"
"""Paths: the feature's own model, the one a quota degrades to, the one that is asked after the last
attempt, and the response cache. Turns of a fallback took another path first."""


@dataclass(frozen=True, eq=False)
class Path:
    """One lane before its dollars; arrays (months, draws), broadcastable.

    Parameters
    ----------
    lane : Lane
    turns : array
        Share of the arriving turns that take it.
    cost : StepCost
        Of a turn that takes it.
    cv : float
        Coefficient of variation of a conversation's cost.
    rates : MonthlyRates
    between : array or None
        As in `Limited`.
    kept : KeptInput or None
        What the provider's cache does; None where nothing is called.
    looked_up, wrong : array
        Share of the arriving turns that were looked up for it, and answered wrongly.
    """

    lane: Lane
    turns: Array
    cost: StepCost
    cv: float
    rates: MonthlyRates
    between: Array | None = None
    kept: KeptInput | None = None
    looked_up: Array = field(default_factory=lambda: NONE)
    wrong: Array = field(default_factory=lambda: NONE)


@dataclass(frozen=True, eq=False)
class Stages:
    """What the stages before the calls make of every segment's turns."""

    demands: Mapping[Place, Demand]
    limited: Mapping[Place, Limited]
    answers: Mapping[str, Kept]
    picked: Chosen


def paths_of(world: World | Steady, memo: Memo, book: PriceBook, stages: Stages) -> Iterator[Path]:
    """Yield every lane of a scenario: each feature's steps, their segments, their paths.

    Raises
    ------
    UnknownModelError, PriceNotKnownError
        If a price is not known for a model, mode and month.
    """
    for name, feature in world.scenario.features.items():
        for step_name, step in feature.steps:
            yield from _paths_of_step(world, memo, book, stages, name, feature, step_name, step)


def _paths_of_step(
    world: World | Steady,
    memo: Memo,
    book: PriceBook,
    stages: Stages,
    name: str,
    feature: Feature,
    step_name: str,
    step: Step,
) -> Iterator[Path]:
    shape = request_shape(world, memo, name, feature, step)
    kept = stages.answers.get(name, NO_CACHE)
    calls = _Calls(world, memo, book, stages, name, feature, step, shape, kept)
    cached: list[Path] = []
    for segment in feature.turns_per_user:
        limits = stages.limited[segment, name]
        for path, passing, model in _ways(limits, step.model):
            seen = NOT_ANSWERED if kept.nothing else memo(answered, kept, passing, shape.turns)
            cost, cv, rates, use = calls.cost(path, passing, model, seen)
            yield Path(
                Lane(segment, name, step_name, path, model),
                passing.turns if kept.nothing else memo(_calling, passing.turns, seen.hits),
                cost,
                cv,
                rates,
                limits.between if path == PRIMARY else None,
                use,
            )
            if step.failures.model is not None:
                yield calls.fallback(segment, step_name, passing, seen, limits.between)
            if not kept.nothing:
                lane = Lane(segment, name, step_name, CACHE, NO_CALL)
                free = memo(_no_call, cost)
                shares = memo(_of_arriving, passing.turns, seen)
                cached.append(Path(lane, shares[0], free, cv, rates, limits.between, None,
                                   *shares[1:]))  # fmt: skip
    yield from _joined(memo, cached)


def _ways(limits: Limited, model: str) -> Iterator[tuple[str, Passing, str]]:
    yield PRIMARY, limits.primary, model
    if limits.cheaper is not None:
        yield CHEAPER, limits.cheaper, limits.model


def _calling(passing: Array, hits: Array) -> Array:
    return np.asarray(passing * (1 - hits))


def _of_arriving(passing: Array, seen: Answered) -> tuple[Array, Array, Array]:
    return passing * seen.hits, passing * seen.looked_up, passing * seen.wrong


def _no_call(cost: StepCost) -> StepCost:
    """Return the cost of a turn that makes no call."""
    nothing = np.zeros((1, 1))
    none = Tries(Attempts(nothing, nothing, nothing, nothing), nothing, nothing)
    shape = replace(cost.shape, tries=none, input=nothing, output=nothing)
    level = RateLevel(nothing, nothing, cost.levels[0].rates)
    return StepCost(shape, nothing, nothing, nothing, (level,), nothing, nothing, cost.rates)


def _joined(memo: Memo, cached: list[Path]) -> Iterator[Path]:
    """Yield one path a segment of what its response cache answers, degraded turns or not."""
    by_lane: dict[Lane, list[Path]] = {}
    for path in cached:
        by_lane.setdefault(path.lane, []).append(path)
    for several in by_lane.values():
        first = several[0]
        if len(several) == 1:
            yield first
            continue
        parts = zip(*((p.turns, p.looked_up, p.wrong) for p in several), strict=True)
        turns, looked_up, wrong = (memo(_added, *part) for part in parts)
        yield replace(first, turns=turns, looked_up=looked_up, wrong=wrong, between=None)


def _added(one: Array, other: Array) -> Array:
    return np.asarray(one + other)


@dataclass(frozen=True, eq=False)
class _Calls:
    """Costs of the calls of one step, each way of them worked out once."""

    world: World | Steady
    memo: Memo
    book: PriceBook
    stages: Stages
    name: str
    feature: Feature
    step: Step
    shape: RequestShape
    kept: Kept

    def cost(
        self, path: str, passing: Passing, model: str, seen: Answered
    ) -> tuple[StepCost, float, MonthlyRates, KeptInput]:
        """Return cost and cv of a turn on a path, the rates, and what the provider's cache does."""
        world, scenario = self.world, self.world.scenario
        step = self.step if model == self.step.model else self.step.model_copy(
            update={"model": model}
        )  # fmt: skip
        bought = self.stages.picked.prompts.get(self.name) if path == PRIMARY else None
        stream = self._stream(path, model, passing)
        use = kept_input(self._sharing(model, step, stream), bought)
        rates = monthly_rates(
            self.book, scenario.start, scenario.months, model, step.mode, use.lifetime
        )
        shape = remaining_shape(self.memo, self.shape, passing, seen, self.kept.multi_turn)
        cost, cv = step_cost(world, self.memo, self.name, self.feature, step, shape, use, rates)
        return cost, cv, rates, use

    def fallback(
        self, segment: str, step_name: str, passing: Passing, seen: Answered, between: Array | None
    ) -> Path:
        """Return the path of turns that the first model did not answer."""
        model = self.step.failures.model
        assert model is not None
        world, scenario, memo = self.world, self.world.scenario, self.memo
        step = self.step.model_copy(update={"model": model})
        usual = self._stream(PRIMARY, self.step.model, passing)
        first = self.memo(_not_reaching, self.shape.tries, usual.skipped_first)
        later = self.memo(_not_reaching, self.shape.tries, usual.skipped_later)
        stream = replace(usual, skipped_first=first, skipped_later=later)
        use = kept_input(self._sharing(model, step, stream), None)
        rates = monthly_rates(self.book, scenario.start, scenario.months, model, step.mode)
        shape = remaining_shape(memo, self.shape, passing, seen, self.kept.multi_turn)
        shape = memo(_asked_instead, shape)
        cost, cv = step_cost(world, memo, self.name, self.feature, step, shape, use, rates)
        share = memo(_reaching, passing.turns, seen.hits, self.shape.tries)
        lane = Lane(segment, self.name, step_name, FALLBACK, model)
        return Path(lane, share, cost, cv, rates, between, use)

    def _sharing(self, model: str, step: Step, stream: Stream) -> PromptCalls:
        return PromptCalls(
            self.world,
            self.memo,
            self.book.model(model),
            self.name,
            self.feature,
            step,
            self.shape,
            stream,
            own=model == self.step.model,
        )

    def _stream(self, path: str, model: str, own: Passing) -> Stream:
        """Return the calls of all segments that this path sends to one model."""
        demands, passing = [], []
        for segment in self.feature.turns_per_user:
            limits = self.stages.limited[segment, self.name]
            for way, part, used in _ways(limits, self.step.model):
                if way == path and used == model:
                    demands.append(self.stages.demands[segment, self.name])
                    passing.append(part)
        if self.kept.nothing:
            return Stream(demands, passing, own)
        first = self.memo(_answered_of, self.kept)
        return Stream(demands, passing, own, first, first if self.kept.multi_turn else NONE)


def _answered_of(kept: Kept) -> Array:
    """Return the share of first turns that a response cache answers."""
    return np.asarray(kept.cacheable * (kept.right + kept.wrong))


def _not_reaching(tries: Tries, skipped: Array) -> Array:
    """Return the share of turns that do not get to the fallback."""
    return np.asarray(1 - (1 - skipped) * tries.failed)


def _reaching(passing: Array, hits: Array, tries: Tries) -> Array:
    return np.asarray(passing * (1 - hits) * tries.failed)


def _asked_instead(shape: RequestShape) -> RequestShape:
    """Return the shape of a call of the fallback, which is sent no bad answer along."""
    tries = shape.tries
    repairs = tries.carried * (shape.visible + tries.wrong)
    return replace(shape, tries=at_fallback(tries), input=np.asarray(shape.input - repairs))
