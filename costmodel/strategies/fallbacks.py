"""Fallback: another model answers what the first could not, and both are billed.

Prompts that are hard for one model are hard for the other. The fallback's chance of a malformed
answer is Beta(a, b') between prompts, with its own mean; after i malformed answers of the first
model it is Beta(a + alike i, b'): failures of the first count as failures of its own in the
proportion `alike`. With 0 the models fail apart, with 1 and the same mean as one model would that
is asked on. Transport errors say nothing of the prompt.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

from costmodel.strategies.repairs import failing_paths
from costmodel.strategies.retries import all_fail

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chances:
    """How attempts at a model fail; shares are arrays (draws,) or (1,).

    Parameters
    ----------
    malformed, transport : array
        Mean shares of attempts, as in `retries.attempts`.
    most : int
        Attempts allowed.
    """

    malformed: Array
    transport: Array
    most: int


@dataclass(frozen=True, eq=False)
class Fallback:
    """Who answers and who is billed, per turn: arrays (draws,); the three shares sum to one."""

    answered_first: Array
    """Share of turns that the first model answers."""
    answered_second: Array
    """Share that the fallback answers."""
    failed: Array
    """Share without an answer from either."""
    tried: Array
    """Requests to the fallback, transport errors included."""
    billed: Array
    """Calls of the fallback that are billed."""


def fall_back(first: Chances, second: Chances, shape: float, alike: Array | float) -> Fallback:
    """Return who answers where the turns a model failed go to another.

    Parameters
    ----------
    first, second : Chances
    shape : float
        First shape of the Beta law of malformed answers between prompts, as in `retries`.
    alike : array
        How much of the first model's malformed answers counts as the fallback's own, in [0, 1].
    """
    ways = failing_paths(first.malformed, first.transport, shape, first.most)[-1]
    reaching = all_fail(first.malformed, first.transport, shape, first.most)[-1]
    later = [_all_fail_after(alike * i, second, shape) for i in range(len(ways))]
    both = [
        sum((way * fails[k] for way, fails in zip(ways, later, strict=True)), start=np.zeros(1))
        for k in range(second.most + 1)
    ]
    tried = sum(both[1 : second.most], start=both[0])
    return Fallback(
        answered_first=1 - reaching,
        answered_second=reaching - both[-1],
        failed=both[-1],
        tried=tried,
        billed=tried * (1 - second.transport),
    )


def _all_fail_after(counted: Array | float, second: Chances, shape: float) -> list[Array]:
    """Return the chances that the fallback's first 0, 1, ... attempts fail after some failures.

    E[q^(j+1)] / E[q^j] = (a + counted + j) / (a + b' + counted + j), with a + b' = a / mean.
    """
    moments = [np.ones(np.broadcast(second.malformed, counted).shape)]
    for j in range(second.most):
        seen = counted + j
        step = (shape + seen) * second.malformed / (shape + seen * second.malformed)
        moments.append(moments[-1] * step)
    t = second.transport
    return [
        np.asarray(sum(comb(k, j) * t ** (k - j) * (1 - t) ** j * moments[j] for j in range(k + 1)))
        for k in range(second.most + 1)
    ]
