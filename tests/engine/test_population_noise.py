"""Few people do not average out; many do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from costmodel.engine.simulate import simulate
from tests.engine.sample import book, chat

SPREAD = {"spread"}


def _one_segment(users, turns, **changes):
    return chat(
        {
            "segments": {"all": {"users": users}},
            "features.answer.turns_per_user": {"all": turns},
            **changes,
        },
        without=("correlations",),
    )


def test_a_hundred_thousand_calls_of_identical_users_hardly_vary():
    """P90/P50 of 120,000 single-turn calls of cv 1 lies below 1.01."""
    scenario = _one_segment(
        1000,
        {"mean": "120 per month", "cv": 0},
        **{
            "features.answer.conversation": {"turns": 1, "history": "none"},
            "features.answer.prompt": [{"user": {"mean": 1000, "cv": 1.0}}],
            "features.answer.output": {"mean": 300, "cv": 1.0},
        },
    )
    month = simulate(scenario, prices=book(), uncertainty=SPREAD).month(1)
    assert 1.0 < month.p90 / month.p50 < 1.01


def test_five_hundred_and_fifty_heavy_tailed_users_leave_nine_percent_noise():
    """Top 1 % hold 15 %: sigma 1.29, sqrt((e^(sigma^2) - 1)/550) = 8.8 %."""
    scenario = _one_segment(550, {"mean": "60 per month", "top_1_percent": "15%"})
    month = simulate(scenario, prices=book(), uncertainty=SPREAD).month(1)
    sigma = scenario.features["answer"].turns_per_user["all"].spread.sigma
    between = math.sqrt(math.expm1(sigma**2) / 550)
    assert between == pytest.approx(0.088, abs=0.003)
    assert month.sd / month.mean == pytest.approx(between, rel=0.1)


def test_ten_million_users_leave_none():
    scenario = _one_segment("10M", {"mean": "60 per month", "top_1_percent": "15%"})
    month = simulate(scenario, prices=book(), uncertainty=SPREAD).month(1)
    assert month.sd / month.mean < 1e-3


def test_the_same_people_come_back_every_month():
    scenario = _one_segment(300, {"mean": "400 per month", "top_1_percent": "23%"})
    spend = simulate(scenario, prices=book(), uncertainty=SPREAD).spend
    correlation = np.corrcoef(spend[:, 0], spend[:, 11])[0, 1]
    assert correlation > 0.9


def test_below_a_hundred_people_a_warning_says_the_shape_is_approximate():
    scenario = _one_segment(40, {"mean": "40 per month", "cv": 1})
    warnings = simulate(scenario, prices=book(), draws=64).warnings
    assert any("about 40 people: below 100" in words for words in warnings)
