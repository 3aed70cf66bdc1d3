"""The calls that share a provider's prompt cache: their prompts, and how they follow each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from costmodel.engine.cliffs import OUTPUT_CORRELATION, USER_CORRELATION, size_law
from costmodel.engine.demand import Demand, scenario_months
from costmodel.engine.memo import Memo
from costmodel.engine.pipeline.passing import NONE, WHOLE, Passing
from costmodel.engine.requests import RequestShape, user_spread
from costmodel.engine.rows import by_month
from costmodel.engine.world import Steady, World
from costmodel.prices.offers import ModelPrices
from costmodel.scenario.schema import Feature, FixedPart, Gap, RetrievedPart, Step, UserPart
from costmodel.strategies.cache_rules import CacheRule
from costmodel.strategies.cached_turns import Traffic
from costmodel.strategies.input_shares import input_shares
from costmodel.strategies.least_prefix import Widths
from costmodel.strategies.prompt_cache import OVERFLOW_PER_MINUTE
from costmodel.strategies.prompt_length import Prompt
from costmodel.strategies.prompt_order import Part, PromptOrder
from costmodel.strategies.turn_gaps import Gaps
from costmodel.strategies.turn_reach import Turns

Array = npt.NDArray[np.float64]

ASSUMED_GAP = (137.0, 816.0)
"""P50 and P95 of the seconds between turns where a scenario states no gap, an assumption: those of
a chat trace of one hour (Mooncake, arXiv:2407.00079), median 137 s and log-sd 1.085."""
SPREAD_BY_LOAD = ("openai", "azure")
"""Providers that send calls of one prefix above about 15 a minute to further servers (OpenAI's
prompt-caching guide)."""
SECONDS_A_DAY = 86_400.0
_ZERO: Array = np.zeros(1)


@dataclass(frozen=True, eq=False)
class Stream:
    """Calls of one step and model: the arriving turns of each segment, and which of them call.

    Parameters
    ----------
    demands : sequence of Demand
    passing : sequence of Passing
    own : Passing
        Which turns of their conversations those are that the cache is worked out for.
    skipped_first, skipped_later : array
        Shares of first and of later turns that make no such call: the response cache answers them.
    """

    demands: Sequence[Demand]
    passing: Sequence[Passing]
    own: Passing = WHOLE
    skipped_first: Array = field(default_factory=lambda: NONE)
    skipped_later: Array = field(default_factory=lambda: NONE)


@dataclass(frozen=True, eq=False)
class PromptCalls:
    """Calls of a step that share a cache.

    Parameters
    ----------
    prices : ModelPrices
        Of the model that is called.
    name : str
        The feature's.
    shape : RequestShape
        Of all turns, before any quota or response cache.
    own : bool
        Whether the model is the step's own, whose cache a stated `implicit_cache` is about.
    """

    world: World | Steady
    memo: Memo
    prices: ModelPrices
    name: str
    feature: Feature
    step: Step
    shape: RequestShape
    stream: Stream
    own: bool = True

    @property
    def order(self) -> PromptOrder:
        """The prompt as a cache sees it: which parts stay, grow, join or change."""
        resent = self.feature.conversation.history == "resend" and any(
            part.kind == "history" for part in self.step.prompt
        )
        return PromptOrder(tuple(_part(part, resent) for part in self.step.prompt))

    @property
    def sizes(self) -> tuple[Array, ...]:
        """Tokens of each part, in order; 0 for the history."""
        return tuple(self._size(part) for part in self.step.prompt)

    def _size(self, part: object) -> Array:
        world, memo, path = self.world, self.memo, f"features.{self.name}.prompt"
        if isinstance(part, FixedPart):
            total = world.value(f"{path}.{part.name}.tokens", part.tokens)
            for filled, times, size in part.filled:
                more = world.value(f"{path}.{part.name}.placeholders.{filled}", size)
                total = memo(_added, total, more, times)
            return total
        if isinstance(part, RetrievedPart):
            chunks = world.value(f"{path}.retrieved.chunks", part.chunks)
            each = world.value(f"{path}.retrieved.tokens_each", part.tokens_each)
            return memo(_times, chunks, each)
        return self.shape.user if isinstance(part, UserPart) else _ZERO

    def shares(self, rule: CacheRule) -> tuple[Array, Array]:
        """Return the shares of the input that a cache of some rule reads and stores."""
        days = tuple(float(month.days) for month in scenario_months(self.world.scenario))
        begun = tuple(
            self.memo(_begun, *demand.factors, self.shape.turns, passing.first, days)
            for demand, passing in zip(self.stream.demands, self.stream.passing, strict=True)
        )
        law = self.feature.conversation
        provider = self.prices.id.partition("/")[0]
        return self.memo(
            _shares,
            self.order,
            self.sizes,
            self.shape,
            _widths(self.step, self.shape) if rule.least_tokens else Widths(),
            begun,
            self.memo(_turns, self.shape.turns, law.turns.cv, self.stream.own),
            _gaps(law.gap),
            self.stream.skipped_first,
            self.stream.skipped_later,
            OVERFLOW_PER_MINUTE if provider in SPREAD_BY_LOAD else None,
            rule,
            self._system_hit(rule),
        )

    def _system_hit(self, rule: CacheRule) -> Array:
        stated = self.step.implicit_cache.system_hit
        if rule.entries != "end" or stated is None:
            return _ZERO
        return self.world.value(f"features.{self.name}.implicit_cache.system_hit", stated)


def _part(part: object, resent: bool) -> Part:
    if isinstance(part, FixedPart):
        # Where a placeholder stands in its text is not known: the part changes from its start.
        return Part(part.kind, "changes" if part.filled or part.unsized else "fixed")
    if isinstance(part, RetrievedPart):
        return Part(part.kind, "joins" if part.kept_in_history and resent else "changes")
    if isinstance(part, UserPart):
        return Part(part.kind, "joins")
    return Part("history", "history")


def _gaps(gap: Gap | None) -> tuple[float, float]:
    return ASSUMED_GAP if gap is None else (gap.p50_seconds, gap.p95_seconds)


def _added(total: Array, more: Array, times: int) -> Array:
    return np.asarray(total + times * more)


def _times(count: Array, each: Array) -> Array:
    return np.asarray(count * each)


def _widths(step: Step, shape: RequestShape) -> Widths:
    """Return how messages and answers differ, at the means of the sizes."""
    user = size_law(user_spread(step), USER_CORRELATION)
    visible = size_law(step.output, OUTPUT_CORRELATION)
    parts = [
        (float(shape.user.mean()) * user.cv, user.correlation),
        (float(shape.visible.mean()) * visible.cv, visible.correlation),
    ]
    variance = sum(sd**2 for sd, _ in parts)
    mean = float(shape.user.mean() + shape.visible.mean())
    alike = sum(r * sd**2 for sd, r in parts) / variance if variance > 0 else 0.0
    # To a hundredth, so that more draws find the same table.
    return Widths(user.cv, round(variance**0.5 / mean, 2) if mean > 0 else 0.0, round(alike, 2))


def _begun(
    active: Array,
    per_user: Array,
    periods: Array,
    volume: Array,
    turns: Array,
    first: Array,
    days: tuple[float, ...],
) -> Array:
    """Return conversations that begin per second: (months, draws)."""
    seconds = np.array(days)[:, None] * SECONDS_A_DAY

    def of_month(*parts: Array) -> Array:
        people, rate, count, drift, length, passing, time = parts
        return np.asarray((people * drift) * (rate * count) * passing / (length * time))

    return by_month(of_month, active, per_user, periods, volume, turns, first, seconds)


def _turns(mean: Array, cv: float, passing: Passing) -> Turns:
    """Return the turns of conversations, those that a limit cuts as far as it lets them through."""
    if passing.whole:
        return Turns(mean, cv)
    begun = np.where(passing.first > 0, passing.first, 1.0)
    later = np.maximum(mean * passing.turns / begun - 1, 0.0) / np.maximum(mean - 1, 1e-12)
    return Turns(mean, cv, later, passing.resent / begun)


def _shares(
    order: PromptOrder,
    sizes: tuple[Array, ...],
    shape: RequestShape,
    widths: Widths,
    begun: tuple[Array, ...],
    turns: Turns,
    gap: tuple[float, float],
    skipped_first: Array,
    skipped_later: Array,
    overflow: float | None,
    rule: CacheRule,
    system_hit: Array,
) -> tuple[Array, Array]:
    traffic = Traffic(
        conversations=sum(begun[1:], begun[0]),
        turns=turns,
        gaps=Gaps.of(*gap),
        skipped_first=skipped_first,
        skipped_later=skipped_later,
        overflow_per_minute=overflow,
    )
    answer = (1 - shape.tries.unanswered) * shape.visible
    prompt = Prompt(order, sizes, answer if shape.earlier.any() else _ZERO, widths)
    return input_shares(prompt, traffic, rule, system_hit, shape.tries.again)
