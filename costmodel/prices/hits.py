"""What lint finds: the rule, how grave it is, and the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from costmodel.foundation.errors import Problem
from costmodel.foundation.reading import ValuePath

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Doubt:
    """A figure that breaks a rule.

    Parameters
    ----------
    rule : str
        The rule's name.
    path : tuple of str or int
        Where the figure stands in the table.
    read, expected, fix : str
        What stands there, what was expected, and how to put it right.
    level : str
        ``error``: the table is not to be used. ``warning``: somebody should look.
    """

    rule: str
    path: ValuePath
    read: str
    expected: str
    fix: str
    level: Level = "error"


@dataclass(frozen=True)
class Hit:
    """A doubt with its file, line and column."""

    level: Level
    rule: str
    problem: Problem

    def __str__(self) -> str:
        return f"{self.level} {self.rule}: {self.problem}"
