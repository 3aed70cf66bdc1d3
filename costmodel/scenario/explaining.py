"""What is wrong with a scenario, in words: pydantic's errors as problems with positions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pydantic import BaseModel

from costmodel.foundation.composing import ValuePath
from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.foundation.grammar import shown as shown_value
from costmodel.foundation.marks import SOURCE_KEYS, Marked, Raw
from costmodel.foundation.spread_forms import SPREAD_KEYS
from costmodel.scenario import schema
from costmodel.scenario.examples import CAP, EXAMPLES, ITEMS
from costmodel.scenario.prompt import FIXED_KINDS, unknown_part
from costmodel.scenario.quantities import Quantity
from costmodel.scenario.strategies import STRATEGIES

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

INTERNAL = frozenset(
    (
        *("file_sha256", "folder", "overrides", "origin"),
        *("size", "spread", "period", "name_of_file"),
    )
)
"""Fields that are no keys of a scenario file."""
ALIKE = 0.8
"""How like a key must be to one of another place to be taken for it; an assumption."""
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
    "currency": schema.ExchangeRate,
    "segments.*": schema.Segment,
    "correlations.*": schema.Correlation,
    "drift": schema.Drift,
    "features.*": schema.Feature,
    "features.*.turns_per_user.*": schema.TurnsPerUser,
    "features.*.conversation": schema.Conversation,
    "features.*.conversation.gap": schema.Gap,
    "features.*.failures": schema.Failures,
    "features.*.implicit_cache": schema.ImplicitCache,
    "features.*.units": schema.UnitUse,
}
_NAMED = {"segments": 1, "correlations": 1, "features": 1, "strategies": 1, "turns_per_user": 3}
"""Keys whose mapping has free names, and how deep they stand."""

Fault = tuple[ValuePath, Problem]


def model_at(path: ValuePath, kind: Raw = None) -> type[BaseModel] | None:
    """Return the model whose keys stand at a path, if there is one; a strategy's by its kind."""
    if len(path) == 5 and path[2] == "prompt":
        return _PART_MODELS.get(str(path[4]))
    if len(path) == 2 and path[0] == "strategies":
        return STRATEGIES.get(kind) if isinstance(kind, str) else None
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
    loc = detail["loc"]
    gathered = GATHERED - {"usd"} if loc[:1] == ("currency",) else GATHERED
    path = tuple(step for step in loc if step not in gathered and step != "[key]")
    if path[:1] == ("strategies",) and len(path) > 2:
        path = (*path[:2], *path[3:])  # without the kind, which is no key
    if path[:1] == ("strategies",) and detail["type"] == "union_tag_invalid":
        path = (*path, "kind")
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
    model = model_at(path, data.get("kind"))
    allowed = keys_of(model) if model else list(data)
    for key, value in data.items():
        if model and key not in allowed and key in model.model_fields:
            found.append(((*path, key), unknown_key(key, allowed, path)))
        found += internal_faults(value, (*path, key))
    return found


def unknown_key(key: str, known: list[str], at: ValuePath = ()) -> Problem:
    """Return the problem of a key that means nothing where it stands."""
    near = did_you_mean(key, [*known, *SOURCE_KEYS])
    exact = "" if _of_kinds(key) and near else _elsewhere(key, at, 1.0)
    fix = exact or _of_another_kind(key, at) or near or _elsewhere(key, at, ALIKE)
    fix = fix or _in_a_strategy(key) or "remove it"
    return Problem(f"the key '{key}'", f"one of {', '.join(known)}", fix)


def _of_kinds(key: str) -> list[str]:
    """Return the kinds of strategies that have a key."""
    return [kind for kind, model in STRATEGIES.items() if key in keys_of(model)]


def _of_another_kind(key: str, at: ValuePath) -> str:
    """Say which kind of strategy has a key that stands in one of another kind."""
    kinds = _of_kinds(key) if at[:1] == ("strategies",) else []
    return f"remove it: it is a key of kind {' and '.join(kinds)}" if kinds else ""


def _in_a_strategy(key: str) -> str:
    """Say which kind of strategy has a key that stands outside of all."""
    kinds = _of_kinds(key)
    return f"put it under strategies.NAME, of kind {' or '.join(kinds)}" if kinds else ""


def _elsewhere(key: str, at: ValuePath, alike: float) -> str:
    """Return where a key that is misplaced belongs; empty if it has no place at all."""
    here = model_at(at)
    for place, model in _MODELS.items():
        near = get_close_matches(key, keys_of(model), n=1, cutoff=alike)
        if near and model is not here:
            where = f"under {place.replace('*', 'NAME')}" if place else "at the top of the file"
            return f"put it {where}" + (f", as '{near[0]}'" if near[0] != key else "")
    return ""


def _kind_in(detail: ErrorDetails) -> str:
    """Return the kind of the strategy an error is about, which pydantic names in its place."""
    loc = detail["loc"]
    return str(loc[2]) if loc[:1] == ("strategies",) and len(loc) > 2 else ""


def _extra(path: ValuePath, detail: ErrorDetails) -> Problem:
    model = model_at(path[:-1], _kind_in(detail))
    return unknown_key(str(path[-1]), keys_of(model) if model else [], path[:-1])


def _missing(path: ValuePath, detail: ErrorDetails) -> Problem:
    key = str(path[-1]) if path else ""
    model = model_at(path[:-1], _kind_in(detail))
    fix = (
        CAP
        if model is schema.SpendCap and key == "limit"
        else EXAMPLES.get(key) or f"{key}: {_example(model, key)}"
    )
    wanted = "the key 'tokens' or 'file'" if key == "tokens" else f"the key '{key}'"
    return Problem("nothing", wanted, f"add {fix}")


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
        return Problem(_read(detail), expected, fix or EXAMPLES.get(str(path[-1]), ""))

    return word


def _list(path: ValuePath, detail: ErrorDetails) -> Problem:
    name, fix = str(path[-1]), "start each item on its own line with a dash"
    given = detail["input"]
    if "variants" in path or name == "breakpoints":
        fix = f"{name}: [{given}]" if isinstance(given, str) else f"{name}: []"
    return Problem(_read(detail), "a list", fix)


_MOST = {"months": schema.LONGEST, "max_attempts": 10}


def _bounds(path: ValuePath, detail: ErrorDetails) -> Problem:
    key = str(path[-1])
    if key not in _MOST:
        return Problem(_read(detail), "a whole number, at least 1", EXAMPLES.get(key, ""))
    most = _MOST[key]
    return Problem(_read(detail), f"a whole number from 1 to {most}", f"{key}: {min(most, 12)}")


def _literal(path: ValuePath, detail: ErrorDetails) -> Problem:
    expected = str(detail["ctx"]["expected"]).replace("'", "")
    guess = did_you_mean(str(detail["input"]), expected.replace(" or ", ", ").split(", "))
    return Problem(_read(detail), expected, guess or f"{path[-1]}: {re.split('[ ,]', expected)[0]}")


def _part(path: ValuePath, detail: ErrorDetails) -> Problem:
    """Say what is wrong with an item that is no part of a prompt, or no kind of strategy."""
    if path[:1] == ("strategies",):
        return _kind(detail)
    return unknown_part(detail["input"])


def _kind(detail: ErrorDetails) -> Problem:
    given = detail["input"].get("kind") if isinstance(detail["input"], Mapping) else None
    guess = did_you_mean(given, STRATEGIES) if isinstance(given, str) else ""
    read = f"the kind {shown_value(given)}" if given is not None else "no kind"
    return Problem(read, f"kind: {', '.join(STRATEGIES)}", guess or "add kind: quota")


def _other(_: ValuePath, detail: ErrorDetails) -> Problem:
    return Problem(_read(detail), detail["msg"])


def _text(path: ValuePath, detail: ErrorDetails) -> Problem:
    scalar = isinstance(detail["input"], int | float)
    fix = "put it in quotes" if scalar else EXAMPLES.get(str(path[-1]), "write one text")
    return Problem(_read(detail), "a text", fix)


def _mapping(path: ValuePath, detail: ErrorDetails) -> Problem:
    fix = ITEMS.get(str(path[0]), "") if len(path) == 2 else EXAMPLES.get(str(path[-1]), "")
    return Problem(_read(detail), "a mapping (key: value)", fix)


_NAME = _simple(
    "a name of letters, digits, _ and -, starting with a letter", "rename it, like free_users"
)
_WORDS: dict[str, Callable[[ValuePath, ErrorDetails], Problem]] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "string_type": _text,
    "string_too_short": _simple("a text that is not empty"),
    "string_too_long": _simple("at most 60 characters", "shorten it"),
    "string_pattern_mismatch": _NAME,
    "model_type": _mapping,
    "dict_type": _mapping,
    "model_attributes_type": _mapping,
    "tuple_type": _list,
    "too_short": _simple("at least one"),
    "int_type": _simple("a whole number"),
    "bool_type": _simple("true or false"),
    "greater_than_equal": _bounds,
    "less_than_equal": _bounds,
    "literal_error": _literal,
    "union_tag_not_found": _part,
    "union_tag_invalid": _part,
}
