"""What a response cache saves: hand arithmetic, break-even, and what it costs to be wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.strategies.cache_savings import (
    CacheCosts,
    break_even_hit_rate,
    cache_saving,
    lookup_cost,
    most_false_hits,
)
from costmodel.strategies.response_cache import Hits, measured_hits


def one(value):
    return np.array([float(value)])


def costs(avoided=0.01, lookup=1e-6, **others):
    return CacheCosts(avoided_usd=one(avoided), lookup_usd=one(lookup), **others)


def test_a_lookup_of_fifty_tokens_costs_a_millionth_of_a_dollar():
    # 50 tokens x $0.02 per million
    assert lookup_cost(one(50), one(0.02))[0] == pytest.approx(1e-6)
    assert lookup_cost(one(50), one(0.02), 4e-6)[0] == pytest.approx(5e-6)


def test_a_months_saving_by_hand():
    # 10,000 lookups, 30 % right, 1 % wrong; a call $0.01, a lookup $0.0001, storage $5, wrong $0.20
    hits = Hits(one(0.3), one(0.01))
    careful = cache_saving(hits, one(10_000), costs(lookup=1e-4, storage_usd=5.0, wrong_usd=0.20))
    assert careful.avoided[0] == pytest.approx(30.0)  # the 100 wrong ones are asked again
    assert careful.running[0] == pytest.approx(6.0)
    assert careful.bill[0] == pytest.approx(24.0)
    assert careful.wrong[0] == pytest.approx(20.0)
    assert careful.net[0] == pytest.approx(4.0)
    assert careful.wrong_answers[0] == pytest.approx(100)
    unnoticed = costs(lookup=1e-4, storage_usd=5.0, wrong_usd=0.20, asked_again=0.0)
    assert cache_saving(hits, one(10_000), unnoticed).bill[0] == pytest.approx(25.0)


def test_a_saving_says_its_sign_and_its_wrong_answers():
    hits = Hits(one(0.3), one(0.01))
    good = cache_saving(hits, one(10_000), costs(lookup=1e-4))
    assert str(good) == "the cache saves $29.00 a month; 100 wrong answers a month"
    bad = cache_saving(hits, one(10_000), costs(lookup=1e-4, wrong_usd=1.0))
    assert str(bad) == (
        "the cache costs more than it saves: $71.00 a month; 100 wrong answers a month"
    )
    none = cache_saving(Hits(one(0), one(0)), one(0), costs())
    assert str(none) == "the cache changes nothing: $0.00 a month; 0 wrong answers a month"


def test_lookups_alone_break_even_below_one_percent():
    # a call above $0.0001 pays for a lookup of $0.000001 with less than 1 % hits
    assert break_even_hit_rate(costs(avoided=1.0001e-4))[0] < 0.01
    assert break_even_hit_rate(costs())[0] == pytest.approx(1e-4)


def test_false_hits_set_the_limit():
    # c = $0.01, a wrong answer costs $0.50: at most one wrong per 50 right
    dear = costs(lookup=0.0, wrong_usd=0.50)
    assert most_false_hits(dear)[0] == pytest.approx(0.02)
    at_the_limit = cache_saving(Hits(one(0.5), one(0.01)), one(1_000), dear)
    assert at_the_limit.net[0] == pytest.approx(0.0, abs=1e-12)
    # not asked again, the wrong answer at least avoids its call: .01 / .49
    assert most_false_hits(costs(wrong_usd=0.50, asked_again=0.0))[0] == pytest.approx(0.01 / 0.49)
    assert np.isinf(most_false_hits(costs())[0])


def test_a_cache_that_never_pays_breaks_even_above_one_or_never():
    assert break_even_hit_rate(costs(avoided=0.001, lookup=0.002))[0] == pytest.approx(2)
    assert np.isinf(break_even_hit_rate(costs(avoided=0.0))[0])
    assert break_even_hit_rate(costs(avoided=0.0, lookup=0.0))[0] == 0.0


shares = st.floats(0.001, 0.999)


@given(shares, st.floats(0, 0.2), st.floats(1e-6, 1), st.floats(0, 0.1), st.floats(0, 5), shares)
def test_the_sign_of_the_saving_changes_at_the_break_even(rate, false, call, lookup, wrong, again):
    paid = costs(avoided=call, lookup=lookup, wrong_usd=wrong, asked_again=again)
    even = break_even_hit_rate(paid, false)[0]
    hits = Hits(one(rate), false * (1 - one(rate)))
    net = cache_saving(hits, one(1), paid).net[0]
    if abs(rate - even) > 1e-6:
        assert (net > 0) == (rate > even)


@given(shares, st.floats(0, 0.5))
def test_a_measured_hit_rate_keeps_its_total(rate, false):
    hits = measured_hits(one(rate), one(false))
    assert hits.all[0] == pytest.approx(rate, rel=1e-12)
    assert 0 <= hits.right[0] <= rate
