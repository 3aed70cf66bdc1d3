"""Reading a usage log back, with the file and line of everything wrong in it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pydantic import ValidationError

from costmodel.evidence.faults import fault
from costmodel.evidence.records import SCHEMA, UsageRecord
from costmodel.foundation.errors import InputError, Problem

MOST_PROBLEMS = 20
"""Wrong lines told one by one; the others are counted."""
SKIP = "delete the line, or read the others with read_records(path, skip_wrong=True)"


@dataclass(frozen=True)
class UsageRecords:
    """The records of a log, and what was left out of it.

    Parameters
    ----------
    records : tuple of UsageRecord
        In the order of the file.
    skipped : tuple of Problem
        The wrong lines, if they were to be skipped.
    """

    records: tuple[UsageRecord, ...]
    skipped: tuple[Problem, ...] = ()

    def __iter__(self) -> Iterator[UsageRecord]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)


def read_records(path: str | os.PathLike[str], *, skip_wrong: bool = False) -> UsageRecords:
    """Read a log that `record` has written.

    Parameters
    ----------
    path : path-like
        The log.
    skip_wrong : bool, default: False
        Leave wrong lines out; they are in `skipped`, each with its line.

    Raises
    ------
    InputError
        If the file cannot be read, or a line is cut off, no JSON, or no record: with
        file, line and fix for the first 20 of them.
    """
    records: list[UsageRecord] = []
    problems: list[Problem] = []
    for number, line in enumerate(_lines(Path(path)), start=1):
        if not line.strip():  # what appending after a cut-off line can leave; it holds nothing
            continue
        try:
            records.append(_record(line, str(path), number))
        except InputError as error:
            problems.append(error.problems[0])
    if problems and not skip_wrong:
        raise InputError(_told(problems, str(path)))
    return UsageRecords(tuple(records), tuple(problems))


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        read = f"nothing ({reason})"
        raise InputError(Problem(read, "a usage log", "check the path", file=str(path))) from None


def _told(problems: list[Problem], file: str) -> list[Problem]:
    more = len(problems) - MOST_PROBLEMS
    if more <= 0:
        return problems
    read = f"{more:,} more wrong lines"
    rest = Problem(read, f"records of {SCHEMA}", "is it the right file?", file=file)
    return [*problems[:MOST_PROBLEMS], rest]


def _record(line: bytes, file: str, number: int) -> UsageRecord:
    data = _data(line, file, number)
    if not isinstance(data, dict):
        _refuse(f"a {type(data).__name__}", "a record as a JSON object", SKIP, file, number)
    if data.get("schema") != SCHEMA:
        read = f"schema {json.dumps(data.get('schema'))[:60]}"
        fix = "update costmodel if a newer one wrote it; other logs are no usage logs of record"
        _refuse(read, f'"schema": "{SCHEMA}"', fix, file, number)
    try:
        return UsageRecord.model_validate(data)
    except ValidationError as error:
        raise InputError(fault(error, SKIP, file, number)) from None


def _data(line: bytes, file: str, number: int) -> Any:  # noqa: ANN401
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        _refuse(f"the byte 0x{line[error.start]:02x}", "UTF-8 text", SKIP, file, number)
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        # a line that ends before its object does was cut off while it was written
        if text.lstrip().startswith("{") and not text.rstrip().endswith("}"):
            read = f"a line cut off after {len(line.rstrip())} bytes (...{text.rstrip()[-30:]})"
            fix = f"its writer was stopped in the middle: {SKIP}"
            _refuse(read, "a whole JSON object", fix, file, number)
        _refuse(f"no JSON ({error.msg})", "a JSON object", SKIP, file, number, error.colno)
    except (ValueError, RecursionError) as error:
        _refuse(f"no record ({str(error)[:60]})", "a JSON object", SKIP, file, number)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key '{key[:30]}' stands twice")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _refuse(read: str, expected: str, fix: str, file: str, line: int, column: int = 0) -> NoReturn:
    raise InputError(Problem(read, expected, fix, file=file, line=line, column=column))
