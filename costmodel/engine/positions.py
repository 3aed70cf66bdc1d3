"""Positions in a conversation: which turns stand for which share of the calls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from costmodel.foundation.counts import count_pmf

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TurnWeights:
    """Turns to evaluate, and the share of calls each stands for by mean length.

    Early turns one by one, later ones in blocks evaluated at their middle.
    `shares` is (means, turns).
    """

    turns: Array
    """The middle of each block."""
    spans: Array
    """Turns in each block."""
    means: Array
    shares: Array

    def at(self, turns: Array) -> Array:
        """Return the shares at some mean numbers of turns: (turns, blocks)."""
        columns = [np.interp(turns, self.means, share) for share in self.shares.T]
        return np.stack(columns, axis=1)

    @staticmethod
    @lru_cache(maxsize=64)
    def over(turns_range: tuple[float, float], cv: float) -> TurnWeights:
        """Return the blocks for mean numbers of turns in a range, of a count's cv."""
        low, high = turns_range
        means = np.linspace(low, high, 17) if high > low else np.array([high])
        edges = _block_edges(_survival(high, cv, tail=1e-10))
        survival = np.zeros((means.size, edges[-1] - 1))
        for row, mean in zip(survival, means.tolist(), strict=True):
            reached = _survival(mean, cv)[: row.size]
            row[: reached.size] = reached / mean
        blocks = list(pairwise(edges))
        shares = np.stack([survival[:, a - 1 : b - 1].sum(axis=1) for a, b in blocks], axis=1)
        turns = np.array([(a + b - 1) / 2 for a, b in blocks])
        spans = np.array([b - a for a, b in blocks], dtype=np.float64)
        return TurnWeights(turns, spans, means, shares)


def _survival(mean: float, cv: float, tail: float = 1e-12) -> Array:
    """Return P(K >= 1), P(K >= 2), ... of the turns of a conversation."""
    pmf = count_pmf(mean, cv, tail)
    return np.asarray(np.maximum(1 - np.concatenate([[0.0], np.cumsum(pmf)[:-1]]), 0.0))


def _block_edges(survival: Array) -> list[int]:
    """Return the first turn of each block, and the one after the last.

    A block sends at most a two-hundredth of a conversation's history (or is a
    single turn), so that a sharp threshold inside it is at most a thousandth off.
    """
    position = np.arange(1, survival.size + 1)
    sent = np.cumsum(survival * position)
    sent /= sent[-1]
    edges, filled = [1], 0.0
    for turn, so_far in enumerate(sent.tolist(), start=1):
        if turn > edges[-1] and (so_far - filled > 1 / 200 or turn - edges[-1] >= edges[-1] / 12):
            edges.append(turn)
            filled = sent[turn - 2]
    return [*edges, survival.size + 1]
