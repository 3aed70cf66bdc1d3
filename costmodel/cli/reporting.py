"""Writing the report of a run: its place is looked at before anything is simulated."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from costmodel.cli.terminal import say
from costmodel.cli.waiting import waiting
from costmodel.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from costmodel.engine.memo import Memo
    from costmodel.engine.montecarlo import MonteCarloError
    from costmodel.engine.projection import Projection


def check_report_place(path: Path) -> None:
    """Check that a report can be written there.

    Raises
    ------
    InputError
        If `path` is a folder, or its folder does not exist or cannot be written.
    """
    from costmodel.report.atomic import check_target

    try:
        check_target(path)
        if not os.access(path.resolve().parent, os.W_OK | os.X_OK):
            read = f"'{path}', whose folder cannot be written"
            raise InputError(Problem(read, "a file that can be written", "write elsewhere"))
    except InputError as error:
        raise InputError([replace(each, file="--html") for each in error.problems]) from None


def write_report(
    projection: Projection, path: Path, error: MonteCarloError | None, memo: Memo
) -> None:
    """Write the report and say where it is; an error that was left out is not measured now."""
    from costmodel.report.page import write_html

    with waiting("drawing the report"):
        written = write_html(projection, path, error, measure_error=False, memo=memo)
    say(f"report: {written}")
