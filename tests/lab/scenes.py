"""Scenarios for the lab's tests: small, quick, and with every law a slider can move."""

from pathlib import Path

from costmodel.scenario.loading import read_scenario

CHAT = """
name: Chat
start: 2026-12
months: 6
prices: {snapshot: 2026-11-23}
budget: $3k per month
segments:
  free: {users: 8k to 12k, growth: 3% to 9% per month}
  pro: {users: {low: 300, likely: 500, high: 900}, growth: 5% per month}
features:
  answer:
    model: openai/gpt-5.6-terra
    turns_per_user:
      free: {mean: 6 to 14 per month, top_1_percent: 23%}
      pro: {mean: {p10: 40, p50: 60, p90: 100, per: month}, top_1_percent: 15%}
    conversation: {turns: {mean: 3.7, cv: 1.1}, history: resend}
    prompt:
      - system: {tokens: 1500}
      - history
      - user: {mean: 60 to 120, cv: 1.2, max: 8000}
    output: {mean: 20 to 2000, cv: 0.8, max: 9000}
    failures: {malformed: 2% to 6%, max_attempts: 3}
"""

CERTAIN = """
name: Certain
start: 2026-12
months: 1
prices: {snapshot: 2026-11-23}
segments: {all: {users: 1000}}
features:
  answer:
    model: openai/gpt-5.6-terra
    turns_per_user: {all: {mean: 10 per month, cv: 1}}
    prompt: [system: {tokens: 500}, user: {mean: 80, cv: 1}]
    output: {mean: 200, cv: 0.8}
"""


def chat(**replaced: str):
    """Read the chat scenario with some of its top keys replaced; "-" leaves one out."""
    lines = CHAT.splitlines()
    for key, value in replaced.items():
        lines = [f"{key}: {value}" if line.startswith(f"{key}:") else line for line in lines]
    return read_scenario(
        "\n".join(line for line in lines if not line.endswith(": -")), folder=Path()
    )


STRATEGIES = """
strategies:
  prefix:
    kind: prompt_cache
    description: Keeps the beginning
    feature: answer
    ttl: 30min
    breakpoints: [system, history]
  faq:
    {kind: response_cache, feature: answer, match: semantic, ttl: 24h, questions: 2k to 6k,
     unique: 40% to 70%, false_hits: 0.5% to 2%, wrong_answer: $0.10 to $0.30}
  fair: {kind: quota, segment: free, limit: 30 turns per month}
  daily: {kind: quota, segment: [free, pro], limit: 5 turns per day, defer: 20% to 40%}
  roomy: {kind: quota, segment: pro, limit: 1M turns per month}
  cheaper:
    {kind: quota, segment: pro, limit: 100 turns per month, then: degrade,
     model: openai/gpt-5.6-luna}
  paid:
    {kind: quota, segment: pro, limit: 80 turns per month, then: overage, price: $0.05 per turn,
     take_up: 10% to 30%}
  purse: {kind: quota, segment: free, limit: $0.10 per month}
  cap: {kind: budget, limit: $2k per month}
  wide_cap: {kind: budget, limit: $500k per month}
  unsold: {kind: prompt_cache, feature: answer, ttl: 7h}
variants:
  today: []
  cached: [prefix, faq]
"""


def with_strategies(text: str = STRATEGIES, scene: str = CHAT):
    """Read a scene with strategies, as if from a file of that name."""
    return read_scenario(scene + text, folder=Path(), file="chat.yaml")
