"""Limits per person: against formulas by hand, exact laws, and people drawn one by one."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.foundation.counts import count_pmf
from costmodel.strategies import limits
from costmodel.strategies.months import limit_months
from costmodel.strategies.windows import TurnLimit, WindowRule

from .quadrature import intensities, limited

CDF = NormalDist().cdf
CHAT = {"turns": 3.7, "turns_cv": 1.1}


def people(rng, count, mean, sigma, turns=1.0, turns_cv=0.0):
    """Turns asked for by people drawn one by one, every conversation's length drawn too."""
    h = np.exp(sigma * rng.standard_normal(count) - sigma**2 / 2)
    conversations = rng.poisson(mean * h / turns)
    pmf = count_pmf(turns, turns_cv)
    lengths = rng.choice(np.arange(1, pmf.size + 1), size=conversations.sum(), p=pmf)
    owner = np.repeat(np.arange(count), conversations)
    return np.bincount(owner, weights=lengths, minlength=count)


def test_the_weights_of_intensities_sum_to_one_and_their_mean_is_one():
    for sigma in (0.0, 0.3, 1.2, 2.0, 3.0):
        h, weight = intensities(sigma)
        assert weight.sum() == pytest.approx(1, abs=1e-12)
        assert h @ weight == pytest.approx(1, abs=1e-10)
        assert h**2 @ weight == pytest.approx(math.exp(sigma**2), rel=1e-9)


def test_many_small_turns_are_the_lognormal_limited_expected_value():
    # mean 100,000 turns at s = 1.2, a cap of 5 times the mean: .9011 served, 2.6 % affected, as the
    # closed form m Phi((ln c - mu - s^2) / s) + c (1 - Phi((ln c - mu) / s)) has it
    s, cap = 1.2, 5
    mu = -(s**2) / 2
    inside = CDF((math.log(cap) - mu - s * s) / s)
    beyond = 1 - CDF((math.log(cap) - mu) / s)
    found = limited(100_000, 500_000, s)
    assert found.served / 100_000 == pytest.approx(inside + cap * beyond, rel=1e-4)
    assert found.affected == pytest.approx(beyond, rel=1e-3)
    assert inside + cap * beyond == pytest.approx(0.901, abs=5e-4)


def test_people_who_are_alike_and_turn_once_at_a_time_are_poisson():
    # Poisson(2) with a limit of 2: E min = P(X > 0) + P(X > 1) = (1 - e^-2) + (1 - 3 e^-2)
    found = limited(2.0, 2, 0.0)
    assert found.served == pytest.approx(2 - 4 * math.exp(-2), rel=1e-12)
    assert found.affected == pytest.approx(1 - 5 * math.exp(-2), rel=1e-12)
    assert found.served_square == pytest.approx(
        (1 - math.exp(-2)) + 3 * (1 - 3 * math.exp(-2)), rel=1e-12
    )


def test_a_limit_of_zero_serves_nobody():
    found = limited(7.0, 0, 1.5, **CHAT)
    assert found.served == 0
    assert found.affected == pytest.approx(
        1 - sum(math.exp(-7 / 3.7 * h) * w for h, w in zip(*intensities(1.5), strict=True))
    )


CASES = [
    (10, 30, 1.58, 3.7, 1.1),
    (3, 5, 1.2, 3.7, 1.1),
    (40, 12, 1.0, 1.0, 0.0),
    (60, 100, 1.2, 3.7, 1.1),
    (300, 600, 1.2, 6.5, 1.5),
    (0.5, 2, 2.0, 2.0, 0.5),
]


@pytest.mark.parametrize("case", CASES)
def test_people_drawn_one_by_one_are_served_as_much(case):
    mean, limit, sigma, turns, turns_cv = case
    drawn = people(np.random.default_rng(7), 400_000, mean, sigma, turns, turns_cv)
    served = np.minimum(drawn, limit)
    found = limited(mean, limit, sigma, turns, turns_cv)
    error = served.std() / math.sqrt(drawn.size)
    assert found.served == pytest.approx(served.mean(), abs=4 * error)
    stopped = (drawn > limit).mean()
    assert found.affected == pytest.approx(
        stopped, abs=4 * math.sqrt(stopped / drawn.size) + 0.0015
    )
    square = served.astype(float) ** 2
    spread = square.std() / math.sqrt(drawn.size)
    assert found.served_square == pytest.approx(square.mean(), abs=4 * spread)


@pytest.mark.parametrize("turns", [(1.0, 0.0), (3.7, 1.1), (6.5, 1.5)])
@pytest.mark.parametrize("above", [1, 40, 150])
def test_the_gamma_law_serves_what_the_exact_law_does(monkeypatch, above, turns):
    limit = math.ceil(limits.largest_exact(*turns)) + above
    mean = np.array([0.5, 5.0, 50.0, 500.0])
    monkeypatch.setattr(limits, "EXACT_TURNS", (0, 0))
    by_gamma = limited(mean, limit, 1.4, *turns)
    monkeypatch.setattr(limits, "EXACT_TURNS", (10_000, 10_000))
    exactly = limited(mean, limit, 1.4, *turns)
    assert by_gamma.served == pytest.approx(exactly.served, rel=1.5e-3)
    assert by_gamma.affected == pytest.approx(exactly.affected, abs=2e-3)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.01, 1e4),
    st.integers(0, 2000),
    st.floats(0, 2.5),
    st.floats(1, 12),
    st.floats(0, 1.5),
)
def test_what_must_hold_of_every_limit(mean, limit, sigma, turns, turns_cv):
    found = limited(mean, limit, sigma, turns, turns_cv)
    higher = limited(mean, limit + 1, sigma, turns, turns_cv)
    more = limited(mean * 1.1, limit, sigma, turns, turns_cv)
    slack = 1e-9 + (2e-3 if limit >= limits.EXACT_TURNS[0] else 0) * mean
    assert -1e-12 <= found.served <= min(mean, limit) * (1 + 1e-9)
    assert found.served <= higher.served + slack
    assert found.served <= more.served + slack
    assert higher.affected <= found.affected + 2e-3
    assert 0 <= found.affected <= 1 + 1e-12
    assert found.between <= found.served_square * (1 + 1e-6) + 1e-12
    assert found.served**2 <= found.between * (1 + 1e-9) + 1e-12


def test_no_limit_is_no_effect():
    found = limited(10.0, 10**7, 1.5, **CHAT)
    assert found.served == pytest.approx(10, rel=1e-6)
    assert found.affected == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("limit", [5, 30, 300])
def test_a_table_looks_up_what_is_worked_out(limit):
    mean = np.exp(np.random.default_rng(1).uniform(math.log(0.7), math.log(55), (3, 50)))
    looked_up = limit_months(WindowRule(TurnLimit(limit, **CHAT)), 1.58, mean, 31)
    found = limited(mean, limit, 1.58, **CHAT)
    assert looked_up.share == pytest.approx(found.served / mean, rel=1e-4)
    assert looked_up.affected == pytest.approx(found.affected, abs=2e-4)
    assert looked_up.between == pytest.approx(found.between / found.served**2, rel=1e-3)
    assert looked_up.share.shape == (3, 50)
