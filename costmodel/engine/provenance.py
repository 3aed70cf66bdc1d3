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


def reproducing_command(
    scenario: Scenario,
    snapshot: str,
    seed: int,
    draws: int,
    *,
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
    options : mapping of str to str, optional
        Further options such as ``--budget``; the override of the same name is left to it.
    """
    options = {} if options is None else options
    words = ["costmodel", "run", scenario.file or scenario.name]
    for override in scenario.overrides:
        if f"--{override.path}" not in options:
            words += ["--set", f"{override.path}={override.new}"]
    for option, value in options.items():
        words += [option, value]
    words += ["--snapshot", snapshot, "--seed", str(seed), "--draws", str(draws)]
    return shlex.join(words)


def reproducing_python(
    scenario: Scenario, seed: int, draws: int, uncertainty: frozenset[str], *, own_prices: bool
) -> str:
    """Return the Python that makes a projection again which no command line makes.

    Parameters
    ----------
    own_prices : bool
        Whether the prices were given in Python: they are then the reader's to bring.
    """
    changes = {override.path: override.new for override in scenario.overrides}
    loaded = f"cm.load_scenario({scenario.file or scenario.name!r})"
    if changes:
        loaded += f".with_overrides({changes!r})"
    prices = ", prices=<the book given in Python>" if own_prices else ""
    on = (
        "{" + ", ".join(repr(kind) for kind in sorted(uncertainty)) + "}"
        if uncertainty
        else "set()"
    )
    return f"cm.simulate({loaded}{prices}, seed={seed}, draws={draws}, uncertainty={on})"
