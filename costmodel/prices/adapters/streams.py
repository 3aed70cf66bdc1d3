"""Where the usage stands: in a response, in an event of a stream, in a list of events."""

from __future__ import annotations

from collections.abc import Mapping

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.adapters.responses import Node, look, parsed, word

PLACES = ("usage", "usage_metadata", "usageMetadata")
WRAPPERS = ("response", "metadata", "message")
"""What events hold the response in: response.completed of OpenAI, metadata of Bedrock,
message_start of Anthropic."""
TOKEN_FIELDS = (
    "prompt_tokens",
    "input_tokens",
    "inputTokens",
    "prompt_token_count",
    "promptTokenCount",
)
"""The input count of each shape: what makes a mapping or an object a usage."""

DONE = ("[DONE]", b"[DONE]")
"""What closes a stream of OpenAI and of those who stream like it, where an event is expected."""


def located(response: Node) -> tuple[Node, Node]:
    """Return the response and the usage in it; a usage by itself is both.

    Raises
    ------
    InputError
        If there is no usage; the fix says how to ask for it.
    """
    response = parsed(response)
    if isinstance(response, list | tuple) and not hasattr(response, "usage"):
        response = _last([parsed(each) for each in response if each not in DONE])
    found = _found(response)
    if found is None:
        raise InputError(_missing(response))
    return found


def _found(response: Node) -> tuple[Node, Node] | None:
    for place in PLACES:
        usage = look(response, place)
        if usage is not None:
            return response, usage
    if any(look(response, field) is not None for field in TOKEN_FIELDS):
        return response, response
    if word(response, "type") == "message_start":
        return response, look(response, "message", "usage")
    for wrapper in WRAPPERS:
        inner = look(response, wrapper)
        if isinstance(inner, Mapping) or hasattr(inner, "usage"):
            found = _found(inner)
            if found is not None:
                return found
    return None


def _last(events: list[Node]) -> Node:
    """Return the last event with usage; of Anthropic's stream, its message with the last counts."""
    start = next((each for each in events if word(each, "type") == "message_start"), None)
    ends = [each for each in events if word(each, "type") == "message_delta"]
    if start is not None and ends:
        return _merged(look(start, "message"), ends[-1])
    # Azure's and OpenAI's chunks before the last have usage null; Gemini's have counts so far
    for event in reversed(events):
        if _found(event) is not None:
            return event
    return events[-1] if events else None


def _merged(message: Node, end: Node) -> dict[str, Node]:
    """Return the message of message_start with the cumulative counts of the last message_delta."""
    usage = {**_fields(look(message, "usage")), **_fields(look(end, "usage"))}
    return {
        "type": "message",
        "id": look(message, "id"),
        "model": look(message, "model"),
        "stop_reason": look(end, "delta", "stop_reason"),
        "usage": usage,
    }


def _fields(node: Node) -> dict[str, Node]:
    own = node if isinstance(node, Mapping) else getattr(node, "__dict__", {})
    # fields an SDK's model does not know yet, which pydantic keeps apart
    fields = {**own, **(getattr(node, "model_extra", None) or {})}
    return {name: value for name, value in fields.items() if value is not None}


def _missing(response: Node) -> Problem:
    fix = "pass the response, the last chunk of the stream with usage, or the list of its events"
    if word(response, "object") == "chat.completion.chunk":
        fix = (
            'ask for it with stream_options={"include_usage": True} and pass the last chunk, whose '
            "choices are empty"
        )
    elif (word(response, "type") or "").startswith("response."):
        fix = "pass the event response.completed, or stream.get_final_response()"
    elif (word(response, "type") or "").startswith(("message_", "content_block")):
        fix = "pass stream.get_final_message(), or the list of all events of the stream"
    read = f"{_kind(response)} without usage"
    return Problem(read, "a response that says what it used", fix, "response")


def _kind(response: Node) -> str:
    named = word(response, "object") or word(response, "type")
    kind = "nothing" if response is None else f"a {type(response).__name__}"
    return kind if named is None else f"{kind} ({named[:60]})"
