"""Certain questions and warm caches, for the tests of the response cache."""

import numpy as np

from costmodel.strategies.answer_rules import Questions
from costmodel.strategies.response_cache import cache_hits

DAYS = np.array([30.0, 30.0])
HOUR_AT_ONE_A_SECOND = 86_400.0 * 30
"""Requests a month at one a second."""


def one(value):
    return np.array([float(value)])


def questions(count=10_000, **beliefs):
    return Questions(count=one(count), **{key: one(value) for key, value in beliefs.items()})


def right(rules, believed, a_month=HOUR_AT_ONE_A_SECOND, month=1):
    """Share of eligible turns answered rightly: in the second month the cache is warm."""
    return float(cache_hits(rules, believed, np.full((2, 1), a_month), DAYS).right[month, 0])
