"""Quotas of the slow simulator, one person and a few conversations at a time."""

import numpy as np
import pytest

from costmodel.scenario.schema import Quota

from .by_hand import FEBRUARY, JANUARY, Certain, lane, talks, turns
from .demand import Lots, Talks
from .limits import TurnQuota, UsageQuota


def limited(asked, month=JANUARY, people=1, quota=None, **keys):
    """The conversations after a quota, what became of each, and who met it."""
    if quota is None:
        quota = turn_quota(people, **keys)
    here = np.ones(people, dtype=bool)
    lots = Lots(month, people, np.random.default_rng(3))
    return quota.month(asked, month, here, lots)


def turn_quota(people=1, lanes=None, **keys):
    strategy = Quota.model_validate({"kind": "quota", "segment": "free", **keys})
    lanes = [lane(people=people)] if lanes is None else lanes
    future = np.zeros(people, dtype=int)
    return TurnQuota("q", strategy, lanes, future, Certain(), np.random.default_rng(5))


ASKED = talks([0.2, 0.6, 1.5, 9.1], [3, 4, 2, 5])


def test_the_first_turns_of_a_month_are_served_and_cut_within_a_conversation():
    _, judged, met = limited(ASKED, limit="5 turns per month")
    assert judged.within.tolist() == [3, 2, 0, 0]
    assert judged.blocked.tolist() == [0, 2, 2, 5]
    assert met.tolist() == [True]


def test_days_and_weeks_start_the_count_again():
    assert limited(ASKED, limit="5 turns per day")[1].within.tolist() == [3, 2, 2, 5]
    # Days 0 and 1 lie in the first week, day 9 in the second.
    assert limited(ASKED, limit="4 turns per week")[1].within.tolist() == [3, 1, 0, 4]


def test_a_week_in_two_months_is_one_window():
    # The fifth week has days 28 to 34: three of January and four of February.
    quota = turn_quota(limit="6 turns per week")
    limited(talks([29.0], [4]), JANUARY, quota=quota)
    judged = limited(talks([32.0, 36.0], [5, 5]), FEBRUARY, quota=quota)[1]
    assert judged.within.tolist() == [2, 5]


def test_the_order_of_time_decides_not_that_of_the_table():
    judged = limited(talks([3.0, 1.0], [4, 4]), limit="5 turns per month")[1]
    assert sorted(judged.within.tolist()) == [1, 4]
    assert judged.within[0] == 1


def test_a_quota_over_features_counts_their_sum():
    both = Talks.stacked([talks([0.1, 0.5], [2, 2]), talks([0.3], [2], index=1)])
    quota = turn_quota(lanes=[lane(0), lane(1)], limit="3 turns per day")
    assert limited(both, quota=quota)[1].within.tolist() == [2, 0, 1]


def test_the_excess_is_degraded_or_bought_or_blocked():
    cheap = limited(ASKED, limit="5 turns per month", then="degrade", model="a/b")[1]
    assert cheap.degraded.tolist() == [0, 2, 2, 5]
    assert cheap.blocked.sum() == 0
    keys = {"limit": "5 turns per month", "then": "overage", "price": "$1 per turn"}
    _, all_buy, met = limited(ASKED, **keys, take_up="100%")
    assert all_buy.bought.tolist() == [0, 2, 2, 5]
    assert not met.any()
    nobody = limited(ASKED, **keys, take_up="0%")[1]
    assert nobody.blocked.tolist() == [0, 2, 2, 5]


def test_a_person_buys_all_its_turns_or_none():
    people = 4000
    quota = turn_quota(
        people, limit="1 turns per day", then="overage", price="$1 per turn", take_up="30%"
    )
    person = np.repeat(np.arange(people), 3)
    asked = talks(np.tile([0.1, 0.2, 1.0], people), np.full(3 * people, 2), person)
    kept, judged, met = limited(asked, people=people, quota=quota)
    excess = np.bincount(kept.person, kept.turns - judged.within)
    bought = np.bincount(kept.person, judged.bought)
    assert set(bought / excess) == {0.0, 1.0}
    assert (bought > 0).mean() == pytest.approx(0.3, abs=0.03)
    assert np.array_equal(met, bought == 0)


def test_turns_put_off_return_in_the_next_window_and_no_earlier():
    people = 2000
    quota = turn_quota(people, limit="3 turns per month", defer="50%")
    asked = talks(np.full(people, 4.0), np.full(people, 9), np.arange(people))
    kept, judged, _ = limited(asked, people=people, quota=quota)
    assert not kept.returned.any()
    assert judged.deferred.mean() == pytest.approx(3, abs=0.15)
    assert np.array_equal(judged.deferred + judged.blocked, np.full(people, 6))
    again, _, _ = limited(asked.rows(slice(0, 0)), FEBRUARY, people, quota)
    # Whole conversations of two turns; the number of turns is right in the mean.
    assert set(again.turns) == {2}
    assert again.returned.all()
    assert again.turns.sum() == pytest.approx(judged.deferred.sum(), rel=0.06)
    assert again.day.min() >= 31
    assert quota.due[0].sum() == 0


def test_those_who_left_do_not_return():
    quota = turn_quota(limit="1 turns per month", defer="99%")
    limited(ASKED, quota=quota)
    quota.forget(np.array([True]))
    assert limited(ASKED.rows(slice(0, 0)), FEBRUARY, quota=quota)[0].turns.size == 0


def test_conversations_fall_on_the_active_days_alone():
    few = lane(people=500, active=2.5)
    lots = Lots(JANUARY, 500, np.random.default_rng(1))
    person = np.repeat(np.arange(500), 40)
    day = lots.days_of(few, person, 0, 31, np.random.default_rng(2))
    active = [np.unique(day[person == p]).size for p in range(500)]
    assert set(active) == {2, 3}
    assert np.mean(active) == pytest.approx(2.5, abs=0.08)
    assert np.bincount(day, minlength=31).min() > 0


def test_what_becomes_of_a_conversation_adds_up_to_its_turns():
    for keys in (
        {"then": "block", "defer": "40%"},
        {"then": "degrade", "model": "a/b"},
        {"then": "overage", "price": "$1 per turn", "take_up": "50%", "defer": "20%"},
    ):
        kept, judged, _ = limited(ASKED, limit="2 turns per day", **keys)
        parts = (judged.within, judged.bought, judged.degraded, judged.deferred, judged.blocked)
        assert np.array_equal(sum(parts), kept.turns)


def usage_quota(limit):
    strategy = Quota.model_validate({"kind": "quota", "segment": "free", "limit": limit})
    return UsageQuota("q", strategy, [lane()], np.zeros(1, dtype=int), Certain())


def test_the_call_that_passes_a_limit_on_use_is_the_last_one():
    hours = turns(3600 * np.arange(5))
    used = np.array([3.0, 3.0, 3.0, 3.0, 3.0])
    quota = usage_quota("$7 per month")
    # 0, 3 and 6 are below 7; 9 is not
    assert quota.refuse(hours, used, JANUARY).tolist() == [False, False, False, True, True]
    assert usage_quota("$6 per month").refuse(hours, used, JANUARY).sum() == 3


def test_use_is_counted_by_window_and_goes_on_in_the_next_month():
    quota = usage_quota("10 tokens per week")
    old = turns([86_400 * 29.5])
    quota.close(old, np.array([8.0]), JANUARY)
    new = turns(86_400 * np.array([31.5, 32.5, 36.0]))
    refused = quota.refuse(new, np.array([3.0, 3.0, 3.0]), FEBRUARY)
    assert refused.tolist() == [False, True, False]
