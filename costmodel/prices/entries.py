"""From the records of a price file to what a provider offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from costmodel.prices.charges import UnitPrice
from costmodel.prices.instants import WEEKDAYS, Hours, span
from costmodel.prices.offers import ModeCard, ModelPrices, PricePeriod, Retirement
from costmodel.prices.pledges import Commitment
from costmodel.prices.schema import Card, ModelEntry, Period, Source, Table, Window


def table_models(table: Table) -> tuple[ModelPrices, ...]:
    """Return the models of a provider's table."""
    return tuple(
        model_prices(
            table.provider, entry, table.sources, table.windows, served(table.commitments, entry.id)
        )
        for entry in table.models
    )


def served(commitments: tuple[Commitment, ...], model: str) -> tuple[Commitment, ...]:
    """Return the reserved capacity that serves a model, given its id without the provider."""
    return tuple(each for each in commitments if each.models is None or model in each.models)


def model_prices(
    provider: str,
    entry: ModelEntry,
    sources: Mapping[str, Source],
    windows: Mapping[str, Window],
    commitments: tuple[Commitment, ...] = (),
) -> ModelPrices:
    """Return one entry of a price file as prices to resolve.

    Parameters
    ----------
    provider : str
        What stands before the model's id.
    entry : ModelEntry
        The entry.
    sources, windows : mapping of str to Source, Window
        Those of the file.
    commitments : tuple of Commitment
        The reserved capacity that serves the model.
    """
    clocks = {name: _hours(window) for name, window in windows.items()}
    gone = None if entry.retires is None else Retirement(entry.retires, entry.then)
    return ModelPrices(
        id=f"{provider}/{entry.id}",
        aliases=entry.aliases,
        tokenizer=entry.tokenizer.family,
        exact=entry.tokenizer.counting == "exact",
        context=entry.limits.context,
        max_input=entry.limits.max_input,
        max_output=entry.limits.max_output,
        cache=entry.cache,
        periods=tuple(_period(provider, period, clocks, sources) for period in entry.periods),
        geos={adjust.when.geo: adjust.multiply for adjust in entry.adjust},
        retirement=gone,
        note=entry.note or "",
        sources=_told(_keys(entry), sources),
        cited=tuple(sources[key] for key in _keys(entry)),
        capacity=entry.capacity,
        commitments=commitments,
    )


def _hours(window: Window) -> Hours:
    days = WEEKDAYS if window.days is None else window.days
    return Hours(
        window.tz,
        tuple(WEEKDAYS.index(day) for day in days),
        tuple(span(hours) for hours in window.hours),
        window.from_,
        window.to,
    )


def _period(
    provider: str, period: Period, clocks: Mapping[str, Hours], sources: Mapping[str, Source]
) -> PricePeriod:
    return PricePeriod(
        start=period.from_,
        status=period.status,
        cards={mode: _mode_card(card, clocks) for mode, card in period.cards.items()},
        units={
            name: _unit(provider, unit, _told(unit.src or period.src, sources))
            for name, unit in period.units.items()
        },
        observed=period.from_kind == "observed",
        note=period.note or "",
        promo=period.promo,
        until=period.until,
        withdrawn_on=period.withdrawn_on,
    )


def _unit(provider: str, unit: UnitPrice, src: tuple[str, ...]) -> UnitPrice:
    """Return a unit's price with its sources in words and its group as one of its provider."""
    free = unit.free
    if free is not None and free.shared_group is not None:
        group = f"{provider}/{free.shared_group}"
        free = free.model_copy(update={"shared_group": group})
    return unit.model_copy(update={"free": free, "src": src})


def _mode_card(card: Card, clocks: Mapping[str, Hours]) -> ModeCard:
    peaks = tuple((clocks[name], rates.card()) for name, rates in card.windows.items())
    return ModeCard(card.card(), card.max_prompt_tokens, card.verified_from, peaks)


def _keys(entry: ModelEntry) -> list[str]:
    return list(dict.fromkeys(key for period in entry.periods for key in period.src))


def _told(keys: Iterable[str], sources: Mapping[str, Source]) -> tuple[str, ...]:
    return tuple(_words(key, sources[key]) for key in keys)


def _words(key: str, source: Source) -> str:
    """Return ``genai-prices 0.2.3 (aggregator, retrieved 2026-11-23)``."""
    name = " ".join(part for part in (source.url or source.name or key, source.version) if part)
    facts: list[str] = [] if source.kind == "contract" else [source.kind]
    facts += [] if source.via is None else [f"via {source.via}"]
    facts += [] if source.retrieved is None else [f"retrieved {source.retrieved}"]
    return f"{name} ({', '.join(facts)})" if facts else name
