"""Cached tokens are billed once: the bill of a response is the bill of its parts.

Users of other calculators report cached tokens billed twice more than any other defect.
The parts are drawn first; each provider's response is written from them by its own
convention, and each must cost what the parts cost, computed here by hand.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.prices import PriceBook, RateCard, Request, bill, price_request, usage_of

CARD = RateCard(input=4, cache_read=0.2, cache_write=5, cache_write_1h=8, output=20)
BOOK = PriceBook.from_cards({"own/model": CARD})
counts = st.integers(0, 10**7)


def openai_chat(p):
    prompt = p["fresh"] + p["read"] + p["written"]
    details = {"cached_tokens": p["read"], "cache_write_tokens": p["written"]}
    return {
        "prompt_tokens": prompt,
        "completion_tokens": p["output"],
        "prompt_tokens_details": details,
    }


def openai_responses(p):
    details = {"cached_tokens": p["read"], "cache_write_tokens": p["written"]}
    total = p["fresh"] + p["read"] + p["written"]
    return {"input_tokens": total, "output_tokens": p["output"], "input_tokens_details": details}


def anthropic(p):
    return {
        "input_tokens": p["fresh"],
        "output_tokens": p["output"],
        "cache_read_input_tokens": p["read"],
        "cache_creation_input_tokens": p["written"],
    }


def bedrock(p):
    return {
        "inputTokens": p["fresh"],
        "outputTokens": p["output"],
        "cacheReadInputTokens": p["read"],
        "cacheWriteInputTokens": p["written"],
    }


def litellm(p):
    return {
        "prompt_tokens": p["fresh"] + p["read"] + p["written"],
        "completion_tokens": p["output"],
        "cache_read_input_tokens": p["read"],
        "cache_creation_input_tokens": p["written"],
        # LiteLLM states the same tokens twice
        "prompt_tokens_details": {"cached_tokens": p["read"], "cache_write_tokens": p["written"]},
    }


parts = st.fixed_dictionaries(dict.fromkeys(("fresh", "read", "written", "output"), counts))


@pytest.mark.parametrize("write", [openai_chat, openai_responses, anthropic, bedrock, litellm])
@given(parts)
def test_every_convention_costs_what_its_parts_cost(write, p):
    found = usage_of({"usage": write(p)})
    by_hand = (p["fresh"] * 4 + p["read"] * 0.2 + p["written"] * 5 + p["output"] * 20) / 1e6
    cost = price_request(BOOK, "own/model", Request(**found.tokens))
    assert cost.usd == pytest.approx(by_hand, rel=1e-12)
    total = bill(CARD, **found.tokens)
    assert total.uncached == pytest.approx(p["fresh"] * 4 / 1e6)
    assert total.cached == pytest.approx(p["read"] * 0.2 / 1e6)
    assert np.asarray(total.total) == pytest.approx(by_hand, rel=1e-12)


def gemini(p):
    return {
        "promptTokenCount": p["fresh"] + p["read"],
        "cachedContentTokenCount": p["read"],
        "candidatesTokenCount": p["output"],
    }


def deepseek(p):
    return {
        "prompt_tokens": p["fresh"] + p["read"],
        "prompt_cache_hit_tokens": p["read"],
        "prompt_cache_miss_tokens": p["fresh"],
        "completion_tokens": p["output"],
    }


@pytest.mark.parametrize(("place", "write"), [("usageMetadata", gemini), ("usage", deepseek)])
@given(parts)
def test_those_without_billed_writes_as_well(place, write, p):
    found = usage_of({place: write(p)})
    by_hand = (p["fresh"] * 4 + p["read"] * 0.2 + p["output"] * 20) / 1e6
    cost = price_request(BOOK, "own/model", Request(**found.tokens))
    assert cost.usd == pytest.approx(by_hand, rel=1e-12)
