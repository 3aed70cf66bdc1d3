"""Limits by calls, tokens and USD: by hand, and against people whose calls are drawn one by one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.strategies import limits
from costmodel.strategies.features import Stream, merged
from costmodel.strategies.months import limit_months
from costmodel.strategies.people import people
from costmodel.strategies.spending_limits import SpendLimit, spend_limit
from costmodel.strategies.stopping import stopping
from costmodel.strategies.windows import TurnLimit, WindowRule

from .crowd import intensities, lognormal_costs, spend_in_window
from .quadrature import limited


def worked_out(demand, cap, sigma, cv, calls=1.0, calls_cv=0.0):
    """Mean spend, mean square and share stopped, in mean calls, without a table between."""
    limit = SpendLimit(cap, cap, 1, cv, calls, calls_cv)
    crowd = people((demand, demand), sigma, limit.sharpness)
    return (float(crowd.average(values)[0, 0]) for values in limit.serve(crowd.persons))


def test_one_call_always_gets_through_and_a_second_only_below_the_cap():
    # Poisson(1) calls of $1 each, a cap of $1.50: two calls are let through, so that
    # P(N > 0) + P(N > 1) = (1 - e^-1) + (1 - 2 e^-1) is spent, and 1 - 2.5 e^-1 are stopped.
    served, _, stopped = worked_out(1.0, 1.5, 0.0, 0.0)
    assert served == pytest.approx(2 - 3 * math.exp(-1), rel=1e-9)
    assert stopped == pytest.approx(1 - 2.5 * math.exp(-1), rel=1e-9)


def test_a_tiny_cap_lets_one_call_through():
    served, _, stopped = worked_out(2.0, 1e-3, 0.0, 1.0)
    assert served == pytest.approx(1 - math.exp(-2), rel=1e-3)
    assert stopped == pytest.approx(1 - 3 * math.exp(-2), rel=1e-3)


def test_counting_calls_is_a_limit_of_turns():
    served, square, stopped = worked_out(30.0, 20.0, 1.2, 0.0, 3.7, 1.1)
    turns = limited(30.0, 20, 1.2, 3.7, 1.1)
    assert served == pytest.approx(float(turns.served), rel=1e-6)
    assert square == pytest.approx(float(turns.served_square), rel=1e-6)
    assert stopped == pytest.approx(float(turns.affected), rel=1e-6)


def test_the_last_call_overshoots_by_half_its_mean_square():
    # A renewal process passes a far level by E[c^2] / (2 E[c]) on average: with cv = 1, one call.
    law = stopping(np.array([60.0]), 1.0)
    assert law.during[0] @ np.diff(law.calls) == pytest.approx(61.0, abs=0.05)


def test_cells_and_the_gamma_law_agree_where_one_takes_over():
    from costmodel.strategies import stopping as module

    calls = module.counts(128.0, 128.0, 1.0)
    on_cells, _ = module._celled(128.0, 1.0, calls)
    by_gamma, _ = module._matched(128.0, 1.0, calls)
    steps = np.diff(calls)
    low, high = ((law[:-1] @ steps) for law in (on_cells, by_gamma))
    assert low == pytest.approx(high, rel=2e-3)  # calls let through to one who asks for no end


# A random scenario: calls asked for, cap in calls, spread between people and of costs, calls of
# a conversation.
def scenarios(rng, count):
    for _ in range(count):
        asked = math.exp(rng.uniform(math.log(0.5), math.log(60)))
        cap = math.exp(rng.uniform(math.log(1.0), math.log(150)))
        calls = (1.0, 0.0) if rng.random() < 0.5 else (3.7, 1.1)
        yield asked, cap, rng.uniform(0.0, 1.8), rng.uniform(0.1, 2.0), *calls


def test_scores_against_drawn_people_scatter_as_they_should():
    """400 scenarios: (drawn - worked out) / error has mean 0 and mean square 1."""
    rng = np.random.default_rng(11)
    scores, stops = [], []
    for asked, cap, sigma, cv, calls, calls_cv in scenarios(rng, 400):
        h = np.exp(sigma * rng.standard_normal(3_000) - sigma**2 / 2)
        costs = lognormal_costs(rng, cv)
        billed, stopped = spend_in_window(rng, asked * h, cap, costs, calls, calls_cv)
        served, _, share = worked_out(asked, cap, sigma, cv, calls, calls_cv)
        scores.append((billed.mean() - served) / (billed.std() / math.sqrt(billed.size)))
        error = math.sqrt(max(share * (1 - share), 1e-6) / billed.size)
        stops.append((stopped.mean() - share) / error)
    # 400 scores: their mean has error 0.05, their mean square 0.07
    assert abs(np.mean(scores)) < 0.2
    assert 0.8 < np.mean(np.square(scores)) < 1.2
    assert 0.75 < np.mean(np.square(stops)) < 1.3


ACCURACY = [  # calls asked for, cap, sigma, cv, calls and cv of a conversation
    (30, 12, 1.5, 1.0, 1.0, 0.0),
    (30, 10, 1.2, 2.0, 1.0, 0.0),
    (60, 40, 1.2, 0.6, 3.7, 1.1),
    (100, 100, 1.5, 1.5, 1.0, 0.0),
    (10, 3, 1.2, 1.0, 1.0, 0.0),
    (10, 5, 1.0, 1.5, 3.7, 1.1),
]


@pytest.mark.slow
@pytest.mark.parametrize("case", ACCURACY)
def test_what_is_served_is_exact_to_a_thousandth(case):
    asked, cap, sigma, cv, calls, calls_cv = case
    rng = np.random.default_rng(12)
    rounds = []
    for _ in range(20):
        persons = asked * intensities(rng, 40_000, sigma)
        billed, _ = spend_in_window(rng, persons, cap, lognormal_costs(rng, cv), calls, calls_cv)
        rounds.append(billed.mean())
    served, *_ = worked_out(*case[:1], cap, sigma, cv, calls, calls_cv)
    error = np.std(rounds) / math.sqrt(len(rounds))
    allowed = 0.001 if cap >= 10 else 0.003
    assert abs(served / np.mean(rounds) - 1) < allowed + 3 * error / np.mean(rounds)
    assert error / np.mean(rounds) < allowed


def test_costs_of_other_laws_with_the_same_mean_and_cv_are_served_as_much():
    """Input and output lognormal (800 at s = 1.0, 250 at s = 0.9, $3 and $15): cv 1.06."""
    rng = np.random.default_rng(13)

    def cost(count):
        tokens = rng.lognormal(math.log(800), 1.0, count), rng.lognormal(math.log(250), 0.9, count)
        return (3e-6 * tokens[0] + 15e-6 * tokens[1]) / mean

    sizes = 800 * math.exp(0.5), 250 * math.exp(0.405)
    mean = 3e-6 * sizes[0] + 15e-6 * sizes[1]
    squares = (3e-6 * sizes[0]) ** 2 * math.expm1(1.0) + (15e-6 * sizes[1]) ** 2 * math.expm1(0.81)
    cv = math.sqrt(squares) / mean
    persons = 30 * intensities(rng, 200_000, 1.5)
    billed, stopped = spend_in_window(rng, persons, 12.0, cost)
    served, _, share = worked_out(30, 12, 1.5, cv)
    assert served == pytest.approx(billed.mean(), rel=2e-3)
    assert share == pytest.approx(stopped.mean(), abs=3e-3)


@settings(max_examples=40, deadline=None)
@given(
    asked=st.floats(0.1, 300),
    cap=st.floats(0.3, 300),
    sigma=st.floats(0, 2),
    cv=st.floats(0.05, 2.5),
    calls=st.sampled_from([(1.0, 0.0), (3.7, 1.1)]),
)
def test_what_must_hold_of_every_cap(asked, cap, sigma, cv, calls):
    served, square, stopped = worked_out(asked, cap, sigma, cv, *calls)
    more, _, fewer = worked_out(asked, cap * 1.2, sigma, cv, *calls)
    slack = 2e-3 * asked
    assert 0 <= served <= asked * (1 + 1e-6)
    assert served <= more + slack
    assert fewer <= stopped + 2e-3
    assert square >= served**2 * (1 - 1e-3)
    assert -1e-9 <= stopped <= 1 + 1e-12
    # beyond the cap lies at most the call that passes it, itself larger than the average one
    assert served <= cap + 1 + cv**2 + slack


def test_caps_and_costs_that_differ_between_draws_are_looked_up():
    rng = np.random.default_rng(3)
    cost = 0.004 * np.exp(0.25 * rng.standard_normal((2, 60)))
    demand = np.exp(rng.normal(3.0, 0.3, (2, 60)))
    rule = WindowRule(spend_limit(0.10, cost, 1.2, 1.5))
    found = limit_months(rule, 1.5, demand, [30, 31], caps=0.10 / cost)
    for at in ((0, 0), (1, 31), (1, 59)):
        served, square, stopped = worked_out(demand[at], 0.10 / cost[at], 1.5, 1.2)
        assert found.share[at] == pytest.approx(served / demand[at], rel=5e-4)
        assert found.affected[at] == pytest.approx(stopped, abs=5e-4)
        second = (found.between[at] + found.within[at]) * served**2
        assert second == pytest.approx(square, rel=2e-3)


def test_a_daily_cap_in_usd_uses_days_and_caps_at_once():
    cost = np.array([0.002, 0.004])
    rule = WindowRule(spend_limit(0.05, cost, 1.0, 1.2), "day")
    found = limit_months(rule, 1.2, np.full((1, 2), 90.0), 30, np.array([6.0, 15.0]), 0.05 / cost)
    for draw, active in enumerate((6.0, 15.0)):
        one = WindowRule(SpendLimit(0.05 / cost[draw], 0.05 / cost[draw], 1, 1.0), "day")
        alone = limit_months(one, 1.2, 90.0, 30, active)
        assert found.share[0, draw] == pytest.approx(float(alone.share), rel=2e-3)
        assert found.affected[0, draw] == pytest.approx(float(alone.affected), abs=3e-3)


def test_features_under_one_limit_are_one_stream():
    alike = merged([30.0, 10.0], [Stream(1.2, 3.0, 0.5), Stream(1.2, 3.0, 0.5)])
    assert (alike.sigma, alike.turns, alike.turns_cv) == pytest.approx((1.2, 3.0, 0.5))
    # 30 calls of $1 and 10 of $5, all alike within: mean $2, E[c^2] = (30 + 250) / 40 = 7
    dear = merged([30.0, 10.0], [Stream(1.0, cost=1.0), Stream(1.0, cost=5.0)])
    assert dear.cost == pytest.approx(2.0)
    assert dear.cv == pytest.approx(math.sqrt(7 / 4 - 1))


@pytest.mark.parametrize(("sigmas", "slack"), [((1.4, 1.4), 0.003), ((0.8, 1.8), 0.006)])
def test_features_of_one_person_rise_and_fall_together(sigmas, slack):
    """Comonotone features drawn one by one, of spreads alike and far apart."""
    rng = np.random.default_rng(14)
    score = rng.permutation(np.log(intensities(rng, 150_000, 1.0)) + 0.5)
    made = np.zeros(score.size)
    for mean, sigma, turns in zip((20.0, 15.0), sigmas, (3.7, 1.0), strict=True):
        persons = mean * np.exp(sigma * score - sigma**2 / 2)
        conversations = rng.poisson(persons / turns)
        extra = rng.poisson((turns - 1) * conversations)  # turns of a conversation: 1 + Poisson
        made += conversations + extra
    poisson_cv = math.sqrt(2.7) / 3.7
    one = merged([20.0, 15.0], [Stream(sigmas[0], 3.7, poisson_cv), Stream(sigmas[1], 1.0)])
    rule = WindowRule(TurnLimit(50, one.turns, one.turns_cv))
    found = limit_months(rule, one.sigma, 35.0, 31)
    served = np.minimum(made, 50).mean() / 35
    assert found.share == pytest.approx(served, abs=slack)
    assert found.affected == pytest.approx((made > 50).mean(), abs=slack)


def test_exact_counts_meet_the_gamma_law(monkeypatch):
    asked = np.array([20.0, 60.0])
    found = [limited(asked, 40, 1.2, 3.7, 1.1).served]
    monkeypatch.setattr(limits, "EXACT_TURNS", (0, 0))
    found.append(limited(asked, 40, 1.2, 3.7, 1.1).served)
    assert found[0] == pytest.approx(found[1], rel=1e-3)
