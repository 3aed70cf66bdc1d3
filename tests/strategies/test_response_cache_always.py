"""What holds of every response cache, whatever its rules and its questions."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.strategies.answer_rules import CacheRules, Questions
from costmodel.strategies.popularity import zipf
from costmodel.strategies.response_cache import cache_hits

from .believing import DAYS, one, questions, right

caches = st.builds(
    CacheRules,
    lifetime_hours=st.none() | st.floats(0.1, 1000),
    renewal=st.sampled_from(["fixed", "sliding"]),
    capacity=st.none() | st.integers(1, 20_000).map(float),
    tenants=st.sampled_from([1, 3, 200]),
    tenant_sigma=st.sampled_from([0.0, 2.0]),
)
asked = st.builds(
    questions,
    st.integers(1, 100_000),
    exponent=st.floats(0, 1.5),
    unique=st.floats(0, 1),
    changes=st.just(0) | st.floats(0.1, 100),
)
many = st.floats(0, 1e8)
TINY = 1e-3
"""Two tables differ by their interpolation: 2e-4 each, 8e-4 with room and a lifetime."""


@settings(max_examples=60, deadline=None)
@given(caches, asked, many)
def test_hit_rates_are_shares(rules, believed, a_month):
    hits = cache_hits(rules, believed, np.full((2, 1), a_month), DAYS)
    assert np.all((hits.right >= 0) & (hits.right <= 1 - believed.unique + 1e-12))
    assert np.all(hits.wrong == 0)


@settings(max_examples=60, deadline=None)
@given(
    st.none() | st.floats(0.1, 1000), st.none() | st.integers(1, 20_000).map(float), asked,
    st.floats(0, 1), st.floats(0, 1), many,
)  # fmt: skip
def test_matching_by_meaning_finds_no_more_than_there_is(
    lifetime, room, believed, recall, false, a_month
):
    given = {"count": believed.count, "exponent": believed.exponent, "unique": believed.unique,
             "changes": believed.changes}  # fmt: skip
    rules = CacheRules(match="semantic", lifetime_hours=lifetime, capacity=room)
    eligible = np.full((2, 1), a_month)
    worse = Questions(recall=one(recall), false_hits=one(false), **given)
    some = cache_hits(rules, worse, eligible, DAYS)
    every = cache_hits(rules, Questions(**given), eligible, DAYS)
    # When all is found, an answer is stored once; else again, which only makes it last longer.
    assert np.all(some.right <= every.right + TINY) or room is not None
    assert np.all((some.all >= 0) & (some.all <= 1 + 1e-12))
    np.testing.assert_allclose(some.wrong, false * (1 - some.right))
    if room is None:
        exact = cache_hits(CacheRules(lifetime_hours=lifetime), Questions(**given), eligible, DAYS)
        np.testing.assert_array_equal(every.right, exact.right)


@settings(max_examples=40, deadline=None)
@given(caches, asked, many, st.floats(1, 10))
def test_more_requests_or_a_longer_lifetime_or_more_room_never_hit_less(
    rules, believed, a_month, times
):
    steady = Questions(count=believed.count, exponent=believed.exponent, unique=believed.unique)
    found = right(rules, steady, a_month)
    assert right(rules, steady, a_month * times) >= found - TINY
    given = {"lifetime_hours": rules.lifetime_hours, "renewal": rules.renewal,
             "capacity": rules.capacity}  # fmt: skip
    same = right(CacheRules(**given), steady, a_month)
    for what in ("lifetime_hours", "capacity"):
        if given[what] is not None:
            wider = CacheRules(**given | {what: given[what] * times})
            assert right(wider, steady, a_month) >= same - TINY
            assert right(CacheRules(**given | {what: None}), steady, a_month) >= same - TINY


@settings(max_examples=40, deadline=None)
@given(caches, asked, many)
def test_questions_asked_alike_and_tenants_apart_are_the_worst_case(rules, believed, a_month):
    steady = Questions(count=believed.count, exponent=believed.exponent, unique=believed.unique)
    alike = Questions(count=believed.count, exponent=one(0), unique=believed.unique)
    if rules.capacity is None and (rules.renewal == "fixed" or rules.lifetime_hours is None):
        # Kept for ever, questions asked alike are all there sooner: from the empty cache on.
        month = 0 if rules.lifetime_hours is None else 1
        assert right(rules, alike, a_month, month) <= right(rules, steady, a_month, month) + TINY
    if rules.lifetime_hours is not None and rules.capacity is None:
        together = CacheRules(lifetime_hours=rules.lifetime_hours, renewal=rules.renewal)
        assert right(rules, steady, a_month) <= right(together, steady, a_month) + TINY


def test_with_a_renewed_lifetime_questions_asked_alike_need_not_be_the_worst_case():
    # Misses are p exp(-p T) a question, convex from p T = 2 on; with a fixed lifetime p / (1 + p T)
    # is concave everywhere. Two questions, eight requests a lifetime: exp(-4) against a third and
    # two thirds of exp(-8/3) and exp(-16/3).
    sliding = CacheRules(lifetime_hours=DAYS[1] * 24 / 100, renewal="sliding")
    alike = right(sliding, questions(2, exponent=0.0, unique=0.0, changes=0), 800.0, 1)
    apart = right(sliding, questions(2, exponent=1.0, unique=0.0, changes=0), 800.0, 1)
    assert abs(alike - (1 - np.exp(-4))) < TINY
    assert abs(apart - (1 - np.exp(-8 / 3) / 3 - 2 * np.exp(-16 / 3) / 3)) < TINY
    assert apart < alike


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 1000), asked, many)
def test_a_renewed_lifetime_hits_at_least_as_often(lifetime, believed, a_month):
    steady = Questions(count=believed.count, exponent=believed.exponent, unique=believed.unique)
    fixed, sliding = (
        right(CacheRules(lifetime_hours=lifetime, renewal=renewal), steady, a_month)
        for renewal in ("fixed", "sliding")
    )
    assert fixed <= sliding + TINY


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 100), asked, st.floats(1, 1e7))
def test_twice_the_requests_for_half_the_time_hit_alike(lifetime, believed, a_month):
    steady = Questions(count=believed.count, exponent=believed.exponent, unique=believed.unique)
    once = right(CacheRules(lifetime_hours=lifetime), steady, a_month)
    twice = right(CacheRules(lifetime_hours=lifetime / 2), steady, a_month * 2)
    assert abs(twice - once) < 1e-9


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20_000), st.floats(0, 1.5), st.floats(0.1, 25_000))
def test_room_never_holds_more_than_the_most_popular(count, exponent, room):
    law = zipf(count, exponent)
    best = np.interp(room, np.concatenate([[0], np.cumsum(law.count)]),
                     np.concatenate([[0], np.cumsum(law.mass)]))  # fmt: skip
    assert right(CacheRules(capacity=room), questions(count, exponent=exponent)) <= best + 2e-3
