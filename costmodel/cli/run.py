"""`costmodel run`: what a scenario costs, month by month."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costmodel.cli.aside import aside
from costmodel.cli.options import (
    AsJson,
    Debug,
    HtmlFile,
    ScenarioName,
    Settings,
    Snapshot,
    read_quantile,
    read_quantiles,
)
from costmodel.cli.outcome import OVER_BUDGET, guarded
from costmodel.cli.reading import read_prices, read_scenario
from costmodel.cli.terminal import say, warn, write_json
from costmodel.cli.waiting import waiting

if TYPE_CHECKING:
    from costmodel.cli.gate import Gate
    from costmodel.engine.montecarlo import MonteCarloError
    from costmodel.engine.projection import Projection

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
    quantiles: Annotated[
        str, typer.Option("--quantiles", metavar="LIST", help="Quantiles to show.")
    ] = "p10,p50,p90",
    draws: Annotated[
        int, typer.Option("--draws", metavar="N", help="Simulated futures, a power of two.")
    ] = 8192,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Same seed, same futures.")] = 0,
    snapshot: Snapshot = None,
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget",
            metavar="USD",
            help="Budget per month, or '$60k per year'; exit code 1 if it is exceeded.",
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
    from costmodel.engine.simulate import simulate

    shares = read_quantiles(quantiles)
    held = None if quantile is None else read_quantile(quantile)
    read = read_scenario(scenario, settings, budget)
    with waiting("simulating"):
        projection = simulate(read, prices=read_prices(snapshot), draws=draws, seed=seed)
    gate = None
    if budget is not None or held is not None:
        gate = held_against_budget(projection, 0.9 if held is None else held)
    error = None if no_error else _error(projection, shares, report=html is not None)
    if html is not None:
        _report(projection, html, error)
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


def _report(projection: Projection, path: Path, error: MonteCarloError | None) -> None:
    from costmodel.report.page import write_html

    with waiting("drawing the report"):
        written = write_html(projection, path, error=error)
    say(f"report: {written}")


def _present(
    projection: Projection,
    quantiles: tuple[float, ...],
    error: MonteCarloError | None,
    gate: Gate | None,
    *,
    as_json: bool,
) -> None:
    """Write the projection to stdout and its reservations to stderr."""
    for override in projection.scenario.overrides:
        say(f"set {override}")
    if as_json:
        write_json(_figures(projection, quantiles, error, gate))
    else:
        from costmodel.cli.spend import show_spend

        show_spend(projection, quantiles, error)
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
