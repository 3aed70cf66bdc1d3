"""The base of every model in the schema: frozen, unknown keys forbidden, sources inherited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import core_schema

from costmodel.foundation.beliefs import NO_SOURCE, Source
from costmodel.foundation.marks import MarkedMapping, Marker, Raw
from costmodel.scenario.quantities import Quantity

DEFAULT = Source(source="costmodel's default", assumed=True)
"""The origin of every belief that a scenario leaves out."""

OVERRIDE = Source(source="override")
"""The origin of a number that an override sets without naming a source."""


class _Itself:
    """Takes a Source as it is; nothing of it is written in a file under this name."""

    def __get_pydantic_core_schema__(self, source: Raw, handler: Raw) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(Source)

    def __get_pydantic_json_schema__(self, schema: Raw, handler: Raw) -> dict[str, Any]:
        return {}


Origin = Annotated[Source, _Itself(), Field(default=NO_SOURCE)]

_QUANTITIES: dict[type[BaseModel], frozenset[str]] = {}


class Model(BaseModel):
    """Base of the schema: frozen, unknown keys forbidden, sources inherited."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        populate_by_name=True,
        defer_build=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _mark(cls, data: Raw) -> Raw:
        if not isinstance(data, dict):
            return data
        quantities = quantity_names(cls)
        if not isinstance(data, MarkedMapping):  # built in Python, where None means absent
            data = {k: v for k, v in data.items() if v is not None or k not in quantities}
        marked = as_marked(data)
        values = {key: marked.marked(key) if key in quantities else marked[key] for key in marked}
        if values and "origin" in cls.model_fields:
            values.setdefault("origin", marked.mark.source)
        return values


def as_marked(data: Mapping[str, Any]) -> MarkedMapping:
    """Return `data` with its source keys taken out and inherited."""
    if isinstance(data, MarkedMapping):
        return data
    marker = Marker()
    marked = marker.mark(dict(data))
    assert isinstance(marked, MarkedMapping)
    marker.raise_problems()
    return marked


def quantity_names(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of the fields of `model` that the grammar reads."""
    if model not in _QUANTITIES:
        fields = model.model_fields.items()
        found = [k for k, f in fields if any(isinstance(m, Quantity) for m in f.metadata)]
        _QUANTITIES[model] = frozenset(found)
    return _QUANTITIES[model]


def gather(data: Raw, field: str, keys: frozenset[str]) -> Raw:
    """Return a model's data with those of its keys that belong to one quantity put together.

    People write ``{mean: 6, cv: 1, active_days: 3}``; the model has a spread and a
    number of days.
    """
    if not isinstance(data, dict):
        return {field: data}
    if field in data:
        return data
    marked = as_marked(data)
    together = {key: marked[key] for key in marked if key in keys}
    rest: dict[str, Any] = {key: marked[key] for key in marked if key not in keys}
    rest[field] = MarkedMapping(together, marked.mark, marked.marks)
    return MarkedMapping(rest, marked.mark, marked.marks)
