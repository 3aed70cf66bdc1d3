"""Several features of a segment under one limit: the stream of turns they make together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.strategies.limits import square_per_turn
from costmodel.strategies.people import Intensity

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stream:
    """Several features of a segment as one stream of turns or calls.

    Parameters
    ----------
    sigma : Intensity
        Standard deviation of the log intensity between people; of one that is merged, that of
        each feature with its share of the demand, where they differ.
    turns, turns_cv : float
        Mean and coefficient of variation of the turns (calls) of a conversation.
    cost, cv : float
        Mean and coefficient of variation of what a turn (call) costs.
    """

    sigma: Intensity
    turns: float = 1.0
    turns_cv: float = 0.0
    cost: float = 1.0
    cv: float = 0.0


def merged(means: npt.ArrayLike, streams: Sequence[Stream]) -> Stream:
    """Return the stream that features under one limit make together.

    Intensities are comonotone: a person's demand is the sum of m_f exp(sigma_f z - sigma_f^2 / 2)
    with the same z. Conversations, turns and their costs are mixed by how many there are, as if in
    the same shares for everybody.

    Parameters
    ----------
    means : array_like (features,)
        Mean turns (calls) of each feature, over draws.
    streams : sequence of Stream
        Each feature alone.
    """
    weight = np.asarray(means, dtype=np.float64)
    weight = weight / weight.sum()
    turns, cost, cv = np.array([(s.turns, s.cost, s.cv) for s in streams]).T
    conversations = weight / turns
    conversations /= conversations.sum()
    squares = np.array([square_per_turn(s.turns, s.turns_cv) * s.turns for s in streams])
    length, mean_cost = float(conversations @ turns), float(weight @ cost)
    paid = float(weight @ (cost**2 * (1 + cv**2)))
    return Stream(
        sigma=_together(weight, streams),
        turns=length,
        turns_cv=math.sqrt(max(conversations @ squares / length**2 - 1, 0.0)),
        cost=mean_cost,
        cv=math.sqrt(max(paid / mean_cost**2 - 1, 0.0)) if mean_cost > 0 else 0.0,
    )


def _together(weight: Array, streams: Sequence[Stream]) -> Intensity:
    parts = [
        (float(share * inner), spread)
        for share, stream in zip(weight, streams, strict=True)
        for inner, spread in _parts(stream.sigma)
        if share > 0
    ]
    spreads = {spread for _, spread in parts}
    return spreads.pop() if len(spreads) == 1 else tuple(parts)


def _parts(sigma: Intensity) -> tuple[tuple[float, float], ...]:
    return sigma if isinstance(sigma, tuple) else ((1.0, sigma),)
