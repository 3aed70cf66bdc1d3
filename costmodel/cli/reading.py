"""Reading what a command is asked about: a scenario with its changes, a price book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    if budget is not None:
        changes["budget"] = _budget(budget)
    return load_scenario(name, changes)


def read_prices(snapshot: str | None) -> PriceBook | None:
    """Return the book of a snapshot; None leaves the choice to the scenario."""
    if snapshot is None:
        return None
    from costmodel.prices.book import load_prices

    return load_prices(snapshot)


def _changes(settings: list[str]) -> dict[str, Any]:
    from costmodel.scenario.overriding import parse_setting

    return dict(map(parse_setting, settings))


def _budget(text: str) -> str:
    """Return a budget as the scenario's grammar has it: a bare number is USD per month."""
    amount = text.strip()
    if "per" not in amount.split():
        amount += " per month"
    return amount if amount.startswith("$") else f"${amount}"
