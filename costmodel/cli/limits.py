"""`costmodel limits`: limits worth trying, and a variant's limits for a gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from costmodel.cli.options import AsJson, ContractFile, Debug, ScenarioName, Settings, Snapshot
from costmodel.cli.outcome import guarded
from costmodel.cli.pricing import missing_prices_placed
from costmodel.cli.reading import read_prices, read_scenario
from costmodel.cli.terminal import say, tell_changes, write, write_json
from costmodel.foundation.errors import InputError, Problem


@guarded
def limits(
    scenario: ScenarioName,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind", metavar="SEGMENT=KIND", help="free, pro, internal or api; may be repeated."
        ),
    ] = None,
    variant: Annotated[
        str | None,
        typer.Option("--variant", metavar="NAME", help="Whose limits go to the gateway."),
    ] = None,
    gateway: Annotated[
        Path | None,
        typer.Option(
            "--gateway", metavar="FILE", help="Write a variant's limits as LiteLLM budgets (YAML)."
        ),
    ] = None,
    settings: Settings = None,
    snapshot: Snapshot = None,
    contract: ContractFile = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Propose a limit for each segment; write limits for a gateway.

    A proposal meets a target: so many people stopped, or so much use refused.
    """
    from costmodel.engine.simulate import simulate
    from costmodel.questions.limits import gateway_budgets, propose_limits

    kinds = dict(_pair(each) for each in kind or ())
    read = read_scenario(scenario, settings)
    book = read_prices(read, snapshot, contract)
    if gateway is not None:
        from costmodel.report.atomic import check_target, write_atomically
        from costmodel.strategies.gateway import as_yaml

        check_target(gateway)
        with missing_prices_placed(scenario, read, book):
            projection = simulate(read, prices=book, variant=variant)
        data = gateway_budgets(projection)
        write_atomically(gateway, as_yaml(data))
        tell_changes(read)
        say(f"gateway budgets of variant '{projection.variant}': {gateway}")
        for line in data["not_expressed"]:
            say(f"  {line}")
        return
    with missing_prices_placed(scenario, read, book):
        found = propose_limits(read, kinds, prices=book)
    tell_changes(read)
    if as_json:
        write_json(
            [
                {
                    "segment": each.segment,
                    "kind": each.kind,
                    "limit": each.limit,
                    "then": each.policy.then,
                    "people_affected": each.proposal.affected,
                    "use_refused": each.proposal.cut,
                    "target": each.policy.source,
                }
                for each in found
            ]
        )
        return
    for each in found:
        write(
            f"{each.segment} (as {each.kind}): limit: {each.limit}, then: {each.policy.then}\n"
            f"  stops {each.proposal.affected:.1%} of people in a month, "
            f"refuses {each.proposal.cut:.1%} of their use\n"
            f"  target: {each.policy.source}"
        )


def _pair(text: str) -> tuple[str, str]:
    segment, sign, kind = text.partition("=")
    if not sign or not segment or not kind:
        fix = "write --kind free=internal"
        raise InputError(Problem(f"--kind {text}", "a segment, '=' and its kind", fix))
    return segment.strip(), kind.strip()
