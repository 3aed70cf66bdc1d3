"""The slow simulator's prompt caches, a few calls at a time."""

from types import SimpleNamespace

import numpy as np
import pytest

from costmodel.scenario.schema import PromptCache

from .by_hand import Certain, turns
from .prompt_caches import PromptCaches, Rule, bought_rule, own_rule
from .scenes import CARD, scene
from .turns import CacheUse, charge

CHAT = [{"system": {"tokens": 1500}}, "history", {"user": {"mean": 100, "cv": 0}}]
PASSAGES = [
    {"system": {"tokens": 1500}},
    "history",
    {"retrieved": {"chunks": 2, "tokens_each": 400}},
    {"user": {"mean": 100, "cv": 0}},
]


def caches(rule, prompt=CHAT):
    step = scene({"features.answer.prompt": prompt}).features["answer"]
    return PromptCaches("features.answer", step, [rule, None], Certain())


def reads(rule, asked, prompt=CHAT, called=None):
    every = np.ones(asked.talk.size, dtype=bool)
    return caches(rule, prompt).play(asked, every, every if called is None else called)


ANYWHERE = Rule(300.0, "anywhere", 0, None, billed=False)
THREE = {"talk": [0, 0, 0], "position": [0, 1, 2]}


def test_a_call_reads_what_its_conversation_sent_before():
    # 1,600 tokens, then 2,000, then 2,400: each reads the prompt before it
    use = reads(ANYWHERE, turns([0, 100, 390], **THREE))
    assert use.read.tolist() == [0, 1600, 2000]
    assert use.written.tolist() == [0, 0, 0]
    # the third comes 301 s after the second: everything is gone
    assert reads(ANYWHERE, turns([0, 100, 401], **THREE)).read.tolist() == [0, 1600, 0]


def test_another_conversation_keeps_the_fixed_part_alive():
    asked = turns([0, 250, 450, 500], talk=[0, 1, 0, 0], position=[0, 0, 1, 2])
    # At 450 s the own entry of 0 s is gone, the fixed part was renewed at 250 s.
    assert reads(ANYWHERE, asked).read.tolist() == [0, 1500, 1500, 2000]


def test_minimum_and_increment_cut_what_is_read():
    stepped = Rule(300.0, "anywhere", 1024, 128, billed=False)
    # 1,600 = 1,024 + 4.5 x 128; 2,000 = 1,024 + 7.6 x 128
    assert reads(stepped, turns([0, 1, 2], **THREE)).read.tolist() == [0, 1536, 1920]
    least = Rule(300.0, "anywhere", 1700, None, billed=False)
    assert reads(least, turns([0, 1, 2], **THREE)).read.tolist() == [0, 0, 2000]


def test_passages_that_change_end_what_can_be_read():
    asked = turns([0, 1, 2], **THREE, retrieved=[800.0] * 3)
    assert reads(ANYWHERE, asked, PASSAGES).read.tolist() == [0, 1500, 1900]


def test_an_exact_match_finds_whole_prompts_only_and_writes_the_rest():
    end = Rule(1800.0, "end", 1024, None, billed=True)
    use = reads(end, turns([0, 1, 2], **THREE))
    assert use.read.tolist() == [0, 1600, 2000]
    assert use.written.tolist() == [1600, 400, 400]
    changing = reads(end, turns([0, 1, 2], **THREE, retrieved=[800.0] * 3), PASSAGES)
    assert changing.read.tolist() == [0, 0, 0]
    assert changing.written.tolist() == [2400, 2800, 3200]


def test_breakpoints_keep_what_stands_before_them():
    rule = Rule(1800.0, ("system", "history"), 1024, None, billed=True)
    use = reads(rule, turns([0, 1, 2], **THREE, retrieved=[800.0] * 3), PASSAGES)
    # history of 0, 400 and 800 tokens
    assert use.read.tolist() == [0, 1500, 1900]
    assert use.written.tolist() == [1500, 400, 400]


def test_a_turn_answered_elsewhere_joins_the_history_and_renews_nothing():
    called = np.array([True, False, True])
    use = reads(ANYWHERE, turns([0, 200, 290], **THREE), called=called)
    assert use.read.tolist() == [0, 0, 1600]
    assert reads(ANYWHERE, turns([0, 200, 301], **THREE), called=called).read.tolist() == [0, 0, 0]


def test_a_call_that_is_tried_again_finds_its_own_prompt():
    use = reads(Rule(1800.0, "end", 1024, None, billed=True), turns([0], billed=[3]))
    assert (use.read[0], use.written[0]) == (0, 1600)
    assert (use.read_again[0], use.written_again[0]) == (1600, 0)


def test_a_failed_answer_is_not_sent_again():
    asked = turns([0, 1, 2], **THREE, answered=[False, True, True])
    # 1,600, 1,700, 2,100
    assert reads(ANYWHERE, asked).read.tolist() == [0, 1600, 1700]


def test_each_model_has_a_cache_of_its_own():
    step = scene({"features.answer.prompt": CHAT}).features["answer"]
    both = PromptCaches("features.answer", step, [ANYWHERE, ANYWHERE], Certain())
    asked = turns([0, 1, 2], **THREE, cheaper=[False, True, True])
    every = np.ones(3, dtype=bool)
    assert both.play(asked, every, every).read.tolist() == [0, 0, 2000]


def facts(**changes):
    known = {
        "mode": "both",
        "match": "longest_prefix",
        "min_prefix_tokens": 1024,
        "increment_tokens": None,
        "ttl_seconds": {"5m": 300, "1h": 3600},
        "write_billed": True,
    }
    return SimpleNamespace(**{**known, **changes})


def test_rules_come_from_the_price_table():
    assert own_rule(facts(mode="explicit")) is None
    assert own_rule(facts(match="breakpoint")).places == "end"
    assert own_rule(facts(ttl_seconds={"default": 1800})).lifetime == 1800
    assert own_rule(facts(ttl_seconds={})).lifetime == 300
    hour = PromptCache.model_validate({"kind": "prompt_cache", "feature": "answer", "ttl": "1h"})
    prompt = scene({"features.answer.prompt": PASSAGES}).features["answer"].prompt
    bought = bought_rule(facts(), hour, prompt)
    assert (bought.lifetime, bought.hour) == (3600, True)
    assert bought.places == ("system", "history")
    with pytest.raises(AssertionError):
        bought_rule(facts(ttl_seconds={"default": 1800}), hour, prompt)


def test_the_first_call_of_a_turn_is_billed_apart_from_those_after_it():
    one = np.array([1.0])
    use = CacheUse(0 * one, 1600 * one, 1600 * one, 0 * one, np.array([False]))
    found = charge(1600 * one, 300 * one, np.array([3]), use, ((1.0, CARD),))
    # once $2.50 for 1,600 written, twice $0.50 for 1,600 read, three answers of 300 at $8
    assert found.usd["written"][0] == pytest.approx(1600 * 2.5 / 1e6)
    assert found.usd["cached"][0] == pytest.approx(2 * 1600 * 0.5 / 1e6)
    assert found.usd["output"][0] == pytest.approx(3 * 300 * 8 / 1e6)
    assert found.tokens["cached"][0] == 3200
