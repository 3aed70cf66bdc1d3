"""The snapshots of prices that come with the package, and what vouches for them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.schema import Table
from costmodel.prices.tables import read_index, read_table

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Snapshot:
    """What was known of prices on one day: a folder of tables and their digests.

    Parameters
    ----------
    day : datetime.date
        The day; its ISO form names the folder.
    folder : Path
        Where the tables lie.
    sums : tuple of (str, str)
        Provider and sha256 of its file.
    reconstructed : str
        How and from what it was made later than its day; empty if it was made on it.
    """

    day: date
    folder: Path
    sums: tuple[tuple[str, str], ...]
    reconstructed: str = ""

    @property
    def providers(self) -> tuple[str, ...]:
        """The providers with a table in this snapshot."""
        return tuple(provider for provider, _ in self.sums)

    @property
    def digest(self) -> str:
        """The sha256 over the providers and the sha256 of their files."""
        text = "\n".join(f"{provider} {digest}" for provider, digest in self.sums)
        return hashlib.sha256(text.encode()).hexdigest()

    def table(self, provider: str) -> Table:
        """Read the table of `provider`.

        Raises
        ------
        InputError
            If the file is not the one the index vouches for, or is not valid.
        """
        file = self.folder / f"{provider}.yaml"
        shown = f"pricing/{self.day}/{file.name}"
        _require_digest(file, dict(self.sums)[provider], shown)
        table = read_table(file, shown=shown)
        for key, stated, wanted in (
            ("snapshot", str(table.snapshot), str(self.day)),
            ("provider", table.provider, provider),
            ("reconstructed", table.reconstructed or "nothing", self.reconstructed or "nothing"),
        ):
            if stated != wanted:
                fix = "the file's name, its folder and pricing/index.yaml say what it holds"
                raise InputError(Problem(stated, wanted, fix, key, shown))
        return table


def find_snapshot(name: str | None, folder: Path) -> Snapshot:
    """Return the snapshot of that name, or the index's default one.

    Raises
    ------
    InputError
        If `name` is not a date, or no such snapshot is there.
    """
    index = read_index(folder / "index.yaml", shown="pricing/index.yaml")
    day = index.default if name is None else _day(name, sorted(index.snapshots))
    if day not in index.snapshots:
        raise InputError(_absent(str(day), sorted(index.snapshots)))
    strange = [str(each) for each in index.reconstructed if each not in index.snapshots]
    if strange:
        fix = "name a snapshot of this index, or remove the line"
        read, where = ", ".join(strange), "pricing/index.yaml"
        raise InputError(Problem(read, "days of snapshots", fix, "reconstructed", where))
    sums = tuple(sorted(index.snapshots[day].items()))
    return Snapshot(day, folder / day.isoformat(), sums, index.reconstructed.get(day, ""))


def file_sha256(file: Path) -> str:
    """Return the sha256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def reconstructed_words(snapshot: object, how: str) -> Iterator[str]:
    """Yield the warning that a snapshot was made later than its day; nothing if it was not."""
    if how:
        yield f"prices of {snapshot} are reconstructed: {how}"


def snapshot_days(folder: Path) -> list[date]:
    """Return the days of the snapshots there are, the newest first."""
    index = read_index(folder / "index.yaml", shown="pricing/index.yaml")
    return sorted(index.snapshots, reverse=True)


def snapshots_before(snapshot: Snapshot, folder: Path) -> tuple[Snapshot, ...]:
    """Return the snapshots of a folder that are older than one of them, the newest first."""
    index = read_index(folder / "index.yaml", shown="pricing/index.yaml")
    days = sorted((day for day in index.snapshots if day < snapshot.day), reverse=True)
    return tuple(find_snapshot(day.isoformat(), folder) for day in days)


def _day(name: str, known: list[date]) -> date:
    try:
        if _DAY.fullmatch(name) is None:  # fromisoformat takes 20261123 and weeks as well
            raise ValueError(name)
        return date.fromisoformat(name)
    except ValueError:
        read = f"snapshot '{name}'"
        expected = "the day of a snapshot as YYYY-MM-DD"
        raise InputError(Problem(read, expected, f"there are: {_list(known)}")) from None


def _absent(name: str, known: list[date]) -> Problem:
    return Problem(f"snapshot '{name}'", "a snapshot that is shipped", f"there are: {_list(known)}")


def _list(days: list[date]) -> str:
    return ", ".join(day.isoformat() for day in days)


def _require_digest(file: Path, wanted: str, shown: str) -> None:
    expected, fix = "the file named in pricing/index.yaml", "restore the file"
    try:
        found = file_sha256(file)
    except FileNotFoundError:
        raise InputError(Problem("no such file", expected, fix, file=shown)) from None
    except OSError as error:
        fix = "restore the file, or its permissions"
        read = f"nothing ({error.strerror or error})"
        raise InputError(Problem(read, expected, fix, file=shown)) from None
    if found != wanted:
        raise InputError(
            Problem(
                f"sha256 {found[:12]}...",
                f"{wanted[:12]}... as in pricing/index.yaml",
                "released tables are never edited: restore the file, or add a new snapshot",
                file=shown,
            )
        )
