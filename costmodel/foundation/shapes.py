"""JSON Schemas of the grammar's forms, for editors."""

from __future__ import annotations

from typing import Any

from costmodel.foundation.spread_forms import CENTRES, WIDTHS
from costmodel.foundation.units import CV, Unit

Schema = dict[str, Any]

SOURCE_PROPERTIES: Schema = {
    "source": {"type": "string", "description": "where the numbers come from: a URL, a paper"},
    "assumed": {"type": "boolean", "description": "an admitted assumption"},
    "owner": {"type": "string", "description": "who answers for the numbers"},
    "date": {"type": "string", "pattern": r"^\d{4}-\d{2}(-\d{2})?$"},
}
_SCALAR: Schema = {"type": ["number", "string"]}
_LAWS = (("value",), ("p10", "p50", "p90"), ("low", "likely", "high"), ("mean", "sd"))


def number_schema(unit: Unit) -> Schema:
    """Return the schema of a plain number."""
    return {**_SCALAR, "description": unit.noun, "examples": [unit.example]}


def belief_schema(unit: Unit) -> Schema:
    """Return the schema of a belief: a number, an interval or one of the mapping forms."""
    forms = [_law(keys, unit) for keys in _LAWS]
    return {
        "description": unit.noun,
        "examples": [unit.example],
        "anyOf": [_SCALAR, *forms, _samples(unit)],
    }


def _law(keys: tuple[str, ...], unit: Unit) -> Schema:
    return closed(dict.fromkeys(keys, _SCALAR) | _per(unit), keys)


def _samples(unit: Unit) -> Schema:
    source = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "number"}}]}
    return closed({"samples": source, "column": {"type": "string"}} | _per(unit), ("samples",))


def _per(unit: Unit) -> Schema:
    return {"per": {"enum": list(unit.periods)}} if unit.periods else {}


def closed(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """Return the schema of a mapping with these keys, the source keys and no others."""
    return {
        "type": "object",
        "properties": {**properties, **SOURCE_PROPERTIES},
        "required": list(required),
        "additionalProperties": False,
    }


def spread_properties(unit: Unit) -> Schema:
    """Return the properties of a spread."""
    widths = dict.fromkeys(WIDTHS, _SCALAR)
    centres = {key: belief_schema(unit) for key in CENTRES}
    return {**centres, **widths, "max": number_schema(unit), **_per(unit)}


def spread_rules() -> Schema:
    """Return the rule that a spread has one centre and one width."""
    return {"allOf": [_exactly_one(CENTRES), _exactly_one(WIDTHS)]}


def _exactly_one(keys: tuple[str, ...]) -> Schema:
    return {"oneOf": [{"required": [key]} for key in keys]}


def spread_schema(unit: Unit) -> Schema:
    """Return the schema of a spread."""
    return {**closed(spread_properties(unit)), **spread_rules(), "description": unit.noun}


def count_schema(unit: Unit) -> Schema:
    """Return the schema of a count: a whole number, or a mean and a cv."""
    pair = closed({"mean": belief_schema(unit), "cv": number_schema(CV)}, ("mean", "cv"))
    return {"description": unit.noun, "anyOf": [{"type": "integer", "minimum": 1}, pair]}
