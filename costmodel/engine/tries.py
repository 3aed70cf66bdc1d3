"""What a turn's attempts come to: requests, billed calls, repairs, broken streams, a fallback."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from costmodel.engine.memo import Memo
from costmodel.engine.world import Steady, World
from costmodel.scenario.schema import Failures
from costmodel.strategies.fallbacks import Chances, Fallback, fall_back
from costmodel.strategies.repairs import cut_streams, earlier_malformed
from costmodel.strategies.retries import Attempts, attempts

Array = npt.NDArray[np.float64]

_ZERO: Array = np.zeros(1)
_ONE: Array = np.ones(1)


@dataclass(frozen=True, eq=False)
class Tries:
    """The attempts of a turn at one model; arrays (draws,) or (1,).

    Parameters
    ----------
    attempts : Attempts
    inputs, outputs : array
        Whole inputs and whole outputs that are billed per turn: those of answers, malformed ones
        included, and what was sent and written of streams that broke off.
    carried : array
        Bad answers that repairs send along, per billed input.
    wrong : array
        Tokens that tell what is wrong, sent with each of them.
    again : array
        Share of billed inputs that were billed before in the same turn.
    unanswered : array
        Share of turns without an answer in the end: their answers enter no history.
    fallback : Fallback or None
    """

    attempts: Attempts
    inputs: Array
    outputs: Array
    carried: Array = field(default_factory=lambda: _ZERO)
    wrong: Array = field(default_factory=lambda: _ZERO)
    again: Array = field(default_factory=lambda: _ZERO)
    unanswered: Array = field(default_factory=lambda: _ZERO)
    fallback: Fallback | None = None

    @property
    def tried(self) -> Array:
        """Requests per turn, transport errors included: what rate limits count."""
        return self.attempts.tried

    @property
    def billed(self) -> Array:
        """Calls per turn: requests that got an answer and are billed in full."""
        return self.attempts.billed

    @property
    def failed(self) -> Array:
        """Share of turns without an answer from this model after the last attempt."""
        return self.attempts.failed


def tries_of(world: World | Steady, memo: Memo, path: str, failures: Failures) -> Tries:
    """Return what attempts come to in each future.

    Parameters
    ----------
    path : str
        Of the failures, such as ``features.answer.failures``.
    """
    malformed = world.value(f"{path}.malformed", failures.malformed)
    transport = world.value(f"{path}.transport", failures.transport)
    law = (failures.malformed_shape, failures.max_attempts)
    made = memo(attempts, malformed, transport, *law)
    repair = cut_off = cut_at = None
    if failures.repair is not None:
        repair = world.value(f"{path}.repair", failures.repair)
    if failures.cut_off is not None and failures.cut_at is not None:
        cut_off = world.value(f"{path}.cut_off", failures.cut_off)
        cut_at = world.value(f"{path}.cut_at", failures.cut_at)
    fallback = None
    if failures.then == "fallback":
        alike = _ONE
        if failures.alike is not None:
            alike = world.value(f"{path}.alike", failures.alike)
        fallback = memo(_fallback, malformed, transport, *law, alike)
    return memo(_tries, made, malformed, transport, *law, repair, cut_off, cut_at, fallback)


def _fallback(
    malformed: Array, transport: Array, shape: float, most: int, alike: Array
) -> Fallback:
    """Return who answers where another model is asked as often, that fails as often."""
    chances = Chances(malformed, transport, most)
    return fall_back(chances, chances, shape, alike)


def _tries(
    made: Attempts,
    malformed: Array,
    transport: Array,
    shape: float,
    most: int,
    repair: Array | None,
    cut_off: Array | None,
    cut_at: Array | None,
    fallback: Fallback | None,
) -> Tries:
    inputs = outputs = made.billed
    unseen = transport
    if cut_off is not None and cut_at is not None:
        cut = cut_streams(made.tried, transport, cut_off, cut_at)
        inputs, outputs = inputs + cut.inputs, outputs + cut.outputs
        unseen = transport * (1 - cut_off)
    carried = _ZERO
    if repair is not None:
        carried = earlier_malformed(malformed, transport, shape, most) / np.maximum(inputs, 1e-300)
    return Tries(
        attempts=made,
        inputs=inputs,
        outputs=outputs,
        carried=carried,
        wrong=_ZERO if repair is None else repair,
        again=np.maximum(1 - (1 - unseen**most) / np.maximum(inputs, 1e-300), 0.0),
        unanswered=made.failed if fallback is None else fallback.failed,
        fallback=fallback,
    )


def at_fallback(tries: Tries) -> Tries:
    """Return the attempts at the fallback, per turn that gets there.

    It is sent the prompt alone, without what the first model answered.
    """
    back = tries.fallback
    assert back is not None
    reaching = np.maximum(tries.failed, 1e-300)
    tried, billed = back.tried / reaching, back.billed / reaching
    failed = back.failed / reaching
    # How requests to it differ between turns is taken to matter little: few turns get there.
    made = Attempts(tried, billed, failed, np.zeros(1))
    return Tries(made, inputs=billed, outputs=billed, unanswered=tries.unanswered)
