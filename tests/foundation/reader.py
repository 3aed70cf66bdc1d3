"""Short names for reading values as a field would."""

from __future__ import annotations

from pathlib import Path

from costmodel.foundation.errors import InputError
from costmodel.foundation.forms import read_belief, read_number
from costmodel.foundation.marks import Marked, MarkedMapping, Marker
from costmodel.foundation.spread_forms import read_count, read_spread
from costmodel.foundation.units import Unit


def marked(value, folder: Path | None = None):
    found = Marker(folder).mark(value)
    return found if isinstance(found, MarkedMapping) else Marked(found)


def belief(value, unit: Unit, folder: Path | None = None):
    return read_belief(marked(value, folder), unit)[0]


def spread(value, unit: Unit):
    return read_spread(marked(value), unit)[0]


def count(value, unit: Unit):
    return read_count(marked(value), unit)


def number(value, unit: Unit):
    return read_number(marked(value), unit).value


def refusal(read, *arguments) -> str:
    """Return the text of the InputError that reading raises."""
    try:
        result = read(*arguments)
    except InputError as error:
        return str(error)
    raise AssertionError(f"nothing was refused: {result}")
