"""Measured values from a CSV file beside the scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from costmodel.foundation.errors import InputError, did_you_mean
from costmodel.foundation.grammar import parse_number, refuse, shown
from costmodel.foundation.marks import MarkedMapping, Raw
from costmodel.foundation.units import Unit

LARGEST_FILE = 20_000_000
"""Bytes of a sample file that are read: about two million values; an assumption."""


def inside(folder: Path | None, name: Raw, *, largest: int, at: str) -> Path:
    """Return the path of a file named in a scenario, checked to be usable and its own.

    Parameters
    ----------
    folder : Path or None
        The folder of the scenario's file; None for a scenario without one.
    name : str
        Path relative to that folder.
    largest : int
        Size limit in bytes.
    at : str
        Key of the name, for messages.

    Raises
    ------
    InputError
        If the file is missing, no file, too large, or outside the folder once
        symbolic links are followed.
    """
    if not isinstance(name, str) or not name:
        raise refuse(shown(name), "the name of a file", "give a path relative to the scenario", at)
    if folder is None:
        fix = "save the scenario to a file and load that"
        raise refuse(shown(name), "a scenario with a folder to look in", fix, at)
    try:
        home, path = folder.resolve(), (folder / name).resolve()
        size = path.stat().st_size if path.is_file() else -1
    except (OSError, ValueError):
        home, path, size = folder, folder / "?", -1
    if path != home and not path.is_relative_to(home):
        fix = "copy it beside the scenario"
        raise refuse(shown(name), f"a file inside the scenario's folder {folder}", fix, at)
    if size < 0:
        fix = _near(folder, name) or "create it, or correct the path"
        raise refuse(shown(name), f"a file that exists in {folder}", fix, at)
    if size > largest:
        read = f"'{name}' of {size / 1e6:.1f} MB"
        raise refuse(read, f"at most {largest / 1e6:g} MB", "shorten it", at)
    return path


def _near(folder: Path, name: str) -> str:
    parent = (folder / name).parent
    known = [entry.name for entry in parent.iterdir()] if parent.is_dir() else []
    return did_you_mean(Path(name).name, known)


def read_samples(m: MarkedMapping, unit: Unit) -> tuple[tuple[float, ...], str, str]:
    """Return the sorted values of ``{samples: file.csv, column: x}``, the file and the column."""
    if isinstance(m["samples"], list):
        return _points(m["samples"], unit, "the list"), "", ""
    column = m["column"]
    if not isinstance(column, str):
        raise refuse(shown(column), "the name of a column", "column: tokens", "column")
    path = inside(m.mark.folder, m["samples"], largest=LARGEST_FILE, at="samples")
    return _points(_cells(path, column), unit, f"column '{column}'"), m["samples"], column


def _cells(path: Path, column: str) -> list[str]:
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = rows.fieldnames or []
            if column not in names:
                fix = did_you_mean(column, names) or f"one of {', '.join(names[:8])}"
                raise refuse(shown(column), f"a column of {path.name}", fix, "column")
            return [row[column] or "" for row in rows]
    except (UnicodeDecodeError, csv.Error):
        raise refuse(
            shown(path.name), "a CSV file in UTF-8", "export it again", "samples"
        ) from None


def _points(cells: list[Any], unit: Unit, where: str) -> tuple[float, ...]:
    values = [_value(cell, row, unit) for row, cell in enumerate(cells, start=1)]
    if len(values) < 2:
        raise refuse(f"{len(values)} values in {where}", "at least two", "", "samples")
    return tuple(sorted(values))


def _value(cell: Raw, row: int, unit: Unit) -> float:
    try:
        number = float(cell) if not isinstance(cell, bool) else cell
        return parse_number(f"${number!r}" if unit.money else number, unit).value
    except ValueError as error:
        wrong = error.problems[0] if isinstance(error, InputError) else None
        fix = wrong.fix if wrong else "remove the row"
        raise refuse(f"{shown(cell)} in row {row}", unit.noun, fix, "samples") from None
