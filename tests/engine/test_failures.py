"""Repairs, streams that break off, and fallbacks, in the bill of a scenario."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from costmodel.engine.expected import expected
from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError
from costmodel.prices.book import PriceBook
from costmodel.scenario.schema import Failures
from tests.engine.sample import MODEL, PLAIN, chat

OTHER = "anthropic/claude-haiku-4-5"
OFF: frozenset[str] = frozenset()
ONE_TURN = {
    "features.answer.conversation": {"turns": 1, "history": "none"},
    "features.answer.prompt": [{"system": {"tokens": 1000}}, {"user": {"mean": 100, "cv": 0}}],
    "features.answer.output": {"mean": 300, "cv": 0},
    "features.answer.implicit_cache": {"cached": 0, "written": 0},
}


def book():
    dearer = replace(PLAIN, input=6.0, output=36.0)
    return PriceBook.from_cards({MODEL: PLAIN, OTHER: dearer}, snapshot="2026-11-23")


def one_turn(failures):
    changed = chat(
        {**ONE_TURN, "features.answer.failures": failures}, without=("features.answer.reasoning",)
    )
    return simulate(changed, prices=book(), draws=2, uncertainty=OFF), changed


def a_turn(projection, path="primary"):
    lanes = [flow for flow in projection.ledger.lanes if flow.lane.path == path]
    return float(lanes[0].step.total[0, 0]), lanes[0]


SURE = 1e6
"""A shape for which every prompt fails alike."""


def test_a_repair_sends_the_bad_answer_and_what_is_wrong_with_it():
    failures = {
        "malformed": "10%", "max_attempts": 3, "repair": 50, "malformed_shape": SURE,
    }  # fmt: skip
    usd, lane = a_turn(one_turn(failures)[0])
    # 1 + .1 + .01 calls; the second sends one bad answer along, the third two: .1 + .02 = .12.
    tokens = 1.11 * 1100 + 0.12 * (300 + 50)
    assert usd == pytest.approx((tokens * 2 + 1.11 * 300 * 12) / 1e6, rel=1e-5)
    sent = sum(lane.tokens()[meter][0, 0] for meter in ("input", "cached input", "cache write"))
    assert sent == pytest.approx(lane.turns[0, 0] * tokens, rel=1e-5)


def test_a_stream_that_breaks_off_is_billed_for_what_was_sent_and_written():
    failures = {
        "transport": "20%", "max_attempts": 2, "cut_off": "50%", "cut_at": "25%",
    }  # fmt: skip
    usd, _ = a_turn(one_turn(failures)[0])
    # 1.2 requests: .96 are answered; .24 break off, half of them with the answer on its way.
    inputs, outputs = 0.96 + 0.12, 0.96 + 0.12 * 0.25
    assert usd == pytest.approx((inputs * 1100 * 2 + outputs * 300 * 12) / 1e6, rel=1e-9)


def test_a_fallback_is_billed_beside_the_model_that_failed():
    failures = {
        "malformed": "50%", "max_attempts": 2, "malformed_shape": SURE, "then": "fallback",
        "model": OTHER, "alike": "0%",
    }  # fmt: skip
    projection, _ = one_turn(failures)
    first, lane = a_turn(projection)
    again, back = a_turn(projection, "fallback")
    # 1.5 calls of each; a quarter of the turns get to the other, three quarters of them answered.
    assert first == pytest.approx(1.5 * (1100 * 2 + 300 * 12) / 1e6, rel=1e-5)
    assert again == pytest.approx(1.5 * (1100 * 6 + 300 * 36) / 1e6, rel=1e-5)
    assert back.turns[0, 0] / lane.turns[0, 0] == pytest.approx(0.25, rel=1e-5)
    fate = next(iter(projection.fates.values()))
    shares = {path: turns[0, 0] / fate.demanded[0, 0] for path, turns in fate.answered.items()}
    assert shares == pytest.approx({"primary": 0.75, "fallback": 0.1875}, rel=1e-5)
    assert fate.failed[0, 0] / fate.demanded[0, 0] == pytest.approx(0.0625, rel=1e-4)


def test_what_is_hard_for_one_model_is_hard_for_the_other_unless_told():
    failures = {"malformed": "5%", "max_attempts": 3, "then": "fallback", "model": OTHER}
    alike = next(iter(one_turn(failures)[0].fates.values()))
    apart = next(iter(one_turn({**failures, "alike": "0%"})[0].fates.values()))
    assert alike.failed[0, 0] > 5 * apart.failed[0, 0]


@pytest.mark.parametrize("failures", [
    {"malformed": "2% to 6%", "transport": "1%", "repair": "40 to 80"},
    {"malformed": "4%", "transport": "5%", "cut_off": "30%", "cut_at": "30% to 70%"},
    {"malformed": "4%", "transport": "2%", "max_attempts": 2, "repair": 60, "cut_off": "20%",
     "cut_at": "50%", "then": "fallback", "model": OTHER, "alike": "40% to 80%"},
])  # fmt: skip
def test_the_closed_form_agrees_to_rounding(failures):
    scenario = chat({"features.answer.failures": failures})
    projection = simulate(scenario, prices=book(), draws=2, uncertainty=OFF)
    closed = expected(scenario, prices=book())
    months = [projection.month(n).mean for n in range(1, 13)]
    assert months == pytest.approx(list(closed.by_month), rel=1e-9)
    fallback = [lane for lane in closed.lanes if lane.lane.path == "fallback"]
    assert len(fallback) == (2 if "model" in failures else 0)


def test_prompts_drawn_one_by_one_cost_as_much():
    """Malformed answers repaired, streams cut, and a fallback that shares what is hard."""
    q, t, shape, most, draws = 0.15, 0.1, 0.3, 3, 400_000
    failures = {
        "malformed": q, "transport": t, "max_attempts": most, "malformed_shape": shape,
        "repair": 60, "cut_off": "40%", "cut_at": "50%", "then": "fallback", "model": OTHER,
        "alike": "100%",
    }  # fmt: skip
    projection, _ = one_turn(failures)
    rng = np.random.default_rng(4)
    hard = rng.beta(shape, shape * (1 - q) / q, draws)
    usd, going, bad = np.zeros(draws), np.ones(draws, dtype=bool), np.zeros(draws)
    for _ in range(most):
        lost = going & (rng.random(draws) < t)
        begun = lost & (rng.random(draws) < 0.4)
        came = going & ~lost
        sent = 1100 + bad * (300 + 60)
        usd += came * (sent * 2 + 300 * 12) / 1e6
        usd += begun * (1100 * 2 + 150 * 12) / 1e6
        wrong = came & (rng.random(draws) < hard)
        bad += wrong
        going &= lost | wrong
    first = float(a_turn(projection)[0])
    assert first == pytest.approx(usd.mean(), abs=4 * usd.std() / draws**0.5)
    back = np.zeros(draws)
    for _ in range(most):
        came = going & (rng.random(draws) >= t)
        back += came * (1100 * 6 + 300 * 36) / 1e6
        going &= ~came | (rng.random(draws) < hard)
    usd_each, lane = a_turn(projection, "fallback")
    reached = lane.turns[0, 0] / projection.flow.paths[0].turns[0, 0]
    primary = a_turn(projection)[1].turns[0, 0]
    assert usd_each * reached / primary == pytest.approx(
        back.mean(), abs=4 * back.std() / draws**0.5
    )


@pytest.mark.parametrize(("failures", "message"), [
    ({"then": "fallback"}, "without model; expected the key 'model'"),
    ({"model": OTHER}, "model with then: fail"),
    ({"alike": "50%"}, "alike with then: fail"),
    ({"cut_off": "10%"}, "cut_off without cut_at"),
    ({"cut_at": "10%"}, "cut_at without cut_off"),
])  # fmt: skip
def test_keys_that_do_not_go_together_are_refused(failures, message):
    with pytest.raises((InputError, ValueError), match=message):
        Failures.model_validate(failures)


def test_a_fallback_behind_two_paths_is_counted_whole():
    failures = {"malformed": "20%", "max_attempts": 1, "then": "fallback", "model": OTHER}
    quota = {"kind": "quota", "segment": "free", "limit": "5 turns per month", "then": "degrade",
             "model": OTHER}  # fmt: skip
    scenario = chat({"features.answer.failures": failures, "strategies": {"fair": quota}})
    projection = simulate(scenario, prices=book(), draws=16, variant="fair")
    usd = sum(lane["usd"] for lane in projection.flows().values())
    assert usd == pytest.approx(projection.total.mean, rel=1e-9)
    fate = projection.fates["free", "answer"]
    made = sum(fate.answered.values()) + fate.failed + fate.blocked
    np.testing.assert_allclose(made, fate.demanded, rtol=1e-9)
