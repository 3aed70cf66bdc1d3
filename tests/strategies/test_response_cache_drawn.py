"""The response cache against caches to which requests are made one by one."""

import numpy as np
import pytest

from costmodel.strategies.answer_rules import CacheRules, Questions
from costmodel.strategies.catalogues import tenants
from costmodel.strategies.response_cache import cache_hits

from .asking import Cache, hit_rates

DAYS = np.array([30, 31, 28])
POINT = 0.01
REPEATS = 3


def drawn(cache, **asked):
    """Mean hit rates by month, right and wrong, of a few caches that start empty."""
    months = []
    for seed in range(REPEATS):
        cache.clear()
        rng = np.random.default_rng(seed)
        months.append(hit_rates(rng, cache, a_month=[30_000] * 3, hours=DAYS * 24.0, **asked))
    return np.mean(months, axis=0)


def modelled(
    rules, *, questions, exponent, unique=0.0, recall=1.0, false_hits=0.0, flushes=0, tenants=None
):
    del tenants  # the rules have them
    beliefs = (questions, exponent, unique, recall, false_hits, flushes)
    names = ("count", "exponent", "unique", "recall", "false_hits", "changes")
    believed = {name: np.array([float(x)]) for name, x in zip(names, beliefs, strict=True)}
    return cache_hits(rules, Questions(**believed), np.full((3, 1), 30_000.0), DAYS)


def agree(rules, cache, cold=1.5, steady=0.5, **asked):
    """Hold the first month, which starts empty, to `cold` points and the others to `steady`."""
    asked = {"questions": 2000, "exponent": 0.8} | asked
    hits, (right, wrong) = modelled(rules, **asked), drawn(cache, **asked)
    assert hits.right[0] == pytest.approx(right[0], abs=cold * POINT)
    np.testing.assert_allclose(hits.right[1:, 0], right[1:], atol=steady * POINT)
    np.testing.assert_allclose(hits.wrong[:, 0], wrong, atol=steady * POINT)
    assert right[1] > 0.05  # the case is not empty


@pytest.mark.parametrize("unique", [0.0, 0.5])
@pytest.mark.parametrize("renewal", ["fixed", "sliding"])
def test_exact_matching_with_a_lifetime(renewal, unique):
    rules = CacheRules(lifetime_hours=24.0, renewal=renewal)
    agree(rules, Cache(24.0, sliding=renewal == "sliding"), unique=unique)


@pytest.mark.parametrize("renewal", ["fixed", "sliding"])
def test_matching_by_meaning_with_personal_questions_and_false_hits(renewal):
    rules = CacheRules(match="semantic", lifetime_hours=24.0, renewal=renewal)
    cache = Cache(24.0, sliding=renewal == "sliding")
    agree(rules, cache, unique=0.4, recall=0.75, false_hits=0.02)


@pytest.mark.parametrize("unique", [0.0, 0.3])
def test_answers_kept_for_ever(unique):
    agree(CacheRules(), Cache(), unique=unique)
    agree(CacheRules(match="semantic"), Cache(), unique=unique, recall=0.8)


@pytest.mark.parametrize("unique", [0.0, 0.5])
@pytest.mark.parametrize("lifetime", [None, 8.0, 16.0, 24.0, 100.0])
def test_room_for_the_last_used_with_and_without_a_lifetime(lifetime, unique):
    rules = CacheRules(capacity=300.0, lifetime_hours=lifetime)
    agree(rules, Cache(lifetime or np.inf, room=300), unique=unique)


def test_room_with_a_lifetime_for_few_popular_questions_has_the_stated_bias():
    rules = CacheRules(capacity=100.0, lifetime_hours=8.0)
    agree(rules, Cache(8.0, room=100), questions=500, exponent=1.1, steady=1.0)


@pytest.mark.parametrize(("lifetime", "points"), [(5.0, 0.5), (10.0, 1.0), (30.0, 0.5)])
def test_room_with_a_sliding_lifetime(lifetime, points):
    """Ten hours are about as long as an answer stays: the shorter of the two is then too long."""
    rules = CacheRules(capacity=300.0, lifetime_hours=lifetime, renewal="sliding")
    agree(rules, Cache(lifetime, sliding=True, room=300), steady=points)


@pytest.mark.parametrize("lifetime", [None, 48.0])
def test_room_for_the_latest_answers_matched_by_meaning(lifetime):
    rules = CacheRules(match="semantic", capacity=300.0, lifetime_hours=lifetime)
    agree(rules, Cache(lifetime or np.inf, room=300, oldest_leaves=True), recall=0.8, unique=0.2)


@pytest.mark.parametrize("flushes", [2, 8, 14, 60])
@pytest.mark.parametrize("case", ["fixed", "sliding", "semantic", "room", "both", "endless"])
def test_a_cache_emptied_at_each_change_of_the_prompt(case, flushes):
    rules, cache, recall = {
        "fixed": (CacheRules(lifetime_hours=72.0), Cache(72.0), 1.0),
        "sliding": (CacheRules(lifetime_hours=72.0, renewal="sliding"), Cache(72.0, True), 1.0),
        "semantic": (CacheRules(match="semantic", lifetime_hours=72.0), Cache(72.0), 0.7),
        "room": (CacheRules(capacity=300.0), Cache(room=300), 1.0),
        "both": (CacheRules(capacity=300.0, lifetime_hours=24.0), Cache(24.0, room=300), 1.0),
        "endless": (CacheRules(), Cache(), 1.0),
    }[case]
    agree(rules, cache, steady=1.5, flushes=flushes, recall=recall)


@pytest.mark.parametrize("sigma", [0.0, 1.5])
def test_tenants_who_share_the_stream_but_not_the_answers(sigma):
    rules = CacheRules(lifetime_hours=24.0, tenants=8, tenant_sigma=sigma)
    sizes = tenants(8, sigma)
    shares = np.repeat(sizes.share, sizes.count.astype(int))
    agree(rules, Cache(24.0), tenants=tuple(shares))
    agree(CacheRules(capacity=1000.0, tenants=8, tenant_sigma=sigma), Cache(room=1000),
          tenants=tuple(shares))  # fmt: skip
