"""JSON Schemas of the grammar's forms, for editors.

Forms that many fields share stand once under ``$defs``; ``DEFINED`` marks a
reference to one until the schema is put together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from costmodel.foundation.spread_forms import CENTRES, WIDTHS
from costmodel.foundation.units import CV, SHARE, Unit

Schema = dict[str, Any]

DEFINED = "x-defined"

SOURCE_PROPERTIES: Schema = {
    "source": {"type": "string", "description": "where the numbers come from: a URL, a paper"},
    "assumed": {"type": "boolean", "description": "an admitted assumption"},
    "owner": {"type": "string", "description": "who answers for the numbers"},
    "date": {"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"},
}
_SCALAR: Schema = {"type": ["number", "string"]}
_LAWS = (("value",), ("p10", "p50", "p90"), ("low", "likely", "high"), ("mean", "sd"))


def closed(properties: Schema, required: Iterable[str] = ()) -> Schema:
    """Return the schema of a mapping with these keys, the source keys and no others."""
    return {
        "type": "object",
        "properties": {**properties, **SOURCE_PROPERTIES},
        "required": list(required),
        "additionalProperties": False,
    }


def definitions() -> Schema:
    """Return the forms that fields refer to: a number, a belief and a rate."""
    per = {"per": {"enum": ["day", "week", "month"]}}
    per_call, per_turn = {"per": {"const": "call"}}, {"per": {"const": "turn"}}
    return {
        "number": {"anyOf": [_SCALAR, closed({"value": _SCALAR}, ["value"])]},
        "belief": {"anyOf": [_SCALAR, *_forms({})]},
        "rate": {"anyOf": [_SCALAR, *_forms(per)]},
        "per_call": {"anyOf": [_SCALAR, *_forms(per_call)]},
        "per_turn": {"anyOf": [_SCALAR, *_forms(per_turn)]},
    }


def _forms(per: Schema) -> list[Schema]:
    samples = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "number"}}]}
    measured = {"samples": samples, "column": {"type": "string"}}
    laws = [closed(dict.fromkeys(keys, _SCALAR) | per, keys) for keys in _LAWS]
    return [*laws, closed(measured | per, ["samples"])]


def number_schema(unit: Unit) -> Schema:
    """Return the schema of a plain number."""
    return _defined("number", unit)


def belief_schema(unit: Unit) -> Schema:
    """Return the schema of a belief: a number, an interval or one of the mapping forms."""
    if unit.periods in (("call",), ("turn",)):
        return _defined(f"per_{unit.periods[0]}", unit)
    return _defined("rate" if unit.periods else "belief", unit)


def _defined(name: str, unit: Unit) -> Schema:
    return {DEFINED: name, "description": described(unit), "examples": [unit.example]}


def described(unit: Unit) -> str:
    """Return what editors say of a field."""
    own = "USD or the scenario's currency"
    return unit.noun.replace("USD", own) if unit.money else unit.noun


def spread_properties(unit: Unit) -> Schema:
    """Return the properties of a spread: one centre, one width, and perhaps a cap."""
    widths = {"cv": CV, "top_1_percent": SHARE, "p95": unit}
    properties: Schema = {key: belief_schema(unit) for key in CENTRES}
    properties |= {key: number_schema(widths[key]) for key in WIDTHS}
    properties["max"] = number_schema(unit)
    return properties | ({"per": {"enum": list(unit.periods)}} if unit.periods else {})


def spread_schema(unit: Unit) -> Schema:
    """Return the schema of a spread."""
    return {**closed(spread_properties(unit)), "description": unit.noun}


def count_schema(unit: Unit) -> Schema:
    """Return the schema of a count: a whole number, or a mean and a cv."""
    pair = closed({"mean": belief_schema(unit), "cv": number_schema(CV)})
    return {"description": unit.noun, "anyOf": [{"type": "integer", "minimum": 1}, pair]}
