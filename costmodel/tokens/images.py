"""Tokens of an image: OpenAI's tiles and patches, Claude's squares, Gemini's tiles and levels.

Each function is a rule of data/media_rules.json applied to a width and a height in pixels.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from numbers import Integral
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.count import TokenCount
from costmodel.tokens.media_rules import MediaRule, rules_for, spanned

Counts = tuple[int, int, int]
"""Tokens, and the low and high end of what the same rule may come to."""

_ROUNDING = 1e-9
"""Share of a patch by which floating point may miss a whole number of patches."""


def image_tokens(
    width: int, height: int, model: str, detail: str = "auto", rule: str | None = None
) -> TokenCount:
    """Return how many input tokens an image is billed for.

    Parameters
    ----------
    width, height : int
        Size in pixels, before any resizing by the provider.
    model : str
        ``provider/id``, bare ``id`` or an alias.
    detail : str
        ``auto``, or a level of the provider: ``low``, ``high``, ``original`` (OpenAI),
        ``low``, ``medium``, ``high``, ``ultra_high`` (Gemini 3).
    rule : str, optional
        The name of one rule, where a model has several.

    Returns
    -------
    TokenCount
        By the model's preferred rule. Where another rule for the model, such as the vendor's
        guide beside what was measured, says something else, the band holds both. `exact` is true
        if they agree and nothing is assumed.

    Raises
    ------
    InputError
        If a side is not a whole number from 1, the model has no rule, or the rule no such detail.
    """
    width, height = _side("width", width), _side("height", height)
    rules = rules_for("images", model, rule)
    kept = rules[:1] + tuple(each for each in rules[1:] if _has(each, detail))
    return spanned([_KINDS[each.kind](width, height, each, detail) for each in kept], kept)


def _has(rule: MediaRule, detail: str) -> bool:
    return detail in rule.numbers.get("levels", {"auto": None})


def _side(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < 1:
        raise InputError(Problem(repr(value), "a whole number of pixels, from 1", path=name))
    return int(value)


# --- OpenAI: tiles


def _tiles(width: int, height: int, rule: MediaRule, detail: str) -> Counts:
    base: int = rule.numbers["base"]
    level = rule.level(detail)
    if level == "low":
        return (base,) * 3
    if level == "fidelity":
        base += rule.numbers["fidelity"]["square" if width == height else "other"]
    tokens = base + rule.numbers["tile"] * tile_count(width, height, rule.numbers)
    return (tokens,) * 3


def tile_count(width: int, height: int, numbers: Mapping[str, Any]) -> int:
    """Return the tiles of an image that is fitted, then shrunk to a shorter side.

    Parameters
    ----------
    width, height : int
        Size in pixels.
    numbers : mapping
        `fit`, the square it is shrunk into; `short_side`, to which the shorter side is then
        shrunk; `side` of a tile; all in pixels. Nothing is enlarged.
    """
    scale = min(Fraction(1), Fraction(numbers["fit"], max(width, height)))
    scale = min(scale, Fraction(numbers["short_side"], min(width, height)))
    side: int = numbers["side"]
    return math.ceil(width * scale / side) * math.ceil(height * scale / side)


# --- OpenAI: patches


def _patches(width: int, height: int, rule: MediaRule, detail: str) -> Counts:
    limits = rule.level(detail)
    count = patch_count(
        width, height, rule.numbers["patch"], limits["budget"], limits.get("longest")
    )
    tokens = math.ceil(count * Fraction(rule.numbers["multiplier"]))
    return (tokens,) * 3


def patch_count(width: int, height: int, patch: int, budget: int, longest: int | None) -> int:
    """Return the patches that cover an image, after it is shrunk to a budget of them.

    The image is first shrunk so that no side is over `longest`. If it then needs more than
    `budget` patches it is shrunk by sqrt(patch^2 budget / (width height)), and by as much more as
    makes one side a whole number of patches (OpenAI, guide Images and vision).

    Parameters
    ----------
    width, height : int
        Size in pixels.
    patch : int
        Side of a patch in pixels.
    budget : int
        The most patches.
    longest : int or None
        The longest side in pixels, if there is one.
    """
    scale = 1.0 if longest is None else min(1.0, longest / max(width, height))
    wide, high = width * scale, height * scale
    if _up(wide / patch) * _up(high / patch) <= budget:
        return _up(wide / patch) * _up(high / patch)
    shrink = math.sqrt(patch**2 * budget / (wide * high))
    columns, rows = wide * shrink / patch, high * shrink / patch
    whole = min(max(1, math.floor(side + _ROUNDING)) / side for side in (columns, rows))
    # A strip thinner than a patch cannot be shrunk to the budget: what it needs, at most all.
    return min(budget, _up(columns * whole) * _up(rows * whole))


def _up(patches: float) -> int:
    return max(1, math.ceil(patches - _ROUNDING))


# --- Claude


def _squares(width: int, height: int, rule: MediaRule, detail: str) -> Counts:
    rule.level(detail)
    client: dict[str, int] = rule.numbers.get("client", {})
    note = 0
    if max(width, height) > client.get("longest", math.inf):
        width, height = _fitted(width, height, client["longest"])
        note = client["note_tokens"]
    tokens = note + _squares_of(*claude_size(width, height, rule.numbers), rule.numbers["patch"])
    return tokens, tokens, tokens + rule.numbers["block_tokens"]


def claude_size(width: int, height: int, numbers: Mapping[str, Any]) -> tuple[int, int]:
    """Return the size to which Claude shrinks an image: the largest within both limits.

    Parameters
    ----------
    width, height : int
        Size in pixels.
    numbers : mapping
        `longest` side in pixels, `budget` in squares of `patch` pixels.

    Returns
    -------
    tuple of int
        Width and height in pixels; the shorter side is rounded down. Found by halving, since a
        shorter longest side never needs more squares.
    """
    low, high = 1, min(max(width, height), numbers["longest"])
    while low < high:
        middle = (low + high + 1) // 2
        fits = _squares_of(*_fitted(width, height, middle), numbers["patch"]) <= numbers["budget"]
        low, high = (middle, high) if fits else (low, middle - 1)
    return _fitted(width, height, low)


def _fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    whole = max(width, height)
    return max(1, width * longest // whole), max(1, height * longest // whole)


def _squares_of(width: int, height: int, patch: int) -> int:
    return -(-width // patch) * -(-height // patch)


# --- Gemini


def _gemini_tiles(width: int, height: int, rule: MediaRule, detail: str) -> Counts:
    rule.level(detail)
    numbers = rule.numbers
    if max(width, height) <= numbers["small_side"]:
        return (numbers["tile_tokens"],) * 3
    side = numbers.get("tile_side") or max(1, int(min(width, height) / numbers["crop"]))
    return (numbers["tile_tokens"] * -(-width // side) * -(-height // side),) * 3


def _levels(width: int, height: int, rule: MediaRule, detail: str) -> Counts:  # noqa: ARG001
    tokens: int = rule.level(detail)
    return tokens, math.floor(tokens * rule.numbers["least_share"]), tokens


_KINDS: Mapping[str, Callable[[int, int, MediaRule, str], Counts]] = {
    "tiles": _tiles,
    "patches": _patches,
    "squares": _squares,
    "gemini_tiles": _gemini_tiles,
    "levels": _levels,
}
