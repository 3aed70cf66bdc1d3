"""Why a figure is what it is: its value, when it applies, who says so, and how sure that is.

why(load_prices(), "openai/gpt-5.6-sol.cache_read").value
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from costmodel.foundation.errors import (
    CostModelError,
    InputError,
    PriceNotKnownError,
    Problem,
    nearest_names,
)
from costmodel.prices.book import PriceBook
from costmodel.prices.cards import rate_text
from costmodel.prices.entries import model_prices
from costmodel.prices.figures import (
    FACT_GROUPS,
    MODES,
    RATES,
    Fact,
    Value,
    facts_of,
    prices_of,
    unit_of,
)
from costmodel.prices.instants import At, day_start, instant_of
from costmodel.prices.named import Named, find_named
from costmodel.prices.offers import no_mode
from costmodel.prices.schema import Card, Period
from costmodel.prices.shelf import Shelf, shelf_of
from costmodel.prices.table_facts import window_words
from costmodel.prices.vouching import Vouched, fact_vouched, price_vouched


@dataclass(frozen=True)
class PastValue:
    """The value of a figure in one period.

    Parameters
    ----------
    since : datetime.datetime or None
        None where the launch is not known.
    status : str
        effective, announced or withdrawn.
    observed, promo : bool
        Whether `since` is the day of a first sighting; whether the price is promotional.
    until, withdrawn_on : datetime.datetime, datetime.date or None
        The stated end, and the day an announcement was taken back.
    value : float, str or None
        None where the period has no such price.
    now : bool
        Whether it is the one asked for.
    """

    since: datetime | None
    status: str
    observed: bool
    promo: bool
    until: datetime | None
    withdrawn_on: date | None
    value: Value
    now: bool


@dataclass(frozen=True)
class Origin:
    """A figure of a price table with everything that vouches for it.

    Parameters
    ----------
    snapshot : str
        What was known.
    model, field : str
        The model as ``provider/id``, and the figure, such as ``standard.cache_read``.
    value : float, int, bool, str or None
        None where the table states none; `billed` then says what is billed instead.
    unit : str
        What a number is counted in.
    at : datetime.datetime or None
        When the price applies; None for facts, which hold at all dates.
    beside : mapping of str to float or None
        The same rate in the long-context tiers and peak hours of the same card.
    vouched : Vouched
        Its sources, and how sure they make it.
    notes : tuple of str
        Reservations, in words.
    history : tuple of PastValue
        The values of the same figure in all periods, in their order.
    """

    snapshot: str
    model: str
    field: str
    value: Value
    unit: str
    at: datetime | None
    billed: str
    beside: Mapping[str, Value]
    vouched: Vouched
    notes: tuple[str, ...]
    history: tuple[PastValue, ...]


def why(
    prices: PriceBook | Shelf,
    name: str,
    *,
    at: At | None = None,
    mode: str | None = None,
) -> Origin:
    """Return where a figure comes from.

    Parameters
    ----------
    prices : PriceBook, Snapshot or Table
        A shipped book, a snapshot, or one provider's table.
    name : str
        ``MODEL.FIELD``: the model as ``provider/id`` or an exact alias; the
        field such as ``cache_read``, ``batch.output``,
        ``standard.above_272000.input``, ``units.web_search``, ``limits.context``,
        ``cache.storage``, ``geo.us`` or ``retires``.
    at : str, date or datetime, optional
        When a price applies; by default the first instant of the snapshot's day.
    mode : str, optional
        The service mode of a rate that does not name one; ``standard`` by default.

    Raises
    ------
    UnknownModelError
        If no model has that name; the text names the nearest.
    InputError
        If the model has no such field; the text names the nearest.
    PriceNotKnownError
        If the model has no price at that date, or not in that mode.
    """
    named = find_named(shelf_of(prices), name)
    facts = facts_of(named.entry)
    if named.field in facts and mode is None:
        return _of_fact(named, facts[named.field])
    if named.field.split(".")[0] in FACT_GROUPS:
        if named.field in facts:
            read = f"the mode {mode} beside '{named.field}', which has none"
            raise InputError(Problem(read, "a rate beside a mode", "leave the mode out"))
        raise _no_field(named, facts)
    return _of_price(named, at, mode)


def _of_fact(named: Named, fact: Fact) -> Origin:
    vouched = fact_vouched(named.table.sources, named.entry, fact)
    notes = [fact.note, named.entry.note or ""]
    if fact.value is None:
        notes.insert(0, "the table does not state it")
    elif not vouched.own:
        notes.insert(0, "it cites no source of its own; those of the model's prices stand here")
    return Origin(
        snapshot=str(named.table.snapshot),
        model=named.model,
        field=named.field,
        value=fact.value,
        unit=fact.unit,
        at=None,
        billed="",
        beside={},
        vouched=vouched,
        notes=tuple(note for note in notes if note),
        history=(),
    )


def _of_price(named: Named, at: At | None, mode: str | None) -> Origin:
    when = day_start(named.table.snapshot) if at is None else instant_of(at)[0]
    period = _period_at(named, when)
    prices = prices_of(period)
    name = _priced_name(named, period, mode)
    return Origin(
        snapshot=str(named.table.snapshot),
        model=named.model,
        field=name,
        value=prices[name],
        unit=unit_of(name),
        at=when,
        billed=_billed(prices, name),
        beside=_beside(prices, name),
        vouched=price_vouched(named.table.sources, period, name),
        notes=tuple(_notes(named, period, name, when)),
        history=_history(named, period, name),
    )


def _period_at(named: Named, when: datetime) -> Period:
    table = named.table
    prices = model_prices(table.provider, named.entry, table.sources, table.windows)
    found = prices.period_at(when)
    return named.entry.periods[next(n for n, p in enumerate(prices.periods) if p is found)]


def _priced_name(named: Named, period: Period, mode: str | None) -> str:
    """Return the full name of the price asked for: ``cache_read`` is ``standard.cache_read``."""
    lead = named.field.split(".")[0]
    whole = lead in MODES or lead == "units"
    if whole and mode is not None and mode != lead:
        read = f"the mode {mode} beside '{named.field}'"
        raise InputError(Problem(read, "one of the two", "leave one of them out"))
    name = named.field if whole else f"{mode or 'standard'}.{named.field}"
    prices = prices_of(period)
    if name in prices:
        return name
    raise _not_priced(named, period, name)


def _not_priced(named: Named, period: Period, name: str) -> CostModelError:
    """Return the error of a price that the model does not have at a date, or not at all."""
    ever = [each for p in named.entry.periods for each in prices_of(p)]
    when = "" if period.from_ is None else f" from {period.from_:%Y-%m-%d}"
    mode = name.split(".")[0]
    if mode != "units" and mode not in period.cards:
        return no_mode(named.model, mode, period.cards, period.from_)
    if name in ever:
        return PriceNotKnownError(f"{named.model} has no {name}{when}; it has at other dates")
    return _no_field(named, (*dict.fromkeys(ever), *facts_of(named.entry)))


def _no_field(named: Named, known: Iterable[str]) -> InputError:
    short = [name.removeprefix("standard.") for name in known]
    group = named.field.split(".")[0]
    near = [name for name in short if name.startswith(f"{group}.")][:5]
    near = near or nearest_names(named.field, short) or short[:5]
    fix = f"nearest are {', '.join(near)}"
    return InputError(Problem(f"'{named.field}'", f"a figure of {named.model}", fix))


def _billed(prices: Mapping[str, Value], name: str) -> str:
    """Say what is billed where the card has no such rate; empty where it has one."""
    lead, _, rate = name.rpartition(".")
    if prices[name] is not None or rate not in RATES:
        return ""
    if rate == "output":
        return "nothing: the model has no output rate, and a request with output is an error"
    fallback = "cache_write" if rate == "cache_write_1h" else "input"
    value = prices[f"{lead}.{fallback}"]
    if value is None:
        fallback, value = "input", prices[f"{lead}.input"]
    assert isinstance(value, float | int)
    warned = ", with a warning" if rate == "cache_read" else ""
    return f"the {fallback} rate, {rate_text(float(value))}{warned}"


def _beside(prices: Mapping[str, Value], name: str) -> dict[str, Value]:
    """Return the same rate in the other tiers and windows of the mode's card."""
    mode, _, rest = name.partition(".")
    rate = rest.rpartition(".")[2]
    if rate not in RATES:
        return {}
    others = [k for k in prices if k.startswith(f"{mode}.") and k.endswith(f".{rate}")]
    return {other: prices[other] for other in others if other != name}


def _notes(named: Named, period: Period, name: str, when: datetime) -> list[str]:
    card = _card(period, name)
    notes = [period.note or "", named.entry.note or ""]
    verified = None if card is None else card.verified_from
    if verified is not None and when.date() < verified:
        notes.insert(0, f"its source vouches for it from {verified} only")
    gone = named.entry.retires
    if gone is not None:
        then = f"; {named.entry.then} prices it then" if named.entry.then else ""
        notes.append(f"the model retires on {gone}{then}")
    if card is not None and name.endswith(RATES):
        windows = named.table.windows
        notes += [f"{name}: {window_words(windows[name])}" for name in card.windows]
    return [note for note in notes if note]


def _card(period: Period, name: str) -> Card | None:
    """Return the card a price stands in; None for a unit's."""
    lead = name.split(".")[0]
    return next((card for mode, card in period.cards.items() if mode == lead), None)


def _history(named: Named, now: Period, name: str) -> tuple[PastValue, ...]:
    return tuple(
        PastValue(
            since=period.from_,
            status=period.status,
            observed=period.from_kind == "observed",
            promo=period.promo,
            until=period.until,
            withdrawn_on=period.withdrawn_on,
            value=prices_of(period).get(name),
            now=period is now,
        )
        for period in named.entry.periods
    )
