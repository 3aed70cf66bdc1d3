"""Each law of the slow simulator against closed forms and published numbers."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta as beta_law
from scipy.stats import lognorm

from .laws import (
    Size,
    capped_mean,
    correlated,
    draw_attempts,
    draw_counts,
    draw_drift,
    draw_people,
    log_median_for_mean,
)

N = 400_000


@pytest.fixture
def rng():
    return np.random.default_rng(20261123)


def within(sample, expected, errors=4.0):
    """Whether a sample's mean lies within that many standard errors of what is expected."""
    return abs(sample.mean() - expected) <= errors * sample.std() / np.sqrt(sample.size)


@pytest.mark.parametrize(("mean", "sigma", "cap"), [(90, 0.94, 8000), (250, 0.7, 400), (5, 2, 9)])
def test_a_capped_mean_is_the_integral_of_its_survival_function(mean, sigma, cap):
    log_median = log_median_for_mean(mean, sigma, cap)
    # E[min(Y, cap)] is the integral of P(Y > y) from 0 to cap.
    law = lognorm(s=sigma, scale=np.exp(log_median))
    assert quad(law.sf, 0, cap, limit=500)[0] == pytest.approx(mean, rel=1e-6)
    assert capped_mean(log_median, sigma, cap) == pytest.approx(mean, rel=1e-10)


def test_sampled_sizes_have_the_stated_mean_although_a_third_are_capped(rng):
    size = Size.with_mean(np.array([300.0]), 0.8, 400.0)
    drawn = size.at(rng.standard_normal(N), np.zeros(N, dtype=int))
    assert 0.3 < np.mean(drawn == 400) < 0.5
    assert within(drawn, 300)


def test_a_mean_drawn_above_the_cap_is_held_just_below_it():
    size = Size.with_mean(np.array([500.0]), 0.8, 400.0)
    assert capped_mean(size.log_median[0], 0.8, 400.0) == pytest.approx(399.6)


def test_drift_scales_a_size_before_its_cap(rng):
    size = Size.with_mean(np.array([300.0]), 0.8, 400.0)
    score, future = rng.standard_normal(N), np.zeros(N, dtype=int)
    doubled = size.at(score, future, 2.0)
    assert doubled.max() == 400
    assert within(doubled, capped_mean(size.log_median[0] + np.log(2), 0.8, 400.0))


def test_a_stated_median_is_the_median_of_the_law_before_its_cap(rng):
    size = Size.with_median(np.array([120.0]), 1.1, np.inf)
    assert np.median(size.at(rng.standard_normal(N), np.zeros(N, dtype=int))) == pytest.approx(
        120, rel=0.01
    )


def test_log_sizes_of_one_conversation_have_the_stated_correlation(rng):
    shared = rng.standard_normal(N)
    first, second = correlated(shared, 0.3, rng), correlated(shared, 0.3, rng)
    assert first.std() == pytest.approx(1, abs=0.005)
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0.3, abs=0.006)


@pytest.mark.parametrize(
    ("mean", "cv"), [(3.7, 1.1), (1.5, 0.8), (6.0, 0.5), (4.0, 0.3), (3.2, 0.2), (12.3, 0.25)]
)
def test_counts_have_the_stated_mean_and_variance(mean, cv, rng):
    counts = draw_counts(np.full(N, mean), cv, rng)
    assert counts.min() >= 1
    assert within(counts, mean)
    assert within((counts - mean) ** 2, (cv * mean) ** 2)


def test_a_count_of_one_or_of_no_variance_is_constant(rng):
    assert set(draw_counts(np.ones(1000), 0.0, rng)) == {1}
    assert set(draw_counts(np.ones(1000), 1.1, rng)) == {1}
    assert set(draw_counts(np.full(1000, 4.0), 0.0, rng)) == {4}


def test_a_fractional_mean_without_variance_takes_the_two_nearest_integers(rng):
    counts = draw_counts(np.full(N, 3.7), 0.0, rng)
    assert set(counts) == {3, 4}
    assert within(counts, 3.7)


def test_retries_whose_failures_cling_to_the_prompt_reach_the_published_numbers(rng):
    # Beta(.2, 3.8): 1 + B(1.2,3.8)/B(.2,3.8) + B(2.2,3.8)/B(.2,3.8) = 1 + .05 + .012 = 1.062
    # attempts, and the third moment .0044 is what three attempts leave over.
    q = beta_law(0.2, 3.8)
    assert 1 + q.moment(1) + q.moment(2) == pytest.approx(1.062, abs=5e-4)
    assert q.moment(3) == pytest.approx(0.0044, abs=5e-5)
    tried = draw_attempts(np.full(N, 0.05), np.zeros(N), 3, 0.2, rng)
    assert within(tried.made, 1 + q.moment(1) + q.moment(2))
    assert within(~tried.answered, q.moment(3))
    assert np.array_equal(tried.made, tried.billed)


def test_transport_failures_take_an_attempt_and_are_not_billed(rng):
    # t = .2, q = 0, m = 3: attempts (1 - .008)/.8 = 1.24, billed .992, left over .008.
    tried = draw_attempts(np.zeros(N), np.full(N, 0.2), 3, 0.2, rng)
    assert within(tried.made, 1.24)
    assert within(tried.billed, 0.992)
    assert within(~tried.answered, 0.008)


def test_without_failures_every_turn_is_one_billed_attempt(rng):
    tried = draw_attempts(np.zeros(100), np.zeros(100), 3, 0.2, rng)
    assert tried.answered.all()
    assert set(tried.made) == set(tried.billed) == {1}


def test_a_certain_failure_uses_all_attempts_and_bills_them(rng):
    tried = draw_attempts(np.ones(100), np.zeros(100), 3, 0.2, rng)
    assert not tried.answered.any()
    assert set(tried.billed) == {3}


def test_drift_has_mean_one_in_every_month_and_its_first_month_has_sd(rng):
    factors = draw_drift(0.15, 6.0, N, 12, rng)
    for m in range(12):
        assert within(factors[:, m], 1.0)
    assert np.log(factors[:, 0]).std() == pytest.approx(0.15, rel=0.01)
    # Correlation of neighbouring months: phi sqrt(v_1 / v_2), phi^2 = 2^(-1/3),
    # v_2 = v_1 (1 + phi^2).
    phi2 = 2 ** (-1 / 3)
    logs = np.log(factors[:, :2])
    assert np.corrcoef(logs.T)[0, 1] == pytest.approx(np.sqrt(phi2 / (1 + phi2)), abs=0.006)


def test_people_are_whole_and_their_mean_number_is_exact(rng):
    people = draw_people(np.full((N, 1), 2.3), rng)
    assert set(people.present[:, 0]) == {2, 3}
    assert within(people.present[:, 0], 2.3)
    assert people.future.size == people.present.sum()


def test_the_same_people_stay_and_new_ones_join(rng):
    people = draw_people(np.array([[3.0, 5.0, 4.0]]), rng)
    months = [set(people.score[people.here(m)]) for m in range(3)]
    assert [len(m) for m in months] == [3, 5, 4]
    assert months[0] < months[2] < months[1]
