"""Anthropic: the Messages API, also as Bedrock, Vertex and Azure pass it on."""

from __future__ import annotations

from dataclasses import replace

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.adapters.responses import Node, count, items, look, needed, word
from costmodel.prices.adapters.shapes import Counts, Shape
from costmodel.prices.usage import Usage

MESSAGES = Shape(
    "anthropic.messages",
    provider="anthropic",
    input_includes_cache=False,
    output_includes_reasoning=True,
    source=(
        "platform.claude.com/docs/en/build-with-claude/prompt-caching: total input is input_tokens "
        "+ cache_read_input_tokens + cache_creation_input_tokens; anthropic-sdk-python, "
        "types/beta/beta_usage.py: output_tokens is the inclusive total used for billing"
    ),
)
NOWHERE = ("global", "not_available")
"""Values of inference_geo that mean no region in particular."""
OWN_ITERATIONS = (None, "message", "compaction")
"""Kinds of iterations that the requested model itself runs; advisors are models of their own."""


def read_messages(response: Node, usage: Node, provider: str | None = None) -> Usage:  # noqa: ARG001
    """Return the usage of a message, or of the merged events of its stream."""
    if word(response, "type") == "message_start":
        fix = "pass stream.get_final_message(), or the list of all events of the stream"
        expected = "the usage at the end of the stream: output_tokens is a placeholder here"
        raise InputError(Problem("a message_start event", expected, fix, "response"))
    found = MESSAGES.usage(_counts(usage))
    return replace(
        found,
        units=tool_units(usage),
        model=word(response, "model"),
        mode=mode_of(usage),
        geo=geo_of(usage),
        response_id=word(response, "id"),
        finish_reason=word(response, "stop_reason", "delta.stop_reason"),
    )


def mode_of(usage: Node) -> str:
    """Return the service mode: fast by its speed, else the tier's word."""
    if word(usage, "speed") == "fast":
        return "fast"
    return word(usage, "service_tier") or "standard"


def geo_of(usage: Node) -> str | None:
    """Return the region the processing was kept in, if it was."""
    geo = word(usage, "inference_geo")
    return None if geo in NOWHERE else geo


def tool_units(usage: Node) -> dict[str, int]:
    """Return the server tool calls that are billed by the call: web searches."""
    searches = count(usage, "server_tool_use.web_search_requests")
    return {"web_search": searches} if searches else {}


def _counts(usage: Node) -> Counts:
    """Return the counts of all iterations: the top level leaves compactions out.

    The documentation of compaction: the sum over usage.iterations is what is billed. The sum is
    priced as one request, so a long-context rate that one iteration reached is taken for all.
    """
    iterations = items(usage, "iterations")
    if not iterations:
        return _own(usage)
    for each in iterations:
        _require_own_model(each)
    parts = [_own(each) for each in iterations]
    return Counts(
        *(sum(getattr(part, name) for part in parts) for name in Counts.__dataclass_fields__)
    )


def _own(usage: Node) -> Counts:
    """Return the counts of a usage, or of one iteration."""
    return Counts(
        input=needed(usage, "input_tokens"),
        output=needed(usage, "output_tokens"),
        cached=count(usage, "cache_read_input_tokens"),
        written=_written(usage),
        written_1h=count(usage, "cache_creation.ephemeral_1h_input_tokens"),
        reasoning=count(usage, "output_tokens_details.thinking_tokens"),
    )


def _written(usage: Node) -> int:
    """Return the tokens written to the cache; where both are given, lifetimes must sum to them."""
    lifetimes = count(usage, "cache_creation.ephemeral_5m_input_tokens")
    lifetimes += count(usage, "cache_creation.ephemeral_1h_input_tokens")
    if look(usage, "cache_creation_input_tokens") is None:
        return lifetimes
    total = count(usage, "cache_creation_input_tokens")
    if lifetimes not in (0, total):
        read = f"cache_creation_input_tokens {total:,} with lifetimes that sum to {lifetimes:,}"
        fix = "pass the usage as it was sent"
        raise InputError(Problem(read, "their sum", fix, f"usage ({MESSAGES.name})"))
    return total


def _require_own_model(iteration: Node) -> None:
    kind = word(iteration, "type")
    if kind not in OWN_ITERATIONS:
        read = f"an iteration of type {kind}, which another model ran"
        fix = (
            "record each entry of usage.iterations by itself, with provider='anthropic' and its "
            "own model"
        )
        raise InputError(Problem(read, "iterations of one model", fix, "usage.iterations"))
