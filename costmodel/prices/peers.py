"""What genai-prices and litellm state, as readings to reconcile our prices with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from costmodel.prices.figures import MODES
from costmodel.prices.importers import source_figures
from costmodel.prices.importers.packages import GENAI_PRICES, find_releases
from costmodel.prices.reconcile import Reading

Models = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Our names: for each provider, the models' ids with their aliases."""
UNITS_PER = 1000
"""How many units the packages' prices of units are for."""


@dataclass(frozen=True)
class Statements:
    """What the packages state.

    Parameters
    ----------
    figures : mapping
        Readings by ``provider/id``, field and package.
    versions : mapping of str to str
        Which release of each package was read.
    """

    figures: Mapping[str, Mapping[str, Mapping[str, Reading]]]
    versions: Mapping[str, str]


def read_peers(models: Models, at: datetime, *, packages: Path | None = None) -> Statements:
    """Return what the packages state of our providers' models, ours under our ids.

    Parameters
    ----------
    models : mapping
        The models to look for. Others of the same providers are read too,
        under their own names.
    at : datetime.datetime
        The date of genai-prices' prices; litellm has no dates.
    packages : Path, optional
        Where wheels of them are unpacked; the installed ones by default.

    Raises
    ------
    InputError
        If a package is missing; the fix says what to install.
    """
    day = at.date()
    figures: dict[str, dict[str, dict[str, Reading]]] = {}
    for provider, ids in models.items():
        stated = source_figures(provider, at=day, packages=packages, names=ids, everything=True)
        known = {alias for aliases in ids.values() for alias in aliases} - ids.keys()
        for name, fields in stated.items():
            readings = dict(_readings(fields, day))
            if readings and name not in known:
                figures[f"{provider}/{name}"] = readings
    versions = {release.name: release.version for release in find_releases(packages)}
    return Statements(figures, versions)


def _readings(
    fields: Mapping[str, Mapping[str, float]], day: date
) -> Iterator[tuple[str, dict[str, Reading]]]:
    """Yield our name of each price with what every package says; limits are no prices."""
    for theirs, values in fields.items():
        field = _our_field(theirs)
        if field is not None:
            per = UNITS_PER if field.startswith("units.") else 1
            yield (
                field,
                {
                    package: Reading(float(f"{value / per:.12g}"), _as_of(package, day))
                    for package, value in _by_package(values)
                },
            )


def _our_field(theirs: str) -> str | None:
    """Return ``above_272000.input`` for ``standard.input above 272000``; None for no price."""
    mode, dot, rest = theirs.partition(".")
    if not dot:
        return None if theirs in LIMITS else f"units.{theirs}"
    assert mode in MODES
    rate, _, tier = rest.partition(" ")
    parts = [mode, tier.replace(" ", "_"), rate] if tier else [mode, rate]
    return ".".join(parts).removeprefix("standard.")


LIMITS = ("context", "max_input", "max_output", "min_prefix")
"""Figures that are no prices: the sources mean different things by them."""


def _by_package(values: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """Yield each value with the name of its package, without the version."""
    yield from ((source.rpartition(" ")[0], value) for source, value in values.items())


def _as_of(package: str, day: date) -> date | None:
    return day if package == GENAI_PRICES[0] else None
