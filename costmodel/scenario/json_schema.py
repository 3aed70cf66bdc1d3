"""The JSON Schema of a scenario file, for editors; a shipped copy stands beside this module."""

from __future__ import annotations

import json
from typing import Any

from costmodel.foundation.shapes import (
    SOURCE_PROPERTIES,
    spread_properties,
    spread_rules,
)
from costmodel.foundation.units import BUDGET, TOKENS, TURNS_PER_USER
from costmodel.scenario.explaining import INTERNAL
from costmodel.scenario.prompt import FIXED_KINDS
from costmodel.scenario.schema import Scenario

Schema = dict[str, Any]

_REF = "#/$defs/"


def scenario_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a scenario file."""
    raw = Scenario.model_json_schema(by_alias=True)
    definitions = {name: _adjusted(name, part) for name, part in raw.pop("$defs").items()}
    for unused in ("Override", "HistoryPart", "Budget"):
        definitions.pop(unused, None)
    top = _adjusted("Scenario", raw)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "costmodel scenario",
        "description": "What an LLM feature is asked to do, month by month.",
        **{key: value for key, value in top.items() if key not in ("title", "description")},
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def schema_text() -> str:
    """Return the JSON Schema as the shipped file holds it."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _adjusted(name: str, part: Schema) -> Schema:
    properties = {k: v for k, v in part.get("properties", {}).items() if k not in INTERNAL}
    required = [key for key in part.get("required", []) if key in properties]
    adjust = _ADJUST.get(name)
    shown = {
        "type": "object",
        "description": str(part.get("description", "")).split("\n\n", 1)[0].replace("\n", " "),
        "properties": {**properties, **SOURCE_PROPERTIES},
        "required": required,
        "additionalProperties": False,
    }
    if adjust is not None:
        adjust(shown)
    return _tidy(shown)


def _scenario(part: Schema) -> None:
    properties = part["properties"]
    del properties["file"]
    properties["extends"] = {"type": "string", "description": "a shipped scenario or a file"}
    properties["budget"] = {
        "description": BUDGET.noun,
        "anyOf": [{"type": "string", "examples": [BUDGET.example]}, _sourced_value()],
    }
    properties["drift"] = {"anyOf": [{"const": "off"}, {"$ref": f"{_REF}Drift"}]}
    part["required"] = []  # whatever is missing here may come from the scenario it extends
    part["anyOf"] = [{"required": ["extends"]}, {"required": list(_REQUIRED)}]


_REQUIRED = ("name", "start", "months", "segments", "features")


def _sourced_value() -> Schema:
    return {
        "type": "object",
        "properties": {"value": {"type": "string"}, **SOURCE_PROPERTIES},
        "required": ["value"],
        "additionalProperties": False,
    }


def _partial(part: Schema) -> None:
    """Allow a part of a mapping: the rest may come from the scenario it extends."""
    part["required"] = []


def _fixed(part: Schema) -> None:
    del part["properties"]["name"]
    part["properties"]["file"] = {"type": "string", "description": "a text beside the scenario"}
    part["required"] = []
    part["oneOf"] = [{"required": ["tokens"]}, {"required": ["file"]}]


def _turns(part: Schema) -> None:
    part["properties"] = {**spread_properties(TURNS_PER_USER), **part["properties"]}
    part.update(spread_rules())


def _user(part: Schema) -> None:
    part["properties"] = {**spread_properties(TOKENS), **part["properties"]}
    part.update(spread_rules())


def _feature(part: Schema) -> None:
    kinds = {kind: {"$ref": f"{_REF}FixedPart"} for kind in FIXED_KINDS}
    kinds["retrieved"] = {"$ref": f"{_REF}RetrievedPart"}
    kinds["user"] = {"$ref": f"{_REF}UserPart"}
    items = [
        {"const": "history"},
        *(
            {"type": "object", "properties": {k: v}, "required": [k], "additionalProperties": False}
            for k, v in kinds.items()
        ),
    ]
    description = "the parts of the prompt in the order sent"
    prompt = {"type": "array", "minItems": 1, "items": {"oneOf": items}}
    part["properties"]["prompt"] = {"description": description, **prompt}


_ADJUST = {
    "Scenario": _scenario,
    "FixedPart": _fixed,
    "TurnsPerUser": _turns,
    "UserPart": _user,
    "Feature": _feature,
}


def _tidy(node: Any) -> Any:
    """Return a schema without pydantic's titles and defaults, which say nothing to an editor."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {k: _tidy(v) for k, v in value.items()} if key == "properties" else _tidy(value)
        for key, value in node.items()
        if key not in ("title", "default") or key == "properties"
    }
