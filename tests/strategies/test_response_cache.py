"""The response cache: textbook cases, published numbers, tables, and bad input."""

import numpy as np
import pytest

from costmodel.foundation.errors import InputError
from costmodel.strategies.answer_rules import CacheRules, Questions
from costmodel.strategies.catalogues import coarser, pairs, tenants
from costmodel.strategies.eviction import found_in_stay
from costmodel.strategies.popularity import Popularity, cold_hit_rate, hit_rate, zipf
from costmodel.strategies.response_cache import Hits, cache_hits, measured_hits, per_turn

from .believing import DAYS, HOUR_AT_ONE_A_SECOND, one, questions, right


def test_one_question_asked_four_times_a_lifetime():
    # 4 requests in each of 30 days' lifetimes of a day: fixed 4/5, sliding 1 - e^-4
    day = CacheRules(lifetime_hours=24.0)
    assert right(day, questions(1), 120.0) == pytest.approx(0.8, abs=2e-4)
    day = CacheRules(lifetime_hours=24.0, renewal="sliding")
    assert right(day, questions(1), 120.0) == pytest.approx(1 - np.exp(-4), abs=2e-4)


def test_simulated_hit_rates_come_out():
    # 2 million requests drawn elsewhere: one a second, an hour: .5009
    hour = CacheRules(lifetime_hours=1.0)
    assert right(hour, questions()) == pytest.approx(0.5009, abs=0.002)
    # 600,000 requests to the last used 1,000: .4360
    assert right(CacheRules(capacity=1000.0), questions()) == pytest.approx(0.4360, abs=0.003)
    # emptied every 10,000 requests, without a lifetime: .5863
    changes = HOUR_AT_ONE_A_SECOND / 10_000
    assert right(CacheRules(), questions(changes=changes)) == pytest.approx(0.5863, abs=0.004)
    # N = 10k, a = .8: .28 at 1,000 requests between flushes
    changes = HOUR_AT_ONE_A_SECOND / 1_000
    assert right(CacheRules(), questions(changes=changes)) == pytest.approx(0.28, abs=0.004)


@pytest.mark.parametrize(("count", "exponent", "hours", "expected"), [
    (10_000, 0.8, 1.0, 0.5005), (100_000, 0.6, 1.0, 0.108), (100_000, 0.6, 24.0, 0.548),
    (100_000, 1.0, 1.0, 0.519),
])  # fmt: skip
def test_the_reference_table_of_fixed_lifetimes_comes_out(count, exponent, hours, expected):
    found = right(CacheRules(lifetime_hours=hours), questions(count, exponent=exponent))
    assert found == pytest.approx(expected, abs=6e-4)


def test_personal_questions_never_hit_and_thin_the_others():
    # half personal: the others come at half the rate, and are half of the turns
    rules = CacheRules(lifetime_hours=1.0)
    half = right(rules, questions(), HOUR_AT_ONE_A_SECOND / 2)
    assert right(rules, questions(unique=0.5)) == pytest.approx(half / 2, rel=1e-12)
    for every in (rules, CacheRules(capacity=50.0), CacheRules(), CacheRules(match="semantic")):
        assert right(every, questions(unique=1.0)) == 0.0


def test_false_hits_are_a_share_of_what_finds_no_answer_of_its_own():
    rules = CacheRules(match="semantic", lifetime_hours=1.0)
    hits = cache_hits(
        rules, questions(recall=0.8, false_hits=0.02), np.full((2, 1), HOUR_AT_ONE_A_SECOND), DAYS
    )
    np.testing.assert_allclose(hits.wrong, 0.02 * (1 - hits.right))
    np.testing.assert_allclose(hits.all, hits.right + hits.wrong)


def test_a_measured_hit_rate_is_split_into_right_and_wrong():
    # h = .25, f = .01: right (.25 - .01) / .99 = .242424, wrong .01 x (1 - .242424) = .0075758
    hits = measured_hits(one(0.25), one(0.01))
    assert hits.right[0] == pytest.approx(0.2424242, abs=1e-7)
    assert hits.wrong[0] == pytest.approx(0.0075758, abs=1e-7)
    np.testing.assert_array_equal(measured_hits(one(0.3), one(0.0)).right, one(0.3))
    few = measured_hits(one(0.001), one(0.01))  # fewer hits than false hits alone would give
    assert (few.right[0], few.wrong[0]) == (0.0, 0.001)


def test_turns_are_answered_or_called_and_no_eligible_ones_change_nothing():
    # 15 % eligible, 40 % of them right and 2 % wrong
    turns = per_turn(Hits(one(0.4), one(0.02)), one(0.15))
    assert turns.looked_up[0] == 0.15
    assert turns.answered[0] == pytest.approx(0.063)
    assert turns.wrong[0] == pytest.approx(0.003)
    assert turns.called[0] + turns.answered[0] == pytest.approx(1)
    assert per_turn(Hits(one(0.4), one(0.02)), one(0)).called[0] == 1.0


def test_the_month_has_its_real_days():
    # the same turns in fewer days come faster
    rules, believed = CacheRules(lifetime_hours=24.0), questions(2000)
    turns = np.full((3, 1), 30_000.0)
    found = cache_hits(rules, believed, turns, np.array([31, 31, 28])).right[:, 0]
    assert found[2] > found[1]
    assert found[2] == pytest.approx(right(rules, believed, 30_000 * 30 / 28), abs=1e-4)


def test_only_the_first_month_with_turns_starts_empty():
    rules, believed = CacheRules(lifetime_hours=240.0), questions(2000)
    turns = np.array([0.0, 0.0, 30_000.0, 30_000.0])[:, None]
    found = cache_hits(rules, believed, turns, np.full(4, 30)).right[:, 0]
    assert found[:2].tolist() == [0.0, 0.0]
    assert found[2] < found[3]
    assert found[3] == pytest.approx(right(rules, believed, 30_000.0), rel=1e-12)


def test_a_cache_kept_for_ever_is_cold_once():
    # n questions asked so far: hits of month m are n_m H(n_m) - n_(m-1) H(n_(m-1))
    turns = np.full((3, 1), 5_000.0)
    found = cache_hits(CacheRules(), questions(), turns, np.full(3, 30)).right[:, 0]
    so_far = np.array([5_000.0, 10_000.0, 15_000.0])
    hits = np.diff(so_far * cold_hit_rate(zipf(10_000, 0.8), so_far), prepend=0)
    np.testing.assert_allclose(found, hits / 5_000, atol=5e-4)


def test_a_month_without_changes_of_the_prompt_in_some_futures():
    turns = np.full((2, 2), 5_000.0)
    some = Questions(count=one(10_000), changes=np.array([0.0, 4.0]))
    found = cache_hits(CacheRules(), some, turns, DAYS).right
    for draw, changes in enumerate([0.0, 4.0]):
        alone = cache_hits(CacheRules(), questions(changes=changes), turns[:, :1], DAYS).right
        np.testing.assert_allclose(found[:, draw], alone[:, 0], atol=1e-4)


def futures(draws, rng=None):
    rng = np.random.default_rng(7) if rng is None else rng
    return {
        "count": rng.uniform(2_000, 6_000, draws), "unique": rng.uniform(0.4, 0.7, draws),
        "recall": rng.uniform(0.7, 0.9, draws), "false_hits": rng.uniform(0.005, 0.02, draws),
        "exponent": rng.uniform(0.6, 1.1, draws), "changes": rng.uniform(0.0, 5.0, draws),
    }  # fmt: skip


TURNS = np.exp(np.random.default_rng(8).normal(9, 1.0, (4, 64)))


@pytest.mark.parametrize("rules", [
    CacheRules(match="semantic", lifetime_hours=24.0), CacheRules(match="semantic"),
    CacheRules(match="semantic", lifetime_hours=24.0, capacity=500.0),
    CacheRules(match="semantic", lifetime_hours=24.0, tenants=50, tenant_sigma=2.0),
])  # fmt: skip
def test_a_future_does_not_change_with_the_number_of_futures_or_months(rules):
    beliefs = futures(64)
    months = np.array([31, 28, 31, 30])
    whole = cache_hits(rules, Questions(**beliefs), TURNS, months)
    fewer = {key: value[:16] for key, value in beliefs.items()}
    part = cache_hits(rules, Questions(**fewer), TURNS[:2, :16], months[:2])
    np.testing.assert_array_equal(part.right, whole.right[:2, :16])
    np.testing.assert_array_equal(part.wrong, whole.wrong[:2, :16])


@pytest.mark.parametrize(("rules", "left_out", "worst"), [
    (CacheRules(match="semantic", lifetime_hours=24.0), (), 5e-4),
    (CacheRules(match="semantic", lifetime_hours=24.0), ("changes",), 5e-4),
    (CacheRules(lifetime_hours=24.0, renewal="sliding"), ("recall", "false_hits"), 5e-4),
    (CacheRules(capacity=300.0), ("recall", "false_hits", "changes"), 2.5e-3),
    (CacheRules(capacity=300.0, lifetime_hours=24.0), ("recall", "false_hits", "changes",
                                                       "exponent"), 2.5e-3),
])  # fmt: skip
def test_tables_are_as_good_as_working_out_each_future(rules, left_out, worst):
    beliefs = {key: value for key, value in futures(64).items() if key not in left_out}
    beliefs["count"] = np.round(beliefs["count"])
    months = np.array([31, 28, 31, 30])
    table = cache_hits(rules, Questions(**beliefs), TURNS, months).right
    for draw in range(0, 64, 8):
        alone = Questions(**{key: value[draw : draw + 1] for key, value in beliefs.items()})
        found = cache_hits(rules, alone, TURNS[:, draw : draw + 1], months).right
        np.testing.assert_allclose(table[:, draw], found[:, 0], atol=worst)


@pytest.mark.parametrize("lifetimes", [0.4, 1.0, 1.7, 3.9, 4.1, 9.0, 40.0])
@pytest.mark.parametrize("asked", [0.05, 0.5, 1.0, 1.0001, 2.0, 6.0])
def test_what_a_stay_serves_satisfies_its_renewal_equation(asked, lifetimes):
    """m(x) = (1 - e^-a min) + integral of a e^-as m(x - s): by a grid of its own."""
    steps = 4_000
    grid = np.arange(round(lifetimes * steps) + 1) / steps
    m = asked * grid
    grows = asked * (1 - np.exp(-asked)) / steps
    shrinks = asked * np.exp(-asked) / (2 * steps)
    for k in range(steps, grid.size - 1):  # m' = a (1 - e^-a) - a e^-a m(x - 1) beyond x = 1
        m[k + 1] = m[k] + grows - shrinks * (m[k - steps] + m[k + 1 - steps])
    found = found_in_stay(np.array([asked]), np.array([lifetimes]))
    assert found[0] == pytest.approx(m[-1], rel=2e-5, abs=2e-5)


@pytest.mark.parametrize(("count", "exponent"), [(500, 1.1), (10_000, 0.8), (1_000_000, 0.6)])
def test_fewer_groups_of_questions_are_as_good(count, exponent):
    law = zipf(count, exponent)
    fewer, times = coarser(law), np.geomspace(0.1, 1e8, 40)
    assert fewer.count.size < 220
    assert fewer.count.sum() == pytest.approx(count)
    np.testing.assert_allclose(hit_rate(fewer, times), hit_rate(law, times), atol=1e-4)


def test_pairs_are_every_combination():
    law = pairs(Popularity(np.array([0.75, 0.25]), np.ones(2)), zipf(3, 1.0))
    # 1/1 : 1/2 : 1/3 of 11/6 are 6/11, 3/11, 2/11
    whole = np.outer([0.75, 0.25], [6 / 11, 3 / 11, 2 / 11]).ravel()
    assert hit_rate(law, 10.0) == pytest.approx(whole @ (10 * whole / (1 + 10 * whole)), abs=1e-5)


def test_tenants_are_slices_of_a_lognormal_law():
    sizes = tenants(4, 1.0)
    # largest of four: Phi(1 - Phi^-1(.75)) = Phi(.32551) = .62760
    assert sizes.share[0] == pytest.approx(0.62760, abs=1e-5)
    assert sizes.mass.sum() == pytest.approx(1)
    many = tenants(5_000, 2.5)
    assert many.count.sum() == 5_000
    assert many.mass.sum() == pytest.approx(1)
    assert np.all(np.diff(many.share) < 0)
    with pytest.raises(ValueError, match="0 of sigma 1; expected at least 1"):
        tenants(0, 1)


@pytest.mark.parametrize(("rules", "message"), [
    ({"match": "fuzzy"}, "read match 'fuzzy'; expected 'exact' or 'semantic'"),
    ({"renewal": "never"}, "read renewal 'never'; expected 'fixed' or 'sliding'"),
    ({"lifetime_hours": 0.0}, "read a lifetime of 0.0 h; expected more than 0"),
    ({"capacity": -1.0}, "read capacity -1.0; expected more than 0"),
    ({"tenants": 0}, "read 0 tenants; expected a whole number from 1"),
    ({"tenant_sigma": 9.0}, "read tenant_sigma 9.0; expected 0 to 5"),
    ({"match": "semantic", "renewal": "sliding", "capacity": 9.0},
     "capacity 9.0 with renewal 'sliding' and match 'semantic'; expected a fixed lifetime"),
])  # fmt: skip
def test_rules_that_cannot_be_are_refused(rules, message):
    with pytest.raises(InputError) as refused:
        CacheRules(**rules)
    assert message in str(refused.value)


@pytest.mark.parametrize(("beliefs", "message"), [
    ({"count": 0.5}, "count: read 0.5; expected a number from 1"),
    ({"unique": 1.2}, "unique: read 1.2; expected a number from 0 to 1"),
    ({"false_hits": np.nan}, "false_hits: read nan; expected a number from 0 to 1"),
    ({"changes": -1.0}, "changes: read -1; expected a number from 0"),
])  # fmt: skip
def test_beliefs_out_of_range_are_refused(beliefs, message):
    with pytest.raises(InputError) as refused:
        questions(**beliefs)
    assert message in str(refused.value)


def test_exact_matching_has_no_recall_and_no_false_hits():
    with pytest.raises(InputError) as refused:
        right(CacheRules(), questions(recall=0.8, false_hits=0.01))
    assert "recall: read recall 0.8 with exact matching; expected recall of 1" in str(refused.value)
    assert "read false hits 0.01 with exact matching; expected none" in str(refused.value)
