"""The slow simulator as a whole against hand arithmetic and closed forms."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from . import simulator
from .scenes import CARD, PLAIN, book, scene, standard_error
from .simulator import simulate_slowly

CALL = (1100 * 2 + 250 * 8) / 1e6
"""USD of one plain call: 1,000 + 100 tokens at $2 and 200 + 50 at $8 per million."""


def slow(scenario, futures, uncertainty=frozenset({"spread"}), card=CARD):
    return simulate_slowly(
        scenario,
        futures=futures,
        rng=np.random.default_rng(11),
        uncertainty=uncertainty,
        prices=book(card),
    )


def near(sample, expected, errors=4.0):
    return abs(np.mean(sample) - expected) <= errors * standard_error(sample)


def test_certain_single_calls_cost_users_times_turns_times_the_call():
    result = slow(scene(), 2000)
    assert result.spend.shape == (2000, 3)
    # 100 people x 4 turns = 400 calls expected, each $0.0042
    for m in range(3):
        assert near(result.spend[:, m], 400 * CALL)
        # Poisson: the variance of the number of calls is its mean.
        assert result.count("calls")[:, m].var() == pytest.approx(400, rel=0.15)
    np.testing.assert_allclose(result.spend, result.count("calls") * CALL, rtol=1e-12)


def test_meters_and_lanes_add_up_to_the_spend():
    mixed = {
        "segments.pro": {"users": 20},
        "features.answer.turns_per_user.pro": {"mean": "30 per month", "cv": 1},
        "features.answer.implicit_cache": {"cached": "40%", "written": "30%"},
    }
    result = slow(scene(mixed), 50)
    assert set(result.lanes) == {("free", "answer"), ("pro", "answer")}
    meters = sum(result.usd(meter) for meter in ("uncached", "cached", "written", "output"))
    np.testing.assert_allclose(meters, result.spend)
    rates = {"uncached": 2.0, "cached": 0.5, "written": 2.5, "output": 8.0}
    for meter, rate in rates.items():
        np.testing.assert_allclose(result.usd(meter), result.tokens(meter) * rate / 1e6)
    np.testing.assert_allclose(result.total, result.spend.sum(axis=1))


def test_rates_per_day_and_per_week_follow_the_calendar():
    daily = {"features.answer.turns_per_user.free": {"mean": "2 per day", "cv": 0}}
    weekly = {"features.answer.turns_per_user.free": {"mean": "7 per week", "cv": 0}}
    for changes, per_day in ((daily, 2), (weekly, 1)):
        turns = slow(scene(changes), 400).count("turns")
        for m, days in enumerate((31, 28, 31)):
            assert near(turns[:, m], 100 * per_day * days)


def test_segments_grow_by_whole_people():
    growing = {"segments.free.growth": "5% per month", "segments.free.users": 10}
    people = slow(scene(growing), 4000).people["free"]
    # 10, 10.5, 11.025
    assert set(people[:, 0]) == {10}
    assert set(people[:, 1]) == {10, 11}
    assert set(people[:, 2]) == {11, 12}
    assert near(people[:, 1], 10.5)
    assert near(people[:, 2], 11.025)


def test_a_feature_makes_no_turns_before_its_month():
    spend = slow(scene({"features.answer.from": "2027-03"}), 20).spend
    assert spend[:, :2].max() == 0
    assert spend[:, 2].min() > 0


def test_mean_input_of_conversations_is_the_closed_form():
    talkative = {
        "features.answer.conversation.turns": {"mean": 3.7, "cv": 1.1},
        "features.answer.prompt": [
            {"system": {"tokens": 1000}},
            "history",
            {"retrieved": {"chunks": 5, "tokens_each": 400, "kept_in_history": True}},
            {"user": {"mean": 100, "cv": 1.2}},
        ],
        "features.answer.output": {"mean": 200, "cv": 0.8},
    }
    result = slow(scene(talkative), 1500)
    # E[K] = 3.7, E[K(K-1)/2] = (4.07^2 + 3.7^2 - 3.7)/2 = 13.277; 400 turns / 3.7 conversations.
    pairs = (4.07**2 + 3.7**2 - 3.7) / 2
    conversation = 3.7 * (1000 + 2000 + 100) + pairs * (100 + 200 + 2000)
    assert near(result.count("conversations")[:, 0], 400 / 3.7)
    assert near(result.count("turns")[:, 0], 400)
    assert near(result.tokens("uncached").mean(axis=1), 400 / 3.7 * conversation)
    assert near(result.tokens("output").mean(axis=1), 400 * 250)


def test_the_same_people_stay_heavy_from_month_to_month():
    heavy = {
        "segments.free.users": 50,
        "features.answer.turns_per_user.free": {"mean": "20 per month", "cv": 1},
    }
    spend = slow(scene(heavy), 2500).spend
    # Between people 1/50 of the squared mean, within the month 1/1000: correlation 20/21.
    assert np.corrcoef(spend[:, 0], spend[:, 2])[0, 1] == pytest.approx(20 / 21, abs=0.01)
    assert spend[:, 0].std() / spend[:, 0].mean() == pytest.approx(np.sqrt(0.021), rel=0.05)


def test_a_person_is_as_heavy_in_one_feature_as_in_the_other():
    use = {"free": {"mean": "20 per month", "cv": 1}}
    other = {**PLAIN["features"]["answer"], "turns_per_user": use}
    changes = {
        "months": 1,
        "segments.free.users": 50,
        "features.answer.turns_per_user": use,
        "features.other": other,
    }
    lanes = slow(scene(changes), 4000).lanes
    first, second = (lanes["free", f].spend[:, 0] for f in ("answer", "other"))
    # Common to both 1/50, each on its own 1/1000: correlation 20/21.
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(20 / 21, abs=0.01)


def test_beliefs_are_drawn_once_per_future_and_move_together_if_told():
    changes = {
        "segments.free.users": "800 to 1200",
        "segments.pro.users": "800 to 1200",
        "features.answer.turns_per_user.free": {"mean": "0.1 per month", "cv": 0},
        "features.answer.turns_per_user.pro": {"mean": "0.1 per month", "cv": 0},
        "correlations": {"size": {"of": ["segments.*.users"], "strength": 0.6}},
    }
    scenario = scene(changes)
    result = slow(scenario, 4000, frozenset({"belief"}))
    free, pro = (np.log(result.people[name][:, 0]) for name in ("free", "pro"))
    assert np.corrcoef(free, pro)[0, 1] == pytest.approx(0.6, abs=0.04)
    assert np.quantile(result.people["free"], (0.05, 0.95)) == pytest.approx([800, 1200], rel=0.02)
    assert np.array_equal(result.people["free"][:, 0], result.people["free"][:, 2])
    without = slow(scenario, 20).people["free"]
    assert np.ptp(without) <= 1
    assert without.mean() == pytest.approx(scenario.segments["free"].users.mean, abs=1)


def test_drift_moves_volume_by_its_sd_and_leaves_the_mean():
    other = PLAIN["features"]["answer"]
    changes = {
        "months": 1,
        "segments.free.users": 2500,
        "drift.tokens": "0%",
        "features.other": other,
    }
    result = slow(scene(changes), 400, frozenset({"spread", "drift"}))
    spend = {f: result.lanes["free", f].spend[:, 0] for f in ("answer", "other")}
    assert near(result.total, 2 * 10_000 * CALL)
    logs = np.log(list(spend.values()))
    # 10,000 calls add 1 % to a sd of 20 %, in squares; half the variance is common to both.
    assert logs.std(axis=1) == pytest.approx([0.2, 0.2], rel=0.1)
    assert np.corrcoef(logs)[0, 1] == pytest.approx(0.5, abs=0.12)


def test_drift_of_tokens_moves_the_answer_but_not_the_fixed_prompt():
    changes = {"drift.volume": "0%", "drift.tokens": "30%", "segments.free.users": 200}
    result = slow(scene(changes), 1500, frozenset({"drift"}))
    calls = result.count("calls")[:, 0]
    factor = result.tokens("output")[:, 0] / calls / 250
    assert near(factor, 1.0)
    assert np.log(factor).std() == pytest.approx(0.3, rel=0.08)
    np.testing.assert_allclose(result.tokens("uncached")[:, 0] / calls, 1000 + 100 * factor)


def test_a_price_that_changes_within_a_month_is_weighted_by_its_days():
    dear = replace(CARD, input=4.0, output=16.0)
    parts = {1: ((1.0, CARD),), 2: ((0.25, CARD), (0.75, dear)), 3: ((1.0, dear),)}
    result = simulate_slowly(
        scene(),
        futures=30,
        rng=np.random.default_rng(2),
        month_price=lambda _model, _mode, _year, month: SimpleNamespace(parts=parts[month]),
    )
    expected = result.tokens("uncached") * 2 + result.tokens("output") * 8
    np.testing.assert_allclose(result.spend, expected / 1e6 * [1, 1.75, 2])


def test_futures_simulated_in_pieces_have_the_same_means(monkeypatch):
    heavy = scene({"features.answer.turns_per_user.free": {"mean": "4 per month", "cv": 1}})
    assert simulator.futures_at_once(heavy) > 200
    whole = slow(heavy, 600)
    monkeypatch.setattr(simulator, "CONVERSATIONS_AT_ONCE", 3000)
    pieces = slow(heavy, 600)
    assert simulator.futures_at_once(heavy) < 10
    assert pieces.spend.shape == whole.spend.shape
    assert near(pieces.total, whole.total.mean(), errors=5)


def test_the_same_generator_draws_the_same_futures():
    first, second = (slow(scene(), 10).spend for _ in range(2))
    assert np.array_equal(first, second)


def test_nobody_spends_nothing():
    assert slow(scene({"segments.free.users": 0}), 5).spend.max() == 0
