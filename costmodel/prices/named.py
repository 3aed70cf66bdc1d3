"""Finding the model in ``MODEL.FIELD``, where names of models hold dots of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from costmodel.foundation.errors import InputError, Problem, UnknownModelError, nearest_names
from costmodel.prices.figures import FACT_GROUPS, MODES, RATES
from costmodel.prices.schema import ModelEntry, Table
from costmodel.prices.shelf import Shelf, providers_of, table_of

STARTS = (
    *(*RATES, *MODES, *FACT_GROUPS),
    *("above", "from", "units", "max_prompt"),
)
"""What the names of fields start with."""


@dataclass(frozen=True)
class Named:
    """A model of a table and the field that was asked for."""

    table: Table
    entry: ModelEntry
    field: str

    @property
    def model(self) -> str:
        """The model as ``provider/id``."""
        return f"{self.table.provider}/{self.entry.id}"


def find_named(shelf: Shelf, name: str) -> Named:
    """Return the model whose name is the longest that `name` starts with, and the rest.

    Raises
    ------
    UnknownModelError
        If no model has that name, or several have.
    InputError
        If no field is named.
    """
    tables = [table_of(shelf, provider) for provider in _in_order(shelf, name)]
    found = [each for table in tables for each in _matches(table, name)]
    # No field starts with a digit: gpt-5.6-tera is no field of gpt-5, but a model misspelt.
    found = [each for each in found if not name[len(each[0]) + 1 :][:1].isdigit()]
    if not found:
        raise _unknown(tables, name)
    longest = max(len(called) for called, _, _ in found)
    best = [(table, entry) for called, table, entry in found if len(called) == longest]
    if len(best) > 1:
        near = [f"{table.provider}/{entry.id}" for table, entry in best]
        text = f"model '{name[:longest]}' is ambiguous; write one of {', '.join(near)}"
        raise UnknownModelError(text, near)
    field = name[longest + 1 :]
    if not field:
        fix = f"add one, such as {name}.input or {name}.limits.context"
        raise InputError(Problem(f"'{name}'", "a model and a field: MODEL.FIELD", fix))
    return Named(*best[0], field)


def _in_order(shelf: Shelf, name: str) -> list[str]:
    """Return the provider that the name starts with, else all of them."""
    providers = providers_of(shelf)
    named = [each for each in providers if name.startswith(f"{each}/")]
    return named or list(providers)


def _matches(table: Table, name: str) -> Iterator[tuple[str, Table, ModelEntry]]:
    for entry in table.models:
        calls = [called for called in _calls(table, entry) if f"{name}.".startswith(f"{called}.")]
        if calls:
            yield max(calls, key=len), table, entry


def _calls(table: Table, entry: ModelEntry) -> list[str]:
    """Return every name of a model: with the provider, and as a bare alias."""
    names = dict.fromkeys((entry.id, *entry.aliases))
    return [*(f"{table.provider}/{name}" for name in names), *entry.aliases]


def _unknown(tables: Iterable[Table], name: str) -> UnknownModelError:
    model = _without_field(name)
    known = [f"{table.provider}/{entry.id}" for table in tables for entry in table.models]
    near = nearest_names(model, known)
    text = f"model '{model}' has no price in this table; nearest are {', '.join(near)}"
    return UnknownModelError(text, near)


def _without_field(name: str) -> str:
    """Return what is the model's part of a name most likely: what stands before a known field."""
    parts = name.split(".")
    cut = next((n for n, p in enumerate(parts) if n and p.startswith(STARTS)), None)
    return ".".join(parts[: len(parts) - 1 if cut is None else cut]) or name
