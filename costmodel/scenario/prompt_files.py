"""Prompt files: read beside the scenario, and counted with the model's own tokenizer."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costmodel.foundation.beliefs import Belief, Fixed, Interval, Source
from costmodel.foundation.composing import ValuePath
from costmodel.foundation.errors import CostModelError, InputError, Problem, did_you_mean
from costmodel.foundation.grammar import refuse
from costmodel.foundation.marks import Marked, MarkedMapping, Raw
from costmodel.foundation.sample_files import inside
from costmodel.scenario.prompt import FIXED_KINDS
from costmodel.tokens.placeholders import times_used, without
from costmodel.tokens.templates import without_code

if TYPE_CHECKING:
    from costmodel.tokens import TokenCount

LARGEST_PROMPT = 2_000_000
"""Bytes of a prompt file that are read: about 500,000 tokens; an assumption."""

Faults = list[tuple[ValuePath, Problem]]


def count_prompt_files(data: Raw, faults: Faults) -> None:
    """Put the token count of each prompt file beside its name, in place.

    Parameters
    ----------
    data : mapping
        A scenario's marked data, not validated yet: what is not as it should be
        is left for the schema to report.
    faults : list
        Takes path and problem of each file that cannot be used.
    """
    features = data.get("features")
    for name, feature in features.items() if isinstance(features, dict) else ():
        prompt = feature.get("prompt") if isinstance(feature, dict) else None
        for index, item in enumerate(prompt if isinstance(prompt, list) else ()):
            at: ValuePath = ("features", name, "prompt", index)
            _count_item(item, feature.get("model"), at, faults)


def _count_item(item: Raw, model: Raw, at: ValuePath, faults: Faults) -> None:
    for kind in FIXED_KINDS:
        body = item.get(kind) if isinstance(item, dict) else None
        if not isinstance(body, MarkedMapping) or body.get("file") is None:
            continue
        if isinstance(body.get("tokens"), Belief):
            continue  # counted when the scenario was first read
        try:
            body.update(_counted(body, model))
        except InputError as error:
            body["tokens"] = Fixed(value=0.0)  # never used: the fault stops the reading
            faults += [_placed(problem, at, kind) for problem in error.problems]


def _placed(problem: Problem, at: ValuePath, kind: str) -> tuple[ValuePath, Problem]:
    if problem.path == "model":
        return (*at[:2], "model"), problem
    return (*at, kind, *problem.path.split(".")), problem


def _counted(body: MarkedMapping, model: Raw) -> dict[str, Any]:
    if "tokens" in body:
        raise refuse("tokens and file", "one of them", "leave out tokens: it is counted", "tokens")
    if "times" in body:
        raise refuse("times and file", "one of them", "leave out times: it is counted", "times")
    mark = body.marked("file").mark
    folder = body.get("folder") or mark.folder
    path = inside(folder, body["file"], largest=LARGEST_PROMPT, at="file")
    text = _text(path, body["file"])
    times = times_used(text)
    sized = _sized(body.get("placeholders"), list(times), body["file"])
    rest = without_code(without(text, sized))
    tokens = _belief(rest, model, body["file"]) if isinstance(model, str) else Fixed(value=0.0)
    sha = hashlib.sha256(text.encode()).hexdigest()
    counted = {"tokens": Marked(tokens), "folder": folder, "file_sha256": sha}
    return {**counted, "times": dict(times)}


def _sized(stated: Raw, there: list[str], file: str) -> frozenset[str]:
    """Return the placeholders whose size is stated, each of which must stand in the file."""
    names = frozenset(stated) if isinstance(stated, dict) else frozenset()
    for name in names:
        if name not in there:
            expected = f"a placeholder of {file} ({', '.join(there) or 'it has none'})"
            fix = did_you_mean(name, there) or "leave it out"
            raise refuse(f"'{name}'", expected, fix, f"placeholders.{name}")
    return names


def _text(path: Path, name: str) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise refuse(f"'{name}'", "a text in UTF-8", "save it as UTF-8", "file") from None
    except OSError as error:
        reason = f"'{name}' ({error.strerror})"
        raise refuse(reason, "a readable file", "check its permissions", "file") from None


def _belief(text: str, model: str, name: str) -> Belief:
    try:
        count = _count(text, model)
    except (CostModelError, LookupError) as error:
        fix = "correct the model, or give tokens: instead of file:"
        read = f"'{model}' ({error})"
        raise refuse(read, "a model whose tokens can be counted", fix, "model") from None
    known = count.exact or count.low >= count.high
    how = "counted" if known else "estimated, with the ends of nine in ten,"
    origin = Source(source=f"{how} from {name} with {count.method} ({count.source})")
    if known:
        return Fixed(value=float(count.tokens), origin=origin)
    return Interval(low=float(max(count.low, 1)), high=float(count.high), origin=origin)


@lru_cache(maxsize=64)
def _count(text: str, model: str) -> TokenCount:
    from costmodel.tokens import count_tokens

    return count_tokens(text, model)
