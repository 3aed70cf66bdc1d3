"""Looking into a provider's response: an SDK object, a mapping, or JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from numbers import Integral, Real
from typing import Any, TypeAlias

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.usage import LARGEST_COUNT

Node: TypeAlias = Any
"""A response or a part of it: whatever an SDK returns, or what JSON holds."""

AS_SENT = "pass the response as the provider sent it"


def parsed(response: Node) -> Node:
    """Return JSON text as data, anything else as it is.

    Raises
    ------
    InputError
        If a text is no JSON.
    """
    if not isinstance(response, str | bytes | bytearray):
        return response
    try:
        return json.loads(response)
    except (ValueError, RecursionError) as error:
        read = f"a text that is no JSON ({type(error).__name__})"
        expected = "a response: an SDK's object, a dict or JSON text"
        fix = "pass the whole body of the response"
        raise InputError(Problem(read, expected, fix, "response")) from None


def look(node: Node, *path: str) -> Node:
    """Return what stands at a path of keys or attributes; None where there is nothing."""
    for name in path:
        if node is None:
            return None
        node = node.get(name) if isinstance(node, Mapping) else getattr(node, name, None)
    return node


def first(node: Node, *paths: str) -> tuple[str, Node]:
    """Return the first dotted path with a value, and the value; the first path and None if none."""
    for path in paths:
        found = look(node, *path.split("."))
        if found is not None:
            return path, found
    return paths[0], None


def count(node: Node, *paths: str) -> int:
    """Return the token count at the first of `paths` that has one; 0 where there is none.

    Raises
    ------
    InputError
        If what stands there, or around it, is no count: a breakdown that is a
        text or a list would else be a count of 0, and cached tokens fresh ones.
    """
    path, found = first(node, *paths)
    if found is None:
        _require_fields(node, paths)
    return 0 if found is None else _whole(found, path)


def _require_fields(node: Node, paths: tuple[str, ...]) -> None:
    """Refuse a path that leads through something without fields."""
    for path in paths:
        outer = path.rpartition(".")[0]
        found = look(node, *outer.split(".")) if outer else None
        if isinstance(found, str | bytes | Real | Sequence):
            read = f"a {type(found).__name__}"
            raise InputError(Problem(read, "its fields with counts", AS_SENT, f"usage.{outer}"))


def needed(node: Node, *paths: str) -> int:
    """Return a token count as `count` does, which must be there.

    Raises
    ------
    InputError
        If it is missing or is no whole number from 0 up.
    """
    path, found = first(node, *paths)
    if found is None:
        fix = f"{AS_SENT}; of a stream, the last chunk or the list of all its events"
        raise InputError(Problem(f"no {path}", f"the count {path}", fix, "usage"))
    return _whole(found, path)


def word(node: Node, *paths: str) -> str | None:
    """Return the text, or the enum's text, at the first of `paths` that has something."""
    _, found = first(node, *paths)
    if isinstance(found, Enum):
        found = found.value if isinstance(found.value, str) else found.name
    return found if isinstance(found, str) and found else None


def items(node: Node, *paths: str) -> Sequence[Node]:
    """Return the list at the first of `paths` that has one; empty where there is none."""
    _, found = first(node, *paths)
    listed = isinstance(found, Sequence) and not isinstance(found, str | bytes)
    return found if listed else ()


def _whole(found: Node, path: str) -> int:
    real = isinstance(found, Real) and not isinstance(found, bool)
    # a float that is whole is what some stores make of a count
    whole = real and (isinstance(found, Integral) or float(found).is_integer())
    if whole and 0 <= found <= LARGEST_COUNT:
        return int(found)
    shown = repr(found) if isinstance(found, str | bool) or real else type(found).__name__
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    raise InputError(Problem(shown, "a whole number of tokens from 0 up", AS_SENT, f"usage.{path}"))
