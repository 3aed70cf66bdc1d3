"""Messages in one form, whichever API they were written for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.gemini_parts import gemini_part, gemini_role, is_gemini
from costmodel.tokens.parts import Part, call_text, read_part, read_parts

ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_ITEMS = {"function_call": "assistant", "function_call_output": "tool", "reasoning": "assistant"}
"""Items of OpenAI's responses API that are no messages, and who they come from."""


@dataclass(frozen=True)
class Message:
    """One message.

    Parameters
    ----------
    role : str
        Who speaks, as written.
    name : str
        The name beside the role; empty if there is none.
    parts : tuple of Part
        What it says.
    """

    role: str
    name: str
    parts: tuple[Part, ...]


def read_conversation(messages: Sequence[Any]) -> tuple[Message, ...]:
    """Return the messages of a conversation.

    Parameters
    ----------
    messages : sequence of mapping
        In the shape of OpenAI's chat completions or responses, of Anthropic's messages, or of
        Google's contents. The system prompt that the latter two have apart is given as a message
        of the role ``system``.

    Raises
    ------
    InputError
        With everything that cannot be read, by its place; or if there is no message.
    """
    if not messages:
        raise InputError(Problem("no messages", "a list of one or more", path="messages"))
    found: list[Message] = []
    problems: list[Problem] = []
    for number, message in enumerate(messages):
        try:
            found.append(_message(message, f"messages[{number}]"))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def split_conversation(messages: Sequence[Message]) -> Iterator[tuple[str, Message]]:
    """Yield each message with its section: system, history or user.

    `user` is what follows the last answer: the question now asked, or the results of tools.
    """
    answers = [number for number, each in enumerate(messages) if each.role == "assistant"]
    last = answers[-1] if answers else -1
    for number, message in enumerate(messages):
        if message.role in ("system", "developer"):
            yield "system", message
        else:
            yield ("user" if number > last else "history"), message


def _message(message: object, path: str) -> Message:
    if not isinstance(message, Mapping):
        read = f"a value of type {type(message).__name__}"
        raise InputError(Problem(read, "a mapping with a role and content", path=path))
    if message.get("type") in _ITEMS:
        return Message(_ITEMS[message["type"]], "", tuple(read_part(message, path)))
    google = is_gemini(message)
    role = gemini_role(message) if google else message.get("role")
    if role not in ROLES:
        raise InputError(
            Problem(f"role {role!r}", "one of " + ", ".join(ROLES), path=f"{path}.role")
        )
    parts = tuple(_parts(message, path) if google else _content(message, path))
    return Message(str(role), str(message.get("name") or ""), parts + tuple(_calls(message, path)))


def _content(message: Mapping[str, Any], path: str) -> Iterator[Part]:
    return read_parts(message.get("content"), f"{path}.content")


def _parts(message: Mapping[str, Any], path: str) -> Iterator[Part]:
    given = message["parts"] if isinstance(message["parts"], list) else [message["parts"]]
    for number, part in enumerate(given):
        place = f"{path}.parts[{number}]"
        yield from read_part(gemini_part(part, place), place)


def _calls(message: Mapping[str, Any], path: str) -> Iterator[Part]:
    if isinstance(message.get("refusal"), str):
        yield from read_parts(message["refusal"], "refusal")
    for call in message.get("tool_calls") or ():
        function = call.get("function", call) if isinstance(call, Mapping) else call
        if not isinstance(function, Mapping):
            read = f"a value of type {type(function).__name__}"
            raise InputError(Problem(read, "a call of a function", path=f"{path}.tool_calls"))
        yield call_text(str(function.get("name", "")), function.get("arguments", ""), call)
