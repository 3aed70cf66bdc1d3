"""What is wrong with a field of a price file, in words, and what to write instead."""

from __future__ import annotations

from typing import Any

from costmodel.foundation.errors import did_you_mean

Words = tuple[str, str]
"""What was expected, and how to fix it."""

_FIXES = {
    "finite_number": "write the rate, or leave the key out if it is not known",
    "greater_than_equal": "write 0 or a number above it",
    "greater_than": "write a number above it",
    "less_than_equal": "write a smaller number",
    "float_type": "write a number without quotes, such as 1.25",
    "int_type": "write a whole number without quotes",
    "int_from_float": "write a whole number",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "string_type": "put it in quotes",
    "string_too_short": "write a name",
}
"""By pydantic's type of the error, whose own words say what was expected."""

_MAPPING = ("keys with values, as in {input: 1, output: 4}", "write key: value, not a list")
_LIST = ("a list, as in [a, b]", "put it in brackets, or on lines that start with a dash")
_DAY = ("a day as YYYY-MM-DD", "write it like 2026-11-23")
_INSTANT = ("an instant with its timezone", 'write it like "2026-11-23T00:00:00Z"')
_HOURS = ("hours as HH:MM-HH:MM, 00:00 to 24:00", 'write them like "09:00-12:00"')

_WORDS = {
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dict_type": _MAPPING,
    "tuple_type": _LIST,
    "timezone_aware": _INSTANT,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "too_short": ("at least one", "add one"),
}
"""By pydantic's type of the error: better words than its own."""


def words_of(fault: dict[str, Any]) -> Words:
    """Return what one of pydantic's errors expected, and the fix."""
    kind = str(fault["type"])
    own = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    if not fault["loc"] and kind in ("model_type", "model_attributes_type"):
        return "the keys of a price file, schema: first", "is it the right file, and not cut off?"
    if kind == "string_pattern_mismatch":
        return _pattern(fault)
    if kind == "literal_error":
        return own, _nearest(fault["input"], own)
    if kind == "value_error":
        return own, "correct it in one place"
    return _WORDS.get(kind) or (own, _FIXES.get(kind, "correct the value"))


def _pattern(fault: dict[str, Any]) -> Words:
    place = [part for part in fault["loc"] if isinstance(part, str)]
    if "hours" in place:
        return _HOURS
    if "snapshots" in place:
        return "a sha256: 64 digits of 0-9a-f", "write what sha256sum prints for the file"
    return "a model as provider/id", "write it like openai/gpt-5"


def _nearest(value: object, choices: str) -> str:
    """Return the choice that is most like what was written."""
    known = [part for part in choices.split("'") if part.strip(" ,") not in ("", "or")]
    if len(known) == 1:
        return f"write {known[0]}"
    return did_you_mean(str(value), known) or "write one of them"
