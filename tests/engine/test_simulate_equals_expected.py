"""With uncertainty off, the simulation and the closed form are two codes for one number."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from costmodel.engine.expected import expected
from costmodel.engine.simulate import simulate
from tests.engine.sample import CLIFF, PLAIN, SINGLE_TURN, book, chat

OFF: frozenset[str] = frozenset()


def _relative_gap(scenario, prices):
    projection = simulate(scenario, prices=prices, draws=2, uncertainty=OFF)
    closed = expected(scenario, prices=prices)
    assert projection.total.mean > 0
    months = [
        abs(projection.month(n).mean / closed.month(n) - 1)
        for n in range(1, scenario.months + 1)
        if closed.month(n) > 0
    ]
    return max(*months, abs(projection.total.mean / closed.total - 1))


def test_a_conversation_below_every_threshold_agrees_to_rounding():
    assert _relative_gap(chat(), book(PLAIN)) < 1e-9


def test_rates_per_day_and_per_week_use_the_months_real_days():
    usage = {
        "free": {"mean": "0.3 to 0.5 per day", "cv": 1.0},
        "pro": {"mean": "10 to 20 per week", "cv": 1.0},
    }
    scenario = chat({"features.answer.turns_per_user": usage})
    assert _relative_gap(scenario, book()) < 1e-9
    closed = expected(scenario, prices=book())
    december, january, february = (lane for lane in closed.lanes[0].turns[:3])
    growth = 1 + scenario.segments["free"].growth.mean
    assert january / december == pytest.approx(growth)  # both have 31 days
    assert february / january == pytest.approx(growth * 28 / 31)


@pytest.mark.parametrize("threshold_share", [0.2, 0.7, 1.0, 1.3, 3.0])
def test_one_capped_lognormal_message_meets_a_cliff_exactly(threshold_share):
    scenario = chat(SINGLE_TURN)
    mean_input = 1500 + 860
    tier = CLIFF.tiers[0]
    card = _moved_cliff(CLIFF, int(mean_input * threshold_share), tier)
    assert _relative_gap(scenario, book(card)) < 1e-9


def _moved_cliff(card, threshold, tier):
    return replace(card, tiers=(replace(tier, threshold=threshold),))


@pytest.mark.parametrize("threshold", [2500, 4000, 6000, 12000])
def test_a_resent_history_meets_a_cliff_within_a_thousandth(threshold):
    card = _moved_cliff(CLIFF, threshold, CLIFF.tiers[0])
    assert _relative_gap(chat(), book(card)) < 1e-3


def test_a_feature_that_starts_later_costs_nothing_before():
    scenario = chat({"features.answer.from": "2027-03"})
    projection = simulate(scenario, prices=book(), draws=64)
    assert np.all(projection.spend[:, :3] == 0)
    assert np.all(projection.spend[:, 3:] > 0)
    assert _relative_gap(scenario, book()) < 1e-9


def test_the_mean_input_of_a_conversation_is_the_hand_formula():
    """Input over N turns = N S + u N(N+1)/2 + a N(N-1)/2; S=500, u=100, a=300, N=20: 88,000."""
    scenario = chat(
        {
            "features.answer.conversation": {
                "turns": {"mean": 20, "cv": 0},
                "history": "resend",
            },
            "features.answer.prompt": [
                {"system": {"tokens": 500}},
                "history",
                {"user": {"mean": 100, "cv": 0}},
            ],
            "features.answer.output": {"mean": 300, "cv": 0},
        },
        without=("features.answer.failures", "features.answer.reasoning"),
    )
    lane = simulate(scenario, prices=book(), draws=2, uncertainty=OFF).ledger.lanes[0]
    assert float(lane.step.shape.input.max()) * 20 == pytest.approx(88_000)


def test_the_mean_of_the_simulation_lies_slightly_above_the_closed_form():
    scenario = chat()
    simulated = simulate(scenario, prices=book()).month(12).mean
    closed = expected(scenario, prices=book()).month(12)
    assert 1.0 < simulated / closed < 1.06
    assert math.isfinite(simulated)
