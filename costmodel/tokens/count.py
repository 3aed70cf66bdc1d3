"""Count the tokens of a text for a model: exactly, or with a band."""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.exact import count_exactly
from costmodel.tokens.families import Family, Ratio, model_family


@dataclass(frozen=True)
class TokenCount:
    """How many tokens a text is.

    Parameters
    ----------
    tokens : int
        The count, or the best estimate of it.
    low, high : int
        Ends of the 5-95 % band of the estimate; both equal `tokens` for an exact count.
    exact : bool
        Whether the model's own vocabulary was used.
    method : str
        The encoding, times the ratio where there is one: ``o200k_base x 1.5279``.
    source : str
        Where the model's encoding or ratio comes from.
    """

    tokens: int
    low: int
    high: int
    exact: bool
    method: str
    source: str


def count_tokens(text: str | list[Any], model: str) -> TokenCount:
    """Count the tokens of a text for a model, with no network.

    Parameters
    ----------
    text : str or list
        The text alone: no message frame, tools or images are added. A list is taken as the
        messages of a request and counted by `count_messages`.
    model : str
        ``provider/id`` or bare ``id``, exactly, such as ``openai/gpt-5``.

    Returns
    -------
    TokenCount
        Exact for models with a shipped vocabulary. For the others
        ``round(o200k_base count x median ratio)``, and the ratio's 5-95 % band, rounded outwards
        and at least one token for a text that is not empty.

    Raises
    ------
    InputError
        If `text` is not a str.
    TokenizerUnavailable
        For a model that is not known, with the nearest three names; or if the vocabulary is
        damaged or tiktoken is missing.
    """
    if isinstance(text, list):
        return import_module("costmodel.tokens.messages").count_messages(text, model)  # type: ignore[no-any-return]
    if not isinstance(text, str):
        raise InputError(_not_a_text(text))
    family = model_family(model)
    own = count_exactly(text, family.encoding) if text else 0
    if family.ratio is None:
        return TokenCount(own, own, own, True, family.encoding, family.source)
    return _estimate(own, family, family.ratio)


def _estimate(counted: int, family: Family, ratio: Ratio) -> TokenCount:
    least = min(counted, 1)
    return TokenCount(
        tokens=max(least, round(counted * ratio.median)),
        low=max(least, math.floor(counted * ratio.p05)),
        high=math.ceil(counted * ratio.p95),
        exact=False,
        method=f"{family.encoding} x {ratio.median:g}",
        source=family.source,
    )


def _not_a_text(value: object) -> Problem:
    return Problem(
        read=f"a value of type {type(value).__name__}",
        expected="a text (str)",
        fix="decode bytes first: data.decode('utf-8')",
        path="text",
    )
