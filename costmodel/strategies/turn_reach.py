"""How far conversations get: sums over their turns that caches need, for every future's mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.foundation.counts import count_pmf, mean_pairs

Array = npt.NDArray[np.float64]

MEANS = 33
"""Mean numbers of turns worked out where futures differ in it: what lies between is interpolated,
to 2e-4."""


@dataclass(frozen=True, eq=False)
class Turns:
    """The number of turns K of conversations: a count law of every future's mean.

    Parameters
    ----------
    mean : array
        E[K], one or for every future; held at 1 from below.
    cv : float
        Coefficient of variation, as in costmodel.foundation.counts.
    later_share, resent_share : array
        Where a limit cuts conversations: which share of their later turns, and of the earlier
        turns that they resend, is left to those that have begun.
    """

    mean: Array
    cv: float = 0.0
    later_share: Array | float = 1.0
    resent_share: Array | float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "mean", np.maximum(np.asarray(self.mean, dtype=np.float64), 1.0))

    @property
    def later(self) -> Array:
        """Turns of a conversation after its first."""
        return np.asarray((self.mean - 1) * self.later_share)

    @property
    def pairs(self) -> Array:
        """E[K (K - 1)] / 2: earlier turns resent by a conversation's calls, in all."""
        return np.asarray(mean_pairs(self.mean, self.cv) * self.resent_share)

    @property
    def span(self) -> tuple[float, float]:
        """The least and the largest mean."""
        return float(self.mean.min()), float(self.mean.max())

    def reaching(self, turn: int) -> Array:
        """Return P(K >= turn)."""
        means, reached = reach_grid(self.span, self.cv)
        if turn > reached.shape[1]:
            return np.zeros(self.mean.shape)
        share = np.interp(self.mean, means, reached[:, turn - 1])
        return np.asarray(share if turn == 1 else share * self.later_share)


@lru_cache(maxsize=64)
def reach_grid(span: tuple[float, float], cv: float) -> tuple[Array, Array]:
    """Return mean numbers of turns over a span, and P(K >= 1), P(K >= 2), ... of each."""
    low, high = span
    means = np.linspace(low, high, MEANS) if high > low else np.array([low])
    laws = [count_pmf(mean, cv, tail=1e-9) for mean in means.tolist()]
    reached = np.zeros((means.size, max(law.size for law in laws)))
    for row, law in zip(reached, laws, strict=True):
        row[: law.size] = np.maximum(1 - np.concatenate([[0.0], np.cumsum(law)[:-1]]), 0.0)
    return means, reached


@dataclass(frozen=True, eq=False)
class Lag:
    """Calls whose last earlier call in the same cache was a number of turns ago, per conversation.

    Parameters
    ----------
    turns : int
        How many turns ago.
    after_first : array
        Calls whose earlier call was the conversation's first turn.
    after_later : array
        Calls whose earlier call was a later one.
    resent : array
        Turns in the history of those earlier calls, summed.
    """

    turns: int
    after_first: Array
    after_later: Array
    resent: Array

    @property
    def calls(self) -> Array:
        """Calls that have such an earlier call."""
        return self.after_first + self.after_later


def lags(
    turns: Turns, seen_first: Array, seen_later: Array, calling: Array, most: int
) -> tuple[Lag, ...]:
    """Return the calls of a conversation by how many turns ago the cache saw an earlier one.

    Parameters
    ----------
    turns : Turns
    seen_first, seen_later : array
        Probability that the first turn, and that a later one, reached the cache in question.
    calling : array
        Probability that a later turn makes a call at all.
    most : int
        Turns to look back.
    """
    # With W_k = P(K >= k): sums of W_k, and of (k - j - 1) W_k, over k from j + 2.
    rest, resent = turns.later, turns.pairs
    found, unseen = [], calling
    for ago in range(1, most + 1):
        reaching = turns.reaching(ago + 1)
        resent = np.maximum(resent - rest, 0.0)
        rest = np.maximum(rest - reaching, 0.0)
        later = unseen * seen_later
        found.append(Lag(ago, unseen * seen_first * reaching, later * rest, later * resent))
        unseen = unseen * (1 - seen_later)
    return tuple(found)


def any_seen(turns: Turns, seen_first: Array, seen_later: Array, most: int) -> Array:
    """Return the probability that a cache sees any turn of a conversation.

    1 - (1 - v1) E[z^(K-1)] with z = 1 - v2, and E[z^(K-1)] = 1 - (1 - z) sum W_(i+2) z^i.
    """
    unseen, total = 1 - seen_later, np.zeros(1)
    for i in reversed(range(most)):  # Horner's rule
        total = total * unseen + turns.reaching(i + 2)
    return np.asarray(1 - (1 - seen_first) * (1 - seen_later * total))
