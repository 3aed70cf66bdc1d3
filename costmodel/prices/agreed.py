"""Laying a contract over the tables: list prices times discounts, own models, commitments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from costmodel.foundation.errors import InputError, Problem, did_you_mean, nearest_names
from costmodel.foundation.reading import ValuePath
from costmodel.prices.contract import Contract, Discount, OwnCommitment
from costmodel.prices.entries import model_prices, served
from costmodel.prices.offers import ModelPrices, PricePeriod
from costmodel.prices.tables import problem

Models = tuple[ModelPrices, ...]
Listed = Mapping[str, Callable[[], Models]]
"""For each provider of the tables, how to read its models."""


@dataclass(frozen=True)
class Agreement:
    """A contract beside the tables it is laid over.

    Parameters
    ----------
    contract : Contract
        What was agreed.
    listed : mapping of str to callable
        For each provider, how to read its models at list prices.
    """

    contract: Contract
    listed: Listed

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers of the tables and of the contract's own models."""
        own = (model.id.partition("/")[0] for model in self.contract.terms.models)
        return tuple(dict.fromkeys([*self.listed, *own]))

    def models(self, provider: str) -> Models:
        """Return a provider's models at the contract's prices, its own models last."""
        at_list = self.listed[provider]() if provider in self.listed else ()
        net = [self._net(prices) for prices in at_list]
        return tuple(self._committed(prices) for prices in (*net, *self._own(provider)))

    def _own(self, provider: str) -> Iterator[ModelPrices]:
        terms = self.contract.terms
        for entry in terms.models:
            owner, _, bare = entry.id.partition("/")
            if owner == provider:
                named = entry.model_copy(update={"id": bare})
                yield model_prices(provider, named, self.contract.sources, terms.windows)

    def _net(self, prices: ModelPrices) -> ModelPrices:
        provider = prices.id.partition("/")[0]
        found = [
            each
            for each in self.contract.terms.discounts
            if provider == each.provider or _is(prices, each.model)
        ]
        if not found:
            return prices
        words = f"contract {self.contract.name}: {'; '.join(map(str, found))}"
        sources = (*prices.sources, words)
        return replace(prices, periods=tuple(_discounted(prices, found)), sources=sources)

    def _committed(self, prices: ModelPrices) -> ModelPrices:
        provider, _, bare = prices.id.partition("/")
        own = tuple(each for each in self.contract.terms.commitments if each.provider == provider)
        if not own:
            return prices
        replaced = {each.id for each in own}
        kept = (each for each in prices.commitments if each.id not in replaced)
        return replace(prices, commitments=(*kept, *served(own, bare)))

    def check(self) -> None:
        """Check that the contract speaks of providers, models and modes there are.

        Raises
        ------
        InputError
            With file, line and the nearest names.
        """
        faults = [*self._own_faults(), *self._discount_faults(), *self._commitment_faults()]
        if faults:
            raise InputError(faults)

    def _own_faults(self) -> Iterator[Problem]:
        for number, entry in enumerate(self.contract.terms.models):
            provider, _, bare = entry.id.partition("/")
            listed = self.listed[provider]() if provider in self.listed else ()
            taken = {name for prices in listed for name in _names(prices)}
            for name in (bare, *entry.aliases):
                if name in taken:
                    read, expected = f"'{provider}/{name}', a name of the tables", "a new name"
                    fix = f"call it own/{bare}, or give a discount on the listed model"
                    yield self._fault(("models", number, "id"), read, expected, fix)

    def _discount_faults(self) -> Iterator[Problem]:
        seen: list[tuple[str, Discount]] = []
        for number, each in enumerate(self.contract.terms.discounts):
            at: ValuePath = ("discounts", number)
            models = self._targets(each)
            if not models:
                yield self._unknown(each, at)
                continue
            modes = {mode for prices in models for period in prices.live for mode in period.cards}
            if each.mode is not None and each.mode not in modes:
                read = f"mode '{each.mode}', which {each.model or each.provider} does not offer"
                expected = f"one of {', '.join(sorted(modes))}"
                yield self._fault((*at, "mode"), read, expected, "drop it, or name another mode")
            target = each.provider or models[0].id
            if any(target == other and _clash(each, before) for other, before in seen):
                read = f"a second discount on {target} for the same time"
                fix = "end the first one where the second starts: until: is that day"
                yield self._fault(at, read, "one discount at a time", fix)
            seen.append((target, each))

    def _targets(self, discount: Discount) -> Models:
        """Return the listed models a discount is for; none if it names nothing that is listed."""
        provider = discount.provider or str(discount.model).partition("/")[0]
        models = self.listed[provider]() if provider in self.listed else ()
        if discount.model is None:
            return models
        return tuple(prices for prices in models if _is(prices, discount.model))

    def _unknown(self, discount: Discount, at: ValuePath) -> Problem:
        listed = ", ".join(self.listed)
        expected = f"a provider of the tables ({listed}); own models have their own prices"
        provider = discount.provider or str(discount.model).partition("/")[0]
        if provider not in self.listed:
            key = "model" if discount.provider is None else "provider"
            fix = did_you_mean(provider, self.listed) or "write the provider as the tables do"
            return self._fault((*at, key), f"'{provider}'", expected, fix)
        names = [prices.id for prices in self.listed[provider]()]
        near = nearest_names(str(discount.model), names)
        read, fix = f"'{discount.model}'", f"nearest are {', '.join(near)}"
        return self._fault((*at, "model"), read, "a model of the tables", fix)

    def _commitment_faults(self) -> Iterator[Problem]:
        seen: set[tuple[str, str]] = set()
        for number, each in enumerate(self.contract.terms.commitments):
            at: ValuePath = ("commitments", number)
            yield from self._commitment_target(each, at)
            if (each.provider, each.id) in seen:
                read, expected = f"'{each.id}' of {each.provider} again", "ids that differ"
                yield self._fault((*at, "id"), read, expected, "rename one")
            seen.add((each.provider, each.id))

    def _commitment_target(self, each: OwnCommitment, at: ValuePath) -> Iterator[Problem]:
        if each.provider not in self.providers:
            expected = f"a provider of the tables or of own models ({', '.join(self.providers)})"
            fix = did_you_mean(each.provider, self.providers) or "add its models under models:"
            yield self._fault((*at, "provider"), f"'{each.provider}'", expected, fix)
            return
        known = [prices.id.partition("/")[2] for prices in self.models(each.provider)]
        for name in each.models or ():
            if name not in known:
                read, expected = f"model '{name}'", f"a model of {each.provider}"
                near = nearest_names(name, known)
                fix = f"nearest are {', '.join(near)}" if near else "add it under models:"
                yield self._fault((*at, "models"), read, expected, fix)

    def _fault(self, at: ValuePath, read: str, expected: str, fix: str) -> Problem:
        return problem(self.contract.document, at, read, expected, fix)


def _names(prices: ModelPrices) -> tuple[str, ...]:
    return (prices.id.partition("/")[2], *prices.aliases)


def _is(prices: ModelPrices, name: str | None) -> bool:
    """Whether ``provider/id``, or ``provider/alias``, names the model."""
    provider = prices.id.partition("/")[0]
    return name is not None and name in {f"{provider}/{own}" for own in _names(prices)}


def _clash(one: Discount, other: Discount) -> bool:
    """Whether two discounts on one target are equally specific and meet in time."""
    if (one.rank, one.mode) != (other.rank, other.mode):
        return False
    return _before(one.from_, other.until) and _before(other.from_, one.until)


def _before(start: datetime | None, end: datetime | None) -> bool:
    return start is None or end is None or start < end


def _discounted(prices: ModelPrices, discounts: list[Discount]) -> Iterator[PricePeriod]:
    """Yield the periods at net prices, cut where a discount starts or ends."""
    edges = {edge for each in discounts for edge in (each.from_, each.until) if edge is not None}
    starts = [period.start for period in prices.live][1:]
    ends = iter([*starts, None])
    for period in prices.periods:
        if period.status == "withdrawn":
            yield period
            continue
        for piece in _pieces(period, next(ends), sorted(edges)):
            yield _net_piece(piece, discounts)


def _pieces(
    period: PricePeriod, end: datetime | None, edges: list[datetime]
) -> Iterator[PricePeriod]:
    """Cut a period that runs until `end` at the edges inside it."""
    inner = [
        edge
        for edge in edges
        if (period.start is None or edge > period.start) and (end is None or edge < end)
    ]
    starts = [period.start, *inner]
    for number, (start, stop) in enumerate(zip(starts, [*inner, end], strict=True)):
        later = period.until is not None and stop is not None and period.until > stop
        until = None if later else period.until
        yield replace(period, start=start, until=until, continues=number > 0)


def _net_piece(piece: PricePeriod, discounts: list[Discount]) -> PricePeriod:
    cards = {
        mode: offer.scaled(_factor(mode, piece.start, discounts))
        for mode, offer in piece.cards.items()
    }
    return replace(piece, cards=cards)


def _factor(mode: str, start: datetime | None, discounts: list[Discount]) -> float:
    """Return the factor of the most specific discount in force from `start` on."""
    found = [
        each
        for each in discounts
        if each.mode in (None, mode)
        and (each.from_ is None or (start is not None and each.from_ <= start))
        and (each.until is None or start is None or start < each.until)
    ]
    return max(found, key=lambda each: each.rank).multiply if found else 1.0
