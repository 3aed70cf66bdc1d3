"""Repairs, cut streams, fallback, backoff and overload: by hand, and by prompts drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.strategies.backoff import Backoff, time_of_turn
from costmodel.strategies.fallbacks import Chances, fall_back
from costmodel.strategies.overload import overload
from costmodel.strategies.repairs import (
    beta_moments,
    cut_streams,
    earlier_malformed,
    failing_paths,
    repair_input,
)
from costmodel.strategies.retries import all_fail, attempts

HUGE = 1e9
"""A shape for which all prompts are alike."""


def one(value):
    return np.array([float(value)])


def test_repairs_by_hand():
    # q = .1 for every prompt, three attempts: the second is made by .1 with one bad answer, the
    # third by .01 with two: .1 x 1 + .01 x 2 = .12 bad answers sent along, over 1.11 calls.
    added = repair_input(one(0.1), one(0.0), HUGE, 3, output_tokens=one(300), error_tokens=one(50))
    assert added.per_turn[0] == pytest.approx(0.12 * 350, rel=1e-6)
    assert added.per_call[0] == pytest.approx(0.12 * 350 / 1.11, rel=1e-6)


def test_transport_errors_send_nothing_new():
    # q = 0: however often a request is lost, the next is the same prompt.
    assert earlier_malformed(one(0.0), one(0.5), 0.3, 5)[0] == 0.0


def turns_drawn(rng, q, t, shape, most, draws=400_000):
    """Attempts of each turn, one column each: what came of them, 'm', 't', 'g' or ''."""
    difficulty = rng.beta(shape, shape * (1 - q) / q, draws)
    results = np.full((draws, most), " ")
    going = np.ones(draws, dtype=bool)
    for k in range(most):
        lost = rng.random(draws) < t
        bad = rng.random(draws) < difficulty
        results[going, k] = np.where(lost, "t", np.where(bad, "m", "g"))[going]
        going &= results[:, k] != "g"
    return difficulty, results


@pytest.mark.parametrize(("q", "t", "shape", "most"), [
    (0.05, 0.0, 0.2, 3), (0.15, 0.1, 0.3, 4), (0.3, 0.02, 2.0, 6),
])  # fmt: skip
def test_prompts_drawn_one_by_one_send_as_many_bad_answers_along(q, t, shape, most):
    _, results = turns_drawn(np.random.default_rng(1), q, t, shape, most)
    billed = (results == "m") | (results == "g")
    before = np.cumsum(results == "m", axis=1) - (results == "m")
    added = repair_input(one(q), one(t), shape, most, output_tokens=one(1), error_tokens=one(0))
    assert added.per_turn[0] == pytest.approx((before * billed).sum(axis=1).mean(), rel=0.02)
    assert added.per_call[0] == pytest.approx((before * billed).sum() / billed.sum(), rel=0.02)


@settings(max_examples=60)
@given(st.floats(0, 0.99), st.floats(0, 0.99), st.floats(0.05, 5), st.integers(1, 8))
def test_the_ways_to_fail_sum_to_failing(q, t, shape, most):
    paths = failing_paths(one(q), one(t), shape, most)
    whole = all_fail(one(q), one(t), shape, most)
    for ways, chance in zip(paths, whole, strict=True):
        assert sum(ways)[0] == pytest.approx(chance[0], rel=1e-9, abs=1e-15)
    sent = earlier_malformed(one(q), one(t), shape, most)[0]
    assert 0 <= sent <= most * (most - 1) / 2
    if most == 1 or q == 0:
        assert sent == 0


def test_moments_of_a_beta_law():
    # Beta(2, 2): 1, 1/2, 3/10, 1/5
    found = [float(moment[0]) for moment in beta_moments(one(0.5), 2.0, 3)]
    assert found == pytest.approx([1, 0.5, 0.3, 0.2])


def test_streams_cut_short_bill_their_input_and_part_of_the_output():
    # 1.1 requests a turn, 10 % lost, half of those in mid stream, 40 % of the answer written
    tries = attempts(one(0.0), one(0.1), 0.3, 2)
    cut = cut_streams(tries.tried, one(0.1), one(0.5), one(0.4))
    assert cut.inputs[0] == pytest.approx(1.1 * 0.1 * 0.5)
    assert cut.outputs[0] == pytest.approx(1.1 * 0.1 * 0.5 * 0.4)
    assert cut_streams(tries.tried, one(0.1), one(0.0), one(0.4)).inputs[0] == 0.0


def chances(malformed, transport=0.0, most=3):
    return Chances(one(malformed), one(transport), most)


def test_a_fallback_by_hand():
    # prompts alike: the first fails .2^2 = .04, the second .1 of those
    gone = fall_back(chances(0.2, most=2), chances(0.1, most=1), HUGE, 1.0)
    assert gone.answered_first[0] == pytest.approx(0.96)
    assert gone.answered_second[0] == pytest.approx(0.036)
    assert gone.failed[0] == pytest.approx(0.004)
    assert gone.tried[0] == gone.billed[0] == pytest.approx(0.04)


def drawn_on(rng, hard, going, t, most):
    """Attempts at prompts of some difficulty by turns that go on: requests, calls, still going."""
    tried = billed = 0.0
    for _ in range(most):
        lost = rng.random(hard.size) < t
        tried, billed = tried + going.mean(), billed + (going & ~lost).mean()
        going = going & (lost | (rng.random(hard.size) < hard))
    return tried, billed, going.mean()


@pytest.mark.parametrize("alike", [0.0, 0.6, 1.0])
@pytest.mark.parametrize(("first", "second"), [
    ((0.2, 0.05, 3), (0.1, 0.02, 2)), ((0.1, 0.0, 2), (0.3, 0.1, 3)),
])  # fmt: skip
def test_fallbacks_drawn_prompt_by_prompt_answer_as_often(first, second, alike):
    rng, shape = np.random.default_rng(2), 0.3
    (q, t, most), (q2, t2, most2) = first, second
    _, results = turns_drawn(rng, q, t, shape, most)
    bad_before = (results == "m").sum(axis=1)
    hard = rng.beta(shape + alike * bad_before, shape * (1 - q2) / q2)
    going = ~np.any(results == "g", axis=1)
    tried, billed, failed = drawn_on(rng, hard, going, t2, most2)
    found = fall_back(chances(*first), chances(*second), shape, alike)
    assert found.answered_first[0] == pytest.approx(1 - going.mean(), abs=0.001)
    assert found.failed[0] == pytest.approx(failed, abs=0.001)
    assert found.tried[0] == pytest.approx(tried, rel=0.03)
    assert found.billed[0] == pytest.approx(billed, rel=0.03)


def test_a_fallback_of_the_same_kind_fails_as_the_same_model_asked_on():
    """With one difficulty for both, attempts at the second are further attempts at the first."""
    found = fall_back(chances(0.2, 0.1, 2), chances(0.2, 0.1, 3), 0.3, 1.0)
    assert found.failed[0] == pytest.approx(all_fail(one(0.2), one(0.1), 0.3, 5)[-1][0])
    apart = fall_back(chances(0.2, 0.1, 2), chances(0.2, 0.1, 3), 0.3, 0.0)
    ways = [all_fail(one(0.2), one(0.1), 0.3, most)[-1][0] for most in (2, 3)]
    assert apart.failed[0] == pytest.approx(ways[0] * ways[1])


share = st.floats(0, 0.99)
tries = st.integers(1, 6)


@settings(max_examples=80)
@given(share, share, tries, share, share, tries, st.floats(0.05, 5), st.floats(0, 1))
def test_turns_are_conserved_and_likeness_never_helps(q, t, m, q2, t2, m2, shape, alike):
    one_model, other = chances(q, t, m), chances(q2, t2, m2)
    found = fall_back(one_model, other, shape, alike)
    whole = found.answered_first + found.answered_second + found.failed
    assert whole[0] == pytest.approx(1, abs=1e-12)
    for part in (found.answered_first, found.answered_second, found.failed):
        assert -1e-12 <= part[0] <= 1 + 1e-12
    reaching = 1 - found.answered_first[0]
    assert reaching - 1e-12 <= found.tried[0] <= m2 * reaching + 1e-12
    assert found.billed[0] <= found.tried[0] + 1e-12
    assert found.failed[0] >= fall_back(one_model, other, shape, 0.0).failed[0] - 1e-9


def test_waits_double_up_to_the_cap_and_jitter_halves_them():
    plain = Backoff(base_seconds=1.0, cap_seconds=5.0, jitter=False)
    assert [plain.mean_wait(k) for k in (1, 2, 3, 4)] == [1.0, 2.0, 4.0, 5.0]
    jittered = Backoff(base_seconds=1.0, cap_seconds=5.0)
    assert [jittered.mean_wait(k) for k in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 2.5]


def test_the_time_of_a_turn_by_hand():
    # q = .1: .9 end at 2 s; .09 at 1 + 1 + 2 = 4 s; .009 at 1 + 1 + 1 + 2 + 2 = 7 s;
    # .001 fail the third too: 6 s
    reached = all_fail(one(0.1), one(0.0), HUGE, 3)
    waits = Backoff(base_seconds=1.0, cap_seconds=60.0, jitter=False)
    found = time_of_turn(reached, one(2.0), one(1.0), waits)
    assert found.mean[0] == pytest.approx(0.9 * 2 + 0.09 * 4 + 0.009 * 7 + 0.001 * 6, rel=1e-6)
    assert found.waiting[0] == pytest.approx(0.1 * 1 + 0.01 * 2, rel=1e-6)
    ends = [float(part[0]) for part, _ in found.after]
    assert ends == pytest.approx([0.9, 0.09, 0.01], rel=1e-6)


def test_turns_drawn_attempt_by_attempt_take_as_long():
    rng, q, t, shape, most = np.random.default_rng(3), 0.2, 0.1, 0.4, 4
    _, results = turns_drawn(rng, q, t, shape, most)
    failed = (results == "m") | (results == "t")
    seconds = 3.0 * (results == "g").sum(axis=1) + 1.5 * failed.sum(axis=1)
    made = np.sum(results != " ", axis=1)
    for k in range(1, most):
        waits = made > k
        seconds[waits] += rng.random(waits.sum()) * min(2.0, 0.5 * 2 ** (k - 1))
    backoff = Backoff(base_seconds=0.5, cap_seconds=2.0)
    found = time_of_turn(all_fail(one(q), one(t), shape, most), one(3.0), one(1.5), backoff)
    assert found.mean[0] == pytest.approx(seconds.mean(), rel=0.01)


def test_a_limit_that_holds_sees_no_retries():
    found = overload([0.0, 0.5, 1.0], 3)
    assert found.sent.tolist() == [0.0, 0.5, 1.0]
    assert found.refused.tolist() == [0.0, 0.0, 0.0]


def test_ten_percent_too_much_with_three_attempts_nearly_doubles_the_load():
    # p = (1 - 1 / 1.1)^(1/3) = .44964; sent 1 / (1 - p) = 1.8170
    found = overload(1.1, 3)
    assert float(found.refused) == pytest.approx(0.44964, abs=1e-5)
    assert float(found.sent) == pytest.approx(1.8170, abs=1e-4)
    assert float(found.answered) == pytest.approx(1 / 1.1)


def test_a_limit_played_second_by_second_is_loaded_as_much():
    """Requests beyond the limit are refused at random and come again the next second."""
    limit, load, most = 10_000, 1.3, 3
    waiting = [0] * most  # requests by attempts made
    rng = np.random.default_rng(4)
    for _ in range(60):
        waiting[0] = round(limit * load)
        sent = sum(waiting)
        passed = rng.multivariate_hypergeometric(waiting, min(limit, sent))
        waiting = [0, *(n - p for n, p in zip(waiting, passed, strict=True))][:most]
    found = overload(load, most)
    assert sent / limit == pytest.approx(float(found.sent), rel=0.02)
    assert 1 - limit / sent == pytest.approx(float(found.refused), abs=0.01)


@given(st.floats(0, 100), st.integers(1, 10))
def test_retries_add_load_but_no_answers(load, most):
    found = overload(load, most)
    assert 1 <= found.attempts <= most + 1e-9
    assert found.answered == pytest.approx(min(1.0, 1 / max(load, 1e-9)))
    assert found.sent * (1 - found.refused) == pytest.approx(min(load, 1.0))
    assert found.sent >= load
    assert overload(load, 1).sent == load
