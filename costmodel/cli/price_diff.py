"""`costmodel prices diff`: what changed between two snapshots, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costmodel.cli.options import AsJson, Debug
from costmodel.cli.outcome import guarded
from costmodel.cli.price_changes import changes_in_words
from costmodel.cli.pricing import tell_reconstructed
from costmodel.cli.terminal import write_json

if TYPE_CHECKING:
    from costmodel.prices.diff import SnapshotDiff
    from costmodel.prices.differences import Difference
    from costmodel.questions.repricing import Outlay, Repricing

HEADINGS = {
    "model added": "Models added",
    "model removed": "Models removed",
    "new period": "New periods: changes from dates after the older snapshot",
    "retroactive correction": "Retroactive corrections: other prices for dates already past",
    "announcement changed": "Announcements: what became of them",
    "fact changed": "Facts changed",
}
"""The kinds of differences, in the order they are shown."""

Old = Annotated[str, typer.Argument(metavar="OLD", help="The older snapshot, as YYYY-MM-DD.")]
New = Annotated[
    str | None,
    typer.Argument(metavar="NEW", help="The newer one; the newest if not given."),
]


@guarded
def diff(old: Old, new: New = None, as_json: AsJson = False, _debug: Debug = False) -> None:
    """Show what two snapshots say differently, and what it does to the shipped scenarios."""
    from costmodel.cli.waiting import waiting
    from costmodel.foundation.datafiles import data_folder
    from costmodel.prices.book import load_prices
    from costmodel.prices.diff import compare_snapshots
    from costmodel.prices.snapshots import find_snapshot
    from costmodel.questions.repricing import reprice
    from costmodel.scenario.layers import shipped_names
    from costmodel.scenario.loading import load_scenario

    folder = data_folder("pricing")
    with waiting("comparing"):
        pair = (find_snapshot(old, folder), find_snapshot(new, folder))
        found = compare_snapshots(*pair)
        scenarios = {name: load_scenario(name) for name in shipped_names()}
        books = [load_prices(each.day.isoformat()) for each in pair]
        effects = reprice(scenarios, *books)
    for each in pair:
        tell_reconstructed(each.day, each.reconstructed)
    if as_json:
        told = {each.day.isoformat(): each.reconstructed for each in pair if each.reconstructed}
        write_json({**_figures(found, effects), "reconstructed": told})
        return
    _show(found, effects)


def _figures(found: SnapshotDiff, effects: tuple[Repricing, ...]) -> dict[str, Any]:
    return {
        "old": found.old,
        "new": found.new,
        "differences": [_difference(each) for each in found.differences],
        "scenarios": [_effect(each) for each in effects],
    }


def _difference(each: Difference) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "model": each.model,
        "field": each.field or None,
        "old": each.old,
        "new": each.new,
        "ratio": each.ratio,
        "from": None if each.since is None else each.since.isoformat(),
        "until": None if each.until is None else each.until.isoformat(),
        "outcome": each.outcome or None,
    }


def _effect(each: Repricing) -> dict[str, Any]:
    return {
        "scenario": each.scenario,
        "old": _outlay(each.old),
        "new": _outlay(each.new),
        "total_change_usd": each.total_change_usd,
        "dearest_month_change_usd": each.dearest_change_usd,
    }


def _outlay(outlay: Outlay | str) -> dict[str, Any]:
    if isinstance(outlay, str):
        return {"not_known": outlay}
    return {
        "total_usd": outlay.total_usd,
        "dearest_month": str(outlay.dearest_month),
        "dearest_month_usd": outlay.dearest_month_usd,
    }


def _show(found: SnapshotDiff, effects: tuple[Repricing, ...]) -> None:
    from costmodel.cli.terminal import write

    write(f"Prices as known on {found.new}, against {found.old}")
    for kind, heading in HEADINGS.items():
        of_kind = [each for each in found.differences if each.kind == kind]
        if of_kind:
            write("")
            _section(heading, of_kind)
    if not found.differences:
        write("No difference.")
    write("")
    _effects(found, effects)


def _section(heading: str, differences: list[Difference]) -> None:
    """Write the differences of one kind, those of one model and one span of dates together."""
    from costmodel.cli.terminal import add_row, show, table

    dated = any(each.since is not None or each.until is not None for each in differences)
    dates = ["From", "To"] if dated else []
    columns = ["Model", *dates, "Change"]
    made = table(f"{heading} ({_count(differences)})", columns, words=columns)
    for model, since, until, change in _grouped(differences):
        cells = [_day(since, "launch"), _day(until, "open")] if dated else []
        add_row(made, model, *cells, change)
    show(made)


def _count(differences: list[Difference]) -> str:
    models = len({each.model for each in differences})
    return f"{models} model{'s' if models > 1 else ''}"


def _grouped(
    differences: list[Difference],
) -> Iterator[tuple[str, datetime | None, datetime | None, str]]:
    """Yield one row for each model, span of dates and outcome."""
    groups: dict[tuple[Any, ...], list[Difference]] = {}
    for each in differences:
        key = (each.model, each.since, each.until, each.outcome)
        groups.setdefault(key, []).append(each)
    for (model, since, until, outcome), several in groups.items():
        words = "; ".join(changes_in_words(several))
        yield model, since, until, f"{words} ({outcome})" if outcome else words


def _day(instant: datetime | None, absent: str) -> str:
    return absent if instant is None else f"{instant:%Y-%m-%d}"


def _effects(found: SnapshotDiff, effects: tuple[Repricing, ...]) -> None:
    from costmodel.cli.price_tables import write_notes
    from costmodel.cli.terminal import add_row, show, table

    columns = ["Scenario", "", found.old, found.new, "Change", "%"]
    made = table("Expected cost of the shipped scenarios, USD", columns, words=("Scenario", ""))
    notes = []
    for each in effects:
        if isinstance(each.old, str) or isinstance(each.new, str):
            days = ((found.old, each.old), (found.new, each.new))
            notes += [f"{each.scenario}: {day}: {w}" for day, w in days if isinstance(w, str)]
            continue
        for label, old, new in (
            ("all months", each.old.total_usd, each.new.total_usd),
            ("dearest month", each.old.dearest_month_usd, each.new.dearest_month_usd),
        ):
            share = f"{(new / old - 1) * 100:+.1f}" if old > 0 else "-"
            change = f"{'-' if new < old else '+'}${abs(new - old):,.0f}"
            name = each.scenario if label == "all months" else ""
            add_row(made, name, label, f"${old:,.0f}", f"${new:,.0f}", change, share)
    if made.row_count:
        show(made)
    notes.append("Expected: everything at its mean, the baseline without strategies.")
    write_notes(notes)
