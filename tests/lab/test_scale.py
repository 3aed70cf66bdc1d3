"""Scales and labels: where a slider can go, and what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation import units
from costmodel.foundation.beliefs import Interval, Pert
from costmodel.lab.dial import LifetimeDial
from costmodel.lab.labels import label_of, value_text
from costmodel.lab.scale import lifetime_scale, scale_around, scale_of
from costmodel.scenario.limit import LIMIT_TURNS, LIMIT_USD
from tests.lab.scenes import CERTAIN, chat, read_scenario, with_strategies


def test_a_slider_spans_p1_to_p99_in_round_steps():
    # ln 8000 and ln 12000 are 2 x 1.645 sd apart: sd = .4055/3.29 = .1232, median 9,798.
    # P1 = 9798 e^(-2.326 x .1232) = 7,356 and P99 = 13,050: a hundredth of 5,694 is 57, so 100s.
    scale = scale_of(Interval(low=8000, high=12000), units.PEOPLE)
    assert (scale.low, scale.high, scale.step) == (7300, 13100, 100)
    assert scale.nearest(9797.96) == 9800


def test_a_wide_positive_belief_gets_a_logarithmic_slider():
    scale = scale_of(Interval(low=20, high=2000), units.TOKENS)
    assert scale.logarithmic
    low, high = scale.ends
    assert low < 20
    assert high > 2000
    assert scale.share_of(200) == pytest.approx(0.5, abs=0.01)


def test_a_share_never_reaches_nothing_or_all():
    scale = scale_of(Interval(low=0.02, high=0.999, domain="share"), units.SHARE)
    assert 0 < scale.low < scale.high < 1


def test_a_growth_may_be_negative_but_not_below_minus_all():
    scale = scale_of(Interval(low=-0.9, high=0.2, domain="signed"), units.GROWTH)
    assert scale.low == -1.0


def test_a_slider_that_starts_at_nothing_stays_above_it():
    scale = scale_of(Pert(low=0, likely=2, high=5), units.CHUNKS)
    assert scale.low > 0


@given(st.floats(1e-3, 1e6), st.floats(1.01, 900))
def test_the_median_lies_on_the_track(low, ratio):
    belief = Interval(low=low, high=low * ratio)
    scale = scale_of(belief, units.TOKENS)
    first, last = scale.ends
    start = scale.nearest(belief.median)
    assert first <= start <= last * (1 + 1e-9)
    assert start == pytest.approx(belief.median, rel=0.6)
    assert 10 <= (scale.high - scale.low) / scale.step <= 130


@pytest.mark.parametrize(
    ("value", "unit", "whole", "expected"),
    [
        # Up to four times itself in about a hundred steps: 120 / 100 = 1.2, the next nice is 2.
        (30.0, LIMIT_TURNS, True, (2, 120, 2)),
        (37.0, LIMIT_TURNS, True, (1, 147, 2)),
        (5.0, LIMIT_TURNS, True, (1, 20, 1)),
        (0.2, LIMIT_USD, False, (0.01, 0.8, 0.01)),
        (5000.0, LIMIT_USD, False, (200, 20000, 200)),
        (0.25, units.SHARE, False, (0, 1, 0.01)),
        (0.0, units.SHARE, False, (0, 1, 0.01)),
    ],
)
def test_a_certain_number_lies_on_its_track(value, unit, whole, expected):
    scale = scale_around(value, unit, whole=whole)
    assert (scale.low, scale.high, scale.step) == pytest.approx(expected)
    assert scale.nearest(value) == pytest.approx(value, abs=1e-9)


@given(st.integers(1, 10_000_000))
def test_a_limit_is_moved_in_whole_numbers_and_stands_on_its_track(amount):
    scale = scale_around(float(amount), LIMIT_TURNS, whole=True)
    assert scale.nearest(amount) == amount
    assert scale.low >= 1
    assert scale.step == int(scale.step)
    assert scale.low == int(scale.low)
    assert scale.high <= max(4 * amount, scale.low + scale.step)


@given(st.floats(1.0, 86400.0 * 15))
def test_a_lifetime_stands_on_its_track_and_stays_above_a_second(seconds):
    scale = lifetime_scale(seconds)
    first, last = scale.ends
    assert scale.nearest(seconds) == pytest.approx(seconds, rel=1e-9)
    assert first >= 1 - 1e-9
    assert last <= 24 * seconds * (1 + 1e-9)


@pytest.mark.parametrize(
    ("seconds", "text"), [(7.4, "7s"), (3900, "65min"), (86400, "24h"), (90_000, "25h"), (5, "5s")]
)
def test_durations_are_whole_seconds_minutes_or_hours(seconds, text):
    assert LifetimeDial._text(None, seconds) == text


def test_numbers_of_strategies_have_labels():
    scenario = with_strategies()
    for path, label in (
        ("fair.limit", "fair: turns per person per month"),
        ("purse.limit", "purse: spend per person per month"),
        ("cap.limit", "cap: most that is spent per month"),
        ("faq.ttl", "faq: how long an answer is kept"),
        ("daily.defer", "daily: blocked turns that are asked again later"),
    ):
        assert label_of(f"strategies.{path}", scenario) == label


@pytest.mark.parametrize(
    ("value", "unit", "step", "text"),
    [
        (9800.0, units.PEOPLE, 100.0, "9,800"),
        (9.2, units.TURNS_PER_USER, 0.2, "9.2"),
        (0.055, units.GROWTH, 0.001, "5.5 %"),
        (-0.02, units.GROWTH, 0.005, "-2.0 %"),
        (29.0, units.USD_PER_MONTH, 0.5, "$29.00"),
        (1234.5, units.TOKENS, 0.0, "1,234"),
    ],
)
def test_values_are_written_with_their_unit_and_as_exactly_as_the_step(value, unit, step, text):
    assert value_text(value, unit, step) == text


def test_labels_name_what_people_know_and_the_segment_where_there_are_several():
    scenario = chat()
    assert label_of("segments.free.users", scenario) == "free: people in Dec 2026"
    path = "features.answer.turns_per_user.pro.p50"
    assert label_of(path, scenario, "week") == "pro: turns per person per week"
    assert label_of("features.answer.output.mean", scenario) == "Tokens in an answer"
    assert label_of("features.answer.output.p50", scenario) == "Tokens in an answer, median"
    assert label_of("features.answer.units.web_search", scenario) == "Web search, per call"


def test_a_single_segment_is_not_named_and_an_unknown_path_is_its_own_label():
    scenario = read_scenario(CERTAIN)
    assert label_of("segments.all.users", scenario) == "People in Dec 2026"
    assert label_of("features.answer.new_thing", scenario) == "features.answer.new_thing"
    assert label_of("drift.volume", scenario) == "drift.volume"


def test_every_belief_a_scenario_can_state_has_a_label_of_its_own():
    from costmodel.scenario.naming import stated_beliefs

    scenario = chat()
    for path, _, _, period in stated_beliefs(scenario):
        assert label_of(path, scenario, period) != path
