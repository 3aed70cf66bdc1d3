"""Making a snapshot: every provider's table, checked, and moved into place as a whole."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from costmodel.foundation.errors import InputError, Problem
from costmodel.prices.importers.overlay import read_overlay
from costmodel.prices.importers.packages import Release, find_releases
from costmodel.prices.importers.provider_tables import ImportedTable, imported_table, text_of
from costmodel.prices.schema import Index
from costmodel.prices.tables import read_index, read_table


@dataclass(frozen=True)
class NewSnapshot:
    """A snapshot as the packages and the overlay give it.

    Parameters
    ----------
    day : datetime.date
        What was known on this day.
    reconstructed : str
        How and from what, if it was made later.
    tables : tuple of ImportedTable
        The models, what was left out, and remarks, by provider.
    texts : mapping of str to str
        The file of each provider.
    """

    day: date
    reconstructed: str
    tables: tuple[ImportedTable, ...]
    texts: Mapping[str, str]


def make_snapshot(
    day: date,
    made: date,
    *,
    folder: Path,
    packages: Path | None = None,
    providers: tuple[str, ...] | None = None,
    because: str = "",
) -> NewSnapshot:
    """Return the tables of a day; nothing is written.

    Parameters
    ----------
    day : datetime.date
        The snapshot's day: facts of the overlay known later are not used.
    made : datetime.date
        The day of making. Where it is after `day`, the tables say that they
        are reconstructed.
    folder : Path
        The folder of tables, with overlay.yaml.
    packages : Path, optional
        Where wheels of genai-prices and litellm are unpacked; the installed
        ones by default.
    providers : tuple of str, optional
        Those of the overlay by default.
    because : str
        What the choice of packages rests on, for a reconstructed snapshot.

    Raises
    ------
    InputError
        If a package is missing, the overlay is not valid, a day lies in the
        future, or a table made of them is not valid.
    """
    if day > made:
        fix = "a snapshot is made of what is known: give today's day or an earlier one"
        raise InputError(Problem(str(day), f"a day up to {made}", fix, "--date"))
    overlay = read_overlay(folder / "overlay.yaml")
    releases = find_releases(packages)
    words = _reconstructed(day, made, releases, packages, because)
    chosen = providers or tuple(overlay.providers)
    tables = tuple(imported_table(name, overlay, releases, day) for name in chosen)
    tables = tuple(table for table in tables if table.models)
    texts = {t.provider: text_of(t, overlay, releases, (day, made), words) for t in tables}
    _check(texts, day)
    return NewSnapshot(day, words, tables, texts)


def _reconstructed(
    day: date, made: date, releases: tuple[Release, Release], packages: Path | None, because: str
) -> str:
    if day == made:
        return ""
    named = " and ".join(map(str, releases))
    if packages is None:
        named += " as installed then, which may know more than was known on that day"
    text = f"made on {made} from {named} and the facts of the overlay known by {day}"
    return f"{text}; {because}" if because else text


def _check(texts: Mapping[str, str], day: date) -> None:
    """Validate every table with the loader, before anything is moved into place."""
    with tempfile.TemporaryDirectory() as place:
        for provider, text in texts.items():
            file = Path(place) / f"{provider}.yaml"
            file.write_text(text, encoding="utf-8")
            read_table(file, shown=f"pricing/{day}/{file.name}")


def release_snapshot(snapshot: NewSnapshot, folder: Path) -> Path:
    """Put a snapshot beside the others and name it in the index; return its folder.

    The folder appears whole or not at all. The newest day becomes the default.

    Raises
    ------
    InputError
        If there is a snapshot of that day already.
    """
    index_file = folder / "index.yaml"
    index = read_index(index_file, shown="pricing/index.yaml")
    target = folder / snapshot.day.isoformat()
    _refuse_overwriting(snapshot.day, index, target)
    text = _index_text(index, snapshot)
    making = Path(tempfile.mkdtemp(prefix=".making-", dir=folder))
    try:
        for provider, table in snapshot.texts.items():
            (making / f"{provider}.yaml").write_text(table, encoding="utf-8")
        fresh = making.with_suffix(".index")
        fresh.write_text(text, encoding="utf-8")
        making.chmod(0o755)
        os.rename(making, target)
        try:
            os.replace(fresh, index_file)
        except OSError:
            os.rename(target, making)
            raise
    except OSError as error:
        fix = "nothing was changed; check the folder's permissions and space"
        raise InputError(
            Problem(str(error), "a folder to write in", fix, file=str(folder))
        ) from None
    finally:
        shutil.rmtree(making, ignore_errors=True)
        making.with_suffix(".index").unlink(missing_ok=True)
    return target


def _refuse_overwriting(day: date, index: Index, target: Path) -> None:
    if day in index.snapshots or target.exists():
        read = f"a snapshot of {day}, which is there already"
        fix = "released tables are never changed: give another day with --date"
        raise InputError(Problem(read, "a new day", fix, file=str(target)))


def _index_text(index: Index, snapshot: NewSnapshot) -> str:
    sums = {name: _sha256(text) for name, text in sorted(snapshot.texts.items())}
    snapshots = dict(sorted({**index.snapshots, snapshot.day: sums}.items()))
    told = {**index.reconstructed}
    if snapshot.reconstructed:
        told[snapshot.day] = snapshot.reconstructed
    lines = [
        "# Which snapshots there are, and the sha256 of each of their files.",
        "schema: costmodel.pricing-index/1",
        f"default: {max(snapshots)}",
        "snapshots:",
    ]
    for day, files in snapshots.items():
        lines.append(f"  {day}:" if files else f"  {day}: {{}}")
        lines += [f'    {name}: "{digest}"' for name, digest in files.items()]
    if told:
        lines.append("reconstructed:")
        lines += [f'  {day}: "{words}"' for day, words in sorted(told.items())]
    return "\n".join(lines) + "\n"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
