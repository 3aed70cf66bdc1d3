"""Kept answers and prompts by the engine against the slow simulator's: asked and sent in turn."""

import pytest

from .scenes import CARD, MODEL, shelf
from .strategy_scenes import (
    CHAT,
    DRAFT,
    FAILING,
    assert_cost_agrees,
    assert_hit_rates_agree,
    assert_input_agrees,
    assert_shares_agree,
    faq,
    pair,
    prefix,
    quota,
)

pytestmark = pytest.mark.filterwarnings("ignore::costmodel.foundation.errors.CostModelWarning")

WHOLE = [slice(None)]
ENDS = ("blocked", "failed", "primary")

KEPT = {
    "features.answer.prompt": [
        {"system": {"tokens": 700}},
        "history",
        {"retrieved": {"chunks": 3, "tokens_each": 100, "kept_in_history": True}},
        {"user": {"mean": 90, "cv": 1.2, "max": 4000}},
    ]
}


@pytest.mark.parametrize("multi_turn", [False, True], ids=["first turns", "all turns"])
def test_a_measured_hit_rate_agrees(multi_turn):
    cache = faq(
        hit_rate="30%", cacheable="80%", match="semantic", false_hits="3%",
        lookup="$0.001 per turn", multi_turn=multi_turn,
    )  # fmt: skip
    strategies = {"cache": cache, "fair": quota("20 turns per month")}
    both = pair({**KEPT, **FAILING}, strategies, 120)
    assert_cost_agrees(both)
    assert_shares_agree(both, *ENDS, "response_cache", "looked_up", "wrong")
    lookups = both.slow.usd_of("cache lookups").sum(axis=1)
    assert both.fast.by("meter")["cache lookups"].sum(axis=1).mean() == pytest.approx(
        lookups.mean(), rel=0.02
    )


DRAWN = {
    "exact, kept two days": {"ttl": "48h", "questions": 150, "unique": "30%", "popularity": 1},
    "by meaning, renewed": {
        "ttl": "12h", "questions": 200, "unique": "30%", "match": "semantic", "recall": "80%",
        "false_hits": "2%", "renewal": "sliding",
    },
    "emptied three times a month": {
        "ttl": "48h", "questions": 60, "unique": "30%", "match": "semantic", "false_hits": "2%",
        "flushes": "3 per month",
    },
    "room for sixty": {"ttl": "240h", "questions": 300, "unique": "30%", "capacity": 60},
    "four tenants": {"ttl": "24h", "questions": 40, "unique": "30%", "tenants": 4},
}  # fmt: skip


@pytest.mark.parametrize("cache", DRAWN.values(), ids=DRAWN)
def test_questions_asked_one_by_one_find_as_many_answers(cache):
    more = {"segments.free.users": 1200}
    both = pair(more, {"cache": faq(**cache)}, 24)
    assert_cost_agrees(both)
    assert_hit_rates_agree(both)


CLAUDE, LONGEST = "anthropic/claude-opus-5-5", "openai/gpt-5"
PLAIN_PROMPT = {
    "features.answer.prompt": [
        part for part in CHAT["features.answer.prompt"] if "retrieved" not in part
    ]
}
FIRST_PARTS = ["system", "history"]
PROMPTS = {
    "whole prompts unasked": (MODEL, PLAIN_PROMPT, {}),
    "whole prompts that change": (MODEL, {}, {}),
    "the longest beginning in steps": (LONGEST, {}, {}),
    "five minutes, bought": (CLAUDE, {}, {"prefix": prefix(ttl="5m", breakpoints=FIRST_PARTS)}),
    "as far as it goes": (CLAUDE, PLAIN_PROMPT, {"prefix": prefix(ttl="5m")}),
    "beside kept answers": (
        MODEL,
        {},
        {"prefix": prefix(ttl="30min", breakpoints=FIRST_PARTS), "cache": faq(hit_rate="40%")},
    ),
}


def prompts(model, changes, strategies, futures=20):
    scene = {"months": 1, **changes, "features.answer.model": model}
    return pair(scene, strategies, futures, prices=shelf(**{model: CARD}))


@pytest.mark.parametrize(("model", "changes", "strategies"), PROMPTS.values(), ids=PROMPTS)
def test_prompts_sent_one_by_one_are_read_and_written_as_much(model, changes, strategies):
    both = prompts(model, changes, strategies or {"idle": quota("100k turns per month")}, 32)
    assert_cost_agrees(both, months=WHOLE)
    assert_input_agrees(both)


KEPT_PREFIX = {"prefix": prefix(ttl="30min", breakpoints=FIRST_PARTS)}


def test_prompts_of_conversations_that_a_limit_cuts_are_read_as_much():
    fair = {"fair": quota("12 turns per month")}
    assert_input_agrees(prompts(MODEL, {}, {**KEPT_PREFIX, **fair}))


def test_calls_tried_again_read_their_own_prompt():
    assert_input_agrees(prompts(MODEL, FAILING, KEPT_PREFIX))


def test_prompts_of_single_turns_near_the_least_length_are_written_as_much():
    one = {"features.answer.conversation.turns": {"mean": 1, "cv": 0}, "features.answer.prompt":
           DRAFT["prompt"]}  # fmt: skip
    assert_input_agrees(prompts(MODEL, one, {"idle": quota("100k turns per month")}))
