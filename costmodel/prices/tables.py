"""Reading a price table: YAML to checked records, every problem at once with its line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from costmodel.foundation.errors import InputError, Problem, did_you_mean
from costmodel.foundation.reading import Document, ValuePath, read_yaml
from costmodel.prices.checks import Finding, findings
from costmodel.prices.faults import words_of
from costmodel.prices.index_checks import index_findings
from costmodel.prices.schema import Index, PriceFile, Table
from costmodel.prices.texts import unseen

Record = TypeVar("Record", bound=BaseModel)
PriceRecord = TypeVar("PriceRecord", bound=PriceFile)


def read_table(file: Path, *, shown: str) -> Table:
    """Read and check one provider's table.

    Parameters
    ----------
    file : Path
        The YAML file.
    shown : str
        Its name in messages.

    Raises
    ------
    InputError
        With every problem found: file, line, what was read, what was expected.
    """
    return checked(Table, read_yaml(file, file=shown))


def read_index(file: Path, *, shown: str) -> Index:
    """Read pricing/index.yaml; see `read_table` for what it raises."""
    document = read_yaml(file, file=shown)
    index = validated(Index, document)
    _require(document, index_findings(index))
    return index


def _require(document: Document, wrong: Iterable[Finding]) -> None:
    problems = [problem(document, *finding) for finding in wrong]
    if problems:
        raise InputError(problems)


def checked(record: type[PriceRecord], document: Document) -> PriceRecord:
    """Return a table or contract that is valid field by field and as a whole.

    Raises
    ------
    InputError
        See `read_table`.
    """
    file = validated(record, document)
    _require(document, findings(file))
    return file


def validated(record: type[Record], document: Document) -> Record:
    """Return a record that is valid field by field.

    Raises
    ------
    InputError
        See `read_table`.
    """
    _require(document, unseen(document))
    try:
        return record.model_validate(document.data)
    except ValidationError as error:
        faults = [dict(f) for f in error.errors(include_url=False, include_context=False)]
        problems = [_fault(record, document, f) for f in faults if not _follows(f, faults)]
        raise InputError(problems) from None


FIXES = {"multiply": "write 0.85 for 15 % off"}
"""What to write for a value that is likely to be meant otherwise, by its key."""


def _follows(fault: dict[str, Any], faults: list[dict[str, Any]]) -> bool:
    """Whether a list is short only because something in it is wrong, which is told already."""
    path = fault["loc"]
    inside = any(each["loc"][: len(path)] == path and each is not fault for each in faults)
    return fault["type"] == "too_short" and inside


def _fault(record: type[BaseModel], document: Document, fault: dict[str, Any]) -> Problem:
    path: ValuePath = tuple(part for part in fault["loc"] if part != "[key]")
    if fault["type"] == "extra_forbidden":
        known = _keys_at(record, path[:-1])
        key = str(path[-1])
        fix = did_you_mean(key, known) or "remove it: a key this version does not know is refused"
        return problem(document, path, f"key '{key}'", f"one of {', '.join(known)}", fix)
    if fault["type"] == "missing":
        read, expected = f"no '{path[-1]}'", f"the key '{path[-1]}'"
        return problem(document, path, read, expected, _addition(str(path[-1])))
    expected, fix = words_of(fault)
    fix = FIXES.get(str(path[-1]), fix) if path else fix
    return problem(document, path, _shown(fault["input"]), expected, fix)


def problem(document: Document, path: ValuePath, read: str, expected: str, fix: str) -> Problem:
    """Return what is wrong at a path of a file, with the line it stands in."""
    line, column = document.key_position(path)
    dotted = ".".join(map(str, path))
    return Problem(read, expected, fix, dotted, document.file, line, column)


def _addition(key: str) -> str:
    """Return how to add a key that is missing."""
    return "add it, with null where it is not known" if key == "from" else "add it"


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _keys_at(record: type[BaseModel], path: ValuePath) -> list[str]:
    """Return the keys a record may have at `path`."""
    kind: Any = record
    for part in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = next(
                (f.annotation for name, f in kind.model_fields.items() if part in (name, f.alias)),
                None,
            )
        else:
            kind = get_args(kind)[1 if get_origin(kind) is dict else 0]
        kind = _bare(kind)
    fields = kind.model_fields if isinstance(kind, type) and issubclass(kind, BaseModel) else {}
    return [field.alias or name for name, field in fields.items()]


def _bare(kind: Any) -> Any:  # noqa: ANN401
    """Return a type without its Annotated and Optional wrappings."""
    while get_origin(kind) in (Annotated, Union, UnionType):
        kind = next(each for each in get_args(kind) if each is not type(None))
    return kind
