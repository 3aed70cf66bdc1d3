"""`costmodel limits`, and the places of what strategies get wrong."""

from __future__ import annotations

import json

import pytest
import yaml

from costmodel.questions.limits import propose_limits
from tests.cli.conftest import SCENARIO

STRATEGIES = """\
strategies:
  prefix: {kind: prompt_cache, feature: answer, ttl: 7min}
  fair:
    kind: quota
    segment: free
    limit: 20 turns per month
    then: degrade
    model: openai/no-such-model
  block: {kind: quota, segment: free, limit: 20 turns per month}
variants: {today: [], kept: [prefix], cheap: [fair], held: [block]}
"""


@pytest.fixture
def desk(tmp_path):
    path = tmp_path / "desk.yaml"
    text = SCENARIO.replace("google/gemini-3.8-flash", "anthropic/claude-haiku-4-5")
    path.write_text(text + STRATEGIES, encoding="utf-8")
    return path


def test_each_segment_gets_a_limit_with_what_it_does(costmodel):
    result = costmodel("limits", "support_chatbot", "--json")
    rows = json.loads(result.stdout)
    proposed = propose_limits("support_chatbot")
    assert [row["limit"] for row in rows] == [each.limit for each in proposed]
    words = costmodel("limits", "support_chatbot", "--kind", "pro=api").stdout
    assert "pro (as api): limit: $" in words
    assert "then: overage" in words


def test_a_variants_limits_go_to_a_gateway(costmodel, desk, tmp_path):
    file = tmp_path / "budgets.yaml"
    result = costmodel("limits", desk, "--variant", "held", "--gateway", file)
    assert result.exit_code == 0
    (body,) = yaml.safe_load(file.read_text())["budgets"]
    assert body["budget_id"] == "free"
    assert "20 turns a month become $" in " ".join(result.stderr.split())


@pytest.mark.parametrize(("words", "message"), [
    (("--kind", "free"), "--kind free"),
    (("--kind", "free=vip"), "kind 'vip'"),
    (("--kind", "gold=pro"), "segment 'gold'"),
    (("--gateway", "{file}"), "the variant 'today', which has no quota"),
])  # fmt: skip
def test_what_cannot_be_used_is_said_and_nothing_is_written(
    costmodel, desk, tmp_path, words, message
):
    file = tmp_path / "budgets.yaml"
    given = [word.format(file=file) for word in words]
    result = costmodel("limits", desk, *given)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert not file.exists()


@pytest.mark.parametrize(("variant", "at", "message"), [
    ("kept", "desk.yaml:21:54: strategies.prefix.ttl",
     "a lifetime of 7min; expected one that anthropic/claude-haiku-4-5 sells: 5m or 1h"),
    ("cheap", "desk.yaml:27:12: strategies.fair.model",
     "model 'openai/no-such-model' has no price in this table"),
])  # fmt: skip
def test_what_a_provider_does_not_sell_is_told_with_its_place(
    costmodel, desk, variant, at, message
):
    result = costmodel("run", desk, "--variant", variant, "--draws", "64", "--no-error")
    text = " ".join(result.stderr.split())
    assert result.exit_code == 2
    assert at in text
    assert message in text
