"""Count the tokens of a text for a model: exactly, or with a band."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.cuts import PART, parts
from costmodel.tokens.exact import count_exactly
from costmodel.tokens.families import Family, model_family
from costmodel.tokens.tallies import (
    EstimateTally,
    Part,
    Tally,
    TokenCount,
    exact_count,
    tally_for,
)
from costmodel.tokens.text_files import Progress, file_blocks

if TYPE_CHECKING:
    from costmodel.tokens.calibration import Calibration

__all__ = ["TokenCount", "count_blocks", "count_tokens"]


def count_tokens(
    text: str | Path | list[Any] | None = None,
    model: str = "",
    *,
    path: str | Path | None = None,
    calibration: Calibration | None = None,
    progress: Progress | None = None,
    **framing: Any,  # noqa: ANN401 - what count_messages takes
) -> TokenCount:
    """Count the tokens of a text, a text file or a list of messages, with no network.

    Parameters
    ----------
    text : str, Path or list
        The text alone: no message frame, tools or images are added. A Path is read as a file
        in UTF-8, in parts, so that it may be of any size. A list is one of messages.
    model : str
        ``provider/id`` or bare ``id``, exactly, such as ``openai/gpt-5``.
    path : str or Path, optional
        A file, instead of `text`.
    calibration : Calibration, optional
        An estimator made by `calibrate` for a model of the same family; used even where the
        tokenizer is at hand, since it knows what is billed.
    progress : callable, optional
        Told bytes read and bytes in all while a file is read.
    **framing
        What `count_messages` takes, for a list of messages.

    Returns
    -------
    TokenCount
        Exact with a shipped vocabulary, or an installed package that has the model's own. Else
        ``a x (o200k_base tokens) + sum of b_i x feature i``, fitted for the family, with its
        5-95 % band rounded outwards; at least one token for a text that is not empty.

    Raises
    ------
    InputError
        If there is nothing to count, or two things; for a file that cannot be read or is not in
        UTF-8; for a calibration of another family.
    TypeError
        For keywords of `count_messages` beside a text.
    TokenizerUnavailable
        For a model that is not known, with the nearest three names; or if the vocabulary is
        damaged or tiktoken is missing.
    """
    if isinstance(text, list):
        messages: Any = import_module("costmodel.tokens.messages")
        count: TokenCount = messages.count_messages(text, model, **framing)
        return count
    if framing:
        raise TypeError(f"{', '.join(framing)}: only for a list of messages")
    family = model_family(model)
    if isinstance(text, str) and path is None and calibration is None and family.ratio is None:
        return exact_count(count_exactly(text, family.encoding) if text else 0, family)
    tally = tally_for(family) if calibration is None else _calibrated(calibration, family)
    for part in _parts(_one_source(text, path), progress):
        tally.add(Part(part))
    return tally.result()


def count_blocks(blocks: Iterable[str], models: Sequence[str]) -> list[TokenCount]:
    """Count a text that comes in stretches for several models, reading it once.

    Parameters
    ----------
    blocks : iterable of str
        The text in any stretches.
    models : sequence of str
        Names as for `count_tokens`.

    Returns
    -------
    list of TokenCount
        One per model, as `count_tokens` of the whole text.
    """
    families = [model_family(model) for model in models]
    tallies = {family: tally_for(family) for family in dict.fromkeys(families)}
    for text in parts(blocks):
        part = Part(text)
        for tally in tallies.values():
            tally.add(part)
    return [tallies[family].result() for family in families]


def _parts(source: str | Path, progress: Progress | None) -> Iterable[str]:
    if isinstance(source, Path):
        return parts(file_blocks(source, progress))
    return (source,) if len(source) <= PART else parts((source,))


def _one_source(text: str | Path | None, path: str | Path | None) -> str | Path:
    if (text is None) == (path is None):
        read = "neither a text nor a path" if text is None else "a text and a path"
        raise InputError(Problem(read, "one of them", "count_tokens(text, model)", path="text"))
    if path is not None:
        return Path(path)
    if not isinstance(text, str | Path):
        raise InputError(_not_a_text(text))
    return text


def _calibrated(calibration: Calibration, family: Family) -> Tally:
    if calibration.family != family.name:
        read = f"a calibration of {calibration.family}"
        expected = f"one of {family.name}"
        fix = "calibrate(pairs, model) for this model"
        raise InputError(Problem(read, expected, fix, path="calibration"))
    return EstimateTally(calibration, calibration.method, calibration.source, family.encoding)


def _not_a_text(value: object) -> Problem:
    return Problem(
        read=f"a value of type {type(value).__name__}",
        expected="a text (str)",
        fix="decode bytes first: data.decode('utf-8')",
        path="text",
    )
