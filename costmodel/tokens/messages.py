"""Tokens of a request: messages, tools and formats, with what the provider adds around them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from costmodel.tokens.adding import NOTHING, added, ranged
from costmodel.tokens.conversation import Message, read_conversation, split_conversation
from costmodel.tokens.count import TokenCount, count_tokens
from costmodel.tokens.images import image_tokens
from costmodel.tokens.media import audio_tokens, pdf_tokens
from costmodel.tokens.media_rules import rules_for
from costmodel.tokens.message_rules import Rule, rule_of
from costmodel.tokens.parts import Audio, Document, Image, Part, Reasoning, Text
from costmodel.tokens.tools import response_format_tokens, tools_tokens

SECTIONS = (
    "system",
    "tools",
    "schema",
    "history",
    "user",
    "images",
    "audio",
    "documents",
    "framing",
)
"""The parts of a count, in the order of a prompt; all of them are always there."""


@dataclass(frozen=True)
class MessageCount(TokenCount):
    """How many input tokens a request is billed for.

    Parameters
    ----------
    parts : mapping of str to TokenCount
        The count by section: ``system`` prompts, ``tools`` with the prompt that comes with them,
        ``schema`` of a structured answer, ``history`` (everything up to the last answer),
        ``user`` (what follows it), ``images``, ``audio`` and ``documents`` wherever they stand,
        and ``framing``, what marks where messages begin, who speaks, and the reply.
    """

    parts: Mapping[str, TokenCount] = field(default_factory=dict)


def count_messages(
    messages: Sequence[Any],
    model: str,
    *,
    tools: Sequence[Any] | None = None,
    tool_choice: object = None,
    response_format: object = None,
) -> MessageCount:
    """Count the input tokens of a request, with no network.

    Parameters
    ----------
    messages : sequence of mapping
        In the shape of OpenAI's chat completions or responses, of Anthropic's messages, or of
        Google's contents; a system prompt is a message of the role ``system``. Reasoning before
        earlier answers is taken not to be sent again: `high` alone has what is shown of it. An
        image needs its `width` and
        `height` unless it is in the message or a local file, sound its `seconds`, a document its
        `pages`.
    model : str
        ``provider/id``, bare ``id`` or an alias; the shape of the messages need not be that of
        its provider.
    tools : sequence of mapping, optional
        Functions the model may call.
    tool_choice : str or mapping, optional
        Whether one must be called.
    response_format : mapping, optional
        The schema of a structured answer.

    Returns
    -------
    MessageCount
        Exact where the vocabulary and every rule are the provider's own and known for this model:
        texts, and tools with plain properties, for gpt-3.5-turbo, gpt-4, gpt-4o and gpt-4o-mini.
        Elsewhere `low` and `high` add up the bands of the parts.

    Raises
    ------
    InputError
        If something cannot be read, with every problem of the messages by its place; or if the
        model has no rule for its frame, its images or other media.
    TokenizerUnavailable
        For a model that is not known.
    """
    conversation = read_conversation(messages)
    rule = rule_of("frames", model)
    found: list[tuple[str, TokenCount]] = [
        (_section(part, section), part_tokens(part, model))
        for section, message in split_conversation(conversation)
        for part in message.parts
    ]
    found.append(("framing", _framing(conversation, rule, model)))
    if tools is not None:
        found.append(("tools", tools_tokens(tools, tool_choice, model)))
    if response_format is not None:
        found.append(("schema", response_format_tokens(response_format, model)))
    return _summed(found)


def _summed(found: list[tuple[str, TokenCount]]) -> MessageCount:
    parts = {
        section: added(count for name, count in found if name == section) for section in SECTIONS
    }
    whole = added(parts.values())
    return MessageCount(
        tokens=whole.tokens,
        low=whole.low,
        high=whole.high,
        exact=whole.exact,
        method=whole.method,
        source=whole.source,
        parts=parts,
    )


def _section(part: Part, section: str) -> str:
    media = {Image: "images", Audio: "audio", Document: "documents"}
    return media.get(type(part), section)


def part_tokens(part: Part, model: str) -> TokenCount:
    """Return the tokens of one part of a message."""
    if isinstance(part, Text):
        return _text_tokens(part, model)
    if isinstance(part, Reasoning):
        return _reasoning_tokens(part, model)
    if isinstance(part, Image):
        # A provider without levels ignores the detail written for another one.
        levels = rules_for("images", model)[0].numbers.get("levels")
        return image_tokens(part.width, part.height, model, part.detail if levels else "auto")
    if isinstance(part, Audio):
        return audio_tokens(part.seconds, model)
    return pdf_tokens(part.pages, model, part.text_tokens)


def _text_tokens(part: Text, model: str) -> TokenCount:
    count = count_tokens(part.text, model)
    if part.most is None:
        return count
    high = max(count.high, count_tokens(part.most, model).high)
    source = f"{count.source}; how calls and results of tools are written is not known"
    return TokenCount(count.tokens, count.low, high, False, count.method, source)


def _reasoning_tokens(part: Reasoning, model: str) -> TokenCount:
    """Return nothing, at most what is shown: providers drop it once the model has answered."""
    high = count_tokens(part.text, model).high
    source = "assumed: reasoning before an earlier answer is not sent again"
    return TokenCount(0, 0, high, high == 0, "reasoning left out", source)


# --- frames


def _framing(messages: Sequence[Message], rule: Rule, model: str) -> TokenCount:
    frame = _further(messages, rule) if "further" in rule else _each(messages, rule)
    return added([frame, *_marked(messages, rule, model)])


def _each(messages: Sequence[Message], rule: Rule) -> TokenCount:
    each: int = rule.get("message", 0)
    answers = sum(1 for message in messages if message.role == "assistant")
    named = sum(1 for message in messages if message.name)
    around = (len(messages) - answers) * each + answers * int(rule.get("answer", each))
    tokens = rule["first"] + around + named * rule.get("named", 0)
    low, high = tokens + rule.get("low", 0), tokens + rule.get("high", 0)
    if tokens == low == high == 0:
        return NOTHING
    return ranged(tokens, low, high, rule["name"], rule["source"])


def _further(messages: Sequence[Message], rule: Rule) -> TokenCount:
    """Return a frame whose first message is known, and of further ones only that they have one."""
    turns = [message for message in messages if message.role not in ("system", "developer")]
    more = max(0, len(turns) - 1)
    first = rule["first"]
    tokens, high = first + more * rule["further"], first + more * rule["further_high"]
    return ranged(tokens, first, high, rule["name"], rule["source"])


def _marked(messages: Sequence[Message], rule: Rule, model: str) -> Iterator[TokenCount]:
    """Yield the roles and names where these are counted as texts."""
    if not rule.get("role_counted"):
        return
    for message in messages:
        yield count_tokens(message.role, model)
        if message.name:
            yield count_tokens(message.name, model)
