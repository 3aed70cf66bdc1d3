"""What holds of every variant: turns are conserved, and nothing idle moves the bill."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError, UnknownModelError
from tests.engine.sample import chat

QUICK = settings(max_examples=25, deadline=None)
CHEAP = "openai/gpt-5.6-luna"


def with_strategies(strategies, changes=None, **more):
    return chat({"strategies": strategies, "months": 3, **(changes or {})}, **more)


def run(scenario, variant="all", draws=64, **more):
    return simulate(scenario, draws=draws, variant=variant, **more)


quotas = st.fixed_dictionaries(
    {
        "kind": st.just("quota"),
        "segment": st.sampled_from(["free", ["free", "pro"]]),
        "limit": st.builds(
            lambda n, period: f"{n} turns per {period}",
            st.integers(1, 200), st.sampled_from(["day", "week", "month"]),
        ),
    },
    optional={"defer": st.sampled_from(["20%", "10% to 30%"]), "from": st.just("2027-01")},
)  # fmt: skip
ways = st.sampled_from([
    {}, {"then": "degrade", "model": CHEAP},
    {"then": "overage", "price": "$0.05 per turn", "take_up": "20% to 40%"},
])  # fmt: skip
caches = st.fixed_dictionaries(
    {"kind": st.just("response_cache"), "feature": st.just("answer"), "match": st.just("semantic"),
     "false_hits": st.sampled_from(["0%", "1% to 3%"])},
) .flatmap(lambda given: st.sampled_from([
    {**given, "hit_rate": "10% to 30%"},
    {**given, "hit_rate": "40%", "multi_turn": True},
    {**given, "ttl": "12h", "questions": "500 to 5k", "unique": "20% to 60%"},
]))  # fmt: skip
use = st.sampled_from(["$2 per month", "40 calls per week", "50k tokens per day"])


@QUICK
@given(quotas, ways, caches, use, st.booleans(), st.booleans())
def test_turns_are_conserved(quota, way, cache, limit, capped, stored):
    quota = {k: v for k, v in quota.items() if not (k == "defer" and way.get("model"))}
    strategies = {
        "fair": {**quota, **way},
        "faq": cache,
        "spend": {"kind": "quota", "segment": "pro", "limit": limit},
        **({"cap": {"kind": "budget", "limit": "$1500 per month"}} if capped else {}),
        **({"prefix": {"kind": "prompt_cache", "feature": "answer", "ttl": "30min"}}
           if stored else {}),
    }  # fmt: skip
    projection = run(with_strategies(strategies))
    for fate in projection.fates.values():
        came = fate.demanded + fate.carried_in
        went = fate.blocked + fate.deferred + fate.failed + sum(fate.answered.values())
        np.testing.assert_allclose(came, went, rtol=1e-9)
        for part in (
            fate.blocked,
            fate.failed,
            fate.looked_up,
            fate.wrong,
            *fate.answered.values(),
        ):
            assert np.all(part >= -1e-9 * fate.demanded)
        assert np.all((fate.affected >= 0) & (fate.affected <= 1))
    usd = sum(flow.spend for flow in projection.ledger.lanes)
    np.testing.assert_allclose(usd, projection.ledger.total, rtol=1e-9)
    by_meter = sum(projection.by("meter").values())
    np.testing.assert_allclose(by_meter, projection.spend, rtol=1e-9)


@QUICK
@given(quotas, st.integers(1, 100))
def test_a_higher_limit_never_serves_fewer_turns(quota, more):
    low = with_strategies({"fair": quota}, {"strategies": {"fair": quota}})
    number, rest = quota["limit"].split(" ", 1)
    high = with_strategies({"fair": {**quota, "limit": f"{int(number) + more} {rest}"}})
    fates = [run(each, "fair").fates["free", "answer"] for each in (low, high)]
    few, many = (fate.demanded - fate.blocked for fate in fates)
    assert np.all(few <= many * (1 + 2e-3))
    assert np.all(many <= fates[1].demanded * (1 + 1e-9))


@pytest.mark.parametrize("strategy", [
    {"kind": "response_cache", "feature": "answer", "hit_rate": "0%"},
    {"kind": "response_cache", "feature": "answer", "ttl": "24h", "questions": "1k",
     "unique": "100%"},
    {"kind": "quota", "segment": "free", "limit": "10M turns per month"},
    {"kind": "quota", "segment": "free", "limit": "5 turns per month", "then": "overage",
     "price": "$0 per turn", "take_up": "100%"},
    {"kind": "budget", "limit": "$1B per month"},
])  # fmt: skip
def test_a_strategy_that_does_nothing_is_the_identity_bit_for_bit(strategy):
    scenario = with_strategies({"idle": strategy})
    base, same = run(scenario, "baseline"), run(scenario, "idle")
    assert np.array_equal(base.spend, same.spend)


def test_a_strategy_changes_nothing_before_it_starts():
    scenario = with_strategies({
        "fair": {"kind": "quota", "segment": "free", "limit": "5 turns per month",
                 "from": "2027-02"},
        "faq": {"kind": "response_cache", "feature": "answer", "hit_rate": "30%",
                "from": "2027-02"},
        "prefix": {"kind": "prompt_cache", "feature": "answer", "ttl": "30min",
                   "from": "2027-02"},
        "cap": {"kind": "budget", "limit": "$100 per month", "from": "2027-02"},
    })  # fmt: skip
    base = run(scenario, "baseline")
    for name in ("fair", "faq", "prefix", "cap"):
        with_it = run(scenario, name)
        np.testing.assert_allclose(with_it.spend[:, :2], base.spend[:, :2], rtol=1e-9)
        assert np.all(with_it.spend[:, 2] < base.spend[:, 2])
        assert [mark.text for mark in with_it.marks if mark.kind == "start"] == [f"{name} starts"]


def test_a_cap_holds_in_every_month_and_a_yearly_one_over_twelve():
    caps = {"month": {"kind": "budget", "limit": "$1500 per month"},
            "year": {"kind": "budget", "limit": "$5k per year"}}  # fmt: skip
    scenario = with_strategies(caps, {"variants": {"a": [], "m": ["month"], "y": ["year"]}})
    base, month, year = (run(scenario, name) for name in ("a", "m", "y"))
    np.testing.assert_allclose(month.spend, np.minimum(base.spend, 1500), rtol=1e-12)
    spent = np.minimum(np.cumsum(base.spend, axis=1), 5000)
    np.testing.assert_allclose(np.cumsum(year.spend, axis=1), spent, rtol=1e-9)


def test_a_daily_limit_cuts_the_dear_ends_of_conversations():
    """Turns served by two a day are first turns mostly: they resend less than the mean turn."""
    strategies = {"day": {"kind": "quota", "segment": "free", "limit": "2 turns per day"}}
    scenario = with_strategies(strategies)
    base, limited = run(scenario, "baseline"), run(scenario, "day")
    a_turn = [
        next(f for f in p.ledger.lanes if f.lane.segment == "free").step.total.mean()
        for p in (base, limited)
    ]
    assert a_turn[1] < 0.9 * a_turn[0]


def test_people_who_leave_take_their_demand_with_them():
    stay = {"kind": "quota", "segment": "free", "limit": "10 turns per month"}
    scenario = with_strategies({"stay": stay, "go": {**stay, "churn": "50% per month"}},
                               {"variants": {"a": [], "s": ["stay"], "g": ["go"]}})  # fmt: skip
    base, stays, goes = (run(scenario, name) for name in ("a", "s", "g"))
    assert goes.people[0] == pytest.approx(base.people[0])
    assert goes.people[2] < 0.95 * base.people[2]
    assert stays.people[2] == pytest.approx(base.people[2])
    assert goes.month(1).mean == pytest.approx(stays.month(1).mean)
    assert goes.month(3).mean < stays.month(3).mean
    # Those who leave asked for more than others: less is left of the demand than of the people.
    asked = [p.fates["free", "answer"].demanded[2].mean() for p in (base, goes)]
    assert (
        asked[1] / asked[0] < goes.people_by_segment["free"][2] / base.people_by_segment["free"][2]
    )


@pytest.mark.parametrize(("strategy", "changes", "message"), [
    ({"kind": "prompt_cache", "feature": "answer", "ttl": "1h"}, {},
     r"strategies\.x\.ttl: read a lifetime of 1h; expected one that openai/gpt-5\.6-terra sells: "
     r"30min; fix: ttl: 30min"),
    ({"kind": "prompt_cache", "feature": "answer", "ttl": "5m"},
     {"features.answer.model": "mistral/mistral-large-4"}, r"strategies\.x"),
])  # fmt: skip
def test_what_a_provider_does_not_sell_is_refused(strategy, changes, message):
    with pytest.raises(InputError, match=message):
        run(with_strategies({"x": strategy}, changes), "x")


def test_a_model_without_prices_cannot_be_degraded_to():
    quota = {"kind": "quota", "segment": "free", "limit": "5 turns per month", "then": "degrade",
             "model": "openai/no-such-model"}  # fmt: skip
    with pytest.raises(UnknownModelError, match="no-such-model"):
        run(with_strategies({"x": quota}), "x")


def test_an_unknown_variant_is_refused_with_the_nearest():
    scenario = with_strategies({"faq": {"kind": "response_cache", "feature": "answer",
                                        "hit_rate": "10%"}})  # fmt: skip
    with pytest.raises(InputError, match="did you mean 'faq'"):
        run(scenario, "fqa")


def test_thinned_traffic_can_make_a_prompt_cache_dearer():
    """Behind a response cache a prefix is found less often: its own calls get dearer."""
    strategies = {
        "prefix": {"kind": "prompt_cache", "feature": "answer", "ttl": "30min",
                   "breakpoints": ["system"]},
        "faq": {"kind": "response_cache", "feature": "answer", "hit_rate": "60%"},
    }  # fmt: skip
    few = {"segments.free.users": 300, "segments.pro.users": 10,
           "features.answer.conversation": {"turns": 1, "history": "none"},
           "features.answer.prompt": [
               {"system": {"tokens": 3000}}, {"user": {"mean": 90, "cv": 1}},
           ],
           "variants": {"a": [], "prefix": ["prefix"], "both": ["prefix", "faq"]}}  # fmt: skip
    scenario = with_strategies(strategies, few)
    alone, both = (run(scenario, name, draws=2, uncertainty=set()) for name in ("prefix", "both"))
    a_call = [p.ledger.lanes[0].step.total.mean() for p in (alone, both)]
    assert a_call[1] > 1.01 * a_call[0]
    assert both.total.mean < alone.total.mean


@pytest.mark.parametrize("limit", ["$900k per month", "$50k per day", "500B tokens per week"])
def test_a_limit_on_use_that_nobody_can_reach_is_left_out(limit):
    """Tables up to the richest person's cap would not fit any memory."""
    quotas = {
        "far": {"kind": "quota", "segment": "free", "limit": limit},
        "fair": {"kind": "quota", "segment": "free", "limit": "20 turns per month"},
    }
    scenario = with_strategies(quotas, {"variants": {"a": ["fair"], "b": ["fair", "far"]}})
    assert np.array_equal(run(scenario, "a").spend, run(scenario, "b").spend)
