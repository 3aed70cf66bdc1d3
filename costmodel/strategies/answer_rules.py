"""What a response cache is set up to do, and what is believed of the questions it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.strategies.popularity import Renewal

Array = npt.NDArray[np.float64]
Match = Literal["exact", "semantic"]


@dataclass(frozen=True, kw_only=True)
class CacheRules:
    """How a response cache is set up.

    Parameters
    ----------
    match : str
        ``exact`` text, or ``semantic``: by meaning.
    lifetime_hours : float, optional
        How long an answer is kept; without it, until it has to make room.
    renewal : str
        ``fixed``: a lifetime from when it was stored; ``sliding``: from its last use.
    capacity : float, optional
        Answers there is room for, those of all tenants together.
    tenants : int
        Tenants who share the stream of turns but not answers.
    tenant_sigma : float
        Standard deviation of the log of a tenant's turns; 0 for tenants alike.

    Raises
    ------
    InputError
        With everything that is wrong.
    """

    match: Match = "exact"
    lifetime_hours: float | None = None
    renewal: Renewal = "fixed"
    capacity: float | None = None
    tenants: int = 1
    tenant_sigma: float = 0.0

    def __post_init__(self) -> None:
        problems = [problem for wrong, problem in self._rules() if wrong]
        if problems:
            raise InputError(problems)

    def _rules(self) -> list[tuple[bool, Problem]]:
        lifetime, room = self.lifetime_hours, self.capacity
        return [
            (self.match not in ("exact", "semantic"),
             Problem(f"match {self.match!r}", "'exact' or 'semantic'", "use one of the two",
                     "match")),
            (self.renewal not in ("fixed", "sliding"),
             Problem(f"renewal {self.renewal!r}", "'fixed' or 'sliding'", "use one of the two",
                     "renewal")),
            (lifetime is not None and not 0 < lifetime < np.inf,
             Problem(f"a lifetime of {lifetime} h", "more than 0",
                     "leave it out to keep answers for ever", "lifetime_hours")),
            (room is not None and not 0 < room < np.inf,
             Problem(f"capacity {room}", "more than 0", "leave it out for unlimited room",
                     "capacity")),
            (not (self.tenants >= 1 and int(self.tenants) == self.tenants),
             Problem(f"{self.tenants} tenants", "a whole number from 1", "use 1 for none",
                     "tenants")),
            (not 0 <= self.tenant_sigma <= 5,
             Problem(f"tenant_sigma {self.tenant_sigma}", "0 to 5",
                     "use 0 for tenants of one size", "tenant_sigma")),
            (self.match == "semantic" and self.renewal == "sliding" and room is not None,
             Problem(f"capacity {room} with renewal 'sliding' and match 'semantic'",
                     "a fixed lifetime, or no capacity",
                     "use renewal: fixed (no formula is known for this combination)",
                     "capacity")),
        ]  # fmt: skip


def _one(value: float) -> Array:
    return np.full(1, value)


@dataclass(frozen=True, eq=False, kw_only=True)
class Questions:
    """What is believed of the questions and of the matching: arrays (draws,), or (1,) if certain.

    Parameters
    ----------
    count : array
        Different questions that are asked, personal ones apart; at least 1. For each tenant where
        tenants do not share answers.
    exponent : array
        Zipf's exponent; 0 where all are asked alike. 0.8 is an assumption: caches of the web have
        0.6 to 1.1, and prompts have no good public measurement.
    unique : array
        Share of eligible turns that ask what nobody asks again.
    recall : array
        Share of turns that find the answer to their question where it is kept; 1 for exact
        matching.
    false_hits : array
        Share of turns without an answer of their own that are given another question's.
    changes : array
        How often a month the cache is emptied, such as by each change of the prompt.

    Raises
    ------
    InputError
        If a share lies outside [0, 1], a count is below 1 or a number is negative or not finite.
    """

    count: Array
    exponent: Array = field(default_factory=lambda: _one(0.8))
    unique: Array = field(default_factory=lambda: _one(0.0))
    recall: Array = field(default_factory=lambda: _one(1.0))
    false_hits: Array = field(default_factory=lambda: _one(0.0))
    changes: Array = field(default_factory=lambda: _one(0.0))

    def __post_init__(self) -> None:
        problems = [
            problem
            for name, low, high in _BOUNDS
            if (problem := _outside(name, getattr(self, name), low, high)) is not None
        ]
        if problems:
            raise InputError(problems)


_BOUNDS = (
    ("count", 1.0, 1e12),
    ("exponent", 0.0, 3.0),
    ("unique", 0.0, 1.0),
    ("recall", 0.0, 1.0),
    ("false_hits", 0.0, 1.0),
    ("changes", 0.0, 1e6),
)


def _outside(name: str, values: Array, low: float, high: float) -> Problem | None:
    wrong = np.asarray(values)[~((values >= low) & (values <= high))]
    if wrong.size == 0:
        return None
    expected = f"a number from {low:g} to {high:g}"
    return Problem(f"{wrong.flat[0]:g}", expected, f"give {name} in that range", path=name)
