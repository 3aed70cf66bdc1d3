"""`costmodel compare`: a scenario's variants side by side, and what each strategy adds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costmodel.cli.options import (
    AsJson,
    ContractFile,
    Debug,
    HtmlFile,
    ScenarioName,
    Settings,
    Snapshot,
)
from costmodel.cli.outcome import guarded
from costmodel.cli.pricing import missing_prices_placed
from costmodel.cli.reading import read_prices, read_scenario
from costmodel.cli.reporting import check_report_place
from costmodel.cli.terminal import say, tell_changes, warn, write_json
from costmodel.cli.waiting import waiting
from costmodel.foundation.errors import InputError

if TYPE_CHECKING:
    from costmodel.questions.variants import VariantComparison


@guarded
def compare(
    scenario: ScenarioName,
    variants: Annotated[
        str | None,
        typer.Option(
            "--variants",
            metavar="LIST",
            help="Which variants, the baseline first: today,cached. All of them if not given.",
        ),
    ] = None,
    settings: Settings = None,
    draws: Annotated[
        int, typer.Option("--draws", metavar="N", help="Simulated futures, a power of two.")
    ] = 8192,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same futures.")] = 0,
    snapshot: Snapshot = None,
    contract: ContractFile = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the tables: a .md, .csv or .json file."),
    ] = None,
    html: HtmlFile = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Show a scenario's variants side by side, and what they save.

    Exit code 0: done; 2: something in the input is wrong.
    """
    from costmodel.questions.variants import chosen_variants, compare_variants

    _check_places(out, html)
    read = read_scenario(scenario, settings)
    with _named_as_option("--variants", when=variants is not None):
        names = chosen_variants(read, _listed(variants))
    book = read_prices(read, snapshot, contract)
    with missing_prices_placed(scenario, read, book), waiting("simulating"):
        comparison = compare_variants(read, names, prices=book, draws=draws, seed=seed)
        _ = comparison.waterfalls
    _write(comparison, out, html)
    tell_changes(read)
    if as_json:
        write_json(comparison.to_dict())
    else:
        from costmodel.cli.variants import show_variants

        show_variants(comparison)
    from costmodel.questions.comparison_figures import comparison_warnings

    warn(comparison_warnings(comparison))


def _listed(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(part.strip() for part in text.split(","))


@contextmanager
def _named_as_option(option: str, *, when: bool = True) -> Iterator[None]:
    """Name what is wrong by its option."""
    try:
        yield
    except InputError as error:
        if not when:
            raise
        raise InputError([replace(each, file=option) for each in error.problems]) from None


def _check_places(out: Path | None, html: Path | None) -> None:
    """Check endings and places before anything is simulated."""
    from costmodel.report.atomic import check_target
    from costmodel.report.comparison_files import comparison_format

    if out is not None:
        with _named_as_option("--out"):
            comparison_format(out)
            check_target(out)
    if html is not None:
        check_report_place(html)


def _write(comparison: VariantComparison, out: Path | None, html: Path | None) -> None:
    if out is not None:
        say(f"comparison: {comparison.write(out)}")
    if html is not None:
        with waiting("drawing the report"):
            say(f"report: {comparison.to_html(html)}")
