"""A month's budget for all: by hand, and against days counted one by one."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError
from costmodel.strategies.budgets import even_days, under_budget, week_days


def test_a_budget_of_half_the_spend_lasts_half_the_month():
    found = under_budget([4_000.0, 8_000.0, 0.0], 4_000.0, even_days(30))
    assert found.spend == pytest.approx([4_000, 4_000, 0])
    assert found.exhausted == pytest.approx([np.inf, 15.0, np.inf])
    assert found.share == pytest.approx([1, 0.5, 1])
    assert found.lost == pytest.approx([0, 0.5, 0])
    assert found.chance == pytest.approx(1 / 3)


def test_calls_under_way_are_billed_but_not_more_than_was_asked_for():
    found = under_budget([4_001.0, 8_000.0], 4_000.0, even_days(30), in_flight_usd=5.0)
    assert found.overshoot == pytest.approx([1.0, 5.0])
    assert found.spend == pytest.approx([4_001.0, 4_005.0])


def test_weekdays_that_differ_move_the_day():
    # December 2026 begins on a Tuesday: with nothing at weekends, 23 working days
    first = date(2026, 12, 1).weekday()
    shares = week_days(first, 31, [1, 1, 1, 1, 1, 0, 0])
    assert np.count_nonzero(shares) == 23
    found = under_budget([23.0], 4.5, shares)
    # Tuesday to Friday spend 4, the weekend nothing, half of Monday the 7th the rest
    assert found.exhausted[0] == pytest.approx(6.5)


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=5),
    st.floats(1, 1e6),
    st.integers(28, 31),
    st.floats(0, 100),
)
def test_the_day_is_the_first_at_which_the_sum_of_days_reaches_the_budget(
    spend, budget, days, in_flight
):
    found = under_budget(spend, budget, even_days(days), in_flight)
    for asked, spent, day, share in zip(
        spend, found.spend, found.exhausted, found.share, strict=True
    ):
        assert spent <= min(asked, budget + in_flight) * (1 + 1e-12)
        assert share * asked == pytest.approx(spent)
        if asked > budget * (1 + 1e-9):
            passed = asked / days * np.arange(days + 1)
            whole = int(np.searchsorted(passed, budget * (1 + 1e-12)))  # the end of that day
            assert whole - 1 - 1e-6 <= day <= whole + 1e-6
        elif asked < budget:
            assert np.isinf(day)


def test_day_shares_that_are_none_are_refused():
    with pytest.raises(InputError, match=r"read day shares that sum to 0.9.*use even_days\(31\)"):
        under_budget([1.0], 1.0, np.full(30, 0.03))
    with pytest.raises(InputError, match="the least -1"):
        under_budget([1.0], 1.0, [2.0, -1.0])
