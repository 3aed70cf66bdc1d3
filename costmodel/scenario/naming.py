"""The path of every belief: what overrides, streams and tables call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from costmodel.foundation.beliefs import Belief
from costmodel.foundation.spreads import Spread
from costmodel.foundation.units import (
    ACTIVE_DAYS,
    CHUNKS,
    FLUSHES,
    GROWTH,
    LEAVING,
    PEOPLE,
    POPULARITY,
    QUESTIONS,
    SHARE,
    TOKENS,
    TURNS,
    TURNS_PER_USER,
    UNITS_PER_CALL,
    USD_EACH,
    USD_PER_MONTH,
    USD_PER_TURN,
    Period,
    Unit,
)
from costmodel.scenario.model import DEFAULT
from costmodel.scenario.prompt import FixedPart, RetrievedPart, UserPart

if TYPE_CHECKING:
    from costmodel.scenario.schema import Feature, Scenario, Segment, Step, Strategy
    from costmodel.scenario.steps import TurnsPerUser

Named = tuple[str, Belief | None, Unit, Period | None]
"""Path, belief, unit, and the period of a rate."""


def beliefs_of(scenario: Scenario) -> dict[str, Belief]:
    """Return every belief that was stated, by its path, in the order of the schema."""
    return {path: belief for path, belief, _, _ in stated_beliefs(scenario)}


def stated_beliefs(scenario: Scenario) -> Iterator[tuple[str, Belief, Unit, Period | None]]:
    """Yield path, belief, unit and period of every belief that was not left to its default."""
    for path, belief, unit, period in all_beliefs(scenario):
        if belief is not None and belief.origin != DEFAULT:
            yield path, belief, unit, period


def all_beliefs(scenario: Scenario) -> Iterator[Named]:
    """Yield path, belief (or None), unit and period of every place for a belief."""
    for name, segment in scenario.segments.items():
        yield from _of_segment(f"segments.{name}", segment)
    for name, feature in scenario.features.items():
        yield from _of_feature(f"features.{name}", feature)
    # Last of all: a strategy moves no random stream of the rest.
    for name, strategy in scenario.strategies.items():
        yield from _of_strategy(f"strategies.{name}", strategy)


def _of_segment(at: str, segment: Segment) -> Iterator[Named]:
    yield f"{at}.users", segment.users, PEOPLE, None
    yield f"{at}.growth", segment.growth, GROWTH, "month"
    yield f"{at}.revenue", segment.revenue, USD_PER_MONTH, "month"


def _of_feature(at: str, feature: Feature) -> Iterator[Named]:
    for segment, turns in feature.turns_per_user.items():
        yield from _of_turns(f"{at}.turns_per_user.{segment}", turns)
    yield f"{at}.conversation.turns.mean", feature.conversation.turns.mean, TURNS, None
    yield from _of_step(at, feature)


def _of_turns(at: str, turns: TurnsPerUser) -> Iterator[Named]:
    yield _centre(at, turns.spread, TURNS_PER_USER, turns.period)
    yield f"{at}.active_days", turns.active_days, ACTIVE_DAYS, "month"


def _of_step(at: str, step: Step) -> Iterator[Named]:
    for part in step.prompt:
        if isinstance(part, FixedPart):
            yield f"{at}.prompt.{part.kind}.tokens", part.tokens, TOKENS, None
            for name, _, size in part.filled:
                yield f"{at}.prompt.{part.kind}.placeholders.{name}", size, TOKENS, None
        elif isinstance(part, RetrievedPart):
            yield f"{at}.prompt.retrieved.chunks", part.chunks, CHUNKS, None
            yield f"{at}.prompt.retrieved.tokens_each", part.tokens_each, TOKENS, None
        elif isinstance(part, UserPart):
            yield _centre(f"{at}.prompt.user", part.size, TOKENS)
    yield _centre(f"{at}.output", step.output, TOKENS)
    if step.reasoning is not None:
        yield _centre(f"{at}.reasoning", step.reasoning, TOKENS)
    yield f"{at}.failures.malformed", step.failures.malformed, SHARE, None
    yield f"{at}.failures.transport", step.failures.transport, SHARE, None
    yield f"{at}.failures.repair", step.failures.repair, TOKENS, None
    for key in ("cut_off", "cut_at", "alike"):
        yield f"{at}.failures.{key}", getattr(step.failures, key), SHARE, None
    yield f"{at}.implicit_cache.cached", step.implicit_cache.cached, SHARE, None
    yield f"{at}.implicit_cache.written", step.implicit_cache.written, SHARE, None
    yield f"{at}.implicit_cache.system_hit", step.implicit_cache.system_hit, SHARE, None
    for name in type(step.units).model_fields:
        yield f"{at}.units.{name}", getattr(step.units, name), UNITS_PER_CALL, "call"


def _centre(at: str, spread: Spread, unit: Unit, period: Period | None = None) -> Named:
    key = "mean" if spread.mean is not None else "p50"
    return f"{at}.{key}", spread.centre, unit, period


_OF_STRATEGIES: dict[str, dict[str, tuple[Unit, Period | None]]] = {
    "response_cache": {
        "hit_rate": (SHARE, None),
        "questions": (QUESTIONS, None),
        "popularity": (POPULARITY, None),
        "unique": (SHARE, None),
        "cacheable": (SHARE, None),
        "recall": (SHARE, None),
        "false_hits": (SHARE, None),
        "flushes": (FLUSHES, "month"),
        "lookup": (USD_PER_TURN, "turn"),
        "wrong_answer": (USD_EACH, None),
    },
    "prompt_cache": {"reads": (SHARE, None)},
    "quota": {
        "price": (USD_PER_TURN, "turn"),
        "take_up": (SHARE, None),
        "defer": (SHARE, None),
        "churn": (LEAVING, "month"),
    },
    "budget": {},
}
"""Unit and period of each belief of a strategy, by its kind."""


def beliefs_of_strategy(strategy: Strategy) -> Iterator[Named]:
    """Yield key, belief (or None), unit and period of each belief of a strategy."""
    for key, (unit, period) in _OF_STRATEGIES[strategy.kind].items():
        yield key, getattr(strategy, key), unit, period


def _of_strategy(at: str, strategy: Strategy) -> Iterator[Named]:
    for key, belief, unit, period in beliefs_of_strategy(strategy):
        yield f"{at}.{key}", belief, unit, period
