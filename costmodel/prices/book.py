"""The price book: one snapshot of prices, resolved by model, mode and date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import UnknownModelError
from costmodel.prices.catalogue import Catalogue, Loader, given
from costmodel.prices.changes import PriceChange, price_changes
from costmodel.prices.entries import table_models
from costmodel.prices.instants import day_start
from costmodel.prices.month_units import MonthUnits, month_units
from costmodel.prices.monthly import MonthPrice, month_price, noted
from costmodel.prices.offers import ModelPrices, Retirement
from costmodel.prices.own_cards import Cards, digest_of, own_model
from costmodel.prices.profiles import HourProfile
from costmodel.prices.snapshots import Snapshot, find_snapshot

if TYPE_CHECKING:
    from costmodel.prices.charges import UnitPrice
    from costmodel.prices.contract import Contract
    from costmodel.prices.history import PriceHistory


class PriceBook:
    """Prices as they were known at one snapshot; read by provider when first asked for.

    Build one with `load_prices`, or with `from_cards` for prices of your own.

    Parameters
    ----------
    snapshot : str
        The day of the knowledge, or a name for prices given in Python.
    digest : str
        The sha256 that vouches for the prices.
    loaders : mapping of str to callable
        For each provider, how to read its models.
    contract : Contract, optional
        What is laid over the tables.
    reconstructed : str
        How and from what the tables were made later than the snapshot's day;
        empty if they were made on it.
    """

    def __init__(
        self,
        snapshot: str,
        digest: str,
        loaders: Mapping[str, Loader],
        contract: Contract | None = None,
        reconstructed: str = "",
    ) -> None:
        self.snapshot = snapshot
        self.digest = digest
        self.contract = contract
        self.reconstructed = reconstructed
        self._catalogue = Catalogue(loaders)

    @classmethod
    def from_cards(
        cls,
        cards: Mapping[str, Cards],
        snapshot: str = "case",
        tokenizer: str = "o200k_base",
        *,
        units: Mapping[str, Mapping[str, UnitPrice]] | None = None,
    ) -> PriceBook:
        """Return a book with the given cards, valid at all dates.

        Parameters
        ----------
        cards : mapping of str to RateCard or mapping of str to RateCard
            For ``provider/id``: the standard card, or a card for each mode.
        snapshot : str
            What to call the book.
        tokenizer : str
            The vocabulary family of every model.
        units : mapping of str to mapping of str to UnitPrice, optional
            By model, the prices of units that are not tokens.
        """
        priced = {} if units is None else units
        models = [
            own_model(name, each, tokenizer, priced.get(name)) for name, each in cards.items()
        ]
        by_provider: dict[str, list[ModelPrices]] = {}
        for prices in models:
            by_provider.setdefault(prices.id.split("/")[0], []).append(prices)
        loaders = {name: given(tuple(several)) for name, several in by_provider.items()}
        return cls(snapshot, digest_of(*models), loaders)

    def with_card(self, model: str, card: Cards) -> PriceBook:
        """Return a copy in which `model` has the given card at all dates.

        A known model keeps its limits, cache facts, regions and last unit
        prices; an unknown ``provider/id`` is added.
        """
        changed = self._changed(model, card)
        catalogue = self._catalogue.with_model(changed)
        loaders = {name: catalogue.loader(name) for name in catalogue.providers}
        digest = digest_of(self.digest, changed)
        return PriceBook(self.snapshot, digest, loaders, self.contract, self.reconstructed)

    def with_contract(self, contract: Contract) -> PriceBook:
        """Return a copy at a contract's prices, with its own models and commitments.

        Raises
        ------
        InputError
            If the contract speaks of providers, models or modes there are not.
        """
        from costmodel.prices.agreed import Agreement

        catalogue = self._catalogue
        listed = {provider: catalogue.loader(provider) for provider in catalogue.providers}
        agreement = Agreement(contract, listed)
        agreement.check()
        loaders = {name: partial(agreement.models, name) for name in agreement.providers}
        digest = digest_of(self.digest, contract.digest)
        return PriceBook(self.snapshot, digest, loaders, contract, self.reconstructed)

    def _changed(self, model: str, card: Cards) -> ModelPrices:
        try:
            known = self.model(model)
        except UnknownModelError:
            return own_model(model, card, "")
        own = own_model(model, card, "", known.live[-1].units if known.live else None)
        return replace(known, periods=own.periods, retirement=None)

    def __repr__(self) -> str:
        providers = ", ".join(self._catalogue.providers) or "no provider"
        contract = "" if self.contract is None else f"; contract {self.contract.name!r}"
        return f"<PriceBook {self.snapshot}: {providers}{contract}; sha256 {self.digest[:12]}>"

    @property
    def day(self) -> date | None:
        """The snapshot's day; None for prices given in Python."""
        try:
            return date.fromisoformat(self.snapshot)
        except ValueError:
            return None

    @property
    def instant(self) -> datetime | None:
        """The first instant of the snapshot's day: the default date of prices."""
        return None if self.day is None else day_start(self.day)

    def models(self) -> list[str]:
        """Return every model as ``provider/id``, in the order of the tables."""
        return [prices.id for prices in self._catalogue]

    def model(self, name: str) -> ModelPrices:
        """Return a model by ``provider/id``, ``provider/alias`` or a bare alias; exact names only.

        Raises
        ------
        UnknownModelError
            If there is none of that name; the text names the nearest three.
        """
        return self._catalogue.model(name)

    def month(
        self,
        model: str,
        mode: str,
        year: int,
        month: int,
        *,
        hours: HourProfile | None = None,
        geo: str | None = None,
    ) -> MonthPrice:
        """Return the price of a calendar month: cards weighted by the time they apply.

        After a retirement the named successor prices the month, else the last
        price with a note. Hours with prices of their own are weighted by the
        share of a week's tokens that falls into them.

        Parameters
        ----------
        model, mode : str
            As in `cost`.
        year, month : int
            The calendar month, in UTC.
        hours : HourProfile, optional
            When in the day and the week the tokens fall; by default evenly,
            which a note then calls an assumption.
        geo : str, optional
            Region the processing is kept in.

        Raises
        ------
        UnknownModelError, PriceNotKnownError
            If the model, the mode, the region, a price that early or one after
            the end of the last price is not known.
        """
        prices = self.model(model)
        price = month_price(self.model, prices, mode, year, month, hours, geo)
        return noted(prices, price, self.day, date(year, month, 1))

    def month_units(self, model: str, year: int, month: int) -> MonthUnits:
        """Return a calendar month's prices of units that are not tokens, weighted by days.

        Raises
        ------
        UnknownModelError, PriceNotKnownError
            If the model, or a price of it in that month, is not known.
        """
        return month_units(self.model, self.model(model), year, month)

    def changes(self, model: str, mode: str, start: date, end: date) -> tuple[PriceChange, ...]:
        """Return the price changes with start <= date < end, withdrawn ones left out."""
        return price_changes(self.model(model), mode, start, end)

    def history(
        self, model: str, fields: Sequence[str] = ("input", "output"), mode: str = "standard"
    ) -> PriceHistory:
        """Return how rates moved and will move; see `costmodel.prices.history.history_of`."""
        from costmodel.prices.history import history_of

        return history_of(self, model, fields, mode)

    def retirement(self, model: str) -> Retirement | None:
        """Return when the model goes and what takes its place, or None."""
        return self.model(model).retirement


def load_prices(
    snapshot: str | None = None,
    contract: str | Path | None = None,
    *,
    folder: Path | None = None,
) -> PriceBook:
    """Return the prices known at a snapshot; the newest shipped one by default.

    Parameters
    ----------
    snapshot : str, optional
        Its day, such as ``2026-11-23``.
    contract : str or Path, optional
        A file with discounts, commitments and models of your own, which are
        laid over the tables.
    folder : Path, optional
        Another folder of tables with its own index.yaml.

    Raises
    ------
    InputError
        If there is no such snapshot, or a table or the contract is not valid.
    """
    book = _load(snapshot, data_folder("pricing") if folder is None else folder)
    if contract is None:
        return book
    from costmodel.prices.contract import read_contract

    return book.with_contract(read_contract(contract))


@lru_cache(maxsize=8)
def _load(snapshot: str | None, folder: Path) -> PriceBook:
    found = find_snapshot(snapshot, folder)
    loaders = {provider: _reading(found, provider) for provider in found.providers}
    return PriceBook(found.day.isoformat(), found.digest, loaders, None, found.reconstructed)


def _reading(snapshot: Snapshot, provider: str) -> Loader:
    return lambda: table_models(snapshot.table(provider))
