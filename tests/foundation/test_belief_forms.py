import math

import pytest

from costmodel.foundation.beliefs import Fixed, Interval, MeanSd, Pert, Quantiles, Source
from costmodel.foundation.laws import WIDEST_RATIO
from costmodel.foundation.units import GROWTH, PEOPLE, SHARE

from .reader import belief, refusal


def test_three_quantiles():
    found = belief({"p10": "8k", "p50": 10_000, "p90": "15k"}, PEOPLE)
    assert found == Quantiles(p10=8000, p50=10_000, p90=15_000, domain="positive")


def test_pert_may_start_at_zero():
    assert belief({"low": 0, "likely": 2, "high": 5}, PEOPLE) == Pert(low=0, likely=2, high=5)


def test_mean_and_sd():
    found = belief({"mean": "10%", "sd": "5%"}, SHARE)
    assert found == MeanSd(mean_value=0.1, sd=0.05, domain="share")


def test_a_value_with_its_source():
    found = belief({"value": "8 to 12", "source": "our log", "date": "2026-11"}, PEOPLE)
    source = Source(source="our log", date="2026-11")
    assert found == Interval(low=8, high=12, domain="positive", origin=source)


@pytest.mark.parametrize(
    "written",
    [
        {"mean": "5% per month", "sd": "2% per month"},
        {"mean": "5% per month", "sd": "2%"},
        {"mean": "5%", "sd": "2%", "per": "month"},
    ],
)
def test_a_rate_in_a_mapping_states_its_period_once(written):
    assert belief(written, GROWTH) == MeanSd(mean_value=0.05, sd=0.02, domain="signed")


def test_the_widest_interval_is_where_a_lognormals_mean_reaches_its_p95():
    # mean e^(m + s^2/2) = P95 e^(m + 1.645 s) at s = 3.29: a ratio of e^(2 x 1.645 x 3.29).
    assert math.isclose(WIDEST_RATIO, math.exp(4 * 1.6448536**2), rel_tol=1e-6)
    assert belief("1 to 50000", PEOPLE).mean < 50_000 < 1.01 * belief("1 to 50000", PEOPLE).mean


REFUSED = [
    ({"p10": 3, "p50": 2, "p90": 4}, PEOPLE, "read p10 3, p50 2, p90 4; expected p10 below p50"),
    ({"p10": 0, "p50": 2, "p90": 4}, PEOPLE, "expected p10 above 0; fix: use {low, likely, high}"),
    ({"p10": "0%", "p50": "1%", "p90": "2%"}, SHARE, "expected p10 above 0% and p90 below 100%"),
    (
        {"p10": 1, "p50": 2, "p90": 1e9},
        PEOPLE,
        "expected a narrower law: log-sd 15.63 is above 3.29",
    ),
    ({"p10": 1, "p90": 3}, PEOPLE, "read {p10, p90}; expected {p10, p50, p90}; fix: add p50"),
    ({"low": 3, "likely": 2, "high": 5}, PEOPLE, "expected low <= likely <= high, low below high"),
    ({"low": 2, "likely": 2, "high": 2}, PEOPLE, "expected low <= likely <= high, low below high"),
    ({"low": 1, "high": 5}, PEOPLE, "fix: add likely, or write 1 to 5 for P5 to P95"),
    ({"low": 0, "high": 5}, PEOPLE, "expected {low, likely, high}; fix: add likely"),
    ({"mean": 5}, PEOPLE, "read {mean}; expected {mean, sd}; fix: add sd, or write 5 alone"),
    ({"mean": 5, "sd": 0}, PEOPLE, "expected sd above 0; fix: write 5 alone"),
    ({"mean": 5, "sd": -1}, PEOPLE, "sd: read -1; expected a standard deviation of a number of"),
    ({"mean": 0, "sd": 1}, PEOPLE, "expected a mean above 0; fix: use {low, likely, high}"),
    ({"mean": 1, "sd": 1e6}, PEOPLE, "(where a lognormal's mean passes its own P95)"),
    (
        {"mean": "10%", "sd": "40%"},
        SHARE,
        "expected sd below 0.3, the square root of mean x (1 - mean)",  # sqrt(.1 x .9) = .3
    ),
    ({"mean": "5%", "sd": "2%"}, GROWTH, "read numbers without a period; expected a growth rate"),
    ({"mean": "5%", "sd": "2%", "per": "day"}, GROWTH, "per: read 'day'; expected month"),
    ({"value": 5, "per": "month"}, PEOPLE, "per: read 'month'; expected no period: this is not a"),
    ({"p10": 1, "mean": 3}, PEOPLE, "read the keys p10, mean; expected the keys of one form only"),
    ({"usr": 3}, PEOPLE, "usr: read the key 'usr'; expected the keys of a belief"),
    ({"hihg": 3, "low": 2, "likely": 2}, PEOPLE, "fix: did you mean 'high'?"),
    (
        {"source": "x"},
        PEOPLE,
        "read no number; expected a number of people; fix: add value: 8k to 12k",
    ),
    ({"value": [1]}, PEOPLE, "value: read a list; expected a number of people"),
    ({"value": "many"}, PEOPLE, "value: read 'many'; expected a number of people"),
    (
        {"mean": 5, "cv": 2},
        PEOPLE,
        "read a spread (how calls or people differ); expected a number of people: a belief",
    ),
]


@pytest.mark.parametrize(("written", "unit", "part"), REFUSED)
def test_what_no_law_can_be_is_refused(written, unit, part):
    assert part in refusal(belief, written, unit)


def test_all_numbers_of_a_mapping_are_judged_at_once():
    text = refusal(belief, {"p10": "a", "p50": "b", "p90": 3}, PEOPLE)
    assert text.splitlines() == [
        "p10: read 'a'; expected a number of people; fix: write it like 8k to 12k",
        "p50: read 'b'; expected a number of people; fix: write it like 8k to 12k",
    ]


def test_a_belief_passes_through():
    assert belief(Fixed(value=3.0), PEOPLE) == Fixed(value=3.0)
