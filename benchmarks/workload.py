"""The workload the speed figures are stated for: 3 features x 3 segments x 12 months."""

from __future__ import annotations

from typing import Any

from costmodel.scenario.schema import Scenario

MODELS = ("openai/gpt-5.6-terra", "openai/gpt-5.6-luna", "openai/gpt-5.4-mini")


def workload(people: float = 10_000) -> Scenario:
    """Return the scenario, with about `people` people in each segment."""
    segments = {
        name: {
            "users": f"{0.8 * k * people:.0f} to {1.2 * k * people:.0f}",
            "growth": "2% to 8% per month",
        }
        for name, k in (("free", 1.0), ("pro", 0.1), ("team", 0.3))
    }
    return Scenario.model_validate(
        {
            "name": "benchmark",
            "start": "2026-12",
            "months": 12,
            "budget": "$50k per month",
            "segments": segments,
            "correlations": {"growth": {"of": ["segments.*.growth"], "strength": 0.6}},
            "features": {f"feature_{i}": _feature(model) for i, model in enumerate(MODELS)},
        }
    )


def _feature(model: str) -> dict[str, Any]:
    turns = {"mean": "6 to 14 per month", "top_1_percent": "20%"}
    return {
        "model": model,
        "turns_per_user": {"free": turns, "pro": turns, "team": turns},
        "conversation": {"turns": {"mean": "3 to 5", "cv": 1.1}, "history": "resend"},
        "prompt": [
            {"system": {"tokens": 1500}},
            "history",
            {"retrieved": {"chunks": "3 to 7", "tokens_each": "300 to 500"}},
            {"user": {"mean": "60 to 120", "cv": 1.2, "max": 8000}},
        ],
        "output": {"mean": "180 to 320", "cv": 0.8, "max": 2000},
        "reasoning": {"mean": "100 to 400", "cv": 1.0, "max": 16000},
        "failures": {"malformed": "2% to 6%", "transport": "0.2% to 1%"},
        "implicit_cache": {"cached": "20% to 40%", "written": "10% to 30%"},
    }
