"""OpenAI: chat completions and the Responses API, and all who answer in their form."""

from __future__ import annotations

from dataclasses import replace

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.adapters.responses import Node, count, items, needed, word
from costmodel.prices.adapters.shapes import Counts, Shape
from costmodel.prices.usage import Usage

CHAT = Shape(
    "openai.chat",
    provider="openai",
    input_includes_cache=True,
    output_includes_reasoning=True,
    source=(
        "openai-python 2.54.0, types/completion_usage.py: prompt_tokens_details is the breakdown "
        "of the tokens used in the prompt, cached and written ones included"
    ),
)
RESPONSES = Shape(
    "openai.responses",
    provider="openai",
    input_includes_cache=True,
    output_includes_reasoning=True,
    source="openai-python 2.54.0, types/responses/response_usage.py: input_tokens_details",
)

MODES = {"default": "standard", "fast": "priority"}
"""service_tier of a response ("the processing mode actually used", types/chat/chat_completion.py)
where it is not the word of the price tables; others, such as scale, are kept and have no price.
Fast has the rates of priority in every model that has it (genai-prices 0.2.3, read from
developers.openai.com/api/docs/pricing on 2026-10-12)."""
CALLS = {"file_search_call": "file_search", "code_interpreter_call": "code_interpreter"}
"""Output items that are billed by the call, and the unit they are recorded as."""


def read_chat(response: Node, usage: Node, provider: str | None = None) -> Usage:
    """Return the usage of a chat completion, or of its last chunk."""
    prompt, total = needed(usage, "prompt_tokens"), count(usage, "total_tokens")
    # embeddings have no output and no count of it: their prompt is the total
    written = count if total == prompt else needed
    counts = Counts(
        input=prompt,
        output=written(usage, "completion_tokens"),
        cached=count(usage, "prompt_tokens_details.cached_tokens"),
        written=count(usage, "prompt_tokens_details.cache_write_tokens"),
        reasoning=count(usage, "completion_tokens_details.reasoning_tokens"),
    )
    found = CHAT.usage(_completed(counts, total, provider, CHAT))
    audio = {
        "audio_input_tokens": count(usage, "prompt_tokens_details.audio_tokens"),
        "audio_output_tokens": count(usage, "completion_tokens_details.audio_tokens"),
    }
    choices = items(response, "choices")
    return replace(
        found,
        units={name: number for name, number in audio.items() if number},
        model=word(response, "model"),
        mode=mode_of(response),
        response_id=word(response, "id"),
        finish_reason=word(choices[0], "finish_reason") if choices else None,
    )


def read_responses(response: Node, usage: Node, provider: str | None = None) -> Usage:
    """Return the usage of a response of the Responses API, or of its last event."""
    counts = Counts(
        input=needed(usage, "input_tokens"),
        output=needed(usage, "output_tokens"),
        cached=count(usage, "input_tokens_details.cached_tokens"),
        written=count(usage, "input_tokens_details.cache_write_tokens"),
        reasoning=count(usage, "output_tokens_details.reasoning_tokens"),
    )
    total = count(usage, "total_tokens")
    found = RESPONSES.usage(_completed(counts, total, provider, RESPONSES))
    return replace(
        found,
        units=_calls(response),
        model=word(response, "model"),
        mode=mode_of(response),
        response_id=word(response, "id"),
        finish_reason=word(response, "incomplete_details.reason", "status"),
    )


def mode_of(response: Node) -> str:
    """Return the service mode of an OpenAI response in the words of the price tables."""
    tier = word(response, "service_tier")
    return "standard" if tier is None else MODES.get(tier, tier)


def _completed(counts: Counts, total: int, provider: str | None, shape: Shape) -> Counts:
    """Return the counts with the output that only total_tokens shows, or refuse the total.

    xAI leaves reasoning out of completion_tokens (genai-prices 0.2.3, x-ai extractors); Gemini's
    OpenAI-compatible endpoint leaves thinking out of every count but the total
    (discuss.ai.google.dev/t/98760).
    """
    gap = total - counts.input - counts.output
    if total == 0 or gap == 0:
        return counts
    if gap == counts.reasoning or (gap > 0 and provider == "google"):
        return replace(counts, output=counts.output + gap, reasoning=max(counts.reasoning, gap))
    read = f"total_tokens {total:,} with input {counts.input:,} and output {counts.output:,}"
    fix = (
        "give provider='google' if this is Gemini in OpenAI's form, whose thinking stands in the "
        "total alone; otherwise name the provider whose form it is"
    )
    raise InputError(Problem(read, "a total that is their sum", fix, f"usage ({shape.name})"))


def _calls(response: Node) -> dict[str, int]:
    """Return the calls of billed tools.

    Of web searches, action ``search`` alone is counted: opening a page of the results
    and finding in it are actions too (types/responses/response_function_web_search.py).
    That only searches are billed is an assumption.
    """
    units: dict[str, int] = {}
    for item in items(response, "output"):
        kind = word(item, "type") or ""
        name = CALLS.get(kind)
        if kind == "web_search_call" and word(item, "action.type") in (None, "search"):
            name = "web_search"
        if name is not None:
            units[name] = units.get(name, 0) + 1
    return units
