"""Where a projection comes from, and what happens in its months."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
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
    reconstructed: str = ""
    """How the snapshot was made later than its day; empty if it was made on it."""


def reproducing_command(
    scenario: Scenario,
    snapshot: str,
    seed: int,
    draws: int,
    *,
    contract: str = "",
    variant: str = "",
    command: str = "run",
    options: Mapping[str, str] | None = None,
) -> str:
    """Return the command line that makes the same projection again.

    Parameters
    ----------
    scenario : Scenario
        Its overrides become ``--set``.
    snapshot : str
        The price snapshot.
    seed, draws : int
    contract : str
        The contract's file, where the scenario does not name it.
    variant : str
        The variant, where it is not the baseline.
    command : str
        Which of costmodel's commands.
    options : mapping of str to str, optional
        Further options such as ``--budget``; the override of the same name is left to it.
    """
    options = {} if options is None else options
    words = ["costmodel", command, scenario.file or scenario.name]
    for override in scenario.overrides:
        if f"--{override.path}" not in options:
            words += ["--set", f"{override.path}={override.new}"]
    words += ["--variant", variant] if variant else []
    for option, value in options.items():
        words += [option, value]
    words += ["--contract", contract] if contract else []
    words += ["--snapshot", snapshot, "--seed", str(seed), "--draws", str(draws)]
    return shlex.join(words)


def reproducing_python(
    scenario: Scenario,
    seed: int,
    draws: int,
    uncertainty: frozenset[str],
    prices: str = "",
    variant: str = "",
    *,
    variants: tuple[str, ...] = (),
) -> str:
    """Return the Python that makes a projection again which no command line makes.

    Parameters
    ----------
    prices : str
        How to come by the price book, where it is not the scenario's shipped snapshot.
    variant : str
        The variant, where it is not the baseline.
    variants : tuple of str
        Those compared, where several are.
    """
    changes = {override.path: override.new for override in scenario.overrides}
    loaded = f"cm.load_scenario({scenario.file or scenario.name!r})"
    if changes:
        loaded += f".with_overrides({changes!r})"
    call = "compare_variants" if variants else "simulate"
    given = f", {variants!r}" if variants else ""
    given += f", variant={variant!r}" if variant else ""
    given += f", prices={prices}" if prices else ""
    on = (
        "{" + ", ".join(repr(kind) for kind in sorted(uncertainty)) + "}"
        if uncertainty
        else "set()"
    )
    return f"cm.{call}({loaded}{given}, seed={seed}, draws={draws}, uncertainty={on})"
