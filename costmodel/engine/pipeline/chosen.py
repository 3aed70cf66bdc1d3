"""The strategies of a variant, sorted by the stage they act in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.months import Month
from costmodel.prices.book import PriceBook
from costmodel.scenario.schema import (
    PromptCache,
    Quota,
    ResponseCache,
    Scenario,
    SpendCap,
    Strategy,
)
from costmodel.strategies.cache_rules import explicit_rule

Array = npt.NDArray[np.float64]
Place = tuple[str, str]
"""Segment and feature."""


@dataclass(frozen=True)
class Chosen:
    """What a variant consists of.

    Parameters
    ----------
    variant : str
    strategies : mapping of str to Strategy
        In the variant's own order, which is that of the waterfall only.
    by_turns, by_use : mapping of str to Quota
        Limits on arriving turns, and on what was billed: calls, tokens or USD.
    answers, prompts : mapping of str to (str, strategy)
        The response cache and the prompt cache of each feature that has one, with its name.
    cap : (str, SpendCap) or None
        The cap on the whole bill.
    """

    variant: str
    strategies: Mapping[str, Strategy] = field(default_factory=dict)
    by_turns: Mapping[str, Quota] = field(default_factory=dict)
    by_use: Mapping[str, Quota] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, ResponseCache]] = field(default_factory=dict)
    prompts: Mapping[str, tuple[str, PromptCache]] = field(default_factory=dict)
    cap: tuple[str, SpendCap] | None = None


def chosen(scenario: Scenario, variant: str | None = None) -> Chosen:
    """Return the strategies of a variant; of the baseline, which is the first, without a name.

    Raises
    ------
    InputError
        If the scenario has no such variant.
    """
    strategies = dict(scenario.variant(variant))
    quotas = {name: each for name, each in strategies.items() if isinstance(each, Quota)}
    caps = [(name, each) for name, each in strategies.items() if isinstance(each, SpendCap)]
    return Chosen(
        variant=variant if variant is not None else next(iter(scenario.variants)),
        strategies=strategies,
        by_turns={name: quota for name, quota in quotas.items() if quota.unit == "turns"},
        by_use={name: quota for name, quota in quotas.items() if quota.unit != "turns"},
        answers={
            each.feature: (name, each)
            for name, each in strategies.items()
            if isinstance(each, ResponseCache)
        },
        prompts={
            each.feature: (name, each)
            for name, each in strategies.items()
            if isinstance(each, PromptCache)
        },
        cap=caps[0] if caps else None,
    )


def check_with_prices(scenario: Scenario, book: PriceBook, picked: Chosen) -> None:
    """Raise if a strategy asks of a model what its price table does not sell.

    Raises
    ------
    InputError
        For a lifetime that is not sold, a cache on a model without one, or too many breakpoints:
        all problems at once, each by the strategy's path.
    UnknownModelError
        For a quota that degrades to a model without prices.
    """
    problems = [*_cache_problems(scenario, book, picked)]
    if problems:
        raise InputError(problems)
    for quota in (*picked.by_turns.values(), *picked.by_use.values()):
        if quota.model is not None:
            book.model(quota.model)


def _cache_problems(scenario: Scenario, book: PriceBook, picked: Chosen) -> Iterator[Problem]:
    for name, cache in picked.prompts.values():
        for _, step in scenario.features[cache.feature].steps:
            try:
                explicit_rule(book.model(step.model), cache.breakpoints or (), cache.ttl_seconds)
            except InputError as error:
                for problem in error.problems:
                    key = problem.path if problem.path in ("ttl", "breakpoints") else ""
                    at = f"strategies.{name}" + (f".{key}" if key else "")
                    yield Problem(problem.read, problem.expected, problem.fix, at)


@lru_cache(maxsize=64)
def running(months: tuple[Month, ...], start: Month | None) -> Array:
    """Return in which months something that starts is on: ones and zeros, (months, 1)."""
    return np.array([[float(start is None or month >= start)] for month in months])
