"""Everything doubtful in price tables: what the loader refuses, and figures that look like slips.

Unlike the loader, lint goes on after a bad file, and looks at files that no
index names yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import InputError, Problem
from costmodel.foundation.reading import Document, read_yaml
from costmodel.prices.checks import findings
from costmodel.prices.hits import Doubt, Hit
from costmodel.prices.novelty import change_doubts, source_doubts
from costmodel.prices.ratios import ratio_doubts
from costmodel.prices.schema import Index, Table
from costmodel.prices.snapshots import file_sha256, find_snapshot
from costmodel.prices.tables import problem, read_index, read_table, validated

INDEX = "index.yaml"


def lint_snapshot(snapshot: str | None = None, *, folder: Path | None = None) -> tuple[Hit, ...]:
    """Return everything doubtful in a snapshot, and in how its folder is kept.

    Parameters
    ----------
    snapshot : str, optional
        Its day; the default one of the index if not given.
    folder : Path, optional
        A folder of tables with its index.yaml; the shipped one if not given.

    Raises
    ------
    InputError
        If there is no such snapshot.
    """
    shelf = data_folder("pricing") if folder is None else folder
    try:
        index = read_index(shelf / INDEX, shown=f"{shelf.name}/{INDEX}")
    except InputError as error:
        return tuple(Hit("error", "index", each) for each in error.problems)
    day = find_snapshot(snapshot, shelf).day
    found = [*_folders(shelf, index), *_unlisted(shelf, index, day)]
    for provider in sorted(index.snapshots[day]):
        file = shelf / day.isoformat() / f"{provider}.yaml"
        shown = f"{shelf.name}/{day}/{file.name}"
        found += _digest(file, shown, index.snapshots[day][provider])
        found += lint_file(file, shown=shown, shelf=shelf)
    return tuple(found)


def lint_file(file: Path, *, shown: str = "", shelf: Path | None = None) -> tuple[Hit, ...]:
    """Return everything doubtful in one table.

    Parameters
    ----------
    file : Path
        The table; it need not be in an index.
    shown : str
        Its name in messages; the path if empty.
    shelf : Path, optional
        The folder whose snapshots it is compared with: that of its own index,
        or the shipped one.
    """
    shown = shown or str(file)
    own = file.resolve().parent.parent
    shelf = shelf or (own if (own / INDEX).is_file() else data_folder("pricing"))
    try:
        document = read_yaml(file, file=shown)
    except InputError as error:
        return tuple(Hit("error", "readable", each) for each in error.problems)
    try:
        table = validated(Table, document)
    except InputError as error:
        return tuple(Hit("error", "schema", each) for each in error.problems)
    inside = own == shelf.resolve()
    doubts = [*_named(table, file, inside=inside), *_doubts(table, shelf)]
    hits = [_hit(document, doubt) for doubt in doubts]
    return tuple(sorted(hits, key=lambda hit: (hit.problem.line, hit.problem.column)))


def _doubts(table: Table, shelf: Path) -> Iterator[Doubt]:
    for finding in findings(table):
        yield Doubt("consistency", *finding)
    yield from source_doubts(table)
    yield from ratio_doubts(table)
    before = _table_before(table, shelf)
    if before is not None:
        yield from change_doubts(before, table)


def _hit(document: Document, doubt: Doubt) -> Hit:
    told = problem(document, doubt.path, doubt.read, doubt.expected, doubt.fix)
    return Hit(doubt.level, doubt.rule, told)


def _named(table: Table, file: Path, *, inside: bool) -> Iterator[Doubt]:
    """Yield what the names of the file and its folder say differently from the table."""
    wanted = {"provider": (table.provider, file.stem)}
    if inside:
        wanted["snapshot"] = (str(table.snapshot), file.resolve().parent.name)
    for key, (stated, name) in wanted.items():
        if stated != name:
            fix = "the file's name and folder say what it holds: rename it or correct the key"
            yield Doubt("names", (key,), stated, name, fix)


def _table_before(table: Table, shelf: Path) -> Table | None:
    """Return the same provider's table of the newest earlier snapshot, if it can be read."""
    try:
        index = read_index(shelf / INDEX, shown=f"{shelf.name}/{INDEX}")
        days = [day for day, sums in index.snapshots.items() if table.provider in sums]
        for day in sorted((day for day in days if day < table.snapshot), reverse=True):
            file = shelf / day.isoformat() / f"{table.provider}.yaml"
            before = read_table(file, shown=str(file))
            # One reconstructed later was not there to be compared with.
            if not dict(before).get("reconstructed"):
                return before
    except InputError:
        pass  # that file's own faults are told where it is looked at itself
    return None


def _digest(file: Path, shown: str, wanted: str) -> Iterator[Hit]:
    if not file.is_file():
        return
    found = file_sha256(file)
    if found != wanted:
        read, expected = f"sha256 {found[:12]}...", f"{wanted[:12]}... as in {INDEX}"
        fix = "released tables are never edited: restore the file, or add a new snapshot"
        yield Hit("error", "digest", Problem(read, expected, fix, file=shown))


def _folders(shelf: Path, index: Index) -> Iterator[Hit]:
    """Yield the folders beside the index that it does not name."""
    days = {day.isoformat() for day in index.snapshots}
    for folder in sorted(each for each in shelf.iterdir() if each.is_dir()):
        if folder.name not in days:
            shown = f"{shelf.name}/{folder.name}"
            expected, fix = f"a snapshot that {INDEX} names", f"list its files in {INDEX}"
            if not _is_day(folder.name):
                expected = "the day of a snapshot as YYYY-MM-DD"
                fix = "rename the folder, or move it away"
            yield Hit("error", "folders", Problem(f"'{folder.name}'", expected, fix, file=shown))


def _is_day(name: str) -> bool:
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def _unlisted(shelf: Path, index: Index, day: date) -> Iterator[Hit]:
    """Yield the files of a snapshot's folder that the index does not vouch for."""
    folder = shelf / day.isoformat()
    names: Iterable[Path] = folder.iterdir() if folder.is_dir() else ()
    for file in sorted(names):
        if file.suffix != ".yaml" or file.stem not in index.snapshots[day]:
            shown, expected = f"{shelf.name}/{day}/{file.name}", f"a file that {INDEX} names"
            fix = f"add its sha256 to {INDEX}, or remove it"
            yield Hit("error", "folders", Problem(f"'{file.name}'", expected, fix, file=shown))
