"""`costmodel prices sync`: a new snapshot from the packages prices are imported from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costmodel.cli.options import AsJson, Debug, Packages
from costmodel.cli.outcome import guarded
from costmodel.cli.terminal import add_row, say_wrapped, show, table, write, write_json
from costmodel.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from costmodel.prices.importers import NewSnapshot

Day = Annotated[
    str | None,
    typer.Option("--date", metavar="DATE", help="The snapshot's day; today if not given."),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder", metavar="DIR", help="The folder of price tables; the shipped one if not given."
    ),
]
Providers = Annotated[
    list[str] | None,
    typer.Option("--provider", metavar="P", help="Only this provider; can be repeated."),
]
Because = Annotated[
    str,
    typer.Option("--because", metavar="TEXT", help="What the choice of older packages rests on."),
]


@guarded
def sync(
    day: Day = None,
    folder: Folder = None,
    packages: Packages = None,
    provider: Providers = None,
    because: Because = "",
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Make a dated snapshot of prices from genai-prices, litellm and the overlay.

    A snapshot that is there is never overwritten. One of an earlier day says that it is
    reconstructed.
    """
    from costmodel.foundation.datafiles import data_folder
    from costmodel.prices.importers import make_snapshot, release_snapshot

    today = datetime.now(UTC).date()
    where = data_folder("pricing") if folder is None else folder
    made = make_snapshot(
        _read(day, today),
        today,
        folder=where,
        packages=packages,
        providers=tuple(provider) if provider else None,
        because=because,
    )
    target = release_snapshot(made, where)
    if as_json:
        write_json(_figures(made, target))
        return
    _show(made, target)


def _read(text: str | None, today: date) -> date:
    if text is None:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError:
        fix = f"write it like {today}"
        raise InputError(Problem(f"'{text}'", "a day as YYYY-MM-DD", fix, "--date")) from None


def _figures(made: NewSnapshot, target: Path) -> dict[str, Any]:
    return {
        "snapshot": str(made.day),
        "folder": str(target),
        "reconstructed": made.reconstructed or None,
        "providers": {
            each.provider: {
                "models": len(each.models),
                "left_out": dict(each.left_out),
                "remarks": {name: list(said) for name, said in each.remarks.items()},
            }
            for each in made.tables
        },
    }


def _show(made: NewSnapshot, target: Path) -> None:
    shown = table(
        f"Snapshot {made.day}, in {target}",
        ["Provider", "Models", "Left out"],
        words=("Provider", "Left out"),
    )
    for each in made.tables:
        out = ", ".join(f"{count} {why}" for why, count in each.left_out.items())
        add_row(shown, each.provider, len(each.models), out)
    show(shown)
    for line in _remarks(made):
        write(line)
    if made.reconstructed:
        say_wrapped(f"reconstructed: {made.reconstructed}")


def _remarks(made: NewSnapshot) -> Iterator[str]:
    """Yield the conflicts between the sources and the figures left out, a line each."""
    for each in made.tables:
        for name, said in each.remarks.items():
            yield from (f"{each.provider}/{name}: {text}" for text in said)
