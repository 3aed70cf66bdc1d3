"""Proposed limits meet their targets in the projection itself; gateways get dollars."""

import pytest

from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError
from costmodel.questions.limits import gateway_budgets, propose_limits
from costmodel.scenario.loading import load_scenario


@pytest.fixture(scope="module")
def chatbot():
    return load_scenario("support_chatbot")


def with_proposals(scenario, kinds):
    proposed = propose_limits(scenario, kinds)
    more = {"degrade": {"model": "openai/gpt-5.6-luna"},
            "overage": {"price": "$0.05 per turn", "take_up": "0%"}}  # fmt: skip
    strategies = {
        f"limit_{p.segment}": p.strategy() | more.get(p.policy.then, {}) for p in proposed
    }
    return proposed, scenario.with_strategies(strategies, variant="proposed")


@pytest.mark.parametrize("kind", ["free", "pro", "internal", "api"])
def test_a_proposed_limit_does_what_it_says_when_it_is_simulated(chatbot, kind):
    proposed, scenario = with_proposals(chatbot, {"free": kind, "pro": kind})
    projection = simulate(scenario, variant="proposed", draws=2, uncertainty=set())
    for each in proposed:
        fate = projection.fates[each.segment, "answer"]
        assert fate.affected[0, 0] == pytest.approx(each.proposal.affected, abs=2e-3)
        refused = 1 - fate.answered["primary"][0, 0] / (fate.demanded[0, 0] - fate.failed[0, 0])
        # A limit by dollars is proposed from calls of one cost; the engine cuts the dear ones.
        assert refused == pytest.approx(
            each.proposal.cut, abs=0.02 if each.policy.unit == "usd" else 3e-3
        )


def test_a_segment_with_revenue_counts_as_pro_unless_told(chatbot):
    assert [(p.segment, p.kind) for p in propose_limits(chatbot)] == [
        ("free", "free"),
        ("pro", "pro"),
    ]
    told = propose_limits(chatbot, {"pro": "internal"})
    assert [p.kind for p in told] == ["free", "internal"]
    with pytest.raises(InputError, match="segment 'gold'"):
        propose_limits(chatbot, {"gold": "pro"})
    with pytest.raises(InputError, match="kind 'vip'"):
        propose_limits(chatbot, {"pro": "vip"})


def test_a_gateway_gets_the_dollars_that_turns_cost_on_average(chatbot):
    projection = simulate(chatbot, variant="everything", draws=256)
    file = gateway_budgets(projection)
    (body,) = file["budgets"]
    lanes = [flow for flow in projection.ledger.lanes if flow.lane.segment == "free"]
    usd = sum(flow.spend.mean() for flow in lanes) / sum(flow.turns.mean() for flow in lanes)
    assert body["max_budget"] == pytest.approx(30 * usd, rel=1e-5)
    assert (body["budget_id"], body["budget_duration"]) == ("free", "1mo")
    assert "30 turns a month become" in file["not_expressed"][0]


def test_a_cap_becomes_the_gateways_own_budget(chatbot):
    capped = chatbot.with_strategies(
        "fair_use", {"cap": {"kind": "budget", "limit": "$4k per month"}}, variant="held"
    )
    file = gateway_budgets(simulate(capped, variant="held", draws=64))
    assert file["litellm_settings"] == {"max_budget": 4000, "budget_duration": "1mo"}


def test_a_variant_without_limits_has_nothing_for_a_gateway(chatbot):
    with pytest.raises(InputError, match="which has no quota"):
        gateway_budgets(simulate(chatbot, draws=64))
