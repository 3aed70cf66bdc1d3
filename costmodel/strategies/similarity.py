"""Similarity thresholds: what one company's published test of them found.

"Impact and benchmarks" of semantic caching in the developer guide of Amazon ElastiCache
(docs.aws.amazon.com, semantic-caching-benchmarks, read 2026-11): 63,796 questions of LMArena with
paraphrases added (SemBenchmarkLmArena), Titan Text Embeddings V2, answers of Claude 3 Haiku,
streamed in random order into a cache that was empty at first. The paraphrases raise the hit
rate above that of real traffic, and other embeddings put the same threshold elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from costmodel.foundation.errors import InputError, Problem

SOURCE = "Amazon ElastiCache, 63,796 LMArena questions with paraphrases, from an empty cache"
DAILY_USD_WITHOUT_CACHE = 49.50


@dataclass(frozen=True)
class Threshold:
    """What a similarity threshold gave, as shares.

    Parameters
    ----------
    threshold : float
        Cosine similarity from which a stored answer is given.
    hit_rate : float
        Share of questions answered from the cache.
    accuracy : float
        Share of those answers that were right.
    saving : float
        Share of the daily cost saved, embeddings and the store paid.
    """

    threshold: float
    hit_rate: float
    accuracy: float
    saving: float
    source: str = SOURCE

    @property
    def wrong(self) -> float:
        """Share of questions given a wrong answer from the cache."""
        return self.hit_rate * (1 - self.accuracy)


PUBLISHED = (
    Threshold(0.50, 0.943, 0.875, 0.880),
    Threshold(0.75, 0.903, 0.912, 0.863),
    Threshold(0.80, 0.876, 0.918, 0.846),
    Threshold(0.90, 0.745, 0.923, 0.725),
    Threshold(0.95, 0.560, 0.926, 0.519),
    Threshold(0.99, 0.235, 0.921, 0.158),
)


def at_threshold(threshold: float) -> Threshold:
    """Return the published figures at a threshold, linear between those tested.

    Parameters
    ----------
    threshold : float
        From 0.50 to 0.99, the range that was tested.

    Raises
    ------
    InputError
        Outside that range.
    """
    low, high = PUBLISHED[0].threshold, PUBLISHED[-1].threshold
    if math.isnan(threshold) or not low <= threshold <= high:
        expected = f"a threshold from {low:.2f} to {high:.2f}, the range that was tested"
        raise InputError(Problem(f"{threshold:g}", expected, "state a measured hit_rate instead"))
    k = max(k for k, row in enumerate(PUBLISHED) if row.threshold <= threshold)
    below, above = PUBLISHED[k], PUBLISHED[min(k + 1, len(PUBLISHED) - 1)]
    if threshold == below.threshold:
        return below
    part = (threshold - below.threshold) / (above.threshold - below.threshold)

    def between(one: float, other: float) -> float:
        return one + part * (other - one)

    return Threshold(
        threshold,
        between(below.hit_rate, above.hit_rate),
        between(below.accuracy, above.accuracy),
        between(below.saving, above.saving),
    )
