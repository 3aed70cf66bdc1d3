"""`costmodel prices lint`: what is wrong or doubtful in price tables."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costmodel.cli.options import AsJson, Debug, Snapshot
from costmodel.cli.outcome import BAD_INPUT, guarded
from costmodel.cli.terminal import say, write_json

if TYPE_CHECKING:
    from costmodel.prices.hits import Hit


@guarded
def lint(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="One table; all of a snapshot's if not given."),
    ] = None,
    snapshot: Snapshot = None,
    as_json: AsJson = False,
    _debug: Debug = False,
) -> None:
    """Find what is wrong or doubtful in price tables; exit code 2 if anything is wrong."""
    hits = _hits(file, snapshot)
    if as_json:
        write_json([{"level": h.level, "rule": h.rule, **asdict(h.problem)} for h in hits])
    else:
        _show(hits)
    errors = sum(hit.level == "error" for hit in hits)
    say(_verdict(errors, len(hits) - errors))
    if errors:
        raise typer.Exit(BAD_INPUT)


def _hits(file: Path | None, snapshot: str | None) -> tuple[Hit, ...]:
    from costmodel.foundation.errors import InputError, Problem
    from costmodel.prices.lint import lint_file, lint_snapshot

    if file is None:
        return lint_snapshot(snapshot)
    if snapshot is not None:
        read = f"--snapshot {snapshot} beside a file"
        raise InputError(Problem(read, "one of the two", "leave one of them out"))
    return lint_file(file)


def _show(hits: tuple[Hit, ...]) -> None:
    """Write each hit on lines of its own: what an editor can jump to comes first."""
    from costmodel.cli.price_tables import write_notes

    write_notes(str(hit) for hit in hits)


def _verdict(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "nothing wrong"
    return f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
