"""Scenarios with strategies: one of each kind; and those that a test writes."""

from __future__ import annotations

from costmodel.scenario.loading import read_scenario

from .texts import MINIMAL

STRATEGIES = """\
strategies:
  prefix_cache: {kind: prompt_cache, feature: answer, ttl: 30min, breakpoints: [system, history]}
  faq_cache:
    kind: response_cache
    feature: answer
    from: 2027-01
    match: semantic
    ttl: 24h
    questions: 2k to 6k
    unique: 40% to 70%
    false_hits: 0.5% to 2%
    lookup: $0.0001
    assumed: true
  fair_use: {kind: quota, segment: all, limit: 30 turns per month, defer: 10% to 30%, assumed: true}
  cap: {kind: budget, limit: $6k per month}
"""
VARIANTS = """\
variants:
  today: []
  cached: [prefix_cache, faq_cache]
  limited: [fair_use, cap]
"""


def scenario():
    return read_scenario(MINIMAL + STRATEGIES + VARIANTS)


SCENE = """\
name: Two segments
start: 2026-12
months: 2
segments:
  free: {users: 100}
  pro: {users: 9}
  idle: {users: 9}
features:
  answer:
    model: openai/gpt-5
    turns_per_user:
      free: {mean: 10 per month, cv: 1}
    prompt:
      - system: {tokens: 1000}
      - history
      - user: {mean: 90, cv: 1}
    output: {mean: 300, cv: 0.8}
  draft:
    model: openai/gpt-5
    turns_per_user:
      free: {mean: 10 per month, cv: 1}
      pro: {mean: 10 per month, cv: 1}
    prompt:
      - user: {mean: 90, cv: 1}
    output: {mean: 300, cv: 0.8}
"""
AT = "f.yaml:26:"
QUOTA = "kind: quota, segment: free, limit: 30 turns per month"
HIT_RATE = "kind: response_cache, feature: answer, hit_rate: 20%"
QUESTIONS = "kind: response_cache, feature: answer, ttl: 1h, questions: 2k, unique: 50%"
SEMANTIC = "kind: response_cache, feature: answer, match: semantic, hit_rate: 20%"
PROMPT = "kind: prompt_cache, feature: answer, ttl: 5m"


def strategies(*bodies: str, variants: str = "") -> str:
    named = ", ".join(f"{name}: {{{body}}}" for name, body in zip("xy", bodies, strict=False))
    return f"{SCENE}strategies: {{{named}}}\n{variants}"
