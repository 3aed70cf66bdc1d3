"""What a response cache leaves to call: by hand, and by conversations drawn one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.foundation.counts import count_pmf, mean_pairs
from costmodel.strategies.remaining_calls import (
    called_positions,
    eligible_share,
    remaining_calls,
)


def one(value):
    return np.array([float(value)])


def test_first_turns_are_one_in_the_mean_turns_of_a_conversation():
    assert eligible_share(one(4), one(0.6))[0] == pytest.approx(0.15)
    assert eligible_share(one(4), one(0.6), multi_turn=True)[0] == pytest.approx(0.6)


def test_three_turns_each_with_every_first_turn_answered():
    # Turns 2 and 3 are called and resend 1 and 2 earlier turns: 1.5 each, before 1.
    left = remaining_calls(one(3), one(3), one(1 / 3), one(0))
    assert left.share[0] == pytest.approx(2 / 3)
    assert left.earlier[0] == pytest.approx(1.5)
    # Retrieved chunks of the first turn were never fetched: turn 3 resends those of turn 2.
    assert left.earlier_called[0] == pytest.approx(0.5)


def play(rng, lengths, answered, failing, multi_turn):
    """Calls and the user messages, answers and called turns they resend, drawn turn by turn."""
    calls = messages = answers = called = 0
    for length in lengths.tolist():
        answered_so_far, called_so_far = 0, 0
        for turn in range(length):
            hit = (turn == 0 or multi_turn) and rng.random() < answered
            if not hit:
                calls, messages = calls + 1, messages + turn
                answers, called = answers + answered_so_far, called + called_so_far
                called_so_far += 1
            answered_so_far += hit or rng.random() >= failing
    return calls, messages / calls, answers / calls, called / calls


@pytest.mark.parametrize("multi_turn", [False, True])
@pytest.mark.parametrize(("mean", "cv", "answered", "failing"), [
    (3.7, 1.1, 0.3, 0.0), (3.7, 1.1, 0.8, 0.2), (1.2, 0.5, 0.9, 0.1), (8.0, 0.3, 0.5, 0.05),
])  # fmt: skip
def test_conversations_drawn_turn_by_turn_resend_as_much(mean, cv, answered, failing, multi_turn):
    rng = np.random.default_rng(5)
    law = count_pmf(mean, cv)
    lengths = rng.choice(np.arange(1, law.size + 1), size=100_000, p=law)
    calls, *resent = play(rng, lengths, answered, failing, multi_turn)
    turns, pairs = lengths.mean(), (lengths * (lengths - 1) / 2).mean()
    hits = answered if multi_turn else answered / turns
    left = remaining_calls(one(turns), one(pairs), one(hits), one(failing), multi_turn=multi_turn)
    assert left.share[0] == pytest.approx(calls / lengths.sum(), abs=0.003)
    found = [left.earlier[0], left.earlier_answers[0], left.earlier_called[0]]
    assert found == pytest.approx(resent, rel=0.015, abs=0.005)


turns = st.floats(1, 50)
shares = st.floats(0, 1)


@settings(max_examples=100)
@given(turns, st.floats(0.05, 2), shares, st.booleans())
def test_a_cache_that_answers_nothing_changes_nothing(mean, cv, failing, multi_turn):
    pairs = mean_pairs(one(mean), cv)
    left = remaining_calls(one(mean), pairs, one(0), one(failing), multi_turn=multi_turn)
    before = pairs / one(mean)
    assert left.share[0] == 1.0
    np.testing.assert_array_equal(left.earlier, before)
    np.testing.assert_array_equal(left.earlier_called, before)
    np.testing.assert_array_equal(left.earlier_answers, before * (1 - failing))


@settings(max_examples=100)
@given(turns, st.floats(0.05, 2), shares, shares)
def test_hits_make_the_other_calls_longer_and_all_of_them_less(mean, cv, answered, failing):
    pairs = mean_pairs(one(mean), cv)
    hits = one(min(answered, 0.999) / mean)
    left = remaining_calls(one(mean), pairs, hits, one(failing))
    assert left.earlier[0] >= pairs[0] / mean
    # Every pair of turns is still resent: only first turns, which resend nothing, are gone.
    assert left.earlier[0] * left.share[0] * mean == pytest.approx(pairs[0])
    assert -1e-9 <= left.earlier_called[0] <= left.earlier[0] + 1e-12
    assert left.earlier_answers[0] <= left.earlier[0] * (1 + 1e-12)


def test_without_resent_history_nothing_is_resent():
    left = remaining_calls(one(3), one(0), one(0.2), one(0.1))
    assert left.earlier[0] == left.earlier_answers[0] == left.earlier_called[0] == 0


def test_positions_of_the_remaining_calls():
    # Two turns each, a quarter of all turns answered first: 1/4 first, 1/2 second; of 3/4.
    found = called_positions(np.array([[0.5, 0.5]]), one(2), one(0.25))
    np.testing.assert_allclose(found, [[1 / 3, 2 / 3]])
    same = np.array([[0.5, 0.3, 0.2]])
    np.testing.assert_array_equal(called_positions(same, one(2), one(0)), same)
