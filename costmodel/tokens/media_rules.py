"""The rules by which media are turned into tokens: data/media_rules.json, read once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from costmodel.foundation.errors import InputError, Problem
from costmodel.tokens.count import TokenCount
from costmodel.tokens.names import CountedAs, counted_as

RULES_FILE = Path(__file__).parent / "data" / "media_rules.json"
_OWN = ("name", "basis", "date", "source", "models", "like", "band")


@dataclass(frozen=True)
class MediaRule:
    """How one provider bills one medium.

    Parameters
    ----------
    name : str
        Name of the rule, such as ``claude-28-high``.
    kind : str
        Which function applies it.
    basis : str
        ``documented`` by the vendor, ``measured`` from bills, or ``assumed``.
    date : str
        The day it was read, or the month it was recorded.
    source : str
        Where it comes from.
    models : tuple of str
        The models it is for, as ``provider/id``.
    band : bool
        Whether its result widens the band of another rule of the same model.
    numbers : mapping
        What the function needs.
    """

    name: str
    kind: str
    basis: str
    date: str
    source: str
    models: tuple[str, ...]
    band: bool
    numbers: Mapping[str, Any]

    def level(self, detail: str) -> Any:  # noqa: ANN401 - a number or what a level limits
        """Return what the rule says of a level of detail.

        Raises
        ------
        InputError
            If it has no such level; the message names those there are.
        """
        levels = self.numbers.get("levels", {"auto": None})
        if detail not in levels:
            read = f"detail {detail!r}"
            fix = f"{self.name} has no other; source: {self.source}"
            raise InputError(Problem(read, "one of " + ", ".join(levels), fix, "detail"))
        return levels[detail]

    @property
    def cited(self) -> str:
        """The basis, date and source in one line."""
        return f"{self.basis} {self.date}: {self.source}"


def rules_for(medium: str, model: str, rule: str | None = None) -> tuple[MediaRule, ...]:
    """Return a model's rules for a medium, the preferred one first.

    Parameters
    ----------
    medium : str
        ``images``, ``pdf``, ``audio``, ``video`` or ``reasoning``.
    model : str
        ``provider/id``, bare ``id`` or an alias.
    rule : str, optional
        The name of one of them, which is then returned alone.

    Raises
    ------
    InputError
        If the model has no rule, or none of that name; the message lists what there is.
    """
    named = counted_as(model)
    found = [_cited(each, named) for each in media_rules()[medium] if named.name in each.models]
    if not found:
        raise InputError(_no_rule(medium, model))
    if rule is None:
        return tuple(found)
    chosen = [each for each in found if each.name == rule]
    if not chosen:
        there = ", ".join(each.name for each in found)
        raise InputError(Problem(f"rule {rule!r}", f"one of {there}", path="rule"))
    return tuple(chosen)


def _cited(rule: MediaRule, named: CountedAs) -> MediaRule:
    """Return a rule as it holds for a model that is counted as another one."""
    if not named.source:
        return rule
    basis = "assumed" if named.assumed else rule.basis
    return replace(rule, basis=basis, source=named.cited(rule.source))


def spanned(
    counts: Sequence[tuple[int, int, int]], rules: Sequence[MediaRule], method: str = ""
) -> TokenCount:
    """Return the first rule's count, with a band that holds the counts of the others.

    Parameters
    ----------
    counts : sequence of (tokens, low, high)
        The result of each rule.
    rules : sequence of MediaRule
        The rules, the preferred one first.
    method : str
        What to say after the rule's name.
    """
    held = [count for count, rule in zip(counts, rules, strict=True) if rule.band]
    ends = held or [counts[0]]
    low, high = min(low for _, low, _ in ends), max(high for _, _, high in ends)
    tokens = counts[0][0]
    certain = rules[0].numbers.get("certain", True) and rules[0].basis != "assumed"
    others = "; or ".join(rule.cited for rule in rules if rule.band or rule is rules[0])
    return TokenCount(
        tokens=tokens,
        low=min(low, tokens),
        high=max(high, tokens),
        exact=low == high and certain,
        method=" ".join(filter(None, (rules[0].name, method))),
        source=others,
    )


@cache
def media_rules() -> Mapping[str, tuple[MediaRule, ...]]:
    """Return all rules by medium, in the order of the file."""
    document = json.loads(RULES_FILE.read_text(encoding="utf-8"))
    return {
        medium: tuple(_rule(entry, entries) for entry in entries)
        for medium, entries in document.items()
        if medium != "about"
    }


def _rule(entry: dict[str, Any], entries: list[dict[str, Any]]) -> MediaRule:
    like = next((each for each in entries if each["name"] == entry.get("like")), {})
    numbers = {key: value for key, value in {**like, **entry}.items() if key not in _OWN}
    return MediaRule(
        name=entry["name"],
        kind=numbers.pop("kind"),
        basis=entry["basis"],
        date=entry["date"],
        source=entry["source"],
        models=tuple(entry["models"]),
        band=entry.get("band", True),
        numbers=numbers,
    )


def _no_rule(medium: str, model: str) -> Problem:
    there = dict.fromkeys(name for rule in media_rules()[medium] for name in rule.models)
    return Problem(
        read=f"model {model!r}, for which no rule for {medium} is known",
        expected="one of " + ", ".join(there),
        fix="take the count from a response of the provider",
        path="model",
    )
