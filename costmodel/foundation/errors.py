"""The errors of costmodel and the form in which bad input is reported.

``CostModelError`` is the base of them all. Below it stand ``InputError`` (a
ValueError: a scenario, price table or log is wrong), ``UnknownModelError``,
``PriceNotKnownError`` and ``TokenizerUnavailable`` (LookupErrors: no such
model, no price for this use of it, no way to count its tokens).
``CostModelWarning`` says that a result holds, with a reservation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters and those that turn the direction of writing: a terminal or a page that shows
a name obeys them."""


class CostModelError(Exception):
    """Base of every error costmodel raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in the input, and how to put it right.

    Parameters
    ----------
    read : str
        What stood there, as written.
    expected : str
        What was expected instead.
    fix : str
        What the user can type to mend it.
    path : str
        Dotted path of the value, such as ``segments.free.users``.
    file : str
        File name as the user gave it; empty for values given in Python.
    line, column : int
        One-based position in the file; 0 when there is none.
    """

    read: str
    expected: str
    fix: str = ""
    path: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = ":".join(
            part
            for part in (self.file, str(self.line or ""), str(self.column or ""), f" {self.path}")
            if part.strip()
        ).strip()
        text = f"read {self.read}; expected {self.expected}"
        if self.fix:
            text += f"; fix: {self.fix}"
        return printable(f"{place}: {text}" if place else text)


def printable(text: str) -> str:
    """Return a text with control characters written out, so that no terminal obeys them."""
    return UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


class InputError(CostModelError, ValueError):
    """A scenario, price table or log that cannot be used, with all its problems.

    Parameters
    ----------
    problems : sequence of Problem
        Everything found wrong, in file order.
    """

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnknownModelError(CostModelError, LookupError):
    """A model name that no price table has."""

    def __init__(self, message: str, nearest: Sequence[str] = ()) -> None:
        self.nearest = tuple(nearest)
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.args[0])


class PriceNotKnownError(CostModelError, LookupError):
    """A known model used in a way, or at a date, for which no price is known."""


class TokenizerUnavailable(CostModelError, LookupError):  # noqa: N818 - the public name
    """No method to count or estimate tokens for a model."""


class CostModelWarning(UserWarning):
    """The result holds, with the reservation stated."""


def nearest_names(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """Return the `count` known names closest to `name`, best first.

    Names with a provider prefix are compared with and without it.
    """
    from difflib import get_close_matches

    names = list(dict.fromkeys(known))
    folded = {candidate.lower(): candidate for candidate in names}
    for candidate in names:
        folded.setdefault(candidate.rsplit("/", 1)[-1].lower(), candidate)
    wanted = name.lower()
    found = get_close_matches(wanted, folded, n=3 * count, cutoff=0.3)
    found += get_close_matches(wanted.rsplit("/", 1)[-1], folded, n=3 * count, cutoff=0.3)
    return list(dict.fromkeys(folded[key] for key in found))[:count]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean 'users'?`` for a close name, or an empty string."""
    from difflib import get_close_matches

    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""
