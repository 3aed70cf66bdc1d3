"""Prices that are missing, told with the place of the model that has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from costmodel.cli.places import Places
from costmodel.cli.terminal import warn
from costmodel.foundation.errors import (
    CostModelError,
    InputError,
    PriceNotKnownError,
    Problem,
    UnknownModelError,
)

if TYPE_CHECKING:
    from costmodel.prices.book import PriceBook
    from costmodel.scenario.schema import Scenario
    from costmodel.scenario.steps import Step

MISSING = (UnknownModelError, PriceNotKnownError)


@contextmanager
def missing_prices_placed(name: str, scenario: Scenario, book: PriceBook | None) -> Iterator[None]:
    """Tell every missing price with its place, where the engine stops at the first.

    Nothing is looked for until a price is missing.
    """
    try:
        yield
    except InputError as error:
        raise InputError([_placed(name, scenario, each) for each in error.problems]) from None
    except MISSING:
        found = _missing(name, scenario, book)
        if not found:
            raise
        kinds = {type(each) for each in found.values()}
        kind = kinds.pop() if len(kinds) == 1 else CostModelError
        raise kind("\n".join(f"{at}: {each}" for at, each in found.items())) from None


def _placed(name: str, scenario: Scenario, problem: Problem) -> Problem:
    """Return a problem of a strategy with the place where it stands in the file."""
    if problem.line or not problem.path.startswith("strategies."):
        return problem
    file, line, column = Places(name, scenario).of(problem.path)
    return replace(problem, file=file, line=line, column=column)


@contextmanager
def only_near_names(model: str) -> Iterator[None]:
    """Keep an error of an unknown model from suggesting names that are unlike it."""
    try:
        yield
    except UnknownModelError as error:
        from costmodel.tokens.families import near_models

        head, suggests, _ = str(error).partition("; nearest are ")
        if not suggests or near_models(model, error.nearest):
            raise
        text = f"{head}; costmodel prices list shows the models there are"
        raise UnknownModelError(text) from None


def tell_reconstructed(snapshot: object, how: str) -> None:
    """Warn that a snapshot was made later than its day, if it was."""
    from costmodel.prices.snapshots import reconstructed_words

    warn([*reconstructed_words(snapshot, how)])


def _missing(
    name: str, scenario: Scenario, book: PriceBook | None
) -> dict[str, UnknownModelError | PriceNotKnownError]:
    """Return the error of every model whose price is not known in some month, by place."""
    from costmodel.engine.books import scenario_book
    from costmodel.scenario.schema import Quota

    book = scenario_book(scenario) if book is None else book
    places = Places(name, scenario)
    found = {}
    for feature_name, feature in scenario.features.items():
        for _, step in feature.steps:
            error = _first_error(scenario, book, step)
            if error is not None:
                found[_place(places, f"features.{feature_name}.model")] = error
                continue
            if step.failures.model is not None:
                then = step.model_copy(update={"model": step.failures.model})
                error = _first_error(scenario, book, then)
                if error is not None:
                    found[_place(places, f"features.{feature_name}.failures.model")] = error
            for unit in step.units.stated:
                error = _first_unit_error(scenario, book, step, unit)
                if error is not None:
                    found[_place(places, f"features.{feature_name}.units.{unit}")] = error
    for strategy_name, strategy in scenario.strategies.items():
        if isinstance(strategy, Quota) and strategy.model is not None:
            step = next(iter(scenario.features.values())).steps[0][1]
            then = step.model_copy(update={"model": strategy.model})
            error = _first_error(scenario, book, then)
            if error is not None:
                found[_place(places, f"strategies.{strategy_name}.model")] = error
    return found


def _first_unit_error(
    scenario: Scenario, book: PriceBook, step: Step, unit: str
) -> UnknownModelError | PriceNotKnownError | None:
    from costmodel.engine.demand import scenario_months

    try:
        for month in scenario_months(scenario):
            book.month_units(step.model, month.year, month.month)[unit]
    except MISSING as error:
        return error
    return None


def _first_error(
    scenario: Scenario, book: PriceBook, step: Step
) -> UnknownModelError | PriceNotKnownError | None:
    from costmodel.engine.demand import scenario_months

    try:
        for month in scenario_months(scenario):
            with only_near_names(step.model):
                book.month(step.model, step.mode, month.year, month.month)
    except MISSING as error:
        return error
    return None


def _place(places: Places, path: str) -> str:
    """Return ``desk.yaml:11:12: features.answer.model``."""
    at = ":".join(str(part) for part in places.of(path) if part)
    return f"{at}: {path}"
