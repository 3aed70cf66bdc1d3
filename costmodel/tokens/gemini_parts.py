"""The shape of Google's API, turned into the one the other readers know.

``{"role": "user" | "model", "parts": [{"text": ...}, {"inline_data": {"mime_type", "data"}}]}``;
names may be written in camel case, as the REST API has them, or with underscores, as its Python
client.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from costmodel.foundation.errors import InputError, Problem

Given = Mapping[str, Any]

_MEDIA = {"image": "image", "audio": "input_audio", "application/pdf": "document"}


def is_gemini(message: Given) -> bool:
    """Whether a message is in the shape of Google's API."""
    return "parts" in message and "content" not in message


def gemini_role(message: Given) -> object:
    """Return the role in the words of the other APIs; without one it is the user's."""
    role = message.get("role", "user")
    return "assistant" if role == "model" else role


def gemini_part(part: object, path: str) -> object:
    """Return one of the `parts` of a message as a part of the other APIs.

    Raises
    ------
    InputError
        If it is of a kind that has no rule.
    """
    if not isinstance(part, Mapping):
        return part
    given = {_snake(str(name)): value for name, value in part.items()}
    if given.get("thought"):
        return {"type": "thinking", "thinking": given.get("text", "")}
    if "text" in given:
        return {"type": "text", "text": given["text"]}
    for name in ("inline_data", "file_data"):
        if isinstance(given.get(name), Mapping):
            return _media(given, given[name], path)
    return _function(given, path)


def _function(given: Given, path: str) -> Given:
    call, answer = given.get("function_call"), given.get("function_response")
    if isinstance(call, Mapping):
        return {"type": "tool_use", "name": call.get("name", ""), "input": call.get("args", {})}
    if isinstance(answer, Mapping):
        from json import dumps

        written = dumps(answer.get("response", {}), ensure_ascii=False, separators=(",", ":"))
        return {"type": "tool_result", "name": answer.get("name", ""), "content": written}
    expected = "one of text, inlineData, fileData, functionCall, functionResponse"
    read = f"a part with {', '.join(given) or 'nothing in it'}"
    raise InputError(Problem(read, expected, "leave the part out", path))


def _media(given: Given, held: Given, path: str) -> Given:
    inside = {_snake(str(name)): value for name, value in held.items()}
    mime = str(inside.get("mime_type", ""))
    kind = _MEDIA.get(mime) or _MEDIA.get(mime.partition("/")[0])
    if kind is None:
        fix = "count video by video_tokens and leave the part out"
        raise InputError(Problem(f"media of type {mime!r}", "an image, sound or a PDF", fix, path))
    source = {"data": inside.get("data"), "url": inside.get("file_uri")}
    stated = {name: given[name] for name in _STATED if name in given}
    return {"type": kind, "source": source, **stated}


_STATED = ("width", "height", "seconds", "pages", "text_tokens", "detail")


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])[A-Z]", lambda match: f"_{match[0]}", name).lower()
