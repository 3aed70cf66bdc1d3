"""Our response cache: which turns it answers, rightly and wrongly, without a call.

Of the eligible turns (first turns of conversations, as far as they may be cached), a share
`unique` is personal: nobody asks it again. The others ask questions of a catalogue whose
popularity follows Zipf's law, and find the answer with the hit rate H of the cache
(`popularity`, `coverage`, `eviction`). Then, per eligible turn,

    right = (1 - unique) H,        wrong = false hits x (1 - right),

where `false hits` is the share of turns without an answer of their own that are given the answer
to another question; exact matching has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.strategies.answer_rules import CacheRules, Questions
from costmodel.strategies.hit_tables import LEAST, endless_table, lasting_table

Array = npt.NDArray[np.float64]

HOURS_A_DAY = 24.0


@dataclass(frozen=True, eq=False)
class Hits:
    """What a cache answers, per eligible turn: arrays (months, draws), broadcastable."""

    right: Array
    """Share answered with the answer to the turn's question."""
    wrong: Array
    """Share answered with another question's answer: false hits."""

    @property
    def all(self) -> Array:
        """Share answered at all: what a measured hit rate counts."""
        return self.right + self.wrong


@dataclass(frozen=True, eq=False)
class CachedTurns:
    """What a cache does to all turns, eligible or not, per turn: arrays, broadcastable."""

    looked_up: Array
    right: Array
    wrong: Array

    @property
    def answered(self) -> Array:
        """Share of turns that make no call."""
        return self.right + self.wrong

    @property
    def called(self) -> Array:
        """Share of turns that go on; with `answered` it sums to one."""
        return 1 - self.answered


def per_turn(hits: Hits, eligible: Array) -> CachedTurns:
    """Return what a cache does to all turns.

    Parameters
    ----------
    hits : Hits
        Per eligible turn.
    eligible : array
        Share of turns that are eligible, `remaining_calls.eligible_share`.
    """
    return CachedTurns(eligible, eligible * hits.right, eligible * hits.wrong)


def cache_hits(
    rules: CacheRules, questions: Questions, eligible: Array, days: npt.ArrayLike
) -> Hits:
    """Return what a response cache answers in each month and future.

    The cache is empty when the first month with eligible turns begins.

    Parameters
    ----------
    rules : CacheRules
    questions : Questions
    eligible : array
        Eligible turns of all who share the cache in each month: (months, draws).
    days : array_like
        Days of each month, (months,): turns are taken as spread evenly over them.

    Raises
    ------
    InputError
        If exact matching is given a recall below 1 or false hits, or a cache with room that
        matches by meaning has a sliding lifetime.
    """
    _check(rules, questions)
    hours = HOURS_A_DAY * np.reshape(np.asarray(days, dtype=np.float64), (-1, 1))
    common = np.atleast_2d(eligible) * (1 - questions.unique)
    if rules.lifetime_hours is None:
        found = _endless(rules, questions, common)
    else:
        found = _lasting(rules, questions, common, hours, rules.lifetime_hours)
    right = (1 - questions.unique) * found
    return Hits(right, questions.false_hits * (1 - right))


def measured_hits(hit_rate: Array, false_hits: Array) -> Hits:
    """Return the hits of a cache whose hit rate was measured: right and wrong ones together.

    Parameters
    ----------
    hit_rate : array
        Share of eligible turns that the cache answers.
    false_hits : array
        As in `Questions`: h = right + false_hits (1 - right). Where that leaves no right hits,
        all are wrong.
    """
    right = np.maximum((hit_rate - false_hits) / np.maximum(1 - false_hits, 1e-9), 0.0)
    right = np.minimum(right, hit_rate)
    return Hits(right, np.asarray(hit_rate - right))


def _check(rules: CacheRules, questions: Questions) -> None:
    problems = []
    if rules.match == "exact" and np.any(questions.recall < 1):
        problems.append(Problem(
            f"recall {questions.recall.min():g} with exact matching", "recall of 1",
            "use match: semantic, or leave recall out", path="recall",
        ))  # fmt: skip
    if rules.match == "exact" and np.any(questions.false_hits > 0):
        problems.append(Problem(
            f"false hits {questions.false_hits.max():g} with exact matching", "none",
            "use match: semantic, or leave false_hits out", path="false_hits",
        ))  # fmt: skip
    if problems:
        raise InputError(problems)


def _lasting(
    rules: CacheRules, questions: Questions, common: Array, hours: Array, lifetime: float
) -> Array:
    flushes = np.maximum(questions.changes, _first_month(common))
    asked = common * (lifetime / hours)
    table = lasting_table(rules, questions, asked, flushes * (lifetime / hours))
    return table * _thin(asked)


def _endless(rules: CacheRules, questions: Questions, common: Array) -> Array:
    changes = questions.changes
    if np.any(changes > 0):
        between = common / np.where(changes > 0, changes, 1.0)
        found = endless_table(rules, questions, between) * _thin(between)
        if np.all(changes > 0):
            return found
    so_far = np.cumsum(common, axis=0)
    hits = so_far * (endless_table(rules, questions, so_far) * _thin(so_far))
    added = np.diff(hits, axis=0, prepend=np.zeros((1, hits.shape[1])))
    kept = np.clip(added / np.where(common > 0, common, 1.0), 0.0, 1.0)
    return kept if not np.any(changes > 0) else np.where(changes > 0, found, kept)


def _first_month(common: Array) -> Array:
    """Return 1 for the first month in which anything is asked, else 0: (months, 1)."""
    some = np.any(common > 0, axis=1, keepdims=True)
    return np.asarray((some & (np.cumsum(some, axis=0) == 1)).astype(np.float64))


def _thin(asked: Array) -> Array | float:
    """Return what the hit rate at `LEAST` is multiplied with where less is asked."""
    return 1.0 if asked.min() >= LEAST else np.minimum(asked / LEAST, 1.0)
