"""LiteLLM: any provider's response in OpenAI's form."""

from __future__ import annotations

from dataclasses import replace

from costmodel.prices.adapters import anthropic, openai
from costmodel.prices.adapters.responses import Node, count, items, look, needed, word
from costmodel.prices.adapters.shapes import Counts, Shape
from costmodel.prices.usage import Usage

COMPLETION = Shape(
    "litellm.completion",
    provider=None,
    input_includes_cache=True,
    output_includes_reasoning=True,
    source=(
        "litellm 1.106.2, llms/anthropic/chat/transformation.py and "
        "llms/bedrock/chat/converse_transformation.py: both caches are added to prompt_tokens; "
        "types/utils.py, class Usage"
    ),
)
PROVIDERS = {
    "anthropic": "anthropic",
    "azure": "azure",
    "bedrock": "bedrock",
    "bedrock_converse": "bedrock",
    "deepseek": "deepseek",
    "gemini": "google",
    "groq": "groq",
    "openai": "openai",
    "vertex_ai": "google",
}
"""LiteLLM's names of providers, and those of the price tables."""


def read_litellm(response: Node, usage: Node, provider: str | None = None) -> Usage:  # noqa: ARG001
    """Return the usage of a LiteLLM response; the provider is what its hidden params say."""
    choices = items(response, "choices")
    return replace(
        COMPLETION.usage(_counts(usage)),
        units=_units(usage),
        provider=PROVIDERS.get(word(response, "_hidden_params.custom_llm_provider") or ""),
        model=word(response, "model"),
        mode=_mode(response, usage),
        geo=anthropic.geo_of(usage),
        response_id=word(response, "id"),
        finish_reason=word(choices[0], "finish_reason") if choices else None,
    )


def _counts(usage: Node) -> Counts:
    details = look(usage, "prompt_tokens_details")
    output = needed(usage, "completion_tokens")
    reasoning = count(usage, "completion_tokens_details.reasoning_tokens")
    return Counts(
        input=needed(usage, "prompt_tokens"),
        output=output,
        cached=count(usage, "cache_read_input_tokens", "prompt_tokens_details.cached_tokens"),
        written=count(
            usage,
            "cache_creation_input_tokens",
            "prompt_tokens_details.cache_write_tokens",
            "prompt_tokens_details.cache_creation_tokens",
        ),
        written_1h=count(details, "cache_creation_token_details.ephemeral_1h_input_tokens"),
        # an estimate where the provider gives none: it may exceed the output, which is the bill
        reasoning=min(reasoning, output),
    )


def _units(usage: Node) -> dict[str, int]:
    named = {
        "web_search": count(
            usage,
            "server_tool_use.web_search_requests",
            "prompt_tokens_details.web_search_requests",
        ),
        "audio_input_tokens": count(usage, "prompt_tokens_details.audio_tokens"),
        "audio_output_tokens": count(usage, "completion_tokens_details.audio_tokens"),
        "image_output_tokens": count(usage, "completion_tokens_details.image_tokens"),
    }
    return {name: number for name, number in named.items() if number}


def _mode(response: Node, usage: Node) -> str:
    served = openai.mode_of(response)
    return anthropic.mode_of(usage) if served == "standard" else served
