"""A prompt cache that is billed by the hour: kept all month, paid for once by all who use it."""

import pytest

from costmodel.engine.simulate import simulate
from tests.engine.sample import chat

GEMINI = "google/gemini-3.8-flash"
USD_AN_HOUR = 0.5
"""Of a million tokens kept: cache.storage of the model in pricing/2026-11-24/google.yaml."""
STORED = {"kind": "prompt_cache", "feature": "answer", "ttl": "1h", "breakpoints": ["system"]}


def stored(strategy):
    scenario = chat({
        "features.answer.model": GEMINI,
        "features.answer.prompt": [
            {"system": {"tokens": 5000}}, "history", {"user": {"mean": 90, "cv": 1}},
        ],
        "strategies": {"kept": strategy}, "months": 3,
    }, without=("features.answer.implicit_cache",))  # fmt: skip
    return simulate(scenario, variant="kept", draws=2, uncertainty=set())


def test_the_fixed_parts_are_kept_every_hour_of_every_month_and_billed_once():
    # 5,000 tokens x 24 h x (31 + 31 + 28) days of December to February, for both segments together
    usd = 5000 / 1e6 * 24 * (31 + 31 + 28) * USD_AN_HOUR
    assert stored(STORED).by("meter")["cache storage"].sum(axis=1) == pytest.approx(usd)


def test_storage_begins_with_the_strategy():
    storage = stored({**STORED, "from": "2027-02"}).by("meter")["cache storage"]
    assert storage[0] == pytest.approx([0, 0, 5000 / 1e6 * 24 * 28 * USD_AN_HOUR])


def test_every_call_reads_what_is_always_kept():
    projection = stored(STORED)
    calls = sum(flow["calls"] for flow in projection.flows().values())
    tokens = projection.to_frame().groupby("meter").tokens.sum()
    assert tokens["cached input"] == pytest.approx(5000 * calls, rel=1e-6)
