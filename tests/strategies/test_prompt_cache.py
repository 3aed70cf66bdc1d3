"""A prefix that every call shares: by hand, against published figures, and calls drawn."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.foundation.reading import read_yaml
from costmodel.prices import PriceBook, RateCard
from costmodel.strategies.prompt_cache import (
    InputPrices,
    caches_in_use,
    cold_prefix_hit,
    hit_table,
    prefix_hit,
)

FIVE_MINUTES = InputPrices(1.0, 0.1, 1.25)
ONE_HOUR = InputPrices(1.0, 0.1, 2.0)
FREE_WRITES = InputPrices(1.0, 0.1, 1.0)
MINUTE, HOUR = 60.0, 3600.0
CASES = {
    case["id"]: case
    for case in read_yaml(
        Path(__file__).parents[1] / "data" / "cases" / "published_cases.yaml"
    ).data["cases"]
}


def drawn_hit(rng, rate, lifetime, renewal, count=150_000, window=math.inf):
    """The share of calls drawn one by one that find the prefix, from an empty cache.

    With a window, the cache is emptied again and again.
    """
    now, until, started, hits = 0.0, -1.0, 0.0, 0
    for wait in rng.exponential(1 / rate, count).tolist():
        now += wait
        while now - started > window:
            started, until = started + window, -1.0
        found = now < until
        hits += found
        if not found or renewal == "sliding":
            until = now + lifetime
    return hits / count


def test_a_write_is_repaid_by_the_reads_the_price_lists_imply():
    # 1.25 + .1 < 2; 2 + .1 > 2 but 2 + .2 < 3; where writes cost what input costs, by the first
    assert FIVE_MINUTES.reads_to_repay == 1
    assert ONE_HOUR.reads_to_repay == 2
    assert FREE_WRITES.reads_to_repay == 1
    assert InputPrices(1.0, 0.5, 1.5).reads_to_repay == 2  # exactly repaid is not yet saved
    assert InputPrices(1.0, 1.0, 1.25).reads_to_repay == np.inf


def test_a_cache_breaks_even_at_the_hit_rate_and_gap_of_the_formulas():
    # (1.25 - 1) / (1.25 - .1) = .2174 and 5 min / ln(1.15 / .9) = 20.4 min
    assert FIVE_MINUTES.break_even_hit == pytest.approx(0.2174, abs=5e-5)
    assert FIVE_MINUTES.break_even_gap(5.0) == pytest.approx(20.4, abs=0.05)
    assert ONE_HOUR.break_even_hit == pytest.approx(0.5263, abs=5e-5)
    assert ONE_HOUR.break_even_gap(60.0) == pytest.approx(80.3, abs=0.05)
    assert FIVE_MINUTES.break_even_gap(30.0) == pytest.approx(122.4, abs=0.1)
    assert FREE_WRITES.break_even_hit == 0
    assert FREE_WRITES.break_even_gap(5.0) == np.inf
    assert InputPrices(1.0, 1.0, 1.25).break_even_gap(5.0) == 0
    assert InputPrices(1.0, 1.0, 1.25).break_even_hit == 1


def test_an_hour_beats_five_minutes_up_to_a_gap_of_109_minutes():
    def dearer(gap):
        hour = ONE_HOUR.factor(prefix_hit(1 / gap, 60.0))
        return hour - FIVE_MINUTES.factor(prefix_hit(1 / gap, 5.0))

    assert dearer(109.4) < 0 < dearer(109.6)


def test_a_hit_rate_of_92_percent_takes_six_dollars_to_1_15():
    # published: 92 % of tokens read, $6 -> $1.15 per million, that is .92 x .1 + .08 x 1.25
    assert 6 * FIVE_MINUTES.factor(0.92) == pytest.approx(1.15, abs=0.005)
    prices = InputPrices(6.0, 0.6, 7.5)
    assert prices.blended(0.92) == pytest.approx(1.15, abs=0.005)


def test_the_published_saving_on_a_cached_book_comes_out():
    case = CASES["anthropic_prompt_caching_chat_with_book"]
    inputs = {**case["inputs"], **case["assumed"]}
    price, prefix = inputs["p_in"], inputs["prefix"]
    prices = InputPrices(price, price * inputs["read_mult"], price * inputs["write_mult"])
    question = inputs["question"] * price
    with_cache = prefix * prices.blended(1.0) + question
    check = case["checks"][0]
    saving = 1 - with_cache / (prefix * price + question)
    assert saving == pytest.approx(check["expected"], abs=check["tol"])


def test_one_call_and_more_of_a_cached_prompt_save_as_a_table_says():
    # Many-shot, 10,000 tokens, 465 input-equivalents beside it, the write included:
    # n = 1 loses 25 % of the prefix, 2 saves 32 %, 5 67 %, 10 78 %, 50 87 % (of the prefix alone)
    for n, saved in ((1, -0.25), (2, 0.325), (5, 0.67), (10, 0.785), (50, 0.877)):
        assert 1 - FIVE_MINUTES.factor((n - 1) / n) == pytest.approx(saved, abs=0.005)


def test_thinned_traffic_can_make_a_prompt_cache_dearer():
    """One call a minute, five minutes: .1077 of the plain bill, .0943 and .1023 behind a response
    cache that answers 30 % and 60 %. It falls to .0940 at 35 %, rises to .1075 at 73 %, as dear
    as with no response cache although three calls in four are gone, and then falls for good."""

    def factor(answered):
        return (1 - answered) * FIVE_MINUTES.factor(prefix_hit((1 - answered) / MINUTE, 300.0))

    assert factor(0.0) == pytest.approx(0.1077, abs=1e-4)
    assert factor(0.3) == pytest.approx(0.0943, abs=1e-4)
    assert factor(0.6) == pytest.approx(0.1023, abs=1e-4)
    answered = np.linspace(0, 0.99, 991)
    totals = np.array([factor(share) for share in answered])
    turns = np.nonzero(np.diff(np.sign(np.diff(totals))))[0] + 1
    assert answered[turns] == pytest.approx([0.349, 0.734], abs=0.002)
    assert totals[turns] == pytest.approx([0.0940, 0.1075], abs=1e-4)


def test_a_response_cache_thins_the_stream():
    # a call every 5 minutes, five minutes: .632; behind a cache that answers 30 %: .503, 60 %: .330
    for answered, hit in ((0.0, 0.632), (0.3, 0.503), (0.6, 0.330)):
        assert prefix_hit((1 - answered) / 300, 300) == pytest.approx(hit, abs=5e-4)


@pytest.mark.parametrize("renewal", ["sliding", "fixed"])
def test_calls_drawn_one_by_one_find_the_prefix_as_often(renewal):
    rng = np.random.default_rng(11)
    for _ in range(8):
        gap, lifetime = rng.uniform(20, 900), rng.choice([300.0, 1800.0, 3600.0])
        found = drawn_hit(rng, 1 / gap, lifetime, renewal)
        assert prefix_hit(1 / gap, lifetime, renewal) == pytest.approx(found, abs=0.005)


def test_calls_after_a_change_of_the_prompt_find_it_as_often():
    rng = np.random.default_rng(12)
    for gap, lifetime, window in ((60, 300, 3600), (600, 300, 7200), (100, 3600, 1800)):
        found = drawn_hit(rng, 1 / gap, lifetime, "sliding", window=window)
        assert cold_prefix_hit(1 / gap, lifetime, window) == pytest.approx(found, abs=0.015)
    assert cold_prefix_hit(0.1, 300, 1e9) == pytest.approx(float(prefix_hit(0.1, 300)), abs=1e-5)
    assert cold_prefix_hit(0.0, 300, 1e9) == 0


def test_above_fifteen_calls_a_minute_a_key_fills_several_caches():
    assert caches_in_use(10 / 60) == 1
    assert caches_in_use(150 / 60) == pytest.approx(10)
    assert caches_in_use(150 / 60, keys=5) == pytest.approx(2)
    assert caches_in_use(150 / 60, overflow_per_minute=None) == 1
    # each of the ten gets 15 a minute: still as good as always there
    assert prefix_hit(2.5 / caches_in_use(2.5), 300) == pytest.approx(1)


def test_a_table_of_prices_gives_absolute_prices():
    book = PriceBook.from_cards({"case/model": RateCard(4.0, 0.2, 5.0, 8.0, 20.0)})
    card = book.model("case/model").live[-1].cards["standard"].card
    prices = InputPrices(card.input, card.cached_rate, card.written_1h_rate)
    # .05 x reads and 2 x writes: (8 - 4) / (8 - .2)
    assert prices.break_even_hit == pytest.approx(4 / 7.8)


def test_a_table_looks_up_what_is_worked_out():
    reads = np.exp(np.random.default_rng(1).uniform(-16, 12, (3, 2000)))
    for renewal in ("sliding", "fixed"):
        found = hit_table(renewal)(reads)
        assert found == pytest.approx(prefix_hit(reads, 1.0, renewal), abs=1e-4)
    assert hit_table()(0.0) == 0
    assert hit_table()(np.inf) == pytest.approx(1)


def test_calls_that_crowd_into_some_hours_find_the_prefix_more_often_where_they_are_few():
    # a third of the day has all the calls: three times the rate then, 1 - exp(-3 x .1) = .259
    crowded = hit_table("sliding", (1.0, 0.0, 0.0))
    assert crowded(0.1) == pytest.approx(1 - math.exp(-0.3), abs=1e-4)
    # two halves, three to one: 3/4 (1 - e^-1.5) + 1/4 (1 - e^-.5) = .6810
    assert hit_table("sliding", (3.0, 1.0))(1.0) == pytest.approx(0.6810, abs=1e-4)


rates = st.floats(0, 1e3)
lifetimes = st.floats(0, 1e6)


@settings(max_examples=80, deadline=None)
@given(rates, lifetimes, st.floats(1, 3), st.floats(1, 3), st.sampled_from(["sliding", "fixed"]))
def test_what_must_hold_of_every_prefix(rate, lifetime, more, longer, renewal):
    hit = prefix_hit(rate, lifetime, renewal)
    assert 0 <= hit <= 1
    assert hit <= prefix_hit(rate * more, lifetime, renewal) + 1e-12
    assert hit <= prefix_hit(rate, lifetime * longer, renewal) + 1e-12
    assert prefix_hit(rate * 2, lifetime / 2, renewal) == pytest.approx(float(hit))
    assert prefix_hit(rate, lifetime, "fixed") <= prefix_hit(rate, lifetime) + 1e-12
    assert prefix_hit(rate, 0.0, renewal) == 0
    assert prefix_hit(1.0, np.inf, renewal) == 1
    assert cold_prefix_hit(rate, lifetime, 1e4) <= prefix_hit(rate, lifetime) + 1e-9


@settings(max_examples=80, deadline=None)
@given(st.floats(0, 1), st.floats(0.01, 0.99), st.floats(1, 3))
def test_a_write_premium_loses_below_its_break_even_and_saves_above(hit, read, written):
    prices = InputPrices(1.0, read, written)
    factor = prices.factor(hit)
    assert read - 1e-12 <= factor <= written + 1e-12
    if hit < prices.break_even_hit - 1e-9:
        assert factor > 1
    if hit > prices.break_even_hit + 1e-9:
        assert factor < 1
    assert prices.factor(prices.break_even_hit) == pytest.approx(1)
    gap = prices.break_even_gap(300.0)
    if np.isfinite(gap):
        assert prices.factor(prefix_hit(1 / gap, 300.0)) == pytest.approx(1)
