"""Small scenarios for engine tests, built in Python."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from costmodel.prices.book import PriceBook
from costmodel.prices.cards import RateCard, Tier
from costmodel.scenario.schema import Scenario

PLAIN = RateCard(input=2.0, cache_read=0.2, cache_write=2.5, cache_write_1h=None, output=12.0)
CLIFF = RateCard(
    input=2.0,
    cache_read=0.2,
    cache_write=2.5,
    cache_write_1h=None,
    output=12.0,
    tiers=(
        Tier(
            threshold=4000,
            inclusive=False,
            card=RateCard(
                input=4.0, cache_read=0.4, cache_write=5.0, cache_write_1h=None, output=18.0
            ),
        ),
    ),
)
MODEL = "openai/gpt-5.6-terra"


def book(card: RateCard = PLAIN) -> PriceBook:
    return PriceBook.from_cards({MODEL: card}, snapshot="2026-11-23")


CHAT: dict[str, Any] = {
    "name": "chat",
    "start": "2026-12",
    "months": 12,
    "budget": "$5k per month",
    "segments": {
        "free": {"users": "8k to 12k", "growth": "3% to 9% per month"},
        "pro": {"users": "400 to 700", "growth": "5% to 12% per month"},
    },
    "correlations": {"growth": {"of": ["segments.*.growth"], "strength": 0.6}},
    "features": {
        "answer": {
            "model": MODEL,
            "turns_per_user": {
                "free": {"mean": "6 to 14 per month", "top_1_percent": "23%"},
                "pro": {"mean": "40 to 90 per month", "top_1_percent": "15%"},
            },
            "conversation": {"turns": {"mean": 3.7, "cv": 1.1}, "history": "resend"},
            "prompt": [
                {"system": {"tokens": 1500}},
                "history",
                {"retrieved": {"chunks": 5, "tokens_each": 400, "kept_in_history": False}},
                {"user": {"mean": "60 to 120", "cv": 1.2, "max": 8000}},
            ],
            "output": {"mean": "180 to 320", "cv": 0.8, "max": 2000},
            "reasoning": {"mean": "100 to 400", "cv": 1.0},
            "failures": {"malformed": "2% to 6%", "transport": "0.2% to 1%", "max_attempts": 3},
            "implicit_cache": {"cached": "20% to 40%", "written": "10% to 30%"},
        }
    },
}


def chat(changes: dict[str, Any] | None = None, *, without: tuple[str, ...] = ()) -> Scenario:
    """Return the chat scenario with values at dotted paths replaced or removed."""
    data = deepcopy(CHAT)
    for path, value in (changes or {}).items():
        target, _, last = path.rpartition(".")
        node = data
        for key in filter(None, target.split(".")):
            node = node[key]
        node[last] = value
    for path in without:
        target, _, last = path.rpartition(".")
        node = data
        for key in filter(None, target.split(".")):
            node = node[key]
        node.pop(last)
    return Scenario.model_validate(data)


SINGLE_TURN = {
    "features.answer.conversation": {"turns": 1, "history": "none"},
    "features.answer.prompt": [
        {"system": {"tokens": 1500}},
        {"user": {"mean": "600 to 1200", "cv": 1.2, "max": 9000}},
    ],
}
