"""`costmodel prices reconcile`: our prices beside those of other price libraries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costmodel.cli.options import AsJson, At, Debug, Packages, Snapshot, read_at, require_provider
from costmodel.cli.outcome import guarded
from costmodel.cli.terminal import write_json

if TYPE_CHECKING:
    from rich.table import Table

    from costmodel.prices.reconcile import Opinion, Row
    from costmodel.prices.snapshots import Snapshot as Known


@guarded
def reconcile(
    model: Annotated[
        str | None, typer.Option("--model", metavar="M", help="One model only, as provider/id.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option("--provider", metavar="P", help="One provider's models only.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Rows that agree too, and models only there.")
    ] = False,
    at: At = None,
    snapshot: Snapshot = None,
    packages: Packages = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Show where other price libraries say something else, and why they may."""
    from costmodel.cli.price_tables import write_notes
    from costmodel.cli.pricing import tell_reconstructed
    from costmodel.cli.waiting import waiting
    from costmodel.foundation.datafiles import data_folder
    from costmodel.prices.instants import day_start, instant_of
    from costmodel.prices.peers import read_peers
    from costmodel.prices.reconcile import reconcile as reconciled
    from costmodel.prices.snapshots import find_snapshot, snapshots_before

    when = read_at(at)
    ours = find_snapshot(snapshot, data_folder("pricing"))
    models = _asked(ours, provider, model)
    date = day_start(ours.day) if when is None else instant_of(when)[0]
    with waiting("reading other price libraries"):
        stated = read_peers(models, date, packages=packages)
        earlier = snapshots_before(ours, data_folder("pricing"))
        rows = reconciled(ours, stated.figures, at=date, earlier=earlier)
    tell_reconstructed(ours.day, ours.reconstructed)
    if model is not None:
        rows = tuple(row for row in rows if row.model in _names(models))
    shown = [row for row in rows if everything or (row.listed and not row.agrees)]
    if as_json:
        told = {"snapshot": str(ours.day), "reconstructed": ours.reconstructed or None}
        told["at"] = date.isoformat()
        write_json([{**_figures(row, stated.versions), **told} for row in shown])
        return
    _show(shown, everything=everything)
    write_notes(_summary(rows, stated.versions, everything=everything))


def _asked(
    ours: Known, provider: str | None, model: str | None
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the models asked for, with their aliases, by provider."""
    from costmodel.cli.pricing import only_near_names
    from costmodel.foundation.errors import InputError, Problem
    from costmodel.prices.book import load_prices

    known = ours.providers
    require_provider(provider, known)
    if model is not None:
        with only_near_names(model):
            model = load_prices(str(ours.day)).model(model).id
        seller = model.partition("/")[0]
        if provider not in (None, seller):
            read = f"--provider {provider} beside {model}"
            raise InputError(Problem(read, "one of the two", "leave one of them out"))
        provider = seller
    return {
        name: {
            entry.id: entry.aliases
            for entry in ours.table(name).models
            if model in (None, f"{name}/{entry.id}")
        }
        for name in known
        if provider in (None, name)
    }


def _names(models: Mapping[str, Mapping[str, tuple[str, ...]]]) -> set[str]:
    return {f"{provider}/{name}" for provider, ids in models.items() for name in ids}


def _figures(row: Row, versions: Mapping[str, str]) -> dict[str, Any]:
    return {
        "model": row.model,
        "field": row.field,
        "ours": row.ours,
        "in_our_table": row.listed,
        "sources": [
            {
                "source": each.source,
                "version": versions[each.source],
                "value": None if each.reading is None else each.reading.value,
                "as_of": _as_of(each),
                "ratio": each.ratio,
                "verdict": each.verdict,
                "remark": each.remark or None,
            }
            for each in row.opinions
        ],
    }


def _as_of(each: Opinion) -> str | None:
    dated = each.reading is not None and each.reading.as_of is not None
    return str(each.reading.as_of) if dated and each.reading is not None else None


COLUMNS = ("Figure", "Ours", "Source", "Theirs", "Ratio", "Verdict")


def _show(shown: list[Row], *, everything: bool) -> None:
    """Write the rows under a line for each model, mode and tier, in columns of the same widths."""
    from costmodel.cli.terminal import add_row, show, write
    from costmodel.prices.figures import PER_MTOK

    groups: dict[str, list[tuple[str, ...]]] = {}
    for row in shown:
        head, _, name = row.field.rpartition(".")
        rows = groups.setdefault(f"{row.model} {head}".rstrip(), [])
        rows += _cells(f"  {name}", row, everything=everything)
    every = [COLUMNS, *(cells for rows in groups.values() for cells in rows)]
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    if groups:
        write(f"{PER_MTOK}; units in USD each")
        show(_columns(widths, header=True))
    for heading, rows in groups.items():
        write(heading)
        made = _columns(widths, header=False)
        for cells in rows:
            add_row(made, *cells)
        show(made)


def _columns(widths: list[int], *, header: bool) -> Table:
    from costmodel.cli.terminal import table

    made = table("", COLUMNS, words=("Figure", "Source", "Verdict"))
    made.show_header = header
    made.expand = True
    for column, width in zip(made.columns[:-1], widths[:-1], strict=True):
        column.width = width
    made.columns[-1].ratio = 1
    return made


def _cells(name: str, row: Row, *, everything: bool) -> list[tuple[str, ...]]:
    """Return a row for each source; our figure stands in the first."""
    told = [each for each in row.opinions if everything or each.verdict != "agree"]
    own = [(name, _usd(row.ours)), *[("", "")] * len(told)]
    return [(*first, *_opinion(each)) for first, each in zip(own, told, strict=False)]


def _opinion(each: Opinion) -> tuple[str, ...]:
    theirs = None if each.reading is None else each.reading.value
    ratio = "" if each.ratio is None else f"{each.ratio:.3g}"
    verdict = f"{each.verdict}: {each.remark}" if each.remark else each.verdict
    return (each.source, _usd(theirs), ratio, verdict)


def _usd(value: float | None) -> str:
    from costmodel.prices.cards import rate_text

    return "-" if value is None else rate_text(value)


def _named(versions: Mapping[str, str]) -> str:
    return " and ".join(f"{name} {version}" for name, version in versions.items())


def _summary(rows: Iterable[Row], versions: Mapping[str, str], *, everything: bool) -> list[str]:
    listed = [row for row in rows if row.listed]
    agreed = f"{sum(row.agrees for row in listed):,} of {len(listed):,} figures agree"
    told = [f"{agreed} with {_named(versions)}."]
    only = {row.model for row in rows if not row.listed}
    if only and not everything:
        told.append(
            f"{len(only):,} more models of these providers, many of them regional or dated names, "
            "are in the other libraries only; --all shows them."
        )
    return told
