"""The adapters against the extractors of genai-prices 0.2.3, over random usages.

What both can say is compared; genai-prices calls Bedrock aws.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.prices import usage_of
from tests.usage import bodies

oracle = pytest.importorskip("genai_prices")
counts = st.integers(0, 10**6)


def agree(body, provider, flavor, shape):
    found = usage_of(body)
    theirs = oracle.extract_usage(body, provider_id=provider, api_flavor=flavor).usage
    assert found.shape == shape
    assert found.input_tokens == theirs.input_tokens
    assert found.output_tokens == theirs.output_tokens
    assert found.cached_input_tokens == (theirs.cache_read_tokens or 0)
    return found, theirs


@given(counts, counts, counts, counts, counts)
@settings(max_examples=50)
def test_openai_chat_and_responses(fresh, cached, written, text, reasoning):
    prompt, output = fresh + cached + written, text + reasoning
    details = {"cached_tokens": cached, "cache_write_tokens": written}
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": output,
        "total_tokens": prompt + output,
        "prompt_tokens_details": details,
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    body = {"object": "chat.completion", "model": "gpt-5", "usage": usage}
    found, theirs = agree(body, "openai", "chat", "openai.chat")
    assert found.cache_write_tokens == (theirs.cache_write_tokens or 0)
    usage = {
        "input_tokens": prompt,
        "output_tokens": output,
        "total_tokens": prompt + output,
        "input_tokens_details": details,
        "output_tokens_details": {"reasoning_tokens": reasoning},
    }
    body = {"object": "response", "model": "gpt-5", "usage": usage}
    found, theirs = agree(body, "openai", "responses", "openai.responses")
    assert found.cache_write_tokens == (theirs.cache_write_tokens or 0)
    assert found.reasoning_tokens == (theirs.output_reasoning_tokens or 0)


@given(counts, counts, counts, counts, counts)
@settings(max_examples=50)
def test_anthropic(fresh, read, written_5m, written_1h, output):
    usage = {
        "input_tokens": fresh,
        "output_tokens": output,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written_5m + written_1h,
        "cache_creation": {
            "ephemeral_5m_input_tokens": written_5m,
            "ephemeral_1h_input_tokens": written_1h,
        },
    }
    body = {"type": "message", "model": "claude-opus-5-5", "usage": usage}
    found, theirs = agree(body, "anthropic", "default", "anthropic.messages")
    assert found.cache_write_tokens == theirs.cache_write_tokens
    assert found.cache_write_1h_tokens == theirs.cache_write_1h_tokens


@given(counts, counts, counts, counts, counts)
@settings(max_examples=50)
def test_gemini(fresh, cached, candidates, thoughts, tools):
    usage = {
        "promptTokenCount": fresh + cached,
        "cachedContentTokenCount": cached,
        "candidatesTokenCount": candidates,
        "thoughtsTokenCount": thoughts,
        "toolUsePromptTokenCount": tools,
        "totalTokenCount": fresh + cached + candidates + thoughts + tools,
    }
    body = {"modelVersion": "gemini-2.5-flash", "usageMetadata": usage}
    found, theirs = agree(body, "google", "default", "gemini.generate_content")
    assert found.reasoning_tokens == theirs.output_reasoning_tokens


@given(counts, counts, counts, counts)
@settings(max_examples=50)
def test_bedrock(fresh, read, written, output):
    usage = {
        "inputTokens": fresh,
        "outputTokens": output,
        "totalTokens": fresh + read + written + output,
        "cacheReadInputTokens": read,
        "cacheWriteInputTokens": written,
    }
    found, theirs = agree({"usage": usage}, "aws", "default", "bedrock.converse")
    assert found.cache_write_tokens == theirs.cache_write_tokens


@given(counts, counts, counts)
@settings(max_examples=50)
def test_deepseek(hit, miss, output):
    usage = {
        "prompt_tokens": hit + miss,
        "prompt_cache_hit_tokens": hit,
        "prompt_cache_miss_tokens": miss,
        # DeepSeek sends OpenAI's field as well, which is the one genai-prices reads
        "prompt_tokens_details": {"cached_tokens": hit},
        "completion_tokens": output,
        "total_tokens": hit + miss + output,
    }
    agree({"model": "deepseek-v4-pro", "usage": usage}, "deepseek", "chat", "deepseek.chat")


@pytest.mark.parametrize(
    ("name", "provider", "flavor", "ours_alone"),
    [
        ("openai.chat", "openai", "chat", {}),
        ("openai.responses", "openai", "responses", {}),
        ("anthropic.messages", "anthropic", "default", {}),
        ("gemini.generate_content", "google", "default", {}),
        ("bedrock.converse", "aws", "default", {}),
        ("deepseek.chat", "deepseek", "chat", {"cached_input_tokens"}),  # its own field is not read
    ],
)
def test_the_bodies_of_the_references(name, provider, flavor, ours_alone):
    found = usage_of(bodies.ALL[name])
    theirs = oracle.extract_usage(bodies.ALL[name], provider_id=provider, api_flavor=flavor).usage
    pairs = {
        "input_tokens": "input_tokens",
        "cached_input_tokens": "cache_read_tokens",
        "cache_write_tokens": "cache_write_tokens",
        "cache_write_1h_tokens": "cache_write_1h_tokens",
        "output_tokens": "output_tokens",
    }
    differing = {
        own for own, other in pairs.items() if getattr(found, own) != (getattr(theirs, other) or 0)
    }
    assert differing == set(ours_alone)
