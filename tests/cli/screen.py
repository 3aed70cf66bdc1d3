"""Reading what a command wrote for people."""

from __future__ import annotations

import re


def rows_of(text: str) -> dict[str, list[str]]:
    """Return the cells of each table row by its label."""
    pattern = re.compile(r"(20\d\d-\d\d(?: \*)?|dearest month|all \d+ months|in all) {2,}(.*)")
    found = (pattern.fullmatch(line.rstrip()) for line in text.splitlines())
    return {match[1]: match[2].split() for match in found if match}


def flat(text: str) -> str:
    """Return text as one line, so that wrapping does not matter."""
    return " ".join(text.split())
