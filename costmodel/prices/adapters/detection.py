"""Which shape a response has, and who sent it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.prices.adapters import anthropic, bedrock, deepseek, gemini, litellm, openai
from costmodel.prices.adapters.responses import Node, items, look, word
from costmodel.prices.adapters.shapes import Shape
from costmodel.prices.adapters.streams import located
from costmodel.prices.usage import Usage


@dataclass(frozen=True)
class Adapter:
    """A shape, how to read it, and the marks by which it is known."""

    shape: Shape
    read: Callable[[Node, Node, str | None], Usage]
    matches: Callable[[Node, Node], bool]


def _has(*fields: str) -> Callable[[Node, Node], bool]:
    return lambda _, usage: any(look(usage, field) is not None for field in fields)


def _is_litellm(response: Node, usage: Node) -> bool:
    """Whether LiteLLM made it: by its class, or by Anthropic's cache beside OpenAI's prompt."""
    if look(usage, "prompt_tokens") is None:
        return False
    if type(response).__module__.startswith("litellm"):
        return True
    return _has("cache_creation_input_tokens", "cache_read_input_tokens")(response, usage)


def _is_responses(response: Node, usage: Node) -> bool:
    marked = word(response, "object") == "response" or _has("input_tokens_details")(response, usage)
    return marked and look(usage, "prompt_tokens") is None


def _is_messages(response: Node, usage: Node) -> bool:
    if word(response, "type") in ("message", "message_start", "message_delta"):
        return True
    marks = ("cache_creation_input_tokens", "cache_read_input_tokens", "cache_creation")
    return look(usage, "prompt_tokens") is None and _has(*marks)(response, usage)


ADAPTERS = (
    Adapter(litellm.COMPLETION, litellm.read_litellm, _is_litellm),
    Adapter(deepseek.CHAT, deepseek.read_deepseek, _has("prompt_cache_hit_tokens")),
    Adapter(openai.CHAT, openai.read_chat, _has("prompt_tokens")),
    Adapter(openai.RESPONSES, openai.read_responses, _is_responses),
    Adapter(anthropic.MESSAGES, anthropic.read_messages, _is_messages),
    Adapter(
        gemini.GENERATE_CONTENT,
        gemini.read_generate_content,
        _has("prompt_token_count", "promptTokenCount"),
    ),
    Adapter(bedrock.CONVERSE, bedrock.read_converse, _has("inputTokens")),
)
"""In the order they are tried: the first that matches reads the response."""

SHAPES = {adapter.shape.name: adapter.shape for adapter in ADAPTERS}
"""Every shape by its name."""

PROVIDERS = {
    "openai": ("openai.chat", "openai.responses"),
    "azure": ("openai.chat", "openai.responses", "anthropic.messages"),
    "groq": ("openai.chat", "openai.responses"),
    "anthropic": ("anthropic.messages",),
    "google": ("gemini.generate_content", "openai.chat", "anthropic.messages"),
    "bedrock": ("bedrock.converse", "anthropic.messages", "openai.chat", "openai.responses"),
    "deepseek": ("deepseek.chat", "openai.chat", "anthropic.messages"),
    "litellm": ("litellm.completion",),
}
"""The shapes in which each provider answers."""

ALIASES = {"gemini": "google", "vertex": "google", "vertex_ai": "google", "aws": "bedrock"}
"""Other names that callers may give."""

BARE = ("openai.responses", "anthropic.messages")
"""What a usage with input_tokens and output_tokens alone can be."""


def usage_of(response: Node, provider: str | None = None) -> Usage:
    """Return what a provider's response says the call used.

    Parameters
    ----------
    response : object, mapping, str, bytes or sequence
        An SDK's response, a dict, JSON text, the last chunk of a stream or the list
        of its events; a usage by itself will do.
    provider : str, optional
        Who sent it: openai, azure, groq, anthropic, google, bedrock, deepseek or
        litellm. By default it is told by the response's fields.

    Returns
    -------
    Usage
        Input and output are totals, cached and reasoning tokens included.

    Raises
    ------
    InputError
        If there is no usage in it, its shape is ambiguous or not the provider's,
        a count is no whole number from 0 up, or a part exceeds its whole.
    """
    name = None if provider is None else _known(provider)
    node, usage = located(response)
    adapter = _only(node, usage) if name is None else _of_provider(name, node, usage)
    found = adapter.read(node, usage, name)
    return replace(found, provider=_sender(name, adapter, node, found))


def _known(provider: str) -> str:
    name = ALIASES.get(provider, provider)
    if name not in PROVIDERS:
        expected = f"one of {', '.join(PROVIDERS)}"
        fix = did_you_mean(provider, [*PROVIDERS, *ALIASES]) or (
            "name the provider whose form the response has, and the model in full"
        )
        raise InputError(Problem(f"'{provider}'", expected, fix, "provider"))
    return name


def _only(response: Node, usage: Node) -> Adapter:
    matching = [each for each in ADAPTERS if each.matches(response, usage)]
    both = [each.shape.name for each in matching] == list(BARE)
    if matching and not both:
        return matching[0]
    read = f"a usage with {_shown(usage)}"
    if both or look(usage, "input_tokens") is not None:
        read += f", which may be {' or '.join(BARE)}"
        expected = "fields that tell whether input_tokens includes cached tokens"
        fix = "give provider='openai' or provider='anthropic', or pass the whole response"
    else:
        expected = f"the fields of {', '.join(SHAPES)}"
        fix = "pass the response as the provider sent it"
    raise InputError(Problem(read, expected, fix, "response"))


def _of_provider(name: str, response: Node, usage: Node) -> Adapter:
    allowed = [each for each in ADAPTERS if each.shape.name in PROVIDERS[name]]
    for adapter in allowed:
        if adapter.matches(response, usage):
            return adapter
    # a usage without marks is what its provider says it is
    bare = [each for each in allowed if each.shape.name in BARE]
    if bare and look(usage, "input_tokens") is not None and not _marked(response, usage):
        return bare[0]
    if name == "litellm" and look(usage, "prompt_tokens") is not None:
        return allowed[0]
    read = f"a usage with {_shown(usage)}"
    fix = "name the provider that sent it, or leave provider= out"
    raise InputError(
        Problem(read, f"the fields of {' or '.join(PROVIDERS[name])}", fix, "response")
    )


def _marked(response: Node, usage: Node) -> bool:
    return any(each.matches(response, usage) for each in ADAPTERS)


def _sender(name: str | None, adapter: Adapter, response: Node, found: Usage) -> str | None:
    """Return who bills: the name given, else what the response shows, else its shape's own."""
    if name not in (None, "litellm"):
        return name
    if adapter.shape is openai.CHAT:
        if look(response, "x_groq") is not None:
            return "groq"
        choices = items(response, "choices")
        filters = [look(each, "content_filter_results") for each in choices]
        if look(response, "prompt_filter_results") is not None or any(filters):
            return "azure"
    return found.provider


def _shown(usage: Node) -> str:
    fields = usage if isinstance(usage, dict) else getattr(usage, "__dict__", {})
    names = [str(name)[:40] for name in fields][:6]
    return ", ".join(names) or f"no fields ({type(usage).__name__})"
