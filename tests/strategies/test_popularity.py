"""Hit rates of a cache of answers: closed forms, checks from elsewhere, and requests drawn."""

from collections import OrderedDict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.strategies.popularity import (
    Popularity,
    cold_hit_rate,
    hit_rate,
    least_recently_used,
    semantic_hit_rates,
    zipf,
)

LAW = zipf(10_000, 0.8)


def every_rank(questions, exponent):
    weight = np.arange(1, questions + 1) ** -float(exponent)
    return Popularity(weight / weight.sum(), np.ones(questions))


def requests(rng, questions, exponent, count):
    return rng.choice(questions, size=count, p=every_rank(questions, exponent).share)


@pytest.mark.parametrize("questions", [1, 2, 511, 512, 513, 700, 100_000])
@pytest.mark.parametrize("exponent", [0.0, 0.6, 1.0, 1.1])
def test_groups_of_ranks_are_as_good_as_every_rank(questions, exponent):
    grouped, whole = zipf(questions, exponent), every_rank(questions, exponent)
    assert grouped.mass.sum() == pytest.approx(1, abs=1e-12)
    assert grouped.count.sum() == questions
    assert grouped.count.size < 1100
    for asked in (1.0, 300.0, 1e5, 1e8):
        for renewal in ("fixed", "sliding"):
            assert hit_rate(grouped, asked, renewal) == pytest.approx(
                hit_rate(whole, asked, renewal), abs=2e-6
            )


def test_one_question_is_a_textbook_case():
    # asked 4 times a lifetime: fixed 4 / 5, sliding 1 - e^-4
    assert hit_rate(zipf(1, 0.8), 4.0) == pytest.approx(0.8)
    assert hit_rate(zipf(1, 0.8), 4.0, "sliding") == pytest.approx(1 - np.exp(-4))


def test_published_and_simulated_hit_rates_come_out():
    # Zipf 0.8 over 10,000, one request a second, an hour: .5009 of 2M simulated requests hit
    assert hit_rate(LAW, 3600.0) == pytest.approx(0.5009, abs=0.002)
    # the same from an empty cache over 10,000 requests: .5863; least recently used 1,000: .4360
    assert cold_hit_rate(LAW, 10_000) == pytest.approx(0.5863, abs=0.004)
    assert least_recently_used(LAW, 1000) == pytest.approx(0.4360, abs=0.003)
    # reference table: N = 100k a = .6, 1 h .108 and 24 h .548; a = 1, 1 h .519
    assert hit_rate(zipf(100_000, 0.6), 3600) == pytest.approx(0.108, abs=5e-4)
    assert hit_rate(zipf(100_000, 0.6), 86_400) == pytest.approx(0.548, abs=5e-4)
    assert hit_rate(zipf(100_000, 1.0), 3600) == pytest.approx(0.519, abs=5e-4)


@pytest.mark.parametrize("renewal", ["fixed", "sliding"])
def test_requests_drawn_one_by_one_hit_as_often(renewal):
    rng = np.random.default_rng(3)
    asked, lifetime = requests(rng, 2_000, 0.9, 300_000), 800.0
    times = np.cumsum(rng.exponential(1.0, asked.size))
    until, hits, counted = np.full(2_000, -1.0), 0, 0
    for question, now in zip(asked.tolist(), times.tolist(), strict=True):
        hit = now < until[question]
        counted += now > 10 * lifetime
        hits += hit and now > 10 * lifetime
        if not hit or renewal == "sliding":
            until[question] = now + lifetime
    assert hit_rate(zipf(2_000, 0.9), lifetime, renewal) == pytest.approx(hits / counted, abs=0.005)


def test_the_last_used_answers_drawn_one_by_one_hit_as_often():
    rng = np.random.default_rng(4)
    kept, hits, room = OrderedDict(), 0, 200
    asked = requests(rng, 2_000, 0.9, 200_000).tolist()
    for number, question in enumerate(asked):
        hits += question in kept and number >= 20_000
        kept[question] = True
        kept.move_to_end(question)
        if len(kept) > room:
            kept.popitem(last=False)
    assert least_recently_used(zipf(2_000, 0.9), room) == pytest.approx(hits / 180_000, abs=0.005)


def test_an_empty_cache_hits_as_often_as_questions_come_again():
    rng = np.random.default_rng(5)
    shares = [1 - np.unique(requests(rng, 2_000, 0.9, 3_000)).size / 3_000 for _ in range(60)]
    assert cold_hit_rate(zipf(2_000, 0.9), 3_000) == pytest.approx(np.mean(shares), abs=0.003)
    assert cold_hit_rate(LAW, 0) == 0
    assert cold_hit_rate(LAW, 1) == pytest.approx(0, abs=1e-9)


def test_matching_by_meaning_drawn_one_by_one_hits_as_often():
    rng = np.random.default_rng(6)
    asked, lifetime, recall = requests(rng, 500, 0.8, 200_000), 300.0, 0.8
    times = np.cumsum(rng.exponential(1.0, asked.size))
    lucky = rng.random(asked.size) < recall
    until, hits, counted = np.full(500, -1.0), 0, 0
    for question, now, luck in zip(asked.tolist(), times.tolist(), lucky.tolist(), strict=True):
        hit = now < until[question] and luck
        counted += now > 10 * lifetime
        hits += hit and now > 10 * lifetime
        if not hit:
            until[question] = max(until[question], now + lifetime)
    right, wrong = semantic_hit_rates(zipf(500, 0.8), lifetime, recall, 0.02)
    assert right == pytest.approx(hits / counted, abs=0.005)
    assert wrong == pytest.approx(0.02 * (1 - right))


def test_perfect_matching_is_an_exact_cache():
    right, wrong = semantic_hit_rates(LAW, np.array([10.0, 3600.0]), 1.0, 0.0)
    assert right == pytest.approx(hit_rate(LAW, np.array([10.0, 3600.0])), rel=1e-9)
    assert wrong == pytest.approx(0)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 10**6), st.floats(0, 1.5), st.floats(0, 1e9), st.floats(0, 1))
def test_what_must_hold_of_every_cache(questions, exponent, asked, recall):
    law = zipf(questions, exponent)
    fixed, sliding = hit_rate(law, asked), hit_rate(law, asked, "sliding")
    assert 0 <= fixed <= sliding <= 1 + 1e-9
    assert fixed <= hit_rate(law, asked * 1.5 + 1e-9) + 1e-12
    assert hit_rate(zipf(questions, 0.0), asked) <= fixed + 1e-9  # alike is the worst case
    right, wrong = semantic_hit_rates(law, asked, recall, 0.01)
    assert 0 <= right <= fixed + 1e-9
    assert 0 <= right + wrong <= 1 + 1e-12


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 20_000), st.floats(0, 1.5), st.floats(0, 25_000))
def test_the_last_used_are_never_better_than_the_most_popular(questions, exponent, room):
    law = zipf(questions, exponent)
    found = float(least_recently_used(law, room))
    best = np.interp(room, np.concatenate([[0], np.cumsum(law.count)]),
                     np.concatenate([[0], np.cumsum(law.mass)]))  # fmt: skip
    assert 0 <= found <= best + 1e-6
    assert found <= float(least_recently_used(law, room + 10)) + 1e-9
    assert least_recently_used(law, questions) == 1
