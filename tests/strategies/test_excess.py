"""What becomes of the excess, who leaves because of it, and those who abuse a service."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.strategies.abuse import Abuse, limit_abuse
from costmodel.strategies.churn import staying
from costmodel.strategies.excess import block, degrade, overage
from costmodel.strategies.months import limit_months
from costmodel.strategies.windows import TurnLimit, WindowRule

from .crowd import intensities, turns_by_day

CHAT = (3.7, 1.1)


def test_the_excess_by_hand():
    # 1,000 turns of which 70 % lie within the limit; $0.02 a turn, $0.005 by the cheaper model.
    assert block(1_000, 0.7).cost(0.02) == pytest.approx(14.0)
    assert degrade(1_000, 0.7).cost(0.02, 0.005) == pytest.approx(14.0 + 1.5)
    paid = overage(1_000, 0.7, price=0.05, take_up=0.4)
    assert paid.revenue == pytest.approx(300 * 0.4 * 0.05)
    assert paid.cost(0.02) == pytest.approx(14.0 + 2.4)
    assert paid.lost == pytest.approx(180.0)


@given(st.floats(0, 1e6), st.floats(0, 1), st.floats(0, 1), st.floats(0, 2), st.floats(0, 1))
def test_the_excess_is_conserved_and_degrading_costs_between_blocking_and_nothing(
    turns, share, take_up, price, cheaper
):
    for parts in (
        block(turns, share),
        degrade(turns, share),
        overage(turns, share, price, take_up),
    ):
        whole = parts.served + parts.degraded + parts.overage + parts.lost
        assert whole == pytest.approx(turns, rel=1e-12)
    blocked, degraded = block(turns, share).cost(1.0), degrade(turns, share).cost(1.0, cheaper)
    assert blocked <= degraded * (1 + 1e-12)
    assert degraded <= block(turns, 1.0).cost(1.0) * (1 + 1e-12)


def test_those_who_are_stopped_leave_as_drawn():
    rng = np.random.default_rng(4)
    h = intensities(rng, 40_000, 1.58)
    there = np.ones(h.size, dtype=bool)
    rule = WindowRule(TurnLimit(30, *CHAT))
    found = staying(rule, 1.58, np.array([10.0]), 31, 0.25, range(4))
    for month in range(4):
        asked = turns_by_day(rng, 10 * h, 31, 31, *CHAT).sum(axis=1)
        assert found.people[month, 0] == pytest.approx(there.mean(), abs=0.004)
        assert found.demand[month, 0] == pytest.approx((asked * there).mean() / 10, abs=0.02)
        served = np.minimum(asked, 30) * there
        assert found.served[month, 0] == pytest.approx(served.mean() / 10, abs=0.008)
        stopped = (asked > 30) & there
        assert found.affected[month, 0] == pytest.approx(stopped.mean(), abs=0.004)
        there &= ~(stopped & (rng.random(h.size) < 0.25))


def test_nobody_leaves_before_the_first_month_ends_or_where_nobody_minds():
    rule = WindowRule(TurnLimit(10), "day")
    found = staying(rule, 1.2, np.array([90.0]), 30, 0.3, [0, 5], active=12.0)
    effect = limit_months(rule, 1.2, 90.0, 30, 12.0)
    assert found.people[0] == pytest.approx(1)
    assert found.served[0] == pytest.approx(float(effect.share), rel=2e-3)
    assert found.affected[0] == pytest.approx(float(effect.affected), abs=2e-3)
    assert found.demand[1] < found.people[1]  # those who ask for most go first
    none = staying(rule, 1.2, np.array([90.0]), 30, 0.0, [5], active=12.0)
    assert none.demand == pytest.approx(1)


def test_a_thousandth_of_people_at_a_hundred_times_the_use():
    # 0.1 % at 100x: 0.1 of 0.999 + 0.1, that is 9.1 % of all use
    abuse = Abuse(0.001, 100.0)
    assert abuse.use_share == pytest.approx(0.1 / 1.099)
    assert abuse.mean == pytest.approx(1.099)
    assert abuse.cost_share(2.0) == pytest.approx(0.2 / 1.199)
    rule = WindowRule(TurnLimit(100))
    found = limit_abuse(rule, abuse, 1.2, 20.0, 31)
    ordinary = limit_months(rule, 1.2, 20.0, 31)
    # each of them asks for 2,000 turns and gets 100: 0.1 turns per person of all
    assert found.abusers.share == pytest.approx(0.05, rel=1e-3)
    assert found.abusers.affected == pytest.approx(1)
    served = 0.999 * 20 * float(ordinary.share) + 0.001 * 100
    assert found.served == pytest.approx(served, rel=1e-3)
    assert found.abuse_share == pytest.approx(0.1 / served, rel=1e-3)
    assert found.everybody.share == pytest.approx(served / (20 * 1.099), rel=1e-3)
    affected = 0.999 * float(ordinary.affected) + 0.001
    assert found.everybody.affected == pytest.approx(affected, rel=1e-3)


def test_the_spread_of_a_mixture_is_that_of_drawn_people():
    rng = np.random.default_rng(10)
    h = np.concatenate([intensities(rng, 95_000, 1.0), np.full(5_000, 20.0)])
    made = turns_by_day(rng, 10 * h, 31, 31).sum(axis=1)
    served = np.minimum(made, 60)
    found = limit_abuse(WindowRule(TurnLimit(60)), Abuse(0.05, 20.0), 1.0, 10.0, 31)
    assert found.served == pytest.approx(served.mean(), rel=5e-3)
    square = (found.everybody.between + found.everybody.within) * found.served**2
    assert square == pytest.approx((served.astype(float) ** 2).mean(), rel=1e-2)


def test_no_abusers_are_no_difference():
    rule = WindowRule(TurnLimit(40))
    found = limit_abuse(rule, Abuse(0.0, 50.0), 1.2, 20.0, 31)
    alone = limit_months(rule, 1.2, 20.0, 31)
    assert found.everybody.share == pytest.approx(float(alone.share))
    assert found.everybody.between == pytest.approx(float(alone.between))
    assert found.abuse_share == 0
