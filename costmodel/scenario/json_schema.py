"""The JSON Schema of a scenario file, for editors; a shipped copy stands beside this module.

It checks keys and forms. What it cannot say (a missing key that the extended
scenario may have, low above high, a period forgotten) the loader does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from costmodel.foundation.marks import Raw
from costmodel.foundation.shapes import (
    DEFINED,
    closed,
    definitions,
    described,
    spread_properties,
)
from costmodel.foundation.units import BUDGET, TOKENS, TURNS_PER_USER
from costmodel.scenario.explaining import INTERNAL
from costmodel.scenario.prompt import FIXED_KINDS
from costmodel.scenario.schema import Scenario
from costmodel.scenario.strategies import STRATEGIES

Schema = dict[str, Any]

SHIPPED = Path(__file__).with_name("schema.json")
_REF = "#/$defs/"
_REQUIRED = ("name", "start", "months", "segments", "features")
_UNUSED = ("Override", "HistoryPart", "Budget")


def scenario_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a scenario file."""
    raw = Scenario.model_json_schema(by_alias=True)
    models = {name: part for name, part in raw.pop("$defs").items() if name not in _UNUSED}
    named = {name: _adjusted(name, models[name]) for name in sorted(models)}
    top = _adjusted("Scenario", raw)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "costmodel scenario",
        **top,
        "$defs": {**named, **_tidy(definitions())},
    }


def schema_text() -> str:
    """Return the JSON Schema as the shipped file holds it."""
    return json.dumps(scenario_schema(), indent=1, ensure_ascii=False) + "\n"


def _adjusted(name: str, part: Schema) -> Schema:
    properties = {k: v for k, v in part.get("properties", {}).items() if k not in INTERNAL}
    about = str(part.get("description", "")).split("\n\n", 1)[0].replace("\n", " ")
    shown = {"description": about, **closed(properties)}
    _ADJUST.get(name, _as_it_is)(shown)
    required = {"extends", "kind", *part.get("required", ())}
    for key in properties.keys() & shown["properties"].keys() - required:
        shown["properties"][key] = _or_out(shown["properties"][key])
    return _tidy(shown)  # type: ignore[no-any-return]


def _or_out(value: Schema) -> Schema:
    """Return the schema of an optional key: null takes it out of an extended scenario."""
    none = {"type": "null"}
    if none in value.get("anyOf", ()):
        return value
    return (
        {**value, "anyOf": [*value["anyOf"], none]}
        if "anyOf" in value
        else {"anyOf": [value, none]}
    )


def _as_it_is(part: Schema) -> None:
    """Leave a model's schema as pydantic made it."""


def _scenario(part: Schema) -> None:
    properties = part["properties"]
    del properties["file"]
    properties["budget"] = _money(BUDGET.example)
    properties["drift"] = {"anyOf": [{"const": "off"}, {"$ref": f"{_REF}Drift"}]}
    kinds = [{"$ref": _REF + model.__name__} for model in STRATEGIES.values()]
    named = properties["strategies"]["patternProperties"]
    named |= {key: {"anyOf": kinds} for key in named}  # an extended scenario may state the kind
    properties["extends"] = {"type": "string", "description": "a shipped scenario or a file"}
    part["anyOf"] = [{"required": ["extends"]}, {"required": list(_REQUIRED)}]


def _money(example: str) -> Schema:
    text = {"type": "string", "examples": [example]}
    forms = [text, closed({"value": text}, ["value"])]
    return {"description": described(BUDGET), "anyOf": forms}


def _cap(part: Schema) -> None:
    part["properties"]["limit"] = _money("$6k per month")


def _fixed(part: Schema) -> None:
    del part["properties"]["name"]
    part["properties"]["file"] = {"type": "string", "description": "a text beside the scenario"}


def _turns(part: Schema) -> None:
    spread = spread_properties(TURNS_PER_USER)
    del spread["max"]  # a person's intensity has no largest one
    part["properties"] = {**spread, **part["properties"]}


def _user(part: Schema) -> None:
    part["properties"] = {**spread_properties(TOKENS), **part["properties"]}


def _feature(part: Schema) -> None:
    kinds = dict.fromkeys(FIXED_KINDS, "FixedPart")
    kinds |= {"retrieved": "RetrievedPart", "user": "UserPart"}
    items: list[Schema] = [{"const": "history"}]
    for kind, model in kinds.items():
        item = {"type": "object", "properties": {kind: {"$ref": _REF + model}}}
        items.append({**item, "required": [kind], "additionalProperties": False})
    part["properties"]["prompt"] = {
        "description": "the parts of the prompt in the order sent",
        "type": "array",
        "minItems": 1,
        "items": {"anyOf": items},
    }


_ADJUST = {
    "Scenario": _scenario,
    "FixedPart": _fixed,
    "SpendCap": _cap,
    "TurnsPerUser": _turns,
    "UserPart": _user,
    "Feature": _feature,
}


def _tidy(node: Raw) -> Raw:
    """Return a schema without titles and defaults, its marked references made real ones."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {
        key: {k: _tidy(v) for k, v in value.items()} if key == "properties" else _tidy(value)
        for key, value in node.items()
        if key not in ("title", "default", DEFINED) and value != []
    }
    return {"$ref": _REF + node[DEFINED], **tidy} if DEFINED in node else tidy
