"""The full name of a model, and by whose rules for messages and media it is counted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from costmodel.foundation.errors import UnknownModelError
from costmodel.tokens.families import known_models

SAME_FILE = Path(__file__).parent / "data" / "same_models.json"
"""Models that are counted by the rules of another one."""


@dataclass(frozen=True)
class CountedAs:
    """By whose rules a model is counted.

    Parameters
    ----------
    name : str
        ``provider/id`` of the model that the rules list; its own where no other stands for it.
    source : str
        Why; empty for its own.
    assumed : bool
        Whether no vendor says so.
    """

    name: str
    source: str = ""
    assumed: bool = False

    def cited(self, source: str) -> str:
        """Return the source of a rule with the reason why it is this model's."""
        return f"{source}; as {self.name}: {self.source}" if self.source else source


def counted_as(model: str) -> CountedAs:
    """Return by whose rules a model is counted.

    Parameters
    ----------
    model : str
        ``provider/id``, bare ``id`` or an alias, exactly.
    """
    found = CountedAs(full_name(model))
    while found.name in _same():
        name, group = _same()[found.name]
        assumed = found.assumed or group["basis"] == "assumed"
        found = CountedAs(name, group["source"], assumed)
    return found


def resold_models() -> list[str]:
    """Return the models that are counted by the rules of another one."""
    return list(_same())


def resellers() -> list[str]:
    """Return the providers whose models are counted by the rules of another one's."""
    pairs = ((name.partition("/")[0], _same()[name][0]) for name in _same())
    return list(dict.fromkeys(own for own, other in pairs if not other.startswith(f"{own}/")))


@cache
def _same() -> dict[str, tuple[str, dict[str, Any]]]:
    groups = json.loads(SAME_FILE.read_text(encoding="utf-8"))["groups"]
    return {name: (other, group) for group in groups for name, other in group["models"].items()}


def full_name(model: str) -> str:
    """Return ``provider/id`` for a model, or the name itself where nothing knows it.

    Aliases, such as a dated id, are looked up in the newest price table.

    Parameters
    ----------
    model : str
        ``provider/id``, bare ``id`` or an alias, exactly.
    """
    known = _by_name()
    return known[model] if model in known else _priced(model)


@cache
def _by_name() -> dict[str, str]:
    names = known_models()
    return {name.partition("/")[2]: name for name in names} | {name: name for name in names}


@cache
def _priced(model: str) -> str:
    from costmodel.prices.book import load_prices

    try:
        return load_prices().model(model).id
    except UnknownModelError:
        return model
