"""Options that several commands share, and how their texts are read."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from costmodel.cli.terminal import say
from costmodel.foundation.errors import InputError, Problem, did_you_mean

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A YAML file, or the name of a shipped scenario.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value; can be repeated."),
]
Snapshot = Annotated[
    str | None,
    typer.Option("--snapshot", metavar="DATE", help="Prices as known on this date."),
]
ContractFile = Annotated[
    Path | None,
    typer.Option(
        "--contract", metavar="FILE", help="Your own discounts, models and commitments (YAML)."
    ),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="DATE",
        help="When the price applies: a day, an instant, or a month's "
        "first day; the snapshot's day if not given.",
    ),
]
Packages = Annotated[
    Path | None,
    typer.Option(
        "--packages",
        metavar="DIR",
        help="Where wheels of genai-prices and litellm are unpacked; "
        "the installed ones if not given.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Write JSON to stdout.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
HtmlFile = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write the report as one HTML file.")
]

VariantName = Annotated[
    str | None,
    typer.Option(
        "--variant",
        metavar="NAME",
        help="Which strategies are on; the first variant's if not given.",
    ),
]

_MONTH = re.compile(r"\d{4}-\d{2}")
_QUANTILE = re.compile(r"[pP](\d{1,2}(?:\.\d+)?)")


def read_at(text: str | None, option: str = "--at") -> str | None:
    """Return a day or instant; a month means its first day, which is said on stderr.

    Raises
    ------
    InputError
        If it is no day, instant or month.
    """
    from costmodel.foundation.months import Month
    from costmodel.prices.instants import instant_of

    if text is None:
        return None
    try:
        if _MONTH.fullmatch(text):
            day = str(Month.parse(text).first_day)
            say(f"{option} {text} is a month: its first day, {day}")
            return day
        instant_of(text)
    except InputError as error:
        raise InputError([replace(each, path="", file=option) for each in error.problems]) from None
    return text


def require_provider(provider: str | None, known: Collection[str]) -> None:
    """Refuse a provider that has no price table.

    Raises
    ------
    InputError
        With the nearest name as the fix.
    """
    if provider is not None and provider not in known:
        expected = f"one of {', '.join(known)}"
        fix = did_you_mean(provider, known)
        raise InputError(Problem(f"'{provider}'", expected, fix, file="--provider"))


def read_quantiles(text: str) -> tuple[float, ...]:
    """Return the quantiles of ``p5,p50,p95`` as shares, in rising order.

    Raises
    ------
    InputError
        If one of them is not ``p`` and a number above 0 and below 100.
    """
    return tuple(sorted({_quantile(part.strip(), "--quantiles") for part in text.split(",")}))


def read_quantile(text: str) -> float:
    """Return one quantile such as ``p90`` as a share."""
    return _quantile(text.strip(), "--quantile")


def _quantile(text: str, option: str) -> float:
    match = _QUANTILE.fullmatch(text)
    percent = float(match[1]) if match else 0.0
    if percent == 0:
        example = "p10,p50,p90" if option == "--quantiles" else "p90"
        raise InputError(
            Problem(f"'{text}'", "p and a number above 0 and below 100", f"write {example}", option)
        )
    return percent / 100
