"""One model as both packages and the overlay know it on a snapshot's day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from costmodel.prices.importers.listings import Listing
from costmodel.prices.importers.overlay import Fact

Entry = dict[str, Any]
"""A model, a period or a card as a table states it, ready to be written."""

DATED = re.compile(r"(.+?)-(20\d\d)-?(\d\d)-?(\d\d)")


@dataclass(frozen=True)
class Sighting:
    """One model in both packages on a snapshot's day.

    Parameters
    ----------
    name : str
        Its id in the table.
    genai, litellm : Listing or None
        What each package lists.
    facts : tuple of Fact
        What the overlay knew by that day, in its order.
    dated : tuple of str
        The dated ids litellm lists of it.
    """

    name: str
    genai: Listing | None
    litellm: Listing | None
    facts: tuple[Fact, ...]
    dated: tuple[str, ...] = ()

    def fact(self, key: str) -> Any:  # noqa: ANN401
        """Return the last value the overlay gives a key, None if it gives none."""
        given = [value for value in (getattr(fact, key) for fact in self.facts) if value]
        return given[-1] if given else None


def exact_names(seen: Sighting) -> list[str]:
    """Return every exact name the packages and the overlay give a model."""
    names = [seen.name, *(seen.genai.names if seen.genai else ())]
    names += [*(name for fact in seen.facts for name in fact.aliases), *seen.dated]
    return list(dict.fromkeys(names))


def is_dated_id(name: str, model: str) -> bool:
    """Whether a name is a model's id, or that with its dots as dashes, and a day."""
    found = DATED.fullmatch(name)
    return found is not None and found[1] in (model, model.replace(".", "-"))


def dated_day(name: str) -> date | None:
    """Return the day in a dated model id, such as 2026-03-05 of gpt-5.4-2026-03-05."""
    found = DATED.fullmatch(name)
    if found is None:
        return None
    try:
        return date(int(found[2]), int(found[3]), int(found[4]))
    except ValueError:
        return None
