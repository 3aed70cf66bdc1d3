"""What may be written under a key: the examples that messages give."""

from __future__ import annotations

from costmodel.scenario.exchange import EXAMPLE as EXAMPLE_CURRENCY

EXAMPLES = {
    "name": "name: Support chatbot",
    "start": "start: 2026-12",
    "months": "months: 12",
    "segments": "segments: {free: {users: 8k to 12k}}",
    "features": "features: {answer: {model: ..., ...}}",
    "model": "model: openai/gpt-5.6-terra",
    "prompt": "prompt: [system: {tokens: 1500}, history, user: {mean: 90, cv: 1.2}]",
    "output": "output: {mean: 180 to 320, cv: 0.8, max: 2000}",
    "turns_per_user": "turns_per_user: {free: {mean: 6 to 14 per month, top_1_percent: 23%}}",
    "drift": "drift: off, or {volume: 15%, tokens: 5%, half_life: 6 months}",
    "of": "of: [segments.*.growth]",
    "tokens": "tokens: 1500, or file: with the path of a text beside the scenario",
    "tokens_each": "tokens_each: 400",
    "snapshot": "snapshot: 2026-11-23",
    "contract": "contract: contract.yaml",
    "currency": EXAMPLE_CURRENCY,
    "code": "code: EUR",
    "usd": "usd: 1.08, the USD that one unit of the currency is worth",
    "description": "description: Answers questions about the product",
    "prices": "prices: {snapshot: 2026-11-23}",
    "conversation": "conversation: {turns: {mean: 3.7, cv: 1.1}}",
    "failures": "failures: {malformed: 2% to 6%}",
    "implicit_cache": "implicit_cache: {cached: 20% to 40%}",
    "units": "units: {web_search: 0.2 to 0.5 per call}",
    "correlations": "correlations: {growth: {of: [segments.*.growth], strength: 0.6}}",
    "history": "- history",
    "retrieved": "- retrieved: {chunks: 5, tokens_each: 400}",
    "kept_in_history": "kept_in_history: false",
    "p50": "p50: 137s",
    "p95": "p95: 14min",
    "gap": "gap: {p50: 137s, p95: 14min}",
    "strategies": "strategies: {fair_use: {kind: quota, segment: free, limit: 30 turns per month}}",
    "variants": "variants: {today: [], limited: [fair_use]}",
    "feature": "feature: with the name of a feature",
    "segment": "segment: with the name of a segment",
    "limit": "limit: 30 turns per month",
    "ttl": "ttl: 5m, or another lifetime that the provider sells",
    "breakpoints": "breakpoints: [system, history]",
    "multi_turn": "multi_turn: false",
    "capacity": "capacity: 10000",
    "tenants": "tenants: 20",
}
"""What may stand under a key, by the key."""
CAP = "limit: $6k per month"
"""What may stand under `limit` in a strategy of kind budget."""
ITEMS = {
    "segments": "{users: 8k to 12k}",
    "correlations": "{of: [segments.*.growth], strength: 0.6}",
    "strategies": "{kind: quota, segment: free, limit: 30 turns per month}",
}
"""What may stand behind a free name, by the key the name stands under."""
