"""DeepSeek: OpenAI's form, with the prompt split into cache hits and misses."""

from __future__ import annotations

from dataclasses import replace

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.adapters.openai import read_chat
from costmodel.prices.adapters.responses import Node, count, needed
from costmodel.prices.adapters.shapes import Shape
from costmodel.prices.usage import Usage

CHAT = Shape(
    "deepseek.chat",
    provider="deepseek",
    input_includes_cache=True,
    output_includes_reasoning=True,
    source=(
        "api-docs.deepseek.com/api/create-chat-completion: prompt_tokens equals "
        "prompt_cache_hit_tokens + prompt_cache_miss_tokens"
    ),
)


def read_deepseek(response: Node, usage: Node, provider: str | None = None) -> Usage:
    """Return the usage of a DeepSeek chat completion."""
    hit, miss = needed(usage, "prompt_cache_hit_tokens"), count(usage, "prompt_cache_miss_tokens")
    prompt = needed(usage, "prompt_tokens")
    if hit + miss != prompt:
        read = f"prompt_tokens {prompt:,} with {hit:,} cache hits and {miss:,} misses"
        expected = "prompt_tokens that are the sum of both"
        fix = "name the provider if this is not DeepSeek's own API"
        raise InputError(Problem(read, expected, fix, f"usage ({CHAT.name})"))
    found = read_chat(response, usage, provider)
    return replace(found, cached_input_tokens=hit, provider=CHAT.provider, shape=CHAT.name)
