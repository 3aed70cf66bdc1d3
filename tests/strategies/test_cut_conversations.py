"""Which turns a limit cuts: against people whose conversations are drawn one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.foundation.counts import count_pmf
from costmodel.strategies.cut_conversations import cut_conversations
from costmodel.strategies.limits import turns_of_person
from costmodel.strategies.months import limit_months
from costmodel.strategies.spending_limits import spend_limit
from costmodel.strategies.use_limits import UseLimit
from costmodel.strategies.windows import TurnLimit, WindowRule


def drawn(rng, mean, turns, turns_cv, people=150_000):
    """Conversations of people in one window: person, turns, and turns of it made before."""
    law = count_pmf(turns, turns_cv)
    count = rng.poisson(mean / turns, people)
    person = np.repeat(np.arange(people), count)
    length = rng.choice(np.arange(1, law.size + 1), p=law, size=person.size)
    so_far = np.concatenate([[0], np.cumsum(length)])[:-1]
    first = np.concatenate([[0], np.cumsum(count)])[:-1]
    return people, length, so_far - so_far[first[person]]


@pytest.mark.parametrize(("mean", "limit", "turns", "cv"), [
    (10, 5, 3.7, 1.1), (60, 30, 3.7, 1.1), (120, 150, 5.0, 0.8), (3, 2, 1.0, 0.0),
    (40, 60, 2.5, 0.5), (600, 500, 3.7, 1.1),
])  # fmt: skip
def test_first_turns_and_resent_ones_are_those_of_drawn_conversations(mean, limit, turns, cv):
    people, length, before = drawn(np.random.default_rng(2), mean, turns, cv)
    served = np.clip(limit - before, 0, length)
    begun, resent = (
        float(values[0]) for values in cut_conversations(np.array([float(mean)]), limit, turns, cv)
    )
    assert begun == pytest.approx((served > 0).sum() / people * turns, rel=5e-3)
    pairs = (length * (length - 1)).mean() / 2
    if pairs:
        some = (served * (served - 1) / 2).sum() / people / pairs * turns
        assert resent == pytest.approx(some, rel=5e-3)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.01, 500), st.integers(1, 200), st.floats(1, 8), st.floats(0, 1.5),
)  # fmt: skip
def test_first_turns_are_cut_least_and_resent_ones_most(mean, limit, turns, cv):
    at = np.array([mean])
    begun, resent = cut_conversations(at, limit, turns, cv)
    served = turns_of_person(at, limit, turns, cv)[0]
    slack = 6e-3 * mean
    assert 0 <= resent[0] <= served[0] + slack
    assert served[0] <= begun[0] + slack
    assert begun[0] <= mean * (1 + 1e-9)


def test_where_nothing_is_cut_everything_is_served():
    begun, resent = cut_conversations(np.array([3.0, 9.0]), 10_000, 3.7, 1.1)
    np.testing.assert_allclose(begun, [3.0, 9.0], rtol=1e-9)
    np.testing.assert_allclose(resent, [3.0, 9.0], rtol=1e-4)


def test_a_daily_limit_leaves_less_to_resend_than_turns():
    month = limit_months(WindowRule(TurnLimit(30, 3.7, 1.1)), 1.58, 10.0, 31)
    day = limit_months(WindowRule(TurnLimit(5, 3.7, 1.1), "day"), 1.58, 10.0, 31, 3.0)
    assert month.resent < month.share < month.begun
    assert day.resent / day.share < 0.5 * month.resent / month.share


@pytest.mark.parametrize(("mean", "cap"), [(40.0, 15.0), (20.0, 30.0), (200.0, 60.0)])
def test_a_limit_on_use_cuts_the_dear_ends_as_drawn(mean, cap):
    """Turns cost a + b x earlier turns: later ones reach a cap of money sooner."""
    turns, cv, growth = 3.7, 1.1, 0.15
    people, length, _ = drawn(np.random.default_rng(3), mean, turns, cv)
    law = count_pmf(turns, cv)
    k = np.arange(1, law.size + 1)
    earlier = float(law @ (k * (k - 1) / 2)) / turns
    first = 1 - growth * earlier
    cost = length * first + growth * length * (length - 1) / 2
    conversation_cv = float(
        np.sqrt(law @ (k * first + growth * k * (k - 1) / 2) ** 2 / turns**2 - 1)
    )
    people, length, before = drawn(np.random.default_rng(4), mean, turns, cv)
    person_start = before == 0
    cost = length * first + growth * length * (length - 1) / 2
    so_far = np.concatenate([[0.0], np.cumsum(cost)])[:-1]
    base = np.maximum.accumulate(np.where(person_start, so_far, 0.0))
    used = so_far - base
    served = resent = begun = 0.0
    for j in range(1, int(length.max()) + 1):
        own = (j - 1) * first + growth * (j - 1) * (j - 2) / 2
        made = (length >= j) & (used + own < cap)
        served += made.sum()
        resent += (j - 1) * made.sum()
        begun += made.sum() if j == 1 else 0
    rule = UseLimit(spend_limit(cap, 1.0, 1.0, 0.0, turns, cv), growth, conversation_cv)
    found = rule.serve(np.array([mean]))[0][0, 0]
    firsts, again = (values[0, 0] for values in rule.cut(np.array([mean])))
    pairs = float(law @ (k * (k - 1) / 2))
    # A gamma law for what was used before is good to 3 % where four conversations reach the cap.
    assert found == pytest.approx(served / people, rel=0.03)
    assert firsts == pytest.approx(begun / people * turns, rel=0.02)
    assert again == pytest.approx(resent / people / pairs * turns, rel=0.05)
