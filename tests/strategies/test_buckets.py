"""Token buckets: the formula by hand, and its error against people drawn one by one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.strategies.buckets import TokenBucket
from costmodel.strategies.months import limit_months

from .crowd import bucket, intensities


def share(load, burst, clump):
    """(1 - e^-t) / (1 - rho e^-t), t = (1 - rho) (burst - 1/2) / (clump / 2)."""
    t = (1 - load) * (burst - 0.5) / (clump / 2)
    return (1 - math.exp(-t)) / (1 - load * math.exp(-t))


def test_the_formula_by_hand():
    # 30 days at 2 turns a day; 30 turns in a month are a load of 1/2. Single turns: v = 1, mu =
    # 1/2, t = 1/2 x 4.5 / (1/2) = 4.5, served (1 - e^-4.5) / (1 - e^-4.5 / 2) = 0.99441.
    found = limit_months(TokenBucket(2.0, 5), 0.0, 30.0, 30)
    assert found.share == pytest.approx(0.99441, abs=2e-4)
    assert share(0.5, 5, 1.0) == pytest.approx(0.99441, abs=1e-5)
    # ten active days crowd it: v = 1 + (1 - 10/30) x 3 = 3
    crowded = limit_months(TokenBucket(2.0, 5), 0.0, 30.0, 30, 10)
    assert crowded.share == pytest.approx(share(0.5, 5, 3.0), abs=1e-3)


def test_at_the_rate_itself_nothing_is_divided_by_zero():
    found = limit_months(TokenBucket(2.0, 5), 0.0, 60.0, 30)
    # at rho = 1 the formula's limit is x / (1 + x), x = b / mu = 9
    assert found.share == pytest.approx(0.9, abs=1e-3)


def test_far_above_the_rate_a_person_gets_the_rate():
    found = limit_months(TokenBucket(2.0, 5), 0.0, 6_000.0, 30)
    assert found.share == pytest.approx(60 / 6_000, rel=1e-2)


CASES = [  # mean, sigma, active days, rate a day, burst, turns of a conversation and their cv
    (60, 1.2, 30, 2, 10, 3.7, 1.1),
    (60, 1.2, 10, 2, 10, 3.7, 1.1),
    (20, 1.2, 3, 2, 10, 3.7, 1.1),
    (20, 1.2, 10, 1, 30, 1.0, 0.0),
    (60, 0.6, 30, 3, 20, 2.0, 0.5),
    (60, 1.6, 10, 5, 40, 3.7, 1.1),
]


@pytest.mark.parametrize("case", CASES)
def test_people_drawn_one_by_one_get_as_much(case):
    mean, sigma, active, rate, burst, turns, turns_cv = case
    rng = np.random.default_rng(9)
    persons = mean * intensities(rng, 2_500, sigma)
    _, served, stopped = bucket(rng, persons, 30, active, 3, rate, burst, turns, turns_cv)
    found = limit_months(TokenBucket(rate, burst, turns, turns_cv), sigma, mean, 30, active)
    error = served.std() / math.sqrt(served.size) / mean
    assert found.share == pytest.approx(served.mean() / mean, abs=0.02 + error)
    assert found.affected == pytest.approx(stopped.mean(), abs=0.08)


@settings(max_examples=30, deadline=None)
@given(
    demand=st.floats(0.5, 2_000),
    rate=st.floats(0.2, 30),
    burst=st.integers(1, 200),
    sigma=st.floats(0, 2),
    active=st.floats(1, 30),
)
def test_what_must_hold_of_every_bucket(demand, rate, burst, sigma, active):
    def effect(rate, burst):
        return limit_months(TokenBucket(rate, burst, 3.7, 1.1), sigma, demand, 30, active)

    found, larger, faster = effect(rate, burst), effect(rate, burst + 3), effect(rate * 1.2, burst)
    assert 0 <= found.share <= 1
    assert found.share <= larger.share + 1e-3
    assert found.share <= faster.share + 1e-3
    assert found.share * demand <= 30 * rate + burst + 1e-6
    assert 0 <= found.affected <= 1
