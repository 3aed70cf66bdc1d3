"""What each provider's response used, in one form, and what it costs by hand.

Rates are those of pricing/2026-11-24, USD per million tokens.
"""

import json
from types import SimpleNamespace

import pytest

from costmodel.prices import Usage, cost, usage_of
from costmodel.prices.adapters import PROVIDERS, SHAPES
from tests.usage import bodies


def as_object(data):
    """Return JSON data as nested objects with attributes, as an SDK does."""
    if isinstance(data, dict):
        return SimpleNamespace(**{name: as_object(value) for name, value in data.items()})
    return [as_object(each) for each in data] if isinstance(data, list) else data


def usd(usage, at="2026-11-24T20:00:00Z"):
    words = {"mode": usage.mode, "geo": usage.geo, "units": usage.units, "at": at}
    return cost(usage.price_name, **usage.tokens, **words).usd


def test_openai_chat_counts_cached_tokens_inside_the_prompt():
    found = usage_of(bodies.OPENAI_CHAT)
    assert found == Usage(
        input_tokens=1800,
        output_tokens=350,
        cached_input_tokens=600,
        reasoning_tokens=120,
        provider="openai",
        model="gpt-5",
        response_id="chatcmpl-1",
        finish_reason="stop",
        shape="openai.chat",
    )
    # gpt-5: 1.25 in, 0.125 cached, 10 out
    assert usd(found) == pytest.approx((1200 * 1.25 + 600 * 0.125 + 350 * 10) / 1e6, rel=1e-12)


def test_openai_responses_count_both_caches_inside_the_input_and_searches_apart():
    found = usage_of(bodies.OPENAI_RESPONSES)
    assert found == Usage(
        input_tokens=5000,
        output_tokens=800,
        cached_input_tokens=2000,
        cache_write_tokens=1000,
        reasoning_tokens=500,
        units={"web_search": 1},
        provider="openai",
        model="gpt-6-sol",
        mode="flex",
        response_id="resp_1",
        finish_reason="completed",
        shape="openai.responses",
    )
    # gpt-6-sol flex: 1 in, 0.1 cached, 1.25 written, 5 out; a search 10 per 1,000
    expected = (2000 * 1 + 2000 * 0.1 + 1000 * 1.25 + 800 * 5) / 1e6 + 10 / 1000
    assert usd(found) == pytest.approx(expected, rel=1e-12)


def test_anthropic_leaves_both_caches_out_of_its_input():
    found = usage_of(bodies.ANTHROPIC)
    assert found == Usage(
        input_tokens=200 + 4000 + 5000,
        output_tokens=1000,
        cached_input_tokens=4000,
        cache_write_tokens=5000,
        cache_write_1h_tokens=2000,
        reasoning_tokens=700,
        units={"web_search": 3},
        provider="anthropic",
        model="claude-opus-5-5",
        response_id="msg_1",
        finish_reason="end_turn",
        shape="anthropic.messages",
    )
    # claude-opus-5-5: 4 in, 0.2 read, 5 written, 8 written for an hour, 20 out
    expected = (200 * 4 + 4000 * 0.2 + 3000 * 5 + 2000 * 8 + 1000 * 20) / 1e6 + 3 * 10 / 1000
    assert usd(found) == pytest.approx(expected, rel=1e-12)


def test_gemini_counts_thoughts_apart_from_candidates_and_tools_apart_from_the_prompt():
    found = usage_of(bodies.GEMINI)
    assert found == Usage(
        input_tokens=3000 + 500,
        output_tokens=400 + 900,
        cached_input_tokens=2048,
        reasoning_tokens=900,
        provider="google",
        model="gemini-2.5-flash",
        response_id="r1",
        finish_reason="STOP",
        shape="gemini.generate_content",
    )
    # gemini-2.5-flash: 0.3 in, 0.03 cached, 2.5 out
    expected = ((3500 - 2048) * 0.3 + 2048 * 0.03 + 1300 * 2.5) / 1e6
    assert usd(found) == pytest.approx(expected, rel=1e-12)


def test_bedrock_leaves_both_caches_out_of_its_input_and_names_no_model():
    found = usage_of(bodies.BEDROCK)
    assert found == Usage(
        input_tokens=40 + 6000 + 1000,
        output_tokens=200,
        cached_input_tokens=6000,
        cache_write_tokens=1000,
        cache_write_1h_tokens=700,
        provider="bedrock",
        response_id="aws-1",
        finish_reason="end_turn",
        shape="bedrock.converse",
    )
    assert found.price_name is None


def test_deepseek_splits_the_prompt_into_hits_and_misses():
    found = usage_of(bodies.DEEPSEEK)
    assert found == Usage(
        input_tokens=10_000,
        output_tokens=1000,
        cached_input_tokens=8000,
        reasoning_tokens=600,
        provider="deepseek",
        model="deepseek-v4-pro",
        response_id="ds-1",
        finish_reason="stop",
        shape="deepseek.chat",
    )
    # off-peak 0.66 in, 0.022 cached, 1.98 out; twice that on a Monday at 10:00 in Beijing
    quiet = (2000 * 0.66 + 8000 * 0.022 + 1000 * 1.98) / 1e6
    assert usd(found, at="2026-11-24T20:00:00Z") == pytest.approx(quiet, rel=1e-12)
    assert usd(found, at="2026-11-24T02:00:00Z") == pytest.approx(2 * quiet, rel=1e-12)


def test_litellm_gives_the_same_usage_as_the_provider_it_calls():
    routed, direct = usage_of(bodies.LITELLM), usage_of(bodies.ANTHROPIC)
    assert routed.tokens == direct.tokens
    assert routed.units == direct.units
    assert routed.reasoning_tokens == direct.reasoning_tokens
    assert routed.provider is None
    assert routed.price_name == "claude-opus-5-5"
    assert usd(routed) == pytest.approx(usd(direct), rel=1e-12)


def test_litellm_tells_who_bills_in_its_hidden_params():
    body = {**bodies.LITELLM, "_hidden_params": {"custom_llm_provider": "vertex_ai"}}
    assert usage_of(body).provider == "google"


@pytest.mark.parametrize("name", bodies.ALL)
def test_an_object_a_mapping_and_json_text_are_the_same_response(name):
    body = bodies.ALL[name]
    expected = usage_of(body)
    assert expected.shape == name
    assert usage_of(as_object(body)) == expected
    assert usage_of(json.dumps(body)) == expected
    assert usage_of(json.dumps(body).encode()) == expected


@pytest.mark.parametrize("name", bodies.ALL)
def test_the_provider_may_be_named(name):
    expected = usage_of(bodies.ALL[name])
    provider = expected.provider or "litellm"
    assert usage_of(bodies.ALL[name], provider) == expected


def test_every_shape_says_in_data_whether_its_input_includes_the_cache_and_who_tells_so():
    assert {name: shape.input_includes_cache for name, shape in SHAPES.items()} == {
        "openai.chat": True,
        "openai.responses": True,
        "anthropic.messages": False,
        "gemini.generate_content": True,
        "bedrock.converse": False,
        "deepseek.chat": True,
        "litellm.completion": True,
    }
    assert [name for name, shape in SHAPES.items() if not shape.output_includes_reasoning] == [
        "gemini.generate_content"
    ]
    assert all(len(shape.source) > 20 for shape in SHAPES.values())
    assert {each for shapes in PROVIDERS.values() for each in shapes} == set(SHAPES)


def test_responses_of_openais_own_sdk_are_read():
    chat = pytest.importorskip("openai.types.chat")
    responses = pytest.importorskip("openai.types.responses")
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant"}}
    body = {**bodies.OPENAI_CHAT, "choices": [choice]}
    assert usage_of(chat.ChatCompletion.model_validate(body)) == usage_of(bodies.OPENAI_CHAT)
    built = responses.Response.model_construct(**bodies.OPENAI_RESPONSES)
    assert usage_of(built) == usage_of(bodies.OPENAI_RESPONSES)


def test_azure_and_groq_are_known_by_fields_of_their_own():
    choice = {"finish_reason": "stop", "content_filter_results": {"hate": {"filtered": False}}}
    assert usage_of({**bodies.OPENAI_CHAT, "choices": [choice]}).provider == "azure"
    assert usage_of({**bodies.OPENAI_CHAT, "prompt_filter_results": []}).provider == "azure"
    assert usage_of({**bodies.OPENAI_CHAT, "x_groq": {"id": "req_1"}}).provider == "groq"
    assert usage_of(bodies.OPENAI_CHAT, "azure").price_name == "azure/gpt-5"


@pytest.mark.parametrize(("given", "meant"), [("gemini", "google"), ("vertex_ai", "google")])
def test_other_names_of_a_provider_are_known(given, meant):
    assert usage_of(bodies.GEMINI, given).provider == meant


def test_claude_on_bedrock_is_read_in_its_own_form_and_billed_by_bedrock():
    found = usage_of(bodies.ANTHROPIC, "aws")
    assert (found.provider, found.shape) == ("bedrock", "anthropic.messages")
    assert found.tokens == usage_of(bodies.ANTHROPIC).tokens


@pytest.mark.parametrize(
    ("body", "mode"),
    [
        ({**bodies.OPENAI_CHAT, "service_tier": "priority"}, "priority"),
        ({**bodies.OPENAI_CHAT, "service_tier": None}, "standard"),
        ({**bodies.OPENAI_CHAT, "service_tier": "scale"}, "scale"),
        ({**bodies.OPENAI_CHAT, "service_tier": "fast"}, "priority"),
        (bodies.with_usage(bodies.ANTHROPIC, service_tier="batch"), "batch"),
        (bodies.with_usage(bodies.ANTHROPIC, speed="fast"), "fast"),
        (bodies.with_usage(bodies.GEMINI, trafficType="ON_DEMAND_PRIORITY"), "priority"),
        (
            bodies.with_usage(bodies.GEMINI, trafficType="PROVISIONED_THROUGHPUT"),
            "provisioned_throughput",
        ),
        ({**bodies.BEDROCK, "serviceTier": {"type": "flex"}}, "flex"),
        ({**bodies.BEDROCK, "serviceTier": {"type": "default"}}, "standard"),
        ({**bodies.BEDROCK, "performanceConfig": {"latency": "optimized"}}, "latency_optimized"),
        (bodies.with_usage(bodies.LITELLM, speed="fast"), "fast"),
    ],
)
def test_the_service_mode_is_the_one_that_served_the_call(body, mode):
    assert usage_of(body).mode == mode


@pytest.mark.parametrize(("said", "geo"), [("us", "us"), ("global", None), ("not_available", None)])
def test_a_region_is_kept_if_the_processing_was_kept_in_it(said, geo):
    assert usage_of(bodies.with_usage(bodies.ANTHROPIC, inference_geo=said)).geo == geo
