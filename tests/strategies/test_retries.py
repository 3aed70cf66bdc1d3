"""Retries with prompt-correlated failures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.strategies.retries import attempts


def _once(q, t, shape, most):
    return attempts(np.array([q]), np.array([t]), shape, most)


def test_failures_that_stick_to_prompts_leave_far_more_unanswered():
    """Simulated elsewhere: mean .05, shape .2, 3 attempts: 1.062 attempts, .0044 unanswered."""
    tries = _once(0.05, 0.0, 0.2, 3)
    assert tries.tried[0] == pytest.approx(1.062, abs=5e-4)
    assert tries.failed[0] == pytest.approx(0.0044, abs=5e-5)


def test_a_huge_shape_is_the_truncated_geometric():
    """q = .05, m = 3: (1 - q^3)/(1 - q) = 1.0525 attempts, q^3 = .000125 unanswered."""
    tries = _once(0.05, 0.0, 1e9, 3)
    assert tries.tried[0] == pytest.approx(1.0525, abs=1e-6)
    assert tries.failed[0] == pytest.approx(0.000125, abs=1e-8)


def test_transport_errors_are_calls_but_not_billed():
    tries = _once(0.0, 0.1, 0.2, 2)
    assert tries.tried[0] == pytest.approx(1.1)
    assert tries.billed[0] == pytest.approx(0.99)
    assert tries.failed[0] == pytest.approx(0.01)


@given(st.floats(0, 0.99), st.floats(0, 0.99), st.floats(0.05, 5), st.integers(1, 10))
def test_attempts_stay_between_one_and_the_most(q, t, shape, most):
    tries = _once(q, t, shape, most)
    assert 1 - 1e-12 <= tries.tried[0] <= most + 1e-9
    assert -1e-12 <= tries.failed[0] <= 1 + 1e-12
    assert tries.relative_variance[0] >= -1e-9
    independent = (t + (1 - t) * q) ** most
    assert tries.failed[0] >= independent * (1 - 1e-9) - 1e-15  # Jensen


def test_one_attempt_is_one_call():
    assert _once(0.3, 0.2, 0.2, 1).tried[0] == 1.0
