"""Named quasi-random streams."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from costmodel.engine.streams import COLUMNS, _directions, assign_columns, normal_scores


def test_the_shipped_directions_are_those_of_the_reference_sequence():
    reference = np.sort(qmc.Sobol(d=COLUMNS, scramble=False).random(512).T, axis=1)
    points = np.zeros((COLUMNS, 512), dtype=np.uint32)
    for bit in range(9):
        points[:, 1 << bit : 2 << bit] = points[:, : 1 << bit] ^ _directions()[:, bit, None]
    assert np.array_equal(np.sort(points / 2**17, axis=1), reference)


def test_two_names_never_share_a_column_and_later_names_move_none():
    names = [f"name {i}" for i in range(1100)]
    columns = assign_columns(names)
    given_out = [c for c in columns.values() if c is not None]
    assert len(set(given_out)) == len(given_out) == COLUMNS
    assert list(columns.values()).count(None) == 1100 - COLUMNS
    fewer = assign_columns(names[:500])
    assert all(columns[name] == fewer[name] for name in fewer)


@given(st.integers(-(2**40), 2**40), st.sampled_from([16, 256, 1024]))
@settings(max_examples=25, deadline=None)
def test_fewer_draws_are_a_prefix_of_more(seed, draws):
    columns = {"a": 3, "b": 700, "plain": None}
    many = normal_scores(list(columns), columns, 2048, seed)
    few = normal_scores(list(columns), columns, draws, seed)
    assert np.array_equal(few, many[:, :draws])


def test_scores_are_standard_normal_and_seed_zero_is_a_seed_like_any_other():
    names = [f"belief {i}" for i in range(60)]
    columns = assign_columns(names)
    zero = normal_scores(names, columns, 8192, 0)
    one = normal_scores(names, columns, 8192, 1)
    assert not np.array_equal(zero, one)
    for scores in (zero, one):
        assert np.abs(scores.mean(axis=1)).max() < 2e-3
        assert np.abs(scores.std(axis=1) - 1).max() < 5e-3


def test_pseudo_random_streams_serve_names_beyond_the_columns():
    scores = normal_scores(["late"], {"late": None}, 8192, 0)[0]
    assert abs(scores.mean()) < 0.05
    assert scores.std() == pytest.approx(1, abs=0.05)
