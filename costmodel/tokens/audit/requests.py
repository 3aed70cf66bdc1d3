"""Requests to a provider's API as prompts, counted as `count_messages` counts them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.audit.sections import Kind, Piece, Prompt, parts_of, prompt_of
from costmodel.tokens.conversation import Message, read_conversation, split_conversation
from costmodel.tokens.messages import MessageCount, count_messages, part_tokens
from costmodel.tokens.parts import Audio, Document, Image, Part, Reasoning, Text
from costmodel.tokens.tools import response_format_tokens, tools_tokens

Given = Mapping[str, Any]
Counter = Callable[[str], int]

_MEDIA: dict[type, Kind] = {Image: "images", Audio: "audio", Document: "documents"}


@dataclass(frozen=True)
class _Written:
    """A part of a request: its kind, what it shows as, and its tokens where it is no text."""

    kind: Kind
    text: str
    tokens: Counter | None = None


def request_prompt(name: str, data: Any) -> Prompt:  # noqa: ANN401
    """Return the prompt of a request: tools, the system prompt, then messages.

    Parameters
    ----------
    name : str
        The file.
    data : list or mapping
        Messages; or a request of OpenAI's chat completions or responses, Anthropic's messages or
        Google's contents.

    Raises
    ------
    InputError
        If it holds no messages, or ones that cannot be read.
    """
    given: Given = data if isinstance(data, Mapping) else {"messages": data}
    messages = _messages(given, name)
    if not messages:
        fix = "write the prompt as text, or as {messages: [{role: system, content: ...}]}"
        raise InputError(Problem("no messages", "a list of role and content", fix, file=name))
    framing = {
        "tools": given.get("tools") or None,
        "tool_choice": given.get("tool_choice"),
        "response_format": _format(given),
    }
    try:
        conversation = read_conversation(messages)
    except InputError as error:
        raise InputError([_of(problem, name) for problem in error.problems]) from None
    written = [*_tools(framing), *_spoken(conversation)]
    return _assembled(name, written, _counter(messages, framing))


def _of(problem: Problem, name: str) -> Problem:
    return Problem(problem.read, problem.expected, problem.fix, problem.path, file=name)


def _counter(messages: list[Any], framing: dict[str, Any]) -> Callable[[str], MessageCount]:
    @cache
    def counted(model: str) -> MessageCount:
        return count_messages(messages, model, **framing)

    return counted


def _messages(given: Given, name: str) -> list[Any]:
    """Return the messages, with the system prompt that some APIs have apart before them."""
    apart = (given.get(key) for key in ("system", "instructions"))
    system = next((each for each in apart if each), None)
    google = given.get("system_instruction") or given.get("systemInstruction")
    found: Any = next(
        (given[key] for key in ("messages", "input", "contents") if given.get(key)), []
    )
    if isinstance(found, str):
        found = [{"role": "user", "content": found}]
    if not isinstance(found, list):
        read = f"messages of type {type(found).__name__}"
        raise InputError(Problem(read, "a list of role and content", file=name))
    if isinstance(google, Mapping):
        found = [{"role": "system", "parts": google.get("parts", [])}, *found]
    elif google:
        found = [{"role": "system", "content": google}, *found]
    return found if system is None else [{"role": "system", "content": system}, *found]


def _format(given: Given) -> object:
    """Return the schema of a structured answer, wherever an API has it, or None."""
    if given.get("response_format"):
        return given["response_format"]
    for key in ("text", "output_config"):
        held = given.get(key)
        if isinstance(held, Mapping) and held.get("format"):
            return held["format"]
    return given.get("output_format") or None


def _tools(framing: dict[str, Any]) -> Iterator[_Written]:
    tools, choice, wanted = framing["tools"], framing["tool_choice"], framing["response_format"]
    if tools:
        yield _Written("tools", dumped(tools), lambda m: tools_tokens(tools, choice, m).tokens)
    if wanted:
        yield _Written("schema", dumped(wanted), lambda m: response_format_tokens(wanted, m).tokens)


def _spoken(conversation: tuple[Message, ...]) -> Iterator[_Written]:
    for section, message in split_conversation(conversation):
        for part in message.parts:
            if not isinstance(part, Reasoning):
                yield _part(part, _KINDS[section])


_KINDS: dict[str, Kind] = {"system": "system", "history": "history", "user": "user"}


def _part(part: Part, kind: Kind) -> _Written:
    if isinstance(part, Text):
        return _Written(kind, part.text)
    return _Written(_MEDIA[type(part)], _shown(part), lambda m: part_tokens(part, m).tokens)


def _shown(part: Part) -> str:
    if isinstance(part, Image):
        return f"[image of {part.width} x {part.height} pixels]"
    if isinstance(part, Audio):
        return f"[sound of {part.seconds:g} seconds]"
    return f"[document of {part.pages} pages]" if isinstance(part, Document) else ""


def _assembled(name: str, written: list[_Written], count: Callable[[str], MessageCount]) -> Prompt:
    """Return the prompt of the parts, a line feed between them that is not counted."""
    sections: list[tuple[Kind, str]] = []
    pieces: list[Piece] = []
    at = 0
    for each in written:
        inside = parts_of(each.text, each.kind) if each.tokens is None else ()
        sections += [*(list(inside) or [(each.kind, each.text)]), (each.kind, "\n")]
        pieces.append(Piece(at, at + len(each.text), each.tokens))
        at += len(each.text) + 1
    prompt = prompt_of(name, sections)
    return Prompt(name, prompt.sections, tuple(pieces), count)


def dumped(value: Any) -> str:  # noqa: ANN401
    """Return data on one line, as it is shown; its tokens are those of `count_messages`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
