"""The laws of beliefs, spreads and counts against scipy and brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.foundation.beliefs import (
    Counted,
    Fixed,
    Interval,
    MeanSd,
    Pert,
    Quantiles,
    Samples,
)
from costmodel.foundation.counts import count_pmf, count_variance, mean_pairs
from costmodel.foundation.normal import normal_cdf, normal_quantile
from costmodel.foundation.spreads import (
    LARGEST_P95_OVER_MEAN,
    Spread,
    capped_lognormal_mean,
    capped_lognormal_second_moment,
    capped_mean_table,
    log_scale_for_mean,
    sigma_from_cv,
    sigma_from_p95,
    sigma_from_top_share,
)

GRID = normal_quantile((np.arange(1 << 16) + 0.5) / (1 << 16))

EVERY_LAW = [
    Fixed(3.0),
    Interval(8, 12),
    Interval(0.1, 0.4, domain="share"),
    Interval(-0.02, 0.1, domain="signed"),
    Quantiles(10, 20, 90),
    Quantiles(0.1, 0.2, 0.5, domain="share"),
    Quantiles(-1, 0, 3, domain="signed"),
    Pert(0, 2, 10),
    MeanSd(10, 4),
    MeanSd(0.2, 0.1, domain="share"),
    MeanSd(-0.1, 0.3, domain="signed"),
    Counted(27, 30),
    Counted(0, 30),
    Samples((1.0, 2.0, 5.0, 5.0, 9.0)),
]


def test_the_normal_quantile_is_scipys():
    u = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 4001), [1e-300, 1e-20, 1 - 1e-15]])
    np.testing.assert_allclose(normal_quantile(u), scipy.special.ndtri(u), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("law", EVERY_LAW, ids=repr)
def test_the_stated_mean_and_median_are_those_of_the_values(law):
    values = law.values(GRID)
    assert np.all(np.diff(values) >= 0)
    assert law.mean == pytest.approx(values.mean(), rel=1e-3)
    assert law.median == pytest.approx(np.median(values), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("law", EVERY_LAW, ids=repr)
def test_a_moved_belief_has_the_median_it_was_moved_to(law):
    target = law.median * 1.1 + 0.01
    if isinstance(law, Counted) or getattr(law, "domain", "") == "share":
        target = min(target, 0.97)
    assert law.with_median(target).median == pytest.approx(target, rel=1e-6)


def test_an_interval_is_the_p5_to_p95_of_its_law():
    for law in (Interval(8, 12), Interval(0.1, 0.4, domain="share")):
        assert law.quantile(0.05) == pytest.approx(law.low)
        assert law.quantile(0.95) == pytest.approx(law.high)


def test_two_piece_quantiles_pass_through_the_three_points():
    law = Quantiles(10, 20, 90)
    points = [law.quantile(p) for p in (0.1, 0.5, 0.9)]
    np.testing.assert_allclose(points, [10, 20, 90])


def test_counted_evidence_is_jeffreys_beta():
    """27 of 30: Beta(27.5, 3.5), mean 27.5/31."""
    law = Counted(27, 30)
    reference = scipy.stats.beta(27.5, 3.5)
    assert law.mean == pytest.approx(27.5 / 31)
    for p in (0.001, 0.05, 0.5, 0.95, 0.999):
        assert law.quantile(p) == pytest.approx(reference.ppf(p), rel=1e-4)


def test_pert_is_a_scaled_beta_with_absolute_ends():
    law = Pert(2, 3, 10)
    reference = scipy.stats.beta(1.5, 4.5, loc=2, scale=8)
    assert law.mean == pytest.approx((2 + 12 + 10) / 6)
    for p in (0.01, 0.5, 0.99):
        assert law.quantile(p) == pytest.approx(reference.ppf(p), rel=1e-4)
    assert law.values(np.array([-50.0, 50.0])) == pytest.approx([2, 10], abs=0.01)


def test_widths_of_spreads_are_those_of_the_lognormal():
    assert sigma_from_cv(1.0) == pytest.approx(math.sqrt(math.log(2)))
    # Top 1 % hold 23.4 % at sigma 1.6; 13.0 % at 1.2; 37.2 % at 2.0.
    for share, sigma in ((0.234, 1.6), (0.130, 1.2), (0.372, 2.0)):
        assert sigma_from_top_share(share) == pytest.approx(sigma, abs=5e-3)
    s = sigma_from_p95(2.5)
    assert math.exp(1.6448536 * s - s * s / 2) == pytest.approx(2.5)
    assert s < 1.645  # the smaller of the two roots
    assert pytest.approx(3.868, abs=1e-3) == LARGEST_P95_OVER_MEAN


@given(st.floats(0.05, 2.5), st.floats(0.01, 0.98), st.floats(10, 1e5))
@settings(deadline=None, max_examples=50)
def test_a_cap_preserves_the_stated_mean(sigma, share, cap):
    log_scale = log_scale_for_mean(share * cap, sigma, cap)
    assert capped_lognormal_mean(log_scale, sigma, cap) == pytest.approx(share * cap, rel=1e-12)
    z = np.linspace(-9, 9, 200_001)
    y = np.minimum(np.exp(log_scale - sigma**2 / 2 + sigma * z), cap)
    weights = np.exp(-(z**2) / 2)
    weights /= weights.sum()
    assert weights @ y == pytest.approx(share * cap, rel=1e-5)
    second = capped_lognormal_second_moment(log_scale, sigma, cap)
    assert weights @ y**2 == pytest.approx(second, rel=1e-5)


@given(st.floats(0.05, 2.5), st.floats(-12, 3))
@settings(deadline=None, max_examples=100)
def test_the_table_of_capped_means_is_accurate_and_inverts(sigma, log_scale):
    table = capped_mean_table(sigma)
    exact = math.log(capped_lognormal_mean(log_scale, sigma, 1.0))
    assert table.log_mean(np.array([log_scale]))[0] == pytest.approx(exact, abs=2e-5)
    inside = min(log_scale, 3 * sigma)
    back = table.log_scale(table.log_mean(np.array([inside])))[0]
    assert back == pytest.approx(inside, abs=1e-3)


def test_a_spread_stated_by_its_median_has_the_mean_that_follows():
    spread = Spread(p50=Fixed(100), sigma=0.8)
    assert spread.capped_mean == pytest.approx(100 * math.exp(0.32))
    capped = Spread(p50=Fixed(100), sigma=0.8, cap=150)
    law = scipy.stats.lognorm(0.8, scale=100)
    assert capped.capped_mean == pytest.approx(law.expect(lambda y: min(y, 150)), rel=1e-6)


@pytest.mark.parametrize(
    ("mean", "cv"),
    [(3.7, 1.1), (3.7, 0.3), (5, 0.447213595), (20, 2.0), (2.7, 0.3), (1.2, 0.34), (6.5, 0.05)],
)
def test_an_integer_law_has_the_stated_mean_and_variance(mean, cv):
    pmf = count_pmf(mean, cv)
    k = np.arange(1, pmf.size + 1)
    assert np.all(pmf >= 0)
    assert pmf.sum() == pytest.approx(1)
    assert pmf @ k == pytest.approx(mean, rel=1e-7)
    variance = float(count_variance(np.array(mean), cv))
    assert pmf @ k**2 - mean**2 == pytest.approx(variance, rel=1e-5, abs=1e-9)
    assert pmf @ (k * (k - 1) / 2) == pytest.approx(float(mean_pairs(np.array(mean), cv)), rel=1e-6)


def test_a_wide_count_is_one_plus_scipys_negative_binomial():
    mean, cv = 3.7, 1.1
    mu, variance = mean - 1, (cv * mean) ** 2
    p = mu / variance
    reference = scipy.stats.nbinom(mu * p / (1 - p), p)
    pmf = count_pmf(mean, cv)
    np.testing.assert_allclose(pmf[:40], reference.pmf(np.arange(40)), rtol=1e-9)


def test_a_constant_count_is_constant_and_a_fraction_takes_the_two_nearest():
    assert count_pmf(4, 0).tolist()[:4] == [0, 0, 0, 1]
    np.testing.assert_allclose(count_pmf(2.5, 0), [0, 0.5, 0.5])
    assert count_pmf(1.0, 2.0).tolist() == [1.0]


def test_the_cumulative_normal_is_right_far_out():
    assert normal_cdf(-10) == pytest.approx(scipy.special.ndtr(-10), rel=1e-12)
