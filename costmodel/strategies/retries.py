"""Attempts: how often a turn calls the model until it gets a usable answer.

An attempt fails in transport with probability t (no tokens are billed) or else
comes back malformed with probability q (billed in full). q differs from prompt
to prompt: it is Beta distributed with the stated mean, so that a prompt that
failed once is likely to fail again.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Attempts:
    """What a turn's attempts come to, on average, in each future: arrays (draws,) or (1,)."""

    tried: Array
    """Requests per turn, transport errors included: what rate limits count."""
    billed: Array
    """Calls per turn: requests that are billed."""
    failed: Array
    """Share of turns that have no answer after the last attempt."""
    relative_variance: Array
    """Var(requests of a turn) / mean^2: retries make some turns dearer."""


def attempts(malformed: Array, transport: Array, shape: float, most: int) -> Attempts:
    """Return the mean attempts of a turn.

    Parameters
    ----------
    malformed, transport : array of shares
        Mean probabilities per attempt.
    shape : float
        First shape of the Beta law of q across prompts; the second follows
        from the mean. Small shapes mean that failures stick to prompts.
    most : int
        Attempts allowed per turn.
    """
    reached = all_fail(malformed, transport, shape, most)
    tried = sum(reached[1:most], start=reached[0])
    # E[A^2] = sum (2k + 1) P(A > k), and P(A > k) = P(the first k fail).
    squares = sum(((2 * k + 1) * reached[k] for k in range(1, most)), start=reached[0])
    return Attempts(
        tried=tried,
        billed=tried * (1 - transport),
        failed=reached[most],
        relative_variance=squares / tried**2 - 1,
    )


def all_fail(malformed: Array, transport: Array, shape: float, most: int) -> list[Array]:
    """Return the probabilities that the first 0, 1, ..., `most` attempts of a turn all fail.

    The k-th is E[(t + (1 - t) q)^k] over prompts, by the binomial theorem.
    """
    one = np.ones(np.broadcast(malformed, transport).shape)
    fails, reaches = [one], [one]  # powers of t, and of 1 - t times E[q^i]
    moment = one
    for j in range(most):
        # E[q^(j+1)] / E[q^j] is (a + j) / (a + b + j) with a + b = a / mean: 0 for mean 0.
        moment = moment * ((1 - transport) * (shape + j) * malformed / (shape + j * malformed))
        reaches.append(moment)
        fails.append(fails[-1] * transport)
    return [
        sum((comb(k, i) * fails[k - i] * reaches[i] for i in range(1, k + 1)), start=fails[k])
        for k in range(most + 1)
    ]
