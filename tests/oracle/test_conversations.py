"""Conversations of the slow simulator against hand arithmetic and closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from costmodel.prices import RateCard, Tier

from .conversations import Step, Tally, play
from .laws import Size, draw_counts

CARD = RateCard(
    input=2.0, cache_read=0.5, cache_write=2.5, cache_write_1h=None, output=8.0, tiers=()
)
MANY = 200_000


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def one(value):
    return np.array([float(value)])


def size(mean, sigma=0.0):
    return Size.with_mean(one(mean), sigma, np.inf)


def step(**changes):
    """A step of 1,000 fixed tokens, 100 from the user and 200 in the answer, all constant."""
    plain = Step(
        fixed_tokens=one(1000),
        retrieved_tokens=one(0),
        kept_tokens=one(0),
        user=size(100),
        output=size(200),
        reasoning=Size(one(-np.inf), 0.0, np.inf),
        resend=True,
        malformed=one(0),
        transport=one(0),
        max_attempts=1,
        malformed_shape=0.2,
        cached_share=one(0),
        written_share=one(0),
    )
    return replace(plain, **changes)


def played(step, turns, rng, parts=((1.0, CARD),), factor=1.0):
    """The tally of conversations with these numbers of turns, all of one future."""
    tally = Tally(1)
    turns = np.asarray(turns)
    play(step, np.zeros(turns.size, dtype=np.int64), turns, one(factor), parts, tally, rng)
    return tally


def test_a_single_turn_sends_the_prompt_and_bills_it(rng):
    tally = played(step(), [1], rng)
    assert tally.tokens["uncached"] == pytest.approx(1100)
    # 1,100 x $2 + 200 x $8 per million
    assert sum(tally.usd.values()) == pytest.approx((2200 + 1600) / 1e6)


def test_the_second_turn_resends_the_first_message_and_its_answer(rng):
    # 1,100 + (1,000 + 100 + 200 + 100) = 2,500 = N S + u N(N+1)/2 + a N(N-1)/2 at N = 2
    assert played(step(), [2], rng).tokens["uncached"] == pytest.approx(2500)
    assert played(step(resend=False), [2], rng).tokens["uncached"] == pytest.approx(2200)


@pytest.mark.parametrize("n", [1, 4, 9])
def test_mean_conversation_input_is_the_closed_form_for_sizes_that_vary(n, rng):
    varied = step(user=size(100, 0.9), output=size(200, 0.7), reasoning=size(300, 0.8))
    tally = played(varied, np.full(MANY, n), rng)
    expected = n * 1000 + 100 * n * (n + 1) / 2 + 200 * n * (n - 1) / 2
    assert tally.tokens["uncached"] / MANY == pytest.approx(expected, rel=0.01)
    assert tally.tokens["output"] / MANY == pytest.approx(n * 500, rel=0.01)
    assert tally.tokens["reasoning"] / MANY == pytest.approx(n * 300, rel=0.01)


def test_random_lengths_enter_through_their_pairs(rng):
    # mean 3.7, cv 1.1: E[K(K-1)/2] = (16.56 + 13.69 - 3.7)/2 = 13.28
    turns = draw_counts(np.full(MANY, 3.7), 1.1, rng)
    tally = played(step(), turns, rng)
    expected = 3.7 * 1100 + 13.2782 * 300
    assert tally.tokens["uncached"] / MANY == pytest.approx(expected, rel=0.015)


def test_retrieved_tokens_are_sent_each_turn_and_kept_only_if_told(rng):
    forgotten = step(retrieved_tokens=one(2000))
    kept = step(retrieved_tokens=one(2000), kept_tokens=one(2000))
    # three turns: 3 x 2,000, and 2,000 (1 + 2) more if earlier ones are resent
    bare = played(step(), [3], rng).tokens["uncached"]
    assert played(forgotten, [3], rng).tokens["uncached"] == pytest.approx(bare + 6000)
    assert played(kept, [3], rng).tokens["uncached"] == pytest.approx(bare + 12000)


def test_a_failed_answer_leaves_only_its_question_in_the_history(rng):
    never = step(malformed=one(1), max_attempts=2)
    tally = played(never, [2], rng)
    # turn 1: 2 x 1,100; turn 2: 2 x (1,000 + 100 + 100), both answers billed twice
    assert tally.tokens["uncached"] == pytest.approx(2 * 1100 + 2 * 1200)
    assert tally.tokens["output"] == pytest.approx(4 * 200)
    assert tally.sums["failed"] == 2


def test_calls_lost_in_transport_cost_nothing_and_leave_no_answer(rng):
    lost = played(step(transport=one(1), max_attempts=3), [2], rng)
    assert lost.sums["attempts"] == 6
    assert lost.sums["calls"] == 0
    assert sum(lost.usd.values()) == 0


def test_prompt_bound_failures_bill_1_062_attempts(rng):
    tally = played(step(malformed=one(0.05), max_attempts=3), np.ones(MANY, dtype=int), rng)
    # 1 + E q + E q^2 of Beta(.2, 3.8) = 1.062; E q^3 = .0044
    assert tally.sums["calls"] / MANY == pytest.approx(1.062, abs=0.003)
    assert tally.sums["failed"] / MANY == pytest.approx(0.0044, abs=0.0006)
    assert tally.usd["output"] / MANY == pytest.approx(1.062 * 1600 / 1e6, rel=0.003)


def test_cached_and_written_shares_are_billed_at_their_rates(rng):
    tally = played(step(cached_share=one(0.5), written_share=one(0.25)), [1], rng)
    usd = {"cached": 550 * 0.5, "written": 275 * 2.5, "uncached": 275 * 2.0, "output": 200 * 8.0}
    for meter, times_a_million in usd.items():
        assert tally.usd[meter] == pytest.approx(times_a_million / 1e6)


def test_a_request_above_the_threshold_is_priced_whole_at_the_dearer_card(rng):
    dear = RateCard(
        input=4.0, cache_read=None, cache_write=None, cache_write_1h=None, output=12.0, tiers=()
    )
    tiered = replace(CARD, tiers=(Tier(threshold=1200, inclusive=False, card=dear),))
    tally = played(step(), [2], rng, parts=((1.0, tiered),))
    # 1,100 tokens at $2 and $8, then 1,400 at $4 and $12
    expected = 1100 * 2 + 200 * 8 + 1400 * 4 + 200 * 12
    assert sum(tally.usd.values()) == pytest.approx(expected / 1e6)


def test_two_prices_in_one_month_are_weighted(rng):
    double = replace(CARD, input=4.0, output=16.0)
    tally = played(step(), [1], rng, parts=((0.25, CARD), (0.75, double)))
    assert sum(tally.usd.values()) == pytest.approx(1.75 * 3800 / 1e6)


def test_drift_of_tokens_leaves_the_fixed_prompt_and_retrieved_tokens_alone(rng):
    tally = played(step(retrieved_tokens=one(500)), [1], rng, factor=1.5)
    assert tally.tokens["uncached"] == pytest.approx(1000 + 500 + 150)
    assert tally.tokens["output"] == pytest.approx(300)


def test_answers_of_one_conversation_are_alike_and_unlike_its_questions(rng):
    """Var of the sum of n outputs: n v (1 + (n - 1) c), c the correlation of the sizes."""
    sigma, n, mean = 0.8, 4, 200.0
    v = mean**2 * np.expm1(sigma**2)
    c = np.expm1(0.5 * sigma**2) / np.expm1(sigma**2)
    expected = n * v * (1 + (n - 1) * c)
    futures = 50_000
    tally = Tally(futures)
    each = np.zeros(futures)
    varied = step(
        **{
            name: np.zeros(futures) + getattr(step(), name)
            for name in (
                "fixed_tokens", "retrieved_tokens", "kept_tokens",
                "malformed", "transport", "cached_share", "written_share",
            )
        },
        user=Size.with_mean(each + 100, 0.9, np.inf),
        output=Size.with_mean(each + mean, sigma, np.inf),
        reasoning=Size(each - np.inf, 0.0, np.inf),
        resend=False,
    )  # fmt: skip
    play(varied, np.arange(futures), np.full(futures, n), each + 1, ((1.0, CARD),), tally, rng)
    assert tally.tokens["output"].var() == pytest.approx(expected, rel=0.05)
    together = np.corrcoef(tally.tokens["output"], tally.tokens["uncached"])[0, 1]
    assert together == pytest.approx(0, abs=0.02)
