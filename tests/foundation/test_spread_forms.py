import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.beliefs import Fixed, Interval, MeanSd, Source
from costmodel.foundation.counts import Count
from costmodel.foundation.normal import Z95
from costmodel.foundation.spread_forms import sigma_for_p95
from costmodel.foundation.spreads import log_scale_for_mean
from costmodel.foundation.units import TOKENS, TURNS, TURNS_PER_USER

from .reader import count, marked, refusal, spread


def test_a_mean_and_a_cv():
    found = spread({"mean": "180 to 320", "cv": 0.8, "max": "2k"}, TOKENS)
    assert found.mean == Interval(low=180, high=320, domain="positive")
    assert math.isclose(found.sigma, math.sqrt(math.log(1 + 0.8**2)))
    assert (found.cap, found.stated, found.p50) == (2000.0, ("cv", 0.8), None)


def test_the_top_percents_share():
    # Phi(s - 2.3263) = 23 %: s = 2.3263 - 0.7388.
    found = spread({"mean": "6 to 14 per month", "top_1_percent": "23%"}, TURNS_PER_USER)
    assert math.isclose(found.sigma, 2.32635 - 0.73885, abs_tol=1e-4)


def test_the_top_percent_with_one_percent_means_that_all_are_alike():
    assert spread({"mean": 300, "top_1_percent": "1%"}, TOKENS).sigma == 0.0


def test_a_median_and_a_p95():
    found = spread({"p50": 300, "p95": 3000}, TOKENS)
    assert math.isclose(found.sigma, math.log(10) / Z95)
    assert found.p50 == Fixed(value=300)


def test_of_two_sigmas_behind_a_mean_and_p95_the_smaller_is_meant():
    found = spread({"mean": 300, "p95": 900}, TOKENS)
    assert found.sigma < Z95
    p95 = 300 * math.exp(Z95 * found.sigma - found.sigma**2 / 2)
    assert math.isclose(p95, 900, rel_tol=1e-12)


@given(st.floats(1.01, 3.86), st.floats(1.05, 50))
def test_p95_is_that_of_the_law_before_the_cap(ratio, room):
    mean, cap = 300.0, 300.0 * room
    sigma = sigma_for_p95(mean, ratio * mean, cap)
    p95 = math.exp(log_scale_for_mean(mean, sigma, cap) - sigma**2 / 2 + Z95 * sigma)
    assert math.isclose(p95, ratio * mean, rel_tol=1e-8)


def test_the_mean_may_be_any_belief_with_its_own_source():
    mean = {"mean": 6, "sd": 1, "per": "month", "source": "log"}
    found = spread({"mean": mean, "cv": 1, "assumed": True}, TURNS_PER_USER)
    assert found.mean == MeanSd(mean_value=6, sd=1, origin=Source(source="log"))
    assert found.origin == Source(assumed=True)


REFUSED = [
    (300, TOKENS, "expected a spread: a number of tokens on average, and how they differ"),
    (300, TOKENS, "fix: {mean: 300, cv: 0.8}, or cv: 0 if all are alike"),
    (None, TOKENS, "read nothing; expected a spread"),
    ({"mean": 300}, TOKENS, "read no cv, p95 or top_1_percent; expected a width of the spread"),
    (
        {"cv": 1},
        TOKENS,
        "read no mean or p50; expected a centre of the spread; fix: add mean: 1500",
    ),
    ({"mean": 3, "p50": 2, "cv": 1}, TOKENS, "p50: read mean and p50; expected one of mean or p50"),
    ({"mean": 3, "cv": 1, "p95": 4}, TOKENS, "p95: read cv and p95; expected one of cv, p95 or"),
    (
        {"mean": 300, "p95": 1200},
        TOKENS,
        "p95: read p95 1200, 4.00 times the mean; expected p95 at most 3.87 times the mean"
        " (no lognormal has more); fix: p95 up to 1160, or state p50 and p95",
    ),
    ({"mean": 300, "p95": 300}, TOKENS, "p95: read p95 300 with mean 300; expected p95 above mean"),
    ({"p50": 300, "p95": 200}, TOKENS, "p95: read p95 200 with p50 300; expected p95 above p50"),
    ({"mean": 300, "cv": 1, "max": 300}, TOKENS, "max: read mean 300 and max 300; expected a mean"),
    (
        {"mean": 0, "cv": 1},
        TOKENS,
        "expected a mean above 0; fix: write more, or leave out the whole",
    ),
    ({"mean": 300, "cv": -1}, TOKENS, "cv: read -1; expected a coefficient of variation"),
    ({"mean": 300, "cv": 1e9}, TOKENS, "the heaviest lognormal measured has 38"),
    ({"p50": 3, "p95": 1e6}, TOKENS, "expected a narrower spread: log-sd 7.7 is above 5"),
    ({"mean": 3, "top_1_percent": "0.5%"}, TOKENS, "expected a share from 1% (all alike) to below"),
    ({"mean": 3, "top_1_percent": "100%"}, TOKENS, "expected a share from 1% (all alike) to below"),
    ({"mean": 300, "sd": 20}, TOKENS, "sd: read the key 'sd'; expected the keys of a spread"),
    ({"mean": 300, "cvv": 1}, TOKENS, "fix: did you mean 'cv'?"),
    (
        {"samples": "a.csv", "column": "b"},
        TOKENS,
        "samples: read samples; expected a spread by its",
    ),
    (
        {"mean": 6, "cv": 1},
        TURNS_PER_USER,
        "mean: read 6; expected a number of turns with its period",
    ),
    (
        {"mean": "6 per year", "cv": 1},
        TURNS_PER_USER,
        "fix: say 'per day', 'per week' or 'per mo",
    ),
    (
        {"mean": "6 per day", "p95": "20 per month"},
        TURNS_PER_USER,
        "read 'per day' and 'per month'; expected one period for all the numbers of a value",
    ),
]


@pytest.mark.parametrize(("written", "unit", "part"), REFUSED)
def test_what_no_spread_can_be_is_refused(written, unit, part):
    assert part in refusal(spread, written, unit)


def test_all_problems_of_a_spread_come_at_once():
    text = refusal(spread, {"mean": "9 to 3", "cv": "wide", "max": -1}, TOKENS)
    assert [line.split(":")[0] for line in text.splitlines()] == ["mean", "cv", "max"]


def test_counts_are_whole_or_have_a_mean_and_a_cv():
    assert count(5, TURNS) == Count(mean=Fixed(value=5), cv=0.0)
    found = count({"mean": "3 to 5", "cv": 1.1}, TURNS)
    assert found == Count(mean=Interval(low=3, high=5, domain="positive"), cv=1.1)


@pytest.mark.parametrize(
    ("written", "part"),
    [
        (
            3.7,
            "read 3.7; expected a whole number, or a mean and how much they differ; fix: {mean: 3",
        ),
        (0, "read 0; expected a number of turns, at least 1"),
        ({"mean": 3.7}, "read no cv; expected {mean, cv}; fix: add cv: 1.1, or cv: 0 if all are"),
        ({"cv": 1}, "read no mean; expected {mean, cv}; fix: add mean: 4"),
        ({"mean": 0.5, "cv": 1}, "mean: read 0.5; expected a number of turns, at least 1"),
        ({"mean": 3, "cv": 1, "max": 9}, "max: read the key 'max'; expected the keys of a count"),
        (None, "read nothing; expected a number of turns, at least 1"),
    ],
)
def test_what_no_count_can_be_is_refused(written, part):
    assert part in refusal(count, written, TURNS)


def test_a_source_beside_the_width_is_the_spreads_own():
    assert spread({"mean": 3, "cv": 1, "source": "log"}, TOKENS).origin == Source(source="log")
    assert marked({"a": 1, "source": "log"}).mark.source == Source(source="log")
