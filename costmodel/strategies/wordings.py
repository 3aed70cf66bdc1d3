"""Exact matching against matching by meaning, where people word the same question differently.

An intent is asked in one of many wordings, both of Zipf popularity. A cache of exact text stores
pairs (intent, wording); one that matches by meaning stores intents and finds them with a recall.
This puts the claim that a hash of the prompt "saves 30 to 60 %" to the test for any traffic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.strategies.catalogues import pairs
from costmodel.strategies.popularity import hit_rate, semantic_hit_rates, zipf

Array = npt.NDArray[np.float64]

CLAIM = 0.30, 0.60
"""The claimed share of calls that a cache of exact text saves."""


@dataclass(frozen=True, eq=False)
class Matching:
    """Hit rates of the two kinds of matching, with a fixed lifetime and no room limit."""

    exact: Array
    """Of a hash of the text."""
    semantic: Array
    """Of matching by meaning, right answers only."""

    @property
    def claim_holds(self) -> npt.NDArray[np.bool_]:
        """Whether exact matching hits at least as often as the claim's lower end."""
        return np.asarray(self.exact >= CLAIM[0])


def matching(
    asked: npt.ArrayLike,
    *,
    intents: int,
    wordings: int,
    intent_exponent: float,
    wording_exponent: float,
    recall: float,
) -> Matching:
    """Return the hit rates of exact matching and of matching by meaning for the same traffic.

    Parameters
    ----------
    asked : array_like
        Requests in a lifetime.
    intents, wordings : int
        Different intents, and different wordings of each; 1 for buttons and templates.
    intent_exponent, wording_exponent : float
        Zipf exponents of both.
    recall : float
        Share of requests that matching by meaning finds where the answer is kept.
    """
    popular = zipf(intents, intent_exponent)
    worded = pairs(zipf(wordings, wording_exponent), popular)
    right, _ = semantic_hit_rates(popular, asked, recall, 0.0)
    return Matching(hit_rate(worded, asked), right)
