"""What is wrong with a record, in words."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from costmodel.evidence.records import SCHEMA, UsageRecord
from costmodel.foundation.errors import InputError, Problem, did_you_mean

FIELDS = tuple(field.alias or name for name, field in UsageRecord.model_fields.items())


def fault(error: ValidationError, fix: str, file: str = "", line: int = 0) -> Problem:
    """Return the first thing wrong with a record as a problem.

    Parameters
    ----------
    error : pydantic.ValidationError
        What checking the record raised.
    fix : str
        What to do where nothing better is known.
    file, line : str and int
        Where the record stands.
    """
    found: dict[str, Any] = dict(error.errors(include_url=False)[0])
    path = ".".join(map(str, found["loc"]))
    read, expected, better = _words(found, path)
    return Problem(read, expected, better or fix, path, file, line)


def _words(found: dict[str, Any], path: str) -> tuple[str, str, str]:
    """Return what was read, what was expected, and a fix where there is a special one."""
    if found["type"] == "extra_forbidden":
        fix = did_you_mean(path, FIELDS) or "remove it: a key this version does not know is refused"
        return f"key '{path}'", f"a key of {SCHEMA}", fix
    if found["type"] == "missing":
        return f"no '{path}'", f"the key '{path}'", ""
    inner = found.get("ctx", {}).get("error")
    if isinstance(inner, InputError):
        return inner.problems[0].read, inner.problems[0].expected, ""
    expected = str(found["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    whole = isinstance(found["input"], dict | UsageRecord)
    return "a record" if whole else ascii(found["input"])[:60], expected, ""
