"""Which price book a scenario is billed with, and how to name it again."""

from __future__ import annotations

from pathlib import Path

from costmodel.foundation.errors import InputError
from costmodel.prices.book import PriceBook, load_prices
from costmodel.scenario.schema import Scenario


def scenario_book(
    scenario: Scenario, snapshot: str | None = None, contract: str | Path | None = None
) -> PriceBook:
    """Return the prices of the snapshot and the contract that a scenario names.

    Parameters
    ----------
    scenario : Scenario
    snapshot : str, optional
        Another day of knowledge.
    contract : str or Path, optional
        Another contract's file.

    Raises
    ------
    InputError
        If there is no such snapshot, or the contract is not valid.
    """
    chosen = scenario.prices
    return load_prices(
        chosen.snapshot if snapshot is None else snapshot,
        contract=chosen.contract_path if contract is None else contract,
    )


def is_loadable(book: PriceBook) -> bool:
    """Return whether the book's snapshot and contract, loaded again, have the same prices."""
    contract = None if book.contract is None else book.contract.file
    try:
        return load_prices(book.snapshot, contract=contract).digest == book.digest
    except InputError:
        return False


def further_contract(scenario: Scenario, book: PriceBook) -> str:
    """Return the file of a book's contract that the scenario does not name; empty without one."""
    if book.contract is None:
        return ""
    named = scenario.prices.contract_path
    same = named is not None and named.resolve() == Path(book.contract.file).resolve()
    return "" if same else book.contract.file
