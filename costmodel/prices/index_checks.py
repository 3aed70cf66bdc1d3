"""Checks of pricing/index.yaml that need more than one of its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from costmodel.prices.checks import Finding
from costmodel.prices.schema import Index

_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""A provider's name is that of its file: no path, no capital that another disk would fold."""


def index_findings(index: Index) -> Iterator[Finding]:
    """Yield everything inconsistent in an index that is valid field by field."""
    days = ", ".join(day.isoformat() for day in sorted(index.snapshots))
    if index.default not in index.snapshots:
        expected = f"one of the snapshots ({days})"
        yield ("default",), str(index.default), expected, "name one of them, or list its files"
    for day, files in index.snapshots.items():
        if not files:
            read, expected = "no file", "the providers' files with their sha256"
            yield ("snapshots", str(day)), read, expected, "list them, or remove the snapshot"
        for provider in files:
            if not _PROVIDER.fullmatch(provider):
                expected = "a provider's name of a-z, 0-9, _ and -, as its file has it"
                place = ("snapshots", str(day), provider)
                yield place, f"{provider!a}", expected, "rename the file and the key"
