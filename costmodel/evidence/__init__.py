"""Evidence: logs of what calls really used.

    record(response, feature="answer", user="u-17")   # appends a line to usage.jsonl
    read_records("usage.jsonl")                       # reads them back

Each name below is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOMES = {
    "UsageRecord": "records",
    "UsageRecords": "reading",
    "read_records": "reading",
    "record": "recorder",
}

__all__ = list(_HOMES)

if TYPE_CHECKING:
    from costmodel.evidence.reading import UsageRecords as UsageRecords
    from costmodel.evidence.reading import read_records as read_records
    from costmodel.evidence.recorder import record as record
    from costmodel.evidence.records import UsageRecord as UsageRecord


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _HOMES:
        value = getattr(import_module(f"costmodel.evidence.{_HOMES[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'costmodel.evidence' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
