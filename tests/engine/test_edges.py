"""States at the edge of what a scenario can say."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest

from costmodel.engine.expected import expected
from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError
from costmodel.questions.sensitivity import sensitivity
from costmodel.scenario.schema import Scenario
from tests.engine.sample import CHAT, CLIFF, MODEL, PLAIN, book, chat

JOB = ("features.answer.failures", "features.answer.reasoning", "features.answer.implicit_cache")


def test_turns_drawn_below_one_are_held_and_said():
    scenario = chat({"features.answer.conversation.turns": {"mean": "1 to 3", "cv": 1}})
    projection = simulate(scenario, prices=book(), draws=2048)
    for flow in projection.ledger.lanes:
        assert flow.step.shape.turns.min() == 1.0
        assert flow.step.shape.earlier.min() >= 0
        assert min(usd.min() for usd in flow.meters().values()) >= 0
    assert any("fell below 1" in words for words in projection.warnings)


@pytest.mark.parametrize("tokens", [3000, 4000, 4001, 50_000])
def test_a_fixed_prompt_is_priced_on_its_side_of_the_threshold(tokens):
    """4,000 tokens at $2 and $12; above, the whole request at $4 and $18."""
    job = {
        "features.answer.conversation": {"turns": 1, "history": "none"},
        "features.answer.prompt": [{"system": {"tokens": tokens}}],
        "features.answer.output": {"mean": 500, "cv": 0},
    }
    scenario = chat(job, without=JOB)
    rates = (2, 12) if tokens <= 4000 else (4, 18)
    per_turn = (tokens * rates[0] + 500 * rates[1]) / 1e6
    projection = simulate(scenario, prices=book(CLIFF), draws=64, uncertainty={"belief"})
    for flow in projection.ledger.lanes:
        np.testing.assert_allclose(flow.spend, flow.turns * per_turn)
    lane = expected(scenario, prices=book(CLIFF)).lanes[0]
    assert lane.usd[0] == pytest.approx(lane.turns[0] * per_turn)


@pytest.mark.parametrize("threshold", [12_000, 40_000, 90_000, 200_000])
def test_a_sum_that_hardly_varies_crosses_a_threshold_within_a_thousandth(threshold):
    """Blocks of late turns must not step over the jump."""
    scenario = chat(
        {
            "features.answer.conversation": {"turns": {"mean": 20, "cv": 2}, "history": "resend"},
            "features.answer.prompt": [
                {"system": {"tokens": 500}},
                "history",
                {"user": {"mean": 100, "cv": 0}},
            ],
            "features.answer.output": {"mean": 700, "cv": 0},
        },
        without=("features.answer.reasoning",),
    )
    card = replace(CLIFF, tiers=(replace(CLIFF.tiers[0], threshold=threshold),))
    central = simulate(scenario, prices=book(card), draws=2, uncertainty=set()).total.mean
    assert central == pytest.approx(expected(scenario, prices=book(card)).total, rel=1e-3)


def test_a_feature_that_brings_its_own_segment_moves_no_other_line():
    before = simulate(chat(), prices=book(), draws=256).by("lane")
    for name in ("team", "trial", "edu", "partners", "internal"):
        data = deepcopy(CHAT)
        data["segments"][name] = {"users": "200 to 300"}
        feature = deepcopy(data["features"]["answer"])
        feature["turns_per_user"] = {name: {"mean": "5 to 9 per month", "cv": 1}}
        data["features"]["other"] = feature
        after = simulate(Scenario.model_validate(data), prices=book(), draws=256).by("lane")
        for lane, usd in before.items():
            assert np.array_equal(after[lane], usd)


def test_the_warning_of_what_is_assumed_of_a_cache_survives_an_override():
    scenario = chat(without=("features.answer.implicit_cache",))
    moved = scenario.with_overrides({"segments.free.users": "9k to 13k"})
    for each in (scenario, moved):
        words = simulate(each, draws=64).warnings
        assert any("keeps whole prompts" in w for w in words)


def test_shares_that_pass_the_whole_input_are_said():
    wide = {"features.answer.implicit_cache": {"cached": "30% to 80%", "written": "10% to 70%"}}
    words = simulate(chat(wide), prices=book(), draws=2048).warnings
    assert any("cached and written passed 100 % together" in w for w in words)


def test_notes_of_one_model_in_two_modes_are_all_kept():
    data = deepcopy(CHAT)
    batch = deepcopy(data["features"]["answer"])
    batch["mode"] = "batch"
    data["features"]["nightly"] = batch
    plain = replace(PLAIN, cache_read=None)
    prices = type(book()).from_cards({MODEL: {"standard": plain, "batch": PLAIN}})
    alone = simulate(chat(), prices=prices, draws=64).warnings
    both = simulate(Scenario.model_validate(data), prices=prices, draws=64).warnings
    assert set(alone) <= set(both)


@pytest.mark.parametrize("seed", [10**70, -(10**70), "0"])
def test_a_seed_that_cannot_be_used_is_refused(seed):
    with pytest.raises(InputError, match=r"a whole number of at most 18 digits"):
        simulate(chat(), prices=book(), draws=64, seed=seed)


@pytest.mark.parametrize("seed", [-1, -5, 10**18 - 1])
def test_negative_and_long_seeds_work(seed):
    assert simulate(chat(), prices=book(), draws=64, seed=seed).total.mean > 0


def test_long_conversations_have_a_closed_form_that_ends():
    scenario = chat({"features.answer.conversation.turns": {"mean": 300, "cv": 2}})
    assert expected(scenario, prices=book(PLAIN)).total > 0


def test_sensitivity_leaves_out_what_costs_nothing():
    revenue = chat({"segments.free.revenue": "$1 to $2 per month"})
    projection = simulate(revenue, prices=book(), draws=256)
    assert not any("revenue" in one.path for one in sensitivity(projection))


def test_a_horizon_of_one_month_and_of_sixty():
    one = simulate(chat({"months": 1}), prices=book(), draws=256)
    sixty = simulate(chat({"months": 60}), prices=book(), draws=256)
    assert one.total.p90 == one.month(1).p90 == one.p90
    assert sixty.spend.shape == (256, 60)
    assert np.array_equal(sixty.spend[:, 0], one.spend[:, 0])


@pytest.mark.parametrize(
    "kinds", [{"belief", "spread"}, {"spread"}, {"belief"}, {"spread", "drift"}]
)
def test_a_quantity_that_does_not_vary_meets_one_that_does(kinds):
    sure = {
        "segments": {"all": {"users": 1000}},
        "features.answer.turns_per_user": {"all": {"mean": "10 per month", "cv": 1}},
    }
    projection = simulate(
        chat(sure, without=("correlations",)), prices=book(), draws=64, uncertainty=kinds
    )
    assert projection.spend.shape == (64, 12)
    assert np.all(projection.spend > 0)
