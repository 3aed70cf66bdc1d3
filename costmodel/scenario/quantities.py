"""Field types of the schema: each knows its unit and reads the grammar's forms.

A value that is already a belief, spread, count or number passes through, so
models can be built in Python as well as from a file.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic_core import core_schema

from costmodel.foundation import forms, shapes, spread_forms
from costmodel.foundation.beliefs import Belief
from costmodel.foundation.converted import StatedAmount, at_rate
from costmodel.foundation.counts import Count
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.grammar import shown
from costmodel.foundation.marks import Marked, MarkedMapping, Marker, Raw
from costmodel.foundation.months import Month
from costmodel.foundation.spreads import Spread
from costmodel.foundation.units import Unit

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo

    from costmodel.foundation.currencies import Currency

OWN_CURRENCY = "currency"
"""Key of the validation context under which fields of money find the scenario's currency."""


class Quantity:
    """Base of the annotations that read a field from the grammar, in its unit."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def read(self, value: Raw) -> Raw:
        """Return the field's value from a `Marked` or `MarkedMapping`, or pass it through."""
        raise NotImplementedError

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of what may be written."""
        raise NotImplementedError

    def within(self, own: Currency | None) -> Quantity:
        """Return the annotation in a scenario with a currency of its own."""
        return self if own is None else type(self)(self.unit.within(own))

    def _validated(self, value: Raw, info: ValidationInfo) -> Raw:
        return self.within((info.context or {}).get(OWN_CURRENCY)).read(value)

    def __get_pydantic_core_schema__(
        self, source: Raw, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        if self.unit.money:
            return core_schema.with_info_plain_validator_function(self._validated)
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.json_schema()


def _marked(value: Raw) -> Marked | MarkedMapping:
    if isinstance(value, Marked | MarkedMapping):
        return value
    marked = Marker().mark(value)
    return marked if isinstance(marked, MarkedMapping) else Marked(marked)


class InUnit(float):
    """A number given in Python, already in its field's unit: USD, or months."""


def in_unit(value: Raw) -> Raw:
    """Return a plain number as `InUnit`, anything else as it is."""
    number = isinstance(value, int | float) and not isinstance(value, bool | StatedAmount)
    return InUnit(value) if number else value


def given_in_unit(data: Raw, *fields: str) -> Raw:
    """Return a model's data with numbers given in Python for some fields in those fields' units."""
    if not isinstance(data, dict) or not set(fields) & set(data):
        return data
    return {**data, **{key: in_unit(bare(data[key])) for key in fields if key in data}}


def bare(value: Raw) -> Raw:
    """Return a value without its mark."""
    return value.value if isinstance(value, Marked) else value


class BeliefOf(Quantity):
    """A belief in one unit."""

    def read(self, value: Raw) -> Belief:
        """Return the belief, or raise InputError."""
        given = bare(value)
        return at_rate(given, self.unit) if isinstance(given, Belief) else self._parsed(value)

    def _parsed(self, value: Raw) -> Belief:
        return forms.read_belief(_marked(value), self.unit)[0]

    def json_schema(self) -> dict[str, Any]:
        return shapes.belief_schema(self.unit)


class BeliefsOf(Quantity):
    """Beliefs in one unit, by names of the file's own."""

    def read(self, value: Raw) -> dict[str, Belief]:
        """Return the beliefs by name, or raise InputError with all that is wrong."""
        given = _marked(bare(value))
        if not isinstance(given, MarkedMapping):
            example = f"{{name: {self.unit.example}}}"
            raise InputError(Problem(shown(bare(value)), "names with their sizes", example))
        one, problems, found = BeliefOf(self.unit), [], {}
        for name in given:
            try:
                found[name] = one.read(given.marked(name))
            except InputError as error:
                problems += [
                    replace(p, path=f"{name}.{p.path}" if p.path else name) for p in error.problems
                ]
        if problems:
            raise InputError(problems)
        return found

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": shapes.belief_schema(self.unit)}


class SpreadOf(Quantity):
    """A spread in one unit."""

    def read(self, value: Raw) -> Spread:
        """Return the spread, or raise InputError."""
        given = bare(value)
        return given if isinstance(given, Spread) else self._parsed(value)

    def _parsed(self, value: Raw) -> Spread:
        return spread_forms.read_spread(_marked(value), self.unit)[0]

    def json_schema(self) -> dict[str, Any]:
        return shapes.spread_schema(self.unit)


class CountOf(Quantity):
    """An integer law of at least 1."""

    def read(self, value: Raw) -> Count:
        """Return the count, or raise InputError."""
        given = bare(value)
        if isinstance(given, Count):
            return given
        return spread_forms.read_count(_marked(value), self.unit)

    def json_schema(self) -> dict[str, Any]:
        return shapes.count_schema(self.unit)


class PeriodOf(Quantity):
    """The period stated by a rate that another field reads."""

    def read(self, value: Raw) -> str:
        """Return ``day``, ``week`` or ``month``."""
        given = bare(value)
        if isinstance(given, str) and given in self.unit.periods:
            return given
        return forms.stated_period(_marked(value), self.unit)

    def json_schema(self) -> dict[str, Any]:
        return {"enum": list(self.unit.periods)}


class NumberOf(Quantity):
    """A plain number in one unit: taken as known."""

    def read(self, value: Raw) -> float:
        """Return the number, or raise InputError."""
        given = bare(value)
        if isinstance(given, InUnit | StatedAmount):
            usd = forms.bounded(given, self.unit)
            return given if isinstance(given, StatedAmount) else usd
        written = forms.read_number(_marked(value), self.unit)
        own = self.unit.own
        if own is None or not written.code or written.code != own.code:
            return written.value
        return StatedAmount.of(written.value, own)

    def json_schema(self) -> dict[str, Any]:
        return shapes.number_schema(self.unit)


class MonthOf(Quantity):
    """A calendar month written ``2026-12``."""

    def __init__(self) -> None:
        """Need no unit."""

    def read(self, value: Raw) -> Month:
        """Return the month, or raise InputError."""
        given = bare(value)
        return given if isinstance(given, Month) else Month.parse(given)

    def __get_pydantic_core_schema__(
        self, source: Raw, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$", "examples": ["2026-12"]}
