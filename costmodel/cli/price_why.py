"""`costmodel prices why`: where a figure of the price tables comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costmodel.cli.options import AsJson, At, Debug, Snapshot, read_at
from costmodel.cli.outcome import guarded
from costmodel.cli.terminal import write_json

if TYPE_CHECKING:
    from rich.table import Table

    from costmodel.prices.figures import Value
    from costmodel.prices.origins import Origin, PastValue


@guarded
def why(
    figure: Annotated[
        str,
        typer.Argument(
            metavar="MODEL.FIELD",
            help="Such as openai/gpt-5.cache_read, openai/gpt-5.batch.output, "
            "openai/gpt-5.limits.context.",
        ),
    ],
    at: At = None,
    mode: Annotated[
        str | None,
        typer.Option("--mode", metavar="M", help="The service mode; standard if not given."),
    ] = None,
    snapshot: Snapshot = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Show where a figure comes from, since when it applies, and how sure it is."""
    from costmodel.cli.pricing import only_near_names, tell_reconstructed
    from costmodel.foundation.datafiles import data_folder
    from costmodel.prices.origins import why as origin_of
    from costmodel.prices.snapshots import find_snapshot

    found = find_snapshot(snapshot, data_folder("pricing"))
    with only_near_names(figure.rpartition(".")[0] or figure):
        origin = origin_of(found, figure, at=read_at(at), mode=mode)
    tell_reconstructed(found.day, found.reconstructed)
    if as_json:
        write_json({**origin_figures(origin), "reconstructed": found.reconstructed or None})
        return
    _show(origin)


def origin_figures(origin: Origin) -> dict[str, Any]:
    """Return an origin as plain data."""
    vouched = origin.vouched
    return {
        "snapshot": origin.snapshot,
        "model": origin.model,
        "field": origin.field,
        "value": origin.value,
        "unit": origin.unit or None,
        "at": _iso(origin.at),
        "billed_instead": origin.billed or None,
        "same_rate_elsewhere": dict(origin.beside),
        "confidence": vouched.confidence,
        "confidence_stated": vouched.stated,
        "sources": [
            {"key": each.key, **each.source.model_dump(mode="json")} for each in vouched.citations
        ],
        "sources_are_its_own": vouched.own,
        "notes": list(origin.notes),
        "values": [_past(each) for each in origin.history],
    }


def _past(each: PastValue) -> dict[str, Any]:
    return {
        "from": _iso(each.since),
        "until": _iso(each.until),
        "status": each.status,
        "observed": each.observed,
        "promo": each.promo,
        "withdrawn_on": None if each.withdrawn_on is None else str(each.withdrawn_on),
        "value": each.value,
        "now": each.now,
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _show(origin: Origin) -> None:
    from costmodel.cli.price_tables import write_notes
    from costmodel.cli.terminal import add_row, show, table, write

    made = table(f"{origin.model} {origin.field}", ["Fact", "Value"], words=("Fact", "Value"))
    made.show_header = False
    for name, value in _rows(origin):
        add_row(made, name, value)
    show(made)
    if len(origin.history) > 1:
        write("")
        show(_history(origin))
    write("")
    show(_sources(origin))
    write_notes([f"note: {note}" for note in origin.notes])


def _rows(origin: Origin) -> Iterator[tuple[str, str]]:
    yield "value", _value(origin)
    if origin.billed:
        yield "billed", origin.billed
    now = next((each for each in origin.history if each.now), None)
    if now is not None and origin.at is not None:
        yield "applies", _applies(origin, now)
    for name, value in origin.beside.items():
        yield name, price_text(value, origin.field)
    yield "as known on", origin.snapshot
    yield "confidence", _confidence(origin)


def _value(origin: Origin) -> str:
    text = price_text(origin.value, origin.field)
    if origin.field.startswith("units.") and isinstance(origin.value, float):
        return f"{text} each, ${origin.value * 1000:,.10g} per 1,000"
    unit = origin.unit.removeprefix("USD ") if "$" in text else origin.unit
    return f"{text} {unit}".strip() if origin.value is not None else text


def price_text(value: Value, field: str) -> str:
    """Return a figure in words: a rate in USD, tokens with commas, ``none``."""
    from costmodel.prices.cards import rate_text

    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not field.startswith(("geo.", "capacity.")):
        return rate_text(value)
    return (
        f"{value:,g}"
        if isinstance(value, float)
        else f"{value:,}"
        if isinstance(value, int)
        else value
    )


def _applies(origin: Origin, now: PastValue) -> str:
    later = [e.since for e in origin.history if e.since is not None and e.status != "withdrawn"]
    assert origin.at is not None
    ends = [each for each in (now.until, *later) if each is not None and each > origin.at]
    start = "launch, day not known" if now.since is None else f"{now.since:%Y-%m-%d}"
    words = [f"from {start}" + (f" to {min(ends):%Y-%m-%d}" if ends else "")]
    words += [] if now.status == "effective" else [now.status]
    words += ["date of a first sighting"] if now.observed else []
    # A period's promotion is one of its token rates: what a search costs does not end with it.
    words += ["promotional"] if now.promo and not origin.field.startswith("units.") else []
    return ", ".join(words)


def _confidence(origin: Origin) -> str:
    vouched = origin.vouched
    if vouched.confidence is None:
        return "not known"
    return f"{vouched.confidence} ({'as stated' if vouched.stated else 'best of its sources'})"


def _history(origin: Origin) -> Table:
    from costmodel.cli.terminal import add_row, table

    made = table("Over time", ["From", "Status", "Value"], words=("From", "Status"))
    for each in origin.history:
        start = "launch" if each.since is None else f"{each.since:%Y-%m-%d}"
        status = "observed" if each.observed else each.status
        status += f" on {each.withdrawn_on}" if each.withdrawn_on is not None else ""
        status += f", ends {each.until:%Y-%m-%d}" if each.until is not None else ""
        add_row(made, start, status, price_text(each.value, origin.field), bold=each.now)
    return made


def _sources(origin: Origin) -> Table:
    from costmodel.cli.terminal import add_row, table

    columns = ["Source", "Kind", "Retrieved"]
    made = table("", columns, words=columns)
    for each in origin.vouched.citations:
        source = each.source
        name = " ".join(part for part in (each.name, source.version) if part)
        name += f" (via {source.via})" if source.via else ""
        retrieved = "not stated" if source.retrieved is None else str(source.retrieved)
        add_row(made, name, source.kind, retrieved)
    return made
