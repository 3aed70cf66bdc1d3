"""What is compared is compared in the same futures: a strategy moves no stream of the rest."""

from __future__ import annotations

import numpy as np
import pytest

from costmodel.engine.simulate import simulate
from costmodel.engine.streams import assign_columns
from costmodel.engine.world import stream_names
from costmodel.scenario.layers import shipped_names
from costmodel.scenario.loading import load_scenario
from tests.engine.sample import book, chat

ADDED = {
    "faq": {
        "kind": "response_cache",
        "feature": "answer",
        "match": "semantic",
        "ttl": "24h",
        "questions": "2k to 6k",
        "popularity": "0.6 to 1.1",
        "unique": "40% to 70%",
        "cacheable": "50% to 70%",
        "recall": "70% to 90%",
        "false_hits": "0.5% to 2%",
        "flushes": "1 to 3 per month",
        "lookup": "$0.0001 to $0.0003",
        "wrong_answer": "$2 to $6",
    },
    "prefix": {"kind": "prompt_cache", "feature": "answer", "ttl": "30min", "reads": "20% to 60%"},
    "fair_use": {
        "kind": "quota",
        "segment": "free",
        "limit": "30 turns per month",
        "then": "overage",
        "price": "$0.02 to $0.05",
        "take_up": "5% to 20%",
        "defer": "10% to 30%",
        "churn": "1% to 3% per month",
    },
}


def test_adding_strategies_leaves_the_projection_as_it_is_bit_for_bit():
    before, after = chat(), chat().with_strategies(ADDED, variant="more")
    added = set(after.beliefs()) - set(before.beliefs())
    assert len(added) == 14
    one, other = (simulate(s, prices=book(), draws=256) for s in (before, after))
    np.testing.assert_array_equal(one.spend, other.spend)
    assert one.beliefs.keys() == other.beliefs.keys()


def test_a_strategy_whose_stream_wants_a_column_that_is_taken_gives_way():
    before = chat()
    taken = assign_columns(stream_names(before))["features.answer.output.mean"]
    named = (f"quota{number}" for number in range(100_000))
    name = next(n for n in named if assign_columns([f"strategies.{n}.defer"]).popitem()[1] == taken)
    quota = {**ADDED["fair_use"], "then": "block", "price": None, "take_up": None}
    after = before.with_strategies({name: {k: v for k, v in quota.items() if v is not None}})
    columns = assign_columns(stream_names(after))
    assert columns["features.answer.output.mean"] == taken
    assert columns[f"strategies.{name}.defer"] == taken + 1


@pytest.mark.parametrize("name", shipped_names())
def test_strategies_take_columns_that_the_rest_left_free(name):
    scenario = load_scenario(name)
    bare = scenario.model_copy(update={"strategies": {}, "variants": {"baseline": ()}})
    without = assign_columns(stream_names(bare))
    columns = assign_columns(stream_names(scenario))
    assert {stream: columns[stream] for stream in without} == without
    ours = [column for stream, column in columns.items() if stream.startswith("strategies.")]
    assert None not in ours
    assert not set(ours) & set(without.values())
    assert len(ours) == sum(path.startswith("strategies.") for path in scenario.beliefs())
