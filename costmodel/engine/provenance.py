"""Where a projection comes from, and what happens in its months."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from costmodel.scenario.schema import Scenario


@dataclass(frozen=True)
class Mark:
    """Something that happens in a month: a price change, a retirement, a feature's start."""

    month: int
    """One-based month of the projection."""
    kind: str
    text: str


@dataclass(frozen=True)
class Provenance:
    """Everything needed to make the same numbers again."""

    scenario: str
    scenario_digest: str
    snapshot: str
    snapshot_digest: str
    seed: int
    draws: int
    uncertainty: tuple[str, ...]
    version: str
    command: str
    overrides: tuple[str, ...] = ()
    contract: str = ""
    """The contract laid over the price tables, with its sha256; empty if there is none."""


def reproducing_command(
    scenario: Scenario, snapshot: str, seed: int, draws: int, contract: str = ""
) -> str:
    """Return the command line that makes the same projection again.

    Under a contract, whose file is named, a remark follows: the command line has
    list prices only.
    """
    words = ["costmodel", "run", scenario.file or scenario.name]
    for override in scenario.overrides:
        words += ["--set", f"{override.path}={override.new}"]
    words += ["--snapshot", snapshot, "--seed", str(seed), "--draws", str(draws)]
    remark = (
        f"  # at list prices; the contract: simulate(prices=load_prices(contract={contract!r}))"
    )
    return shlex.join(words) + (remark if contract else "")
