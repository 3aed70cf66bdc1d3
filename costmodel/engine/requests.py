"""Request shapes: what one call of a step sends and gets back, on average over calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.engine.memo import Memo
from costmodel.engine.rows import by_month
from costmodel.engine.sizes import mean_size, size_inputs
from costmodel.engine.tries import Tries, tries_of
from costmodel.engine.world import Steady, World
from costmodel.foundation.counts import mean_pairs
from costmodel.foundation.spreads import Spread
from costmodel.scenario.schema import (
    Feature,
    FixedPart,
    HistoryPart,
    RetrievedPart,
    Step,
    UserPart,
)

Array = npt.NDArray[np.float64]


_ALL: Array = np.ones((1, 1))


@dataclass(frozen=True, eq=False)
class RequestShape:
    """The calls of one step of a feature; arrays (months, draws), broadcastable."""

    fixed: Array
    """Tokens every call sends unchanged or anew: system, tools, examples, retrieved."""
    kept: Array
    """Retrieved tokens of a turn that stay in the history."""
    user: Array
    """Mean tokens of a user message."""
    visible: Array
    """Mean tokens of an answer the user sees."""
    reasoning: Array
    """Mean tokens billed as output that the user never sees and no history holds."""
    turns: Array
    """Mean turns of a conversation, (draws,)."""
    earlier: Array
    """Mean number of earlier turns resent with a call: E[K (K-1)] / (2 E[K]), or 0."""
    tries: Tries
    input: Array
    """Mean prompt tokens of a call."""
    output: Array
    """Mean completion tokens of a call, reasoning included."""
    positions: Callable[[], tuple[Array, Array]] = lambda: (_ALL, _ALL)
    """Calls of first turns, and of later ones, as multiples of their shares when every turn is
    called; worked out where a threshold is met."""


def request_shape(
    world: World | Steady, memo: Memo, name: str, feature: Feature, step: Step
) -> RequestShape:
    """Return the request shape of a feature's step in a world."""
    path = f"features.{name}"
    drift = world.log_token_drift(name)

    def size(spread: Spread | None, key: str) -> Array:
        if spread is None:
            return _NOTHING
        stated_as, sigma, cap = size_inputs(spread)
        centre = world.value(f"{path}.{key}.{stated_as}", spread.centre)
        return memo(mean_size, centre, stated_as, sigma, cap, drift)

    fixed, kept = memo(_sum_parts, *_fixed_inputs(world, path, step))
    drawn = world.value(f"{path}.conversation.turns.mean", feature.conversation.turns.mean)
    turns = memo(at_least_one, drawn)
    resent = feature.conversation.history == "resend" and has_history(step)
    earlier = memo(_earlier_turns, turns, feature.conversation.turns.cv if resent else None)
    return memo(
        _assemble,
        fixed,
        kept,
        size(user_spread(step), "prompt.user"),
        size(step.output, "output"),
        size(step.reasoning, "reasoning"),
        turns,
        earlier,
        tries_of(world, memo, f"{path}.failures", step.failures),
    )


def at_least_one(turns: Array) -> Array:
    """Return mean turns held at 1 where a belief's tail falls below what a conversation has."""
    return np.asarray(np.maximum(turns, 1.0))


def has_history(step: Step) -> bool:
    """Return whether a step's prompt resends earlier messages."""
    return any(isinstance(part, HistoryPart) for part in step.prompt)


def user_spread(step: Step) -> Spread | None:
    """Return the size law of the user's message in a step's prompt, if it has one."""
    return next((part.size for part in step.prompt if isinstance(part, UserPart)), None)


_NOTHING: Array = np.zeros((1, 1))


def _fixed_inputs(world: World | Steady, path: str, step: Step) -> tuple[tuple[Array, ...], ...]:
    """Return the tokens of each fixed part, and (chunks, tokens each, kept) of each retrieval."""
    fixed = tuple(
        value
        for part in step.prompt
        if isinstance(part, FixedPart)
        for value in _part_tokens(world, f"{path}.prompt.{part.name}", part)
    )
    retrieved = tuple(
        value
        for part in step.prompt
        if isinstance(part, RetrievedPart)
        for value in (
            world.value(f"{path}.prompt.retrieved.chunks", part.chunks),
            world.value(f"{path}.prompt.retrieved.tokens_each", part.tokens_each),
            _KEPT if part.kept_in_history else _DROPPED,
        )
    )
    return fixed, retrieved


def _part_tokens(world: World | Steady, at: str, part: FixedPart) -> Iterator[Array]:
    """Yield the tokens of a fixed part, then of each placeholder as often as it stands in it."""
    yield world.value(f"{at}.tokens", part.tokens)
    for name, times, size in part.filled:
        filled = world.value(f"{at}.placeholders.{name}", size)
        yield from [filled] * times


_KEPT: Array = np.ones(1)
_DROPPED: Array = np.zeros(1)


def _sum_parts(fixed: tuple[Array, ...], retrieved: tuple[Array, ...]) -> tuple[Array, Array]:
    total, kept = np.zeros(1), np.zeros(1)
    for tokens in fixed:
        total = total + tokens
    if retrieved:
        chunks, each, stays = retrieved
        total = total + chunks * each
        kept = kept + chunks * each * stays
    return total, kept


def _earlier_turns(turns: Array, cv: float | None) -> Array:
    return np.zeros(1) if cv is None else mean_pairs(turns, cv) / turns


def _assemble(
    fixed: Array,
    kept: Array,
    user: Array,
    visible: Array,
    reasoning: Array,
    turns: Array,
    earlier: Array,
    tries: Tries,
) -> RequestShape:
    def of_month(user: Array, visible: Array, fixed: Array, kept: Array) -> Array:
        # A failed answer does not enter the history; its user message does.
        sent = user + fixed + earlier * (user + kept + (1 - tries.unanswered) * visible)
        return np.asarray(sent + tries.carried * (visible + tries.wrong))

    return RequestShape(
        fixed=fixed,
        kept=kept,
        user=user,
        visible=visible,
        reasoning=reasoning,
        turns=turns,
        earlier=earlier,
        tries=tries,
        input=by_month(of_month, user, visible, fixed, kept),
        output=visible + reasoning,
    )
