"""Limits that are none, and fixes of strategies typed as they stand."""

from __future__ import annotations

import pytest

from costmodel.foundation.errors import InputError
from costmodel.scenario.loading import read_scenario

from .strategy_texts import AT, HIT_RATE, PROMPT, QUESTIONS, QUOTA, strategies
from .texts import wrong

LIMITS = [
    ("30", "read 30; expected a limit per person: turns, calls, tokens or money, per day, week or"),
    ("30", "fix: write 30 turns per month"),
    (
        "30 turns",
        "read '30 turns'; expected a limit per day, week or month; fix: write 30 turns per",
    ),
    ("30 per week", "read '30 per week'; expected a limit per person"),
    ("30 per week", "fix: write 30 turns per week"),
    ("30 calls/day", "read '30 calls/day'; expected a limit per person"),
    ("30 calls/day", "fix: write 30 calls per day"),
    ("9 turns per year", "read '9 turns per year'; expected a limit per day, week or month"),
    ("30 messages per month", "fix: write it like 30 turns per month"),
    ("20 to 30 turns per month", "expected a number of turns, at least 1, as one number"),
    (
        "0 turns per month",
        "read '0'; expected a number of turns, at least 1; fix: write at least 1",
    ),
    ("-3 calls per day", "read '-3'; expected a number of calls, at least 1"),
    ("2.5 turns per day", "read '2.5 turns'; expected a whole number of turns; fix: write 2 turns"),
    ("$0 per month", "read '$0'; expected an amount in USD above 0"),
    ("€2 per month", "expected an amount in USD above 0; fix: amounts are in USD"),
    ('"1,000 tokens per day"', "read '1,000'; expected a number of tokens, at least 1, without"),
    ("lots", "read 'lots'; expected a limit per person"),
    ("{a: 3}", "read a mapping; expected a limit per person"),
    ("true", "read true; expected a limit per person"),
]


@pytest.mark.parametrize(("limit", "part"), LIMITS)
def test_a_limit_that_is_none_is_refused(limit, part):
    said = wrong(strategies(f"kind: quota, segment: free, limit: {limit}"))
    assert said.startswith(f"{AT}53: strategies.x.limit: ")
    assert part in said


def test_a_limit_of_nothing_is_refused():
    said = wrong(strategies("kind: quota, segment: free, limit: "))
    assert "x.limit: read nothing; expected a limit per person" in said


FIXES = [
    (QUOTA.replace("30 turns per month", "%s"), "30", "30 turns per month"),
    (QUOTA.replace("30 turns per month", "%s"), "30 per week", "30 turns per week"),
    (QUOTA.replace("30 turns per month", "%s"), "30 calls/day", "30 calls per day"),
    (QUOTA.replace("30 turns per month", "%s"), "200k tokens", "200k tokens per month"),
    (QUOTA.replace("30 turns per month", "%s"), "$2", "$2 per month"),
    (QUOTA.replace("30 turns per month", "%s"), "2.5 turns per day", "2 turns per day"),
    (QUOTA + ", then: %s", "stop", "block"),
    (QUOTA + ", churn: %s", "2%", "2% per month"),
    ("kind: response_cache, feature: answer, %s", "hit_rate: 20", "20%"),
    (QUESTIONS + ", flushes: %s", "2", "2 per month"),
    (HIT_RATE + ", lookup: %s", "0.001", "$0.001 per turn"),
    (PROMPT + ", breakpoints: %s", "[history, system]", "[system, history]"),
    (PROMPT + ", %s", "breakpoints: system", "breakpoints: [system]"),
    ("kind: budget, %s", "description: a", "limit: $6k per month"),
    (
        "kind: response_cache, feature: answer, questions: 2k, ttl: 1h, %s",
        "from: 2026-12",
        "unique: 40% to 70%",
    ),
]


@pytest.mark.parametrize(("body", "bad", "good"), FIXES)
def test_a_fix_followed_to_the_letter_loads(body, bad, good):
    with pytest.raises(InputError) as error:
        read_scenario(strategies(body.replace("%s", bad)))
    (problem,) = error.value.problems
    assert good in problem.fix
    good = f"hit_rate: {good}" if bad.startswith("hit_rate") else good
    assert read_scenario(strategies(body.replace("%s", good))).strategies["x"]
