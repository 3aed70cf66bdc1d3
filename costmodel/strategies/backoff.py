"""The time attempts take: each attempt, and the waits before further ones.

Before attempt k + 1 one waits min(cap, base 2^(k - 1)) seconds; with full jitter a uniform part of
it, half in the mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """How long a client waits between attempts.

    Parameters
    ----------
    base_seconds : float
        Wait before the second attempt; each further wait is twice as long.
    cap_seconds : float
        Longest wait.
    jitter : bool
        Whether the wait is drawn evenly from zero to that (full jitter).
    """

    base_seconds: float
    cap_seconds: float
    jitter: bool = True

    def mean_wait(self, attempt: int) -> float:
        """Return the mean wait after attempt 1, 2, ... failed, seconds."""
        longest = min(self.cap_seconds, self.base_seconds * 2.0 ** (attempt - 1))
        return longest / 2 if self.jitter else longest


@dataclass(frozen=True, eq=False)
class TimeOfTurn:
    """Seconds a turn takes: arrays (draws,), broadcastable."""

    mean: Array
    waiting: Array
    """Mean seconds of the waits in it."""
    after: tuple[tuple[Array, Array], ...]
    """For each attempt, the share of turns that end with it and their mean seconds."""


def time_of_turn(
    reached: list[Array], seconds: Array, failing_seconds: Array, backoff: Backoff
) -> TimeOfTurn:
    """Return how long turns take with their attempts and waits.

    Parameters
    ----------
    reached : list of arrays
        Chances that the first 0, 1, ... attempts all fail, from `retries.all_fail`.
    seconds : array
        Mean seconds of an attempt that succeeds.
    failing_seconds : array
        Mean seconds of one that fails: as long for a malformed answer, less for a refusal.
    backoff : Backoff
    """
    most = len(reached) - 1
    after, spent = [], np.zeros(np.shape(seconds))
    waiting = np.zeros(np.shape(reached[0]))
    for k in range(1, most + 1):
        last = k == most
        ends = reached[k - 1] - (0.0 if last else reached[k])
        # Of those that end with the last attempt, the share `reached[most]` fails in it too.
        failing = reached[k] / np.maximum(ends, 1e-300) if last else np.zeros(1)
        after.append((ends, spent + seconds + failing * (failing_seconds - seconds)))
        if not last:
            wait = backoff.mean_wait(k)
            spent = spent + failing_seconds + wait
            waiting = waiting + reached[k] * wait
    mean = sum((share * time for share, time in after[1:]), start=after[0][0] * after[0][1])
    return TimeOfTurn(np.asarray(mean), waiting, tuple(after))
