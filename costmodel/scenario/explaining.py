"""What is wrong with a scenario, in words: pydantic's errors as problems with positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pydantic import BaseModel

from costmodel.foundation.composing import ValuePath
from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.foundation.grammar import shown as shown_value
from costmodel.foundation.marks import Marked, Raw
from costmodel.foundation.spread_forms import SPREAD_KEYS
from costmodel.scenario import schema
from costmodel.scenario.prompt import FIXED_KINDS, unknown_part
from costmodel.scenario.quantities import Quantity

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

INTERNAL = frozenset(
    ("file_sha256", "folder", "overrides", "origin", "size", "spread", "period", "name_of_file")
)
"""Fields that are no keys of a scenario file."""
GATHERED = frozenset(("spread", "size", "usd", "period"))
"""Fields that take several keys of a file; their errors belong to those."""

_PART_MODELS: dict[str, type[BaseModel]] = {
    **dict.fromkeys(FIXED_KINDS, schema.FixedPart),
    "retrieved": schema.RetrievedPart,
    "user": schema.UserPart,
}
_MODELS: dict[str, type[BaseModel]] = {
    "": schema.Scenario,
    "prices": schema.PriceChoice,
    "segments.*": schema.Segment,
    "correlations.*": schema.Correlation,
    "drift": schema.Drift,
    "features.*": schema.Feature,
    "features.*.turns_per_user.*": schema.TurnsPerUser,
    "features.*.conversation": schema.Conversation,
    "features.*.failures": schema.Failures,
    "features.*.implicit_cache": schema.ImplicitCache,
}
_NAMED = {"segments": 1, "correlations": 1, "features": 1, "turns_per_user": 3}
"""Keys whose mapping has free names, and how deep they stand."""

Fault = tuple[ValuePath, Problem]

_EXAMPLES = {
    "name": "name: Support chatbot",
    "start": "start: 2026-12",
    "months": "months: 12",
    "segments": "segments: {free: {users: 8k to 12k}}",
    "features": "features: {answer: {model: ..., ...}}",
    "model": "model: openai/gpt-5.6-terra",
    "prompt": "prompt: [system: {tokens: 1500}, history, user: {mean: 90, cv: 1.2}]",
    "output": "output: {mean: 180 to 320, cv: 0.8, max: 2000}",
    "turns_per_user": "turns_per_user: {free: {mean: 6 to 14 per month, top_1_percent: 23%}}",
    "drift": "drift: off, or {volume: 15%, tokens: 5%, half_life: 6 months}",
    "of": "of: [segments.*.growth]",
}


def model_at(path: ValuePath) -> type[BaseModel] | None:
    """Return the model whose keys stand at a path, if there is one."""
    if len(path) == 5 and path[2] == "prompt":
        return _PART_MODELS.get(str(path[4]))
    starred = [
        "*" if i and _NAMED.get(str(path[i - 1])) == i else str(step) for i, step in enumerate(path)
    ]
    return _MODELS.get(".".join(starred))


def keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys a mapping of this model may have in a file."""
    fields = model.model_fields.items()
    keys = [field.alias or name for name, field in fields if name not in INTERNAL]
    if model is schema.Scenario:
        keys = ["extends", *(key for key in keys if key != "file")]
    if model is schema.FixedPart:
        keys.remove("name")
    gathered = {"spread", "size"} & set(model.model_fields)
    return [*sorted(SPREAD_KEYS - {"samples", "column"}), *keys] if gathered else keys


def faults_of(error: ValidationError) -> list[Fault]:
    """Return path and problem of everything a validation found."""
    details = error.errors(include_url=False)
    return [
        fault
        for detail in details
        if not _empty_by_fault(detail, details)
        for fault in _faults(detail)
    ]


def _empty_by_fault(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Tell whether a list only counts as too short because its items are wrong."""
    loc = detail["loc"]
    inside = any(len(d["loc"]) > len(loc) and d["loc"][: len(loc)] == loc for d in details)
    return detail["type"] == "too_short" and inside


def _faults(detail: ErrorDetails) -> list[Fault]:
    path = tuple(step for step in detail["loc"] if step not in GATHERED and step != "[key]")
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, InputError):
        return [((*path, *_steps(problem.path)), problem) for problem in cause.problems]
    word = _WORDS.get(detail["type"], _other)
    return [(path, word(path, detail))]


def _steps(path: str) -> ValuePath:
    return tuple(path.split(".")) if path else ()


def internal_faults(data: Raw, path: ValuePath = ()) -> list[Fault]:
    """Return a fault for each key that a file may not have though the model does."""
    found: list[Fault] = []
    if isinstance(data, list):
        for index, item in enumerate(data):
            found += internal_faults(item, (*path, index))
    if not isinstance(data, Mapping):
        return found
    model = model_at(path)
    allowed = keys_of(model) if model else list(data)
    for key, value in data.items():
        if model and key not in allowed and key in model.model_fields:
            found.append(((*path, key), unknown_key(key, allowed)))
        found += internal_faults(value, (*path, key))
    return found


def unknown_key(key: str, known: list[str]) -> Problem:
    """Return the problem of a key that means nothing where it stands."""
    fix = did_you_mean(key, known) or "remove it"
    return Problem(f"the key '{key}'", f"one of {', '.join(known)}", fix)


def _extra(path: ValuePath, _: ErrorDetails) -> Problem:
    model = model_at(path[:-1])
    return unknown_key(str(path[-1]), keys_of(model) if model else [])


def _missing(path: ValuePath, _: ErrorDetails) -> Problem:
    key = str(path[-1]) if path else ""
    model = model_at(path[:-1])
    fix = _EXAMPLES.get(key) or f"{key}: {_example(model, key)}"
    return Problem("nothing", f"the key '{key}'", f"add {fix}")


def _example(model: type[BaseModel] | None, key: str) -> str:
    field = model.model_fields.get(key) if model else None
    for item in field.metadata if field else ():
        unit = getattr(item, "unit", None) if isinstance(item, Quantity) else None
        if unit is not None:
            return str(unit.example)
    return "..."


def _read(detail: ErrorDetails) -> str:
    value = detail["input"]
    return shown_value(value.value if isinstance(value, Marked) else value)


def _simple(expected: str, fix: str = "") -> Callable[[ValuePath, ErrorDetails], Problem]:
    def word(path: ValuePath, detail: ErrorDetails) -> Problem:
        return Problem(_read(detail), expected, fix or _EXAMPLES.get(str(path[-1]), ""))

    return word


def _bounds(path: ValuePath, detail: ErrorDetails) -> Problem:
    most = {"months": schema.LONGEST, "max_attempts": 10}.get(str(path[-1]), 0)
    return Problem(
        _read(detail), f"a whole number from 1 to {most}", f"{path[-1]}: {min(most, 12)}"
    )


def _literal(path: ValuePath, detail: ErrorDetails) -> Problem:
    expected = str(detail["ctx"]["expected"]).replace("'", "")
    guess = did_you_mean(str(detail["input"]), expected.replace(" or ", ", ").split(", "))
    return Problem(_read(detail), expected, guess or f"{path[-1]}: {expected.split(' ')[0]}")


def _part(_: ValuePath, detail: ErrorDetails) -> Problem:
    return unknown_part(detail["input"])


def _other(_: ValuePath, detail: ErrorDetails) -> Problem:
    return Problem(_read(detail), detail["msg"])


_TEXT = _simple("a text", "put it in quotes")
_MAPPING = _simple("a mapping (key: value)", "")
_NAME = _simple(
    "a name of letters, digits, _ and -, starting with a letter", "rename it, like free_users"
)
_WORDS: dict[str, Callable[[ValuePath, ErrorDetails], Problem]] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "string_type": _TEXT,
    "string_too_short": _simple("a text that is not empty"),
    "string_too_long": _simple("at most 60 characters", "shorten it"),
    "string_pattern_mismatch": _NAME,
    "model_type": _MAPPING,
    "dict_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "tuple_type": _simple("a list", "start each item on its own line with a dash"),
    "too_short": _simple("at least one"),
    "int_type": _simple("a whole number"),
    "bool_type": _simple("true or false"),
    "greater_than_equal": _bounds,
    "less_than_equal": _bounds,
    "literal_error": _literal,
    "union_tag_not_found": _part,
    "union_tag_invalid": _part,
}
