"""Dotted paths such as ``features.answer.prompt.system.tokens``, and where they lead.

Items of a prompt are addressed by their kind, not by their number, so that a
path survives a part put before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from costmodel.foundation.composing import Step, ValuePath
from costmodel.foundation.marks import SOURCE_KEYS, Raw

EXCLUSIVE: tuple[tuple[str, ...], ...] = (
    ("mean", "p50"),
    ("cv", "p95", "top_1_percent"),
    ("file", "tokens"),
)
"""Keys of which a mapping has one: giving another takes the first away."""

IN_A_MEASURED_RATE = (
    *("questions", "popularity", "unique", "recall"),
    *("capacity", "tenants", "flushes"),
)
_TAKES_AWAY = {"hit_rate": IN_A_MEASURED_RATE, "questions": ("hit_rate",)}
"""Keys that take others away, but not the other way round."""


def rivals(key: str) -> tuple[str, ...]:
    """Return the keys that cannot stand beside `key`."""
    one_of = tuple(k for group in EXCLUSIVE if key in group for k in group if k != key)
    return one_of + _TAKES_AWAY.get(key, ())


def shown(path: ValuePath) -> str:
    """Return a path as people write it: kinds instead of item numbers."""
    text = ""
    for index, step in enumerate(path):
        followed = index + 1 < len(path) and isinstance(path[index + 1], str)
        if isinstance(step, str):
            text += f".{step}" if text else step
        elif not followed:
            text += f"[{step}]"
    return text


def located(path: str, data: Raw) -> ValuePath:
    """Return the steps of a dotted path in `data`, as far as they lead and then as written."""
    steps: list[Step] = []
    node = data
    for name in path.split(".") if path else []:
        if isinstance(node, list):
            index = _item(node, name)
            if index is not None:
                steps.append(index)
                node = node[index]
        steps.append(name)
        node = node.get(name) if isinstance(node, Mapping) else None
    return tuple(steps)


def _item(items: list[Any], kind: str) -> int | None:
    for index, item in enumerate(items):
        if item == kind or (isinstance(item, Mapping) and kind in item):
            return index
    return None


def all_paths(data: Raw, at: tuple[Step, ...] = ()) -> Iterator[str]:
    """Yield the dotted path of every value in `data`, source keys left out."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key not in SOURCE_KEYS:
                yield shown((*at, key))
                yield from all_paths(value, (*at, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from all_paths(item, (*at, index))
