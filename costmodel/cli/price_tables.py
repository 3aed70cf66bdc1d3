"""Tables of prices for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from rich.table import Table

from costmodel.cli.price_facts import (
    capacity_words,
    promo_words,
    reserved_notes,
    reserved_table,
    status_words,
    unit_words,
)
from costmodel.cli.price_figures import KINDS, LAST_DAY, Offer
from costmodel.cli.terminal import add_row, show, stdout_console, table, wrapped, write
from costmodel.prices.book import PriceBook
from costmodel.prices.cards import RateCard, rate_text
from costmodel.prices.figures import PER_MTOK
from costmodel.prices.instants import WEEKDAYS, Hours
from costmodel.prices.offers import ModeCard, ModelPrices, PricePeriod

RATES = ("Input", "Cached", "Written", "Output")


COLUMN_GAP = 2
SHORTEST_NAME = 16
"""Characters of a line of a model's name that is broken."""
WIDE = 100
"""Columns of a terminal from which what is coming is told in words."""


def show_offers(book: PriceBook, offers: list[Offer], at: str | None) -> None:
    """Write the standard rates of many models."""
    width = stdout_console().width
    day = at or book.snapshot
    title = f"{PER_MTOK}, standard mode, at {day}, as known on {book.snapshot}{_under(book)}"
    columns = ["Model", *RATES, "Coming"]
    rows = [_offer_row(offer, wide=width >= WIDE) for offer in offers]
    taken = (max(map(len, column)) for column in list(zip(columns, *rows, strict=True))[1:])
    room = width - sum(taken) - COLUMN_GAP * len(RATES) - COLUMN_GAP
    made = table(title, columns, words=("Model", "Coming"))
    apart = any(len(row[0]) > room for row in rows)
    before = ""
    for name, *figures in rows:
        provider, _, bare = name.partition("/")
        if provider != before:
            _begin_provider(made, f"{provider}/" if apart else "", first=not before)
        before = provider
        add_row(made, broken(f"  {bare}" if apart else name, room), *figures)
    show(made)
    kinds = {offer.coming.split()[0] for offer in offers if offer.coming and width < WIDE}
    told = "; ".join(f"{kind}: {words}" for kind, words in KINDS.items() if kind in kinds)
    write_notes([f"Coming. {told}."] if told else [])


def _begin_provider(made: Table, heading: str, *, first: bool) -> None:
    """Set a provider's models apart, under its name where whole names have no room."""
    if not first:
        made.add_section()
    if heading:
        add_row(made, heading, *[""] * (len(made.columns) - 1), bold=True)


def _offer_row(offer: Offer, *, wide: bool) -> list[str]:
    rates = _rates(offer.card) if offer.card is not None else ["not yet", "", "", ""]
    return [offer.model.id, *rates, offer.coming_words if wide else offer.coming]


def broken(name: str, room: int) -> str:
    """Return a model's name in lines of at most `room` characters, broken after its signs."""
    room = max(room, SHORTEST_NAME)
    deeper = " " * (len(name) - len(name.lstrip()) + 2)
    lines, indent = [], ""
    while len(indent + name) > room:
        head = name[: room - len(indent)]
        cut = max((head.rfind(sign) + 1 for sign in "-/.:_@"), default=0) or len(head)
        lines.append(indent + name[:cut])
        name, indent = name[cut:], deeper
    return "\n".join([*lines, indent + name])


def _under(book: PriceBook) -> str:
    """Say that a snapshot is reconstructed, and name the contract prices are under, if so."""
    words = ", reconstructed" if book.reconstructed else ""
    return words + ("" if book.contract is None else f", under the contract {book.contract.name}")


def _rates(card: RateCard) -> list[str]:
    rates = (card.input, card.cache_read, card.cache_write, card.output)
    return ["-" if usd is None else rate_text(usd) for usd in rates]


def show_model(book: PriceBook, model: ModelPrices, when: datetime | None) -> None:
    """Write everything known of a model: facts, rates, history, reserved capacity, sources."""
    period = model.period_at(when)
    show(_facts(book, model))
    write("")
    show(_cards(period, when))
    write_notes(
        [*promo_words(model, period), *_peaks(period, when), *unit_words(book, model, period)]
    )
    write("")
    show(_history(model, period))
    write_notes([*_period_notes(model), *_coming(book, model, when)])
    if model.commitments:
        write("")
        show(reserved_table(model))
    write_notes([*capacity_words(model), *reserved_notes(model)])
    write("")
    write_notes([f"source: {source}" for source in model.sources])


def write_notes(lines: Iterable[str]) -> None:
    """Write lines, the long ones wrapped."""
    console = stdout_console()
    for line in lines:
        console.print(wrapped(line, console.width), soft_wrap=True)  # addresses stay whole


def _facts(book: PriceBook, model: ModelPrices) -> Table:
    title = f"{model.id} as known on {book.snapshot}{_under(book)}"
    made = table(title, ["Fact", "Value"], words=("Fact", "Value"))
    made.show_header = False
    contract = "" if book.contract is None else f"{book.contract.name} ({book.contract.file})"
    for name, value in (("contract", contract), *_fact_rows(model)):
        if value:
            add_row(made, name, value)
    return made


def _fact_rows(model: ModelPrices) -> Iterator[tuple[str, str]]:
    yield "also called", ", ".join(a for a in model.aliases if not model.id.endswith(f"/{a}"))
    exact = "exact" if model.exact else "estimated"
    yield "tokenizer", f"{model.tokenizer} ({exact})" if model.tokenizer else ""
    yield "limits", _limits(model)
    yield "prompt cache", _cache(model)
    yield "regions", ", ".join(f"{geo} x {factor:g}" for geo, factor in model.geos.items())
    gone = model.retirement
    if gone is not None:
        yield "retires", f"{gone.date}" + (f", then {gone.then}" if gone.then else "")
    yield "note", model.note


def _limits(model: ModelPrices) -> str:
    limits = {
        "context": model.context,
        "longest prompt": model.max_input,
        "longest output": model.max_output,
    }
    known = [f"{name} {tokens:,}" for name, tokens in limits.items() if tokens is not None]
    return ", ".join(known) + " tokens" if known else ""


def _cache(model: ModelPrices) -> str:
    facts = model.cache
    if facts.mode == "none":
        return "none"
    kind = "implicit and explicit" if facts.mode == "both" else facts.mode
    words = [kind, facts.match.replace("_", " ")]
    if facts.min_prefix_tokens is not None:
        words.append(f"from {facts.min_prefix_tokens:,} tokens")
    if facts.increment_tokens is not None:
        words.append(f"in steps of {facts.increment_tokens:,}")
    if facts.ttl_seconds:
        words.append("kept " + ", ".join(_lifetime(*ttl) for ttl in facts.ttl_seconds.items()))
    words.append("writes are billed" if facts.write_billed else "writes cost no more than input")
    if facts.storage is not None:
        whose = " of explicit caches" if facts.storage.explicit_only else ""
        usd = rate_text(facts.storage.usd_per_mtok_hour)
        words.append(f"storage{whose} {usd} per 1M tokens and hour")
    return ", ".join(words)


def _lifetime(name: str, seconds: int) -> str:
    length = f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds / 60:g} min"
    return f"{length} ({name})" if not name[0].isdigit() else length


def _cards(period: PricePeriod, when: datetime | None) -> Table:
    day = "" if when is None else f" at {when:%Y-%m-%d}"
    day += "" if period.status == "effective" else f" ({period.status})"
    columns = ["Mode", "Input", "Cached", "Written", "Written 1h", "Output"]
    made = table(f"{PER_MTOK}{day}", columns, words=("Mode",))
    for mode, offer in period.cards.items():
        _add_card(made, mode, offer.card)
        for tier in offer.card.tiers:
            over = "from" if tier.inclusive else "above"
            _add_card(made, f"  prompt {over} {tier.threshold:,}", tier.card)
        for hours, card in _in_force(offer, when):
            _add_card(made, f"  peak hours, {hours.zone}", card)
    return made


def _in_force(offer: ModeCard, when: datetime | None) -> list[tuple[Hours, RateCard]]:
    """Return the peak hours that are in force at a time, or come later."""
    return [
        (hours, card)
        for hours, card in offer.peaks
        if when is None or hours.end is None or hours.end > when
    ]


def _peaks(period: PricePeriod, when: datetime | None) -> Iterator[str]:
    """Say when the peak hours are, once for each clock."""
    every = [hours for offer in period.cards.values() for hours, _ in _in_force(offer, when)]
    for hours in dict.fromkeys(every):
        days = " ".join(WEEKDAYS[day] for day in hours.days)
        spans = ", ".join(f"{_clock(a)}-{_clock(b)}" for a, b in hours.spans)
        dates = [f"from {hours.start:%Y-%m-%d}"] if hours.start is not None else []
        dates += [f"until {hours.end:%Y-%m-%d}"] if hours.end is not None else []
        yield f"peak hours, {hours.zone}: {' '.join([spans, 'on', days, *dates])}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _period_notes(model: ModelPrices) -> Iterator[str]:
    for period in model.periods:
        if period.note:
            start = "launch" if period.start is None else f"{period.start:%Y-%m-%d}"
            yield f"{start}: {period.note}"


def _add_card(made: Table, label: str, card: RateCard) -> None:
    rates = _rates(card)
    hour = "-" if card.cache_write_1h is None else rate_text(card.cache_write_1h)
    add_row(made, label, *rates[:3], hour, rates[3])


def _history(model: ModelPrices, now: PricePeriod) -> Table:
    columns = ["From", "Status", *RATES]
    made = table("Standard rates over time", columns, words=("From", "Status"))
    for period in model.periods:
        start = "launch" if period.start is None else f"{period.start:%Y-%m-%d}"
        offer = period.cards.get("standard")
        rates = _rates(offer.card) if offer is not None else ["-"] * len(RATES)
        add_row(made, start, status_words(model, period), *rates, bold=period is now)
    return made


def _coming(book: PriceBook, model: ModelPrices, when: datetime | None) -> Iterator[str]:
    """Say how standard rates will change, and which other modes come or go."""
    if when is None:
        return
    for mode in dict.fromkeys(mode for period in model.live for mode in period.cards):
        for change in book.changes(model.id, mode, when.date(), LAST_DAY):
            told = mode == "standard" or change.text.endswith("offered")
            if told and change.date > when.date():
                yield f"{change.date} ({change.status}): {change.text}"
