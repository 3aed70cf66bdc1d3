"""Gaps between turns, and sums of them, against drawn ones."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from costmodel.foundation.errors import InputError
from costmodel.strategies.turn_gaps import MOST_TURNS_BACK, Gaps


def test_one_gap_is_lognormal():
    # p50 137 s, p95 14 min: sigma = ln(840 / 137) / 1.645 = 1.102; within 5 min Phi(.711) = .7615
    gaps = Gaps.of(137.0, 840.0)
    assert gaps.sigma == pytest.approx(1.1024, abs=1e-4)
    score = math.log(300 / 137) / gaps.sigma
    assert gaps.within(300.0) == pytest.approx(NormalDist().cdf(score), abs=1e-4)
    assert gaps.within(300.0) == pytest.approx(0.7615, abs=1e-3)
    assert gaps.within(137.0) == pytest.approx(0.5, abs=1e-5)
    assert gaps.kept(1e9) == pytest.approx(137 * math.exp(gaps.sigma**2 / 2), rel=1e-4)


@pytest.mark.parametrize(("sigma", "at_once"), [(1.1, 0.0), (1.1, 0.1), (0.3, 0.0), (2.0, 0.2)])
def test_sums_of_gaps_drawn_one_by_one_are_as_long(sigma, at_once):
    rng, count = np.random.default_rng(1), 200_000
    drawn = np.exp(sigma * rng.standard_normal((count, 12))) * (rng.random((count, 12)) >= at_once)
    sums, gaps = 100 * drawn.cumsum(axis=1), Gaps(100.0, sigma, at_once)
    for turns in (1, 2, 5, 12):
        for seconds in (50.0, 100.0, 250.0, 1000.0):
            total = sums[:, turns - 1]
            assert gaps.within(seconds, turns) == pytest.approx((total <= seconds).mean(), abs=5e-3)
            kept = np.minimum(total, seconds).mean()
            assert gaps.kept(seconds, turns) == pytest.approx(kept, rel=5e-3)


def test_gaps_of_several_futures_are_looked_up_together():
    gaps = Gaps.of(np.array([60.0, 137.0, 300.0]), 840.0)
    assert gaps.within(300.0).shape == (3,)
    assert (np.diff(gaps.within(300.0)) < 0).all()
    assert gaps.within(0.0) == pytest.approx(0)
    assert gaps.within(300.0, MOST_TURNS_BACK + 1) == pytest.approx(0)


def test_turns_at_once_are_within_any_lifetime():
    gaps = Gaps(137.0, 1.0, 0.2)
    assert gaps.within(1e-9) == pytest.approx(0.2)
    assert gaps.within(1e-9, 2) == pytest.approx(0.04)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Gaps(0.0, 1.0), r"gap.p50: read a median gap of 0 s; expected more than 0"),
        (lambda: Gaps(1.0, -1.0), r"gap: read -1; expected a log spread from 0 up"),
        (lambda: Gaps(1.0, 1.0, 1.5), r"gap.at_once: read 1.5; expected a share from 0 to 1"),
        (lambda: Gaps.of(100.0, 50.0), r"gap.p95: read p95 of 50 s; expected at least the p50 of"),
    ],
)
def test_gaps_that_cannot_be_are_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()
