"""Limits per day, week and month: by hand, by the reference's figures, and against drawn people."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.strategies.deferral import Deferral
from costmodel.strategies.limits import limited
from costmodel.strategies.months import limit_months, month_table
from costmodel.strategies.people import people, span_of
from costmodel.strategies.weeks import active_in_a_week
from costmodel.strategies.windows import TurnLimit, WindowRule

from .crowd import deferring, intensities, turns_by_day, turns_by_week

CHAT = (3.7, 1.1)
PEOPLE = 60_000


def close(found, drawn, limit=4.0, slack=0.0):
    """The mean of what was drawn per person is what was worked out, within chance."""
    error = drawn.std() / math.sqrt(drawn.size)
    assert float(found) == pytest.approx(drawn.mean(), abs=limit * error + slack)


# The table of the lognormal law: shares served and people affected at caps of 1, 2, 5 and 10
# times the mean.
LOGNORMAL = {
    0.8: ((0.689, 0.345), (0.885, 0.103), (0.986, 0.008), (0.999, 0.0005)),
    1.2: ((0.549, 0.274), (0.730, 0.120), (0.901, 0.026), (0.965, 0.006)),
    1.6: ((0.424, 0.212), (0.574, 0.109), (0.759, 0.036), (0.864, 0.013)),
    2.0: ((0.317, 0.159), (0.435, 0.089), (0.600, 0.036), (0.717, 0.016)),
}


@pytest.mark.parametrize("sigma", LOGNORMAL)
def test_many_turns_are_the_lognormal_table(sigma):
    for times, (served, affected) in zip((1, 2, 5, 10), LOGNORMAL[sigma], strict=True):
        rule = WindowRule(TurnLimit(times * 10_000))
        found = limit_months(rule, sigma, 10_000.0, 31)
        assert found.share == pytest.approx(served, abs=6e-4)
        assert found.affected == pytest.approx(affected, abs=6e-4)


def test_people_who_are_alike_and_turn_once_at_a_time_by_hand():
    # 60 turns on 30 days are Poisson(2) a day; with 2 a day, 2 - 4 e^-2 are served (0.729 of
    # them), and a day is cut with 1 - 5 e^-2: nobody stays below for 30 days.
    found = limit_months(WindowRule(TurnLimit(2), "day"), 0.0, 60.0, 30)
    assert found.share == pytest.approx((2 - 4 * math.exp(-2)) / 2, rel=2e-4)
    assert found.affected == pytest.approx(1 - (5 * math.exp(-2)) ** 30, rel=1e-5)
    assert found.blocked == pytest.approx(2 * math.exp(-2), rel=1e-3)


def test_a_month_is_as_long_as_it_is():
    rule = WindowRule(TurnLimit(2), "day")
    found = limit_months(rule, 0.0, [[60.0], [60.0]], [28, 31])
    assert found.share[0] < found.share[1]
    alone = limit_months(rule, 0.0, 60.0, 28)
    assert found.share[0, 0] == pytest.approx(float(alone.share), rel=1e-3)


def test_a_limit_per_month_is_the_limit_by_quadrature():
    found = limit_months(WindowRule(TurnLimit(30, *CHAT)), 1.58, 10.0, 31)
    exact = limited(10.0, 30, 1.58, *CHAT)
    assert found.share == pytest.approx(exact.served / 10, rel=1e-4)
    assert found.affected == pytest.approx(exact.affected, abs=1e-4)
    assert found.between == pytest.approx(exact.between / exact.served**2, rel=1e-3)
    square = exact.served_square / exact.served**2
    assert found.between + found.within == pytest.approx(square, rel=1e-3)


@pytest.mark.parametrize("active", [3, 12, 30])
@pytest.mark.parametrize("limit", [6, 20])
def test_days_drawn_one_by_one_are_served_as_much(active, limit):
    rng = np.random.default_rng(5)
    made = turns_by_day(rng, 60 * intensities(rng, PEOPLE, 1.2), 30, active, *CHAT)
    served = np.minimum(made, limit).sum(axis=1)
    found = limit_months(WindowRule(TurnLimit(limit, *CHAT), "day"), 1.2, 60.0, 30, active)
    close(found.share * 60, served)
    close(found.affected, (made > limit).any(axis=1), slack=5e-4)
    square = (found.between + found.within) * (found.share * 60) ** 2
    close(square, served**2)


@pytest.mark.parametrize("active", [2, 9, 28])
def test_weeks_drawn_one_by_one_are_served_as_much(active):
    rng = np.random.default_rng(6)
    made = turns_by_week(rng, 40 * intensities(rng, PEOPLE, 1.2), 28, active, 1, *CHAT)
    served = np.minimum(made, 15).sum(axis=1)
    found = limit_months(WindowRule(TurnLimit(15, *CHAT), "week"), 1.2, 40.0, 28, active)
    close(found.share * 40, served)
    close(found.affected, (made > 15).any(axis=1), slack=5e-4)


def test_weeks_that_lie_in_two_months_are_served_as_much():
    rng = np.random.default_rng(7)
    made = turns_by_week(rng, 40 * intensities(rng, 8_000, 1.2), 31, 9, 12, *CHAT)
    found = limit_months(WindowRule(TurnLimit(15, *CHAT), "week"), 1.2, 40.0, 31, 9)
    assert found.share == pytest.approx(np.minimum(made, 15).sum() / made.sum(), abs=0.01)


def test_a_week_has_seven_days_and_its_share_of_the_active_ones():
    assert active_in_a_week(30, 30) == pytest.approx([0] * 7 + [1])
    # one active day of 28 lies in a given week of four with chance 1/4
    assert active_in_a_week(28, 1) == pytest.approx([0.75, 0.25, 0, 0, 0, 0, 0, 0])
    for active in (0.5, 3.4, 12.0, 30.9):
        chances = active_in_a_week(31, active)
        assert chances.sum() == pytest.approx(1)
        assert chances @ np.arange(8) == pytest.approx(7 * active / 31)


def test_daily_limits_are_harsher_than_monthly_ones_of_equal_size():
    """20 a day against 600 a month, 150 turns a month, s = 1.2.

    Published: 600 a month serves 86.6 % and stops 4.0 %; 20 a day serves 75.3 % and stops 28.2 %
    of people at least once, each day's demand being exponential about the person's mean.
    Ours: turns that come singly on every day are far more even than that; conversations and fewer
    active days bring the variation, without an exponential day being assumed.
    """
    month = limit_months(WindowRule(TurnLimit(600)), 1.2, 150.0, 30)
    assert month.share == pytest.approx(0.866, abs=0.004)
    assert month.affected == pytest.approx(0.040, abs=0.002)

    crowd = people((5.0, 5.0), 1.2, 1.0)  # the published law, averaged over our people
    served = crowd.persons * -np.expm1(-20 / crowd.persons)
    assert crowd.average(served)[0] / 5 == pytest.approx(0.753, abs=0.006)
    ever = 1 - (-np.expm1(-20 / crowd.persons)) ** 30
    assert crowd.average(ever)[0] == pytest.approx(0.282, abs=0.016)

    def day(active=None, turns=(1.0, 0.0)):
        found = limit_months(WindowRule(TurnLimit(20, *turns), "day"), 1.2, 150.0, 30, active)
        return round(float(found.share), 3), round(float(found.affected), 3)

    assert day() == (0.862, 0.086)
    assert day(turns=CHAT) == (0.791, 0.403)
    assert day(active=15, turns=CHAT) == (0.655, 0.482)


@settings(max_examples=40, deadline=None)
@given(
    demand=st.floats(0.2, 2_000),
    limit=st.integers(1, 400),
    sigma=st.floats(0, 2.2),
    turns=st.sampled_from([(1.0, 0.0), (3.7, 1.1), (2.0, 0.4)]),
    window=st.sampled_from(["day", "week", "month"]),
    active=st.one_of(st.none(), st.floats(1, 28)),
    deferral=st.one_of(st.none(), st.builds(Deferral, st.floats(0, 0.9), st.booleans())),
)
def test_what_must_hold_of_every_limit(demand, limit, sigma, turns, window, active, deferral):
    def effect(limit):
        rule = WindowRule(TurnLimit(limit, *turns), window, deferral)
        return limit_months(rule, sigma, demand, 30, active)

    found, higher, highest = effect(limit), effect(limit + 2), effect(limit + 4)
    slack = 3e-3  # the gamma law of large limits, and tables
    windows = {"day": 30 if active is None else active, "week": 30 / 7, "month": 1}[window]
    assert 0 <= found.share <= 1
    assert found.share * demand <= windows * limit * (1 + slack)
    assert found.share <= higher.share + slack
    assert higher.affected <= found.affected + slack
    assert higher.share - found.share >= highest.share - higher.share - slack  # concave
    assert 0 <= found.affected <= 1
    assert found.share + found.blocked == pytest.approx(1)
    assert found.between >= 1
    assert found.within >= 0
    assert found.carried >= 0
    assert deferral is not None or found.carried == 0


def test_no_limit_is_no_effect():
    found = limit_months(WindowRule(TurnLimit(10**6, *CHAT), "week"), 1.5, 10.0, 31, 4.0)
    assert found.share == pytest.approx(1, rel=1e-6)
    assert found.affected == pytest.approx(0, abs=1e-9)


def test_nothing_asked_is_nothing_refused():
    found = limit_months(WindowRule(TurnLimit(5), "day"), 1.5, [[0.0, 1.0]], 31)
    assert found.share[0, 0] == pytest.approx(1, abs=0.01)
    assert found.affected[0, 0] < found.affected[0, 1] + 1e-12


@pytest.mark.parametrize("window", ["day", "week", "month"])
def test_tables_are_what_single_demands_give(window):
    rng = np.random.default_rng(2)
    demand = np.exp(rng.normal(2.5, 0.4, (3, 40)))
    active = np.exp(rng.normal(1.5, 0.3, 40))
    rule = WindowRule(TurnLimit(12, *CHAT), window)
    days = [28, 30, 31]
    table = limit_months(rule, 1.3, demand, days, active)
    for month in range(3):
        for draw in (0, 17, 39):
            one = limit_months(rule, 1.3, demand[month, draw], days[month], active[draw])
            at = month, draw
            assert table.share[at] == pytest.approx(one.share, abs=3e-4)
            assert table.affected[at] == pytest.approx(one.affected, abs=1.5e-3)
            assert table.between[at] == pytest.approx(one.between, rel=2e-3)
            assert table.within[at] == pytest.approx(one.within, rel=4e-3)


def test_a_table_is_found_again_when_a_demand_moves_a_little():
    assert span_of([3.0, 9.0]) == span_of([3.1, 9.2])
    assert span_of([0.0, 3.0])[0] > 0
    rule = WindowRule(TurnLimit(12))
    limit_months(rule, 1.3, [3.0, 9.0], 31)
    before = month_table.cache_info().hits
    limit_months(rule, 1.3, [3.1, 9.2], 31)
    assert month_table.cache_info().hits == before + 1


@pytest.mark.parametrize(("share", "again"), [(0.5, True), (0.9, True), (0.5, False)])
def test_demand_that_comes_back_is_answered_as_often_as_drawn(share, again):
    rng = np.random.default_rng(8)
    persons = 6 * intensities(rng, 4_000, 1.2)
    new = rng.poisson(np.repeat(persons[:, None], 120, axis=1) / 2) * 2  # pairs of turns
    answered, carried, deferred, lost = (
        column[:, 30:].sum(axis=1) for column in deferring(rng, new, 8, share, again)
    )
    rule = WindowRule(TurnLimit(8, 2.0, 0.0), "day", Deferral(share, again))
    found = limit_months(rule, 1.2, 6 * 30.0, 30)
    asked = new[:, 30:].sum()
    # People who ask for about the limit build up more than their mean says: 1.5 points at most.
    assert found.share == pytest.approx(answered.sum() / asked, abs=0.015)
    assert found.blocked == pytest.approx(lost.sum() / asked, abs=0.015)
    assert found.carried == pytest.approx(carried.sum() / asked, rel=0.05)
    assert carried.sum() == pytest.approx(deferred.sum(), rel=0.02)


def test_what_comes_back_is_conserved_and_nothing_back_is_nothing_changed():
    plain = limit_months(WindowRule(TurnLimit(8), "day"), 1.2, 180.0, 30)
    none = limit_months(WindowRule(TurnLimit(8), "day", Deferral(0.0)), 1.2, 180.0, 30)
    assert none.share == pytest.approx(plain.share, rel=1e-12)
    assert none.carried == pytest.approx(0, abs=1e-12)
    once = limit_months(WindowRule(TurnLimit(8), "day", Deferral(0.5, False)), 1.2, 180.0, 30)
    again = limit_months(WindowRule(TurnLimit(8), "day", Deferral(0.5)), 1.2, 180.0, 30)
    assert plain.share < once.share < again.share
    # once: half of the new refused turns return, of which what is refused again is lost:
    # what is refused of all that arrives is (1 + carried) - answered
    refused = 1 + again.carried - again.share
    assert again.carried == pytest.approx(0.5 * refused, rel=1e-3)
