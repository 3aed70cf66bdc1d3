"""Evidence: logs of what calls really used.

    record(response, feature="answer", user="u-17")   # appends a line to usage.jsonl
    read_records("usage.jsonl")                       # reads them back

Each name below is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.foundation.lazy import lazy_names

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


__getattr__, __dir__ = lazy_names(__name__, globals(), _HOMES)
