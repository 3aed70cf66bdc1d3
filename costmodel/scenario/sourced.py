"""Values with their sources as the plain data of YAML."""

from __future__ import annotations

from typing import Any, TypeAlias

from costmodel.foundation.beliefs import NO_SOURCE, Belief, Source
from costmodel.foundation.composing import scalar_value
from costmodel.foundation.marks import Raw
from costmodel.foundation.units import Period, Unit
from costmodel.foundation.writing import belief_data

Data: TypeAlias = dict[str, Any]


def sourced(value: Raw, origin: Source, outer: Source = NO_SOURCE) -> Raw:
    """Return a value with the source keys that say more than its surroundings do."""
    if isinstance(value, dict):
        return stated(value, origin, outer)
    keys = source_keys(origin, outer)
    return {"value": value, **keys} if keys else value


def stated(data: Data, origin: Source, outer: Source = NO_SOURCE) -> Data:
    """Return a mapping with the source keys that say more than its surroundings do."""
    return {**data, **source_keys(origin, outer)}


def source_keys(origin: Source, outer: Source) -> Data:
    """Return ``source``, ``assumed``, ``owner`` and ``date`` as far as they are needed."""
    if origin == outer:
        return {}
    said = {key: getattr(origin, key) for key in ("source", "assumed", "owner", "date")}
    keys = {key: value for key, value in said.items() if value}
    if not origin.known:
        keys["assumed"] = False  # so that nothing is inherited
    return keys


def number(text: Raw) -> Raw:
    """Return a written number as the YAML number it is, other texts as they are."""
    return scalar_value(text) if isinstance(text, str) and text else text


def as_text(belief: Belief, unit: Unit, period: Period | None, outer: Source) -> Raw:
    """Return a belief as written in YAML, with its source."""
    data = belief_data(belief, unit, period)
    plain = {k: number(v) for k, v in data.items()} if isinstance(data, dict) else number(data)
    return sourced(plain, belief.origin, outer)


def as_object(belief: Belief, unit: Unit, period: Period | None, outer: Source) -> Belief:  # noqa: ARG001
    """Return the belief itself: nothing needs to be read again."""
    return belief
