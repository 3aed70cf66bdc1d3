"""`costmodel run`: what a scenario costs, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costmodel.cli.aside import aside
from costmodel.cli.options import (
    AsJson,
    ContractFile,
    Debug,
    HtmlFile,
    ScenarioName,
    Settings,
    Snapshot,
    VariantName,
    read_quantile,
    read_quantiles,
)
from costmodel.cli.outcome import OVER_BUDGET, guarded
from costmodel.cli.pricing import missing_prices_placed
from costmodel.cli.reading import check_variant, read_prices, read_scenario
from costmodel.cli.reporting import check_report_place, write_report
from costmodel.cli.terminal import say, tell_changes, warn, write_json
from costmodel.cli.waiting import waiting

if TYPE_CHECKING:
    from costmodel.cli.gate import Gate
    from costmodel.engine.montecarlo import MonteCarloError
    from costmodel.engine.projection import Projection

USUAL_QUANTILES = "p10,p50,p90"

REPORT_MODULES = (
    "costmodel.report.page",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "jinja2",
)
"""What a report imports, a quarter of a second: about as long as the ten runs of the error."""


@guarded
def run(
    scenario: ScenarioName,
    settings: Settings = None,
    variant: VariantName = None,
    quantiles: Annotated[
        str, typer.Option("--quantiles", metavar="LIST", help="Quantiles to show.")
    ] = USUAL_QUANTILES,
    draws: Annotated[
        int, typer.Option("--draws", metavar="N", help="Simulated futures, a power of two.")
    ] = 8192,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same futures.")] = 0,
    snapshot: Snapshot = None,
    contract: ContractFile = None,
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget",
            metavar="AMOUNT",
            help="Budget per month in the scenario's currency, USD unless it has one, "
            "or '$60k per year'; exit code 1 if it is exceeded.",
        ),
    ] = None,
    quantile: Annotated[
        str | None,
        typer.Option(
            "--quantile",
            metavar="P",
            help="The quantile held against the budget (p90 unless given).",
        ),
    ] = None,
    html: HtmlFile = None,
    no_error: Annotated[
        bool, typer.Option("--no-error", help="Leave out the Monte Carlo error (ten more runs).")
    ] = False,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Project the monthly spend of a scenario, with its uncertainty.

    Exit code 0: done; 1: above the budget given with --budget or --quantile;
    2: something in the input is wrong.
    """
    from costmodel.cli.gate import held_against_budget
    from costmodel.engine.memo import Memo
    from costmodel.engine.simulate import simulate

    shares = read_quantiles(quantiles)
    held = None if quantile is None else read_quantile(quantile)
    if html is not None:
        check_report_place(html)
    read = read_scenario(scenario, settings, budget)
    check_variant(read, variant)
    book = read_prices(read, snapshot, contract)
    with missing_prices_placed(scenario, read, book), waiting("simulating"):
        memo = Memo()
        projection = simulate(read, prices=book, draws=draws, seed=seed, memo=memo, variant=variant)
    options = {"--budget": budget, "--quantile": quantile, "--quantiles": _unusual(quantiles)}
    projection = _again_with(projection, options)
    gate = None
    if budget is not None or held is not None:
        gate = held_against_budget(projection, 0.9 if held is None else held)
    error = None if no_error else _error(projection, shares, report=html is not None)
    if html is not None:
        write_report(projection, html, error, memo)
    _present(projection, shares, error, gate, as_json=as_json)
    if gate is not None:
        say(gate)
        if gate.over:
            raise typer.Exit(OVER_BUDGET)


def _error(
    projection: Projection, quantiles: tuple[float, ...], *, report: bool
) -> MonteCarloError:
    """Measure the Monte Carlo error; where a report follows, while its modules are imported."""
    from costmodel.engine.montecarlo import monte_carlo_error

    def work() -> MonteCarloError:
        return monte_carlo_error(projection, quantiles)

    fetch = aside(work) if report else work
    with waiting("measuring the Monte Carlo error"):
        if report:
            for module in REPORT_MODULES:
                import_module(module)
        return fetch()


def _unusual(quantiles: str) -> str | None:
    """Return the quantiles asked for; None for the usual ones."""
    return None if quantiles == USUAL_QUANTILES else quantiles


def _again_with(projection: Projection, options: Mapping[str, str | None]) -> Projection:
    """Return the projection with the options in its reproducing command that it cannot know."""
    from costmodel.engine.books import further_contract
    from costmodel.engine.provenance import reproducing_command

    origin, scenario = projection.provenance, projection.scenario
    given = {option: value for option, value in options.items() if value is not None}
    further = further_contract(scenario, projection.prices)
    command = reproducing_command(
        scenario,
        origin.snapshot,
        origin.seed,
        origin.draws,
        contract=further,
        variant="" if projection.is_baseline else projection.variant,
        options=given,
    )
    return replace(projection, provenance=replace(origin, command=command))


def _present(
    projection: Projection,
    quantiles: tuple[float, ...],
    error: MonteCarloError | None,
    gate: Gate | None,
    *,
    as_json: bool,
) -> None:
    """Write the projection to stdout and its reservations to stderr."""
    tell_changes(projection.scenario)
    if as_json:
        write_json(_figures(projection, quantiles, error, gate))
    else:
        from costmodel.cli.spend import show_spend

        show_spend(projection, quantiles, error, None if gate is None else gate.quantile)
    warn(projection.warnings)


def _figures(
    projection: Projection,
    quantiles: tuple[float, ...],
    error: MonteCarloError | None,
    gate: Gate | None,
) -> dict[str, Any]:
    from costmodel.engine.figures import projection_figures, quantile_name

    figures = projection_figures(projection, quantiles)
    figures["monte_carlo_error"] = None
    if error is not None:
        named = {
            key: {quantile_name(p): share for p, share in getattr(error, key).items()}
            for key in ("dearest_month", "total")
        }
        figures["monte_carlo_error"] = {"runs": error.runs, **named}
    figures["held_against_budget"] = None if gate is None else gate.figures()
    return figures
