"""Reading what a command is asked about: a scenario with its changes, a price book."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from costmodel.foundation.currencies import split_marks
from costmodel.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from costmodel.foundation.currencies import Currency
    from costmodel.prices.book import PriceBook
    from costmodel.scenario.schema import Scenario


def read_scenario(
    name: str, settings: list[str] | None = None, budget: str | None = None
) -> Scenario:
    """Return a scenario with the changes of ``--set`` and ``--budget`` made.

    Raises
    ------
    InputError
        With everything that is wrong in the file or in the changes.
    """
    from costmodel.scenario.loading import load_scenario

    changes = _changes(settings) if settings else {}
    scenario = load_scenario(name)
    try:
        if budget is not None:
            changes["budget"] = _budget(budget, _currency_after(scenario, changes))
        return scenario.with_overrides(changes) if changes else scenario
    except InputError as error:
        told = [_of_option(each, budget, scenario.shown_in.sign) for each in error.problems]
        raise InputError(told) from None


def _of_option(problem: Problem, budget: str | None, sign: str) -> Problem:
    """Return the problem of a change as that of the option that asked for it."""
    if budget is None or problem.path != "budget":
        return replace(problem, file=problem.file or "--set")
    fix = f"write 5000, or '{sign}60k per year'"
    return Problem(f"'{budget}'", problem.expected, fix, file="--budget")


def check_variant(scenario: Scenario, variant: str | None) -> None:
    """Check that a scenario has the variant of ``--variant``.

    Raises
    ------
    InputError
        If it has not; the text names the nearest.
    """
    try:
        scenario.variant(variant)
    except InputError as error:
        raise InputError([replace(each, file="--variant") for each in error.problems]) from None


def read_prices(
    scenario: Scenario, snapshot: str | None, contract: Path | None = None
) -> PriceBook | None:
    """Return the book of a snapshot and a contract; None leaves the choice to the scenario."""
    if snapshot is None and contract is None:
        return None
    from costmodel.engine.books import scenario_book

    return scenario_book(scenario, snapshot, contract)


def _changes(settings: list[str]) -> dict[str, Any]:
    from costmodel.scenario.overriding import parse_setting

    return dict(map(parse_setting, settings))


def _currency_after(scenario: Scenario, changes: dict[str, Any]) -> Currency:
    """Return the currency in which amounts without a sign are meant, changes made."""
    own = {path: value for path, value in changes.items() if path.split(".")[0] == "currency"}
    return scenario.with_overrides(own).shown_in if own else scenario.shown_in


def _budget(text: str, own: Currency) -> str:
    """Return a budget as the scenario's grammar has it: a bare number is a month's, in `own`."""
    amount = text.strip()
    if "per" not in amount.split():
        amount += " per month"
    return f"{own.sign}{amount}" if amount[:1].isdigit() and not _named(amount) else amount


def _named(amount: str) -> bool:
    """Tell whether a number has its currency behind it: ``5k EUR per month``."""
    return bool(split_marks(amount.partition(" per ")[0].strip())[2])
