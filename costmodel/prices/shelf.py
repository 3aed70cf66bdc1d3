"""Where tables are looked for: a snapshot, one table, or the book made of a snapshot."""

from __future__ import annotations

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.book import PriceBook
from costmodel.prices.schema import Table
from costmodel.prices.snapshots import Snapshot, find_snapshot

Shelf = Snapshot | Table


def shelf_of(prices: PriceBook | Shelf) -> Shelf:
    """Return the tables behind prices.

    Raises
    ------
    InputError
        If a book is not a shipped snapshot as it stands: cards of one's own
        and contracts cite no table.
    """
    if not isinstance(prices, PriceBook):
        return prices
    if prices.day is not None:
        found = find_snapshot(prices.snapshot, data_folder("pricing"))
        if found.digest == prices.digest:
            return found
    read = f"the price book '{prices.snapshot}', which is not a shipped snapshot as it stands"
    fix = "ask the snapshot itself: load_prices(), without a contract or cards of your own"
    raise InputError(Problem(read, "prices whose tables are shipped", fix))


def providers_of(shelf: Shelf) -> tuple[str, ...]:
    """Return the providers there are."""
    return (shelf.provider,) if isinstance(shelf, Table) else shelf.providers


def table_of(shelf: Shelf, provider: str) -> Table:
    """Return a provider's table."""
    return shelf if isinstance(shelf, Table) else shelf.table(provider)
