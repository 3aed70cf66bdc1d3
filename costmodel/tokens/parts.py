"""What a message is made of: texts, images, sound and documents, read from three APIs.

OpenAI's chat completions and responses, and Anthropic's messages (`gemini_parts` has Google's).
Where the tokens of a part depend on something that the part does not say, the reader adds it:
`width` and `height` of an image that is not in the message itself, `seconds` of sound, `pages` of
a document.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.image_headers import HEAD_BYTES, image_size


@dataclass(frozen=True)
class Text:
    """Words; `most`, for calls and results of tools, is the longest form they may be sent in."""

    text: str
    most: str | None = None


@dataclass(frozen=True)
class Image:
    """An image, in pixels."""

    width: int
    height: int
    detail: str


@dataclass(frozen=True)
class Audio:
    """Sound the model hears."""

    seconds: float


@dataclass(frozen=True)
class Document:
    """A PDF; `text_tokens` where they are known."""

    pages: int
    text_tokens: int | None


@dataclass(frozen=True)
class Reasoning:
    """What a model thought before an earlier answer; `text` where it is shown."""

    text: str


Part = Text | Image | Audio | Document | Reasoning
Given = Mapping[str, Any]


def read_parts(content: object, path: str) -> Iterator[Part]:
    """Yield the parts of a message's content: a text, a list of parts, or None.

    Raises
    ------
    InputError
        If a part is of another type, or does not say what its tokens depend on.
    """
    if content is None:
        return
    if isinstance(content, str):
        yield Text(content)
        return
    if not isinstance(content, list | tuple):
        raise InputError(_wrong(content, "a text or a list of parts", path))
    for number, part in enumerate(content):
        yield from read_part(part, f"{path}[{number}]")


def read_part(part: object, path: str) -> Iterator[Part]:
    """Yield what one part of a message is; the result of a tool may be several."""
    if isinstance(part, str):
        yield Text(part)
        return
    if not isinstance(part, Mapping):
        raise InputError(_wrong(part, "a mapping with a type", path))
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in _READERS:
        there = "one of " + ", ".join(_READERS)
        raise InputError(Problem(f"type {kind!r}", there, "leave the part out", f"{path}.type"))
    yield from _READERS[kind](part, path)


def _wrong(value: object, expected: str, path: str) -> Problem:
    return Problem(f"a value of type {type(value).__name__}", expected, path=path)


# --- texts, calls and results


def _text(part: Given, path: str) -> Iterator[Part]:
    for name in ("text", "refusal"):
        if isinstance(part.get(name), str):
            yield Text(part[name])
            return
    raise InputError(_wrong(part.get("text"), "a text", f"{path}.text"))


def call_text(name: str, arguments: object, whole: object) -> Text:
    """Return a call of a tool: its name and arguments, at most all of its JSON."""
    given = arguments if isinstance(arguments, str) else _compact(arguments)
    return Text(f"{name} {given}", json.dumps(whole, ensure_ascii=False))


def _call(part: Given, path: str) -> Iterator[Part]:  # noqa: ARG001
    arguments = part.get("input", part.get("arguments", ""))
    yield call_text(str(part.get("name", "")), arguments, dict(part))


def _result(part: Given, path: str) -> Iterator[Part]:
    content = part.get("content", part.get("output"))
    for each in read_parts(content, f"{path}.content"):
        if isinstance(each, Text):
            yield Text(each.text, json.dumps({**part, "content": each.text}, ensure_ascii=False))
        else:
            yield each


def _reasoning(part: Given, path: str) -> Iterator[Part]:  # noqa: ARG001
    """Read what is shown of reasoning: a text, or lists of them; what is hidden has no length."""
    shown = part.get("thinking")
    lists = [part.get("summary"), part.get("content")]
    texts = [each for found in lists if isinstance(found, list) for each in found]
    told = [each.get("text") for each in texts if isinstance(each, Mapping)]
    words = [shown, *told]
    yield Reasoning("\n".join(each for each in words if isinstance(each, str)))


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# --- images


def _image(part: Given, path: str) -> Iterator[Part]:
    inner = part.get("image_url", part.get("source"))
    inside = inner if isinstance(inner, Mapping) else {"url": inner}
    detail = part.get("detail") or inside.get("detail") or "auto"
    for given in (part, inside):
        if given.get("width") is not None and given.get("height") is not None:
            yield Image(given["width"], given["height"], detail)
            return
    size = image_size(_head(inside, path))
    if size is None:
        raise InputError(_no_size("bytes that are no PNG, JPEG, GIF or WebP", path))
    yield Image(*size, detail)


def _head(inside: Given, path: str) -> bytes:
    url, data = inside.get("url"), inside.get("data")
    if isinstance(data, str):
        return _decoded(data, path)
    if not isinstance(url, str):
        raise InputError(_no_size("an image that is not in the message", path))
    if url.startswith("data:"):
        return _decoded(url.partition(",")[2], path)
    if url.startswith(("http://", "https://")):
        raise InputError(_no_size(f"an address, {url[:60]!r}", path))
    try:
        with Path(url.removeprefix("file://")).open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise InputError(_no_size(f"{url[:60]!r}: {error.strerror}", path)) from error


def _decoded(data: str, path: str) -> bytes:
    whole = data[: HEAD_BYTES * 4 // 3 // 4 * 4]
    try:
        return base64.b64decode(whole + "=" * (-len(whole) % 4))
    except (binascii.Error, ValueError) as error:
        raise InputError(_no_size("data that are not base64", path)) from error


def _no_size(read: str, path: str) -> Problem:
    return Problem(
        read=read,
        expected="an image in the message, in a local file, or with its size",
        fix="give width and height in pixels",
        path=path,
    )


# --- sound and documents


def _audio(part: Given, path: str) -> Iterator[Part]:
    inside = part.get("input_audio")
    seconds = part.get("seconds", inside.get("seconds") if isinstance(inside, Mapping) else None)
    if seconds is None:
        raise InputError(Problem("sound of no stated length", "seconds", "give seconds", path))
    yield Audio(seconds)


def _document(part: Given, path: str) -> Iterator[Part]:
    source = part.get("source")
    if isinstance(source, Mapping) and source.get("type") in ("text", "content"):
        yield from read_parts(source.get("data", source.get("content")), f"{path}.source")
        return
    pages = part.get("pages")
    if pages is None:
        fix = "give pages, and text_tokens if you know them"
        raise InputError(Problem("a document of no stated length", "pages", fix, path))
    yield Document(pages, part.get("text_tokens"))


_READERS: dict[str, Callable[[Given, str], Iterator[Part]]] = {
    "text": _text,
    "input_text": _text,
    "output_text": _text,
    "refusal": _text,
    "image_url": _image,
    "input_image": _image,
    "image": _image,
    "input_audio": _audio,
    "file": _document,
    "input_file": _document,
    "document": _document,
    "tool_use": _call,
    "tool_result": _result,
    "function_call": _call,
    "function_call_output": _result,
    "thinking": _reasoning,
    "redacted_thinking": _reasoning,
    "reasoning": _reasoning,
}
