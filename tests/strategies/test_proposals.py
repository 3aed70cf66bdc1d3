"""Proposed limits meet their target, and no smaller one does; budget files say what they can."""

import re

import pytest
import yaml

from costmodel.foundation.errors import InputError
from costmodel.strategies.gateway import GatewayLimit, as_yaml, budget_file
from costmodel.strategies.months import limit_months
from costmodel.strategies.proposals import (
    POLICIES,
    Target,
    Usage,
    propose,
    propose_spend,
    propose_turns,
)
from costmodel.strategies.windows import TurnLimit, WindowRule


@pytest.mark.parametrize(
    ("sigma", "times", "affected"), [(1.2, 2.74, 0.075), (1.6, 6.38, 0.025), (2.0, 17.7, 0.0074)]
)
def test_a_fifth_of_the_use_is_cut_at_the_published_multiples(sigma, times, affected):
    found = propose_turns(Target(cut=0.2), Usage(10_000.0, sigma))
    assert found.limit / 10_000 == pytest.approx(times, rel=5e-3)
    assert found.affected == pytest.approx(affected, rel=0.02)
    assert found.cut <= 0.2


@pytest.mark.parametrize("window", ["day", "week", "month"])
@pytest.mark.parametrize("target", [Target(affected=0.02), Target(cut=0.1)])
def test_the_smallest_limit_that_meets_the_target_is_found(window, target):
    usage = Usage(40.0, 1.4, 3.7, 1.1, active=9.0)
    found = propose_turns(target, usage, window)

    def met(limit):
        rule = WindowRule(TurnLimit(limit, 3.7, 1.1), window)
        return target.met(limit_months(rule, 1.4, 40.0, 31, 9.0))

    assert met(int(found.limit))
    assert not met(int(found.limit) - 1)


def test_a_spending_limit_meets_its_target_closely():
    found = propose_spend(Target(affected=0.02), Usage(60.0, 1.4), usd=0.004, cv=1.2)
    assert 0.0195 < found.affected <= 0.02
    assert found.limit > 60 * 0.004


def test_every_kind_of_segment_has_a_default_and_says_where_it_is_from():
    usage = Usage(40.0, 1.4, 3.7, 1.1, active=9.0)
    for kind, policy in POLICIES.items():
        found = propose(kind, usage, usd=0.004)
        assert found.window == policy.window
        assert policy.source
        target = policy.target
        assert found.affected <= (target.affected or 1)
        assert found.cut <= (target.cut or 1)


def test_what_cannot_be_proposed_is_refused():
    with pytest.raises(InputError, match="read kind 'fre'; expected one of free, pro, internal"):
        propose("fre", Usage(10.0, 1.0))
    with pytest.raises(InputError, match="did you mean 'free'"):
        propose("fre", Usage(10.0, 1.0))
    with pytest.raises(InputError, match=r"the mean cost of a call, above 0; fix: give usd=0\.004"):
        propose("api", Usage(10.0, 1.0))
    with pytest.raises(InputError, match="one of the two, a share between 0 and 1"):
        Target(affected=0.1, cut=0.1)
    with pytest.raises(InputError, match="affected=None, cut=20"):
        Target(cut=20)


LIMITS = [
    GatewayLimit("free", 30, "turns", "day", usd_per_unit=0.004, calls_per_minute=10),
    GatewayLimit("pro", 12.5, "usd", "week", then="degrade", warn_at=0.8),
    GatewayLimit("api", 2e6, "tokens", "month", 2e-6, "overage", tokens_per_minute=50_000),
]


def test_a_budget_file_has_the_gateways_keys_and_what_it_cannot_say():
    found = budget_file(LIMITS, budget=5_000.0, default="free")
    assert found["litellm_settings"] == {
        "max_budget": 5_000.0,
        "budget_duration": "1mo",
        "max_end_user_budget_id": "free",
    }
    assert found["budgets"] == [
        {"budget_id": "free", "max_budget": 0.12, "budget_duration": "1d", "rpm_limit": 10},
        {"budget_id": "pro", "max_budget": 12.5, "budget_duration": "7d", "soft_budget": 10.0},
        {"budget_id": "api", "max_budget": 4.0, "budget_duration": "1mo", "tpm_limit": 50_000},
    ]
    assert found["not_expressed"][0].startswith("free: 30 turns a day become $0.12, at $0.004 each")
    assert [line.partition(":")[0] for line in found["not_expressed"]] == [
        "free", "pro", "api", "api",
    ]  # fmt: skip
    assert yaml.safe_load(as_yaml(found)) == found


def test_the_durations_reset_on_the_calendar_in_the_gateway_itself():
    from datetime import UTC, datetime

    parser = pytest.importorskip("litellm.litellm_core_utils.duration_parser")
    found = budget_file(LIMITS)["budgets"]
    now = datetime(2026, 12, 16, 15, 30, tzinfo=UTC)  # a Wednesday
    resets = [
        parser.get_next_standardized_reset_time(body["budget_duration"], now).date().isoformat()
        for body in found
    ]
    assert resets == ["2026-12-17", "2026-12-21", "2027-01-01"]


def test_limits_a_gateway_cannot_hold_are_refused_all_at_once():
    bad = [GatewayLimit("free", 30, "turns", "day", 0.0), GatewayLimit("free", 1, "usd", "day")]
    with pytest.raises(InputError) as refused:
        budget_file(bad, budget=0.0, default="fre")
    text = str(refused.value)
    assert len(refused.value.problems) == 4
    assert "read two limits for 'free'; expected one budget a segment" in text
    assert re.search(r"free: read \$0; expected a budget above \$0; fix: give usd_per_unit", text)
    assert "read budget=0.0; expected USD above 0" in text
    assert "read default='fre'; expected one of free, free" in text
