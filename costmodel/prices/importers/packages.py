"""The packages prices are imported from: where they lie and which version they are.

Neither package is imported: litellm would take half a minute and go to the network, and the
version to read need not be the installed one.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from costmodel.foundation.errors import InputError, Problem

GENAI_PRICES = ("genai-prices", "genai_prices", "data.py")
LITELLM = ("litellm", "litellm", "model_prices_and_context_window_backup.json")
"""Name on the package index, folder of the package, and its file of prices."""


@dataclass(frozen=True)
class Release:
    """One release of a package that carries prices.

    Parameters
    ----------
    name, version : str
        As on the package index.
    file : Path
        Its file of prices.
    """

    name: str
    version: str
    file: Path

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def find_releases(folder: Path | None = None) -> tuple[Release, Release]:
    """Return the releases of genai-prices and litellm to read.

    Parameters
    ----------
    folder : Path, optional
        Where wheels of them are unpacked; the installed ones by default.

    Raises
    ------
    InputError
        If one is missing; the fix says what to install.
    """
    found = [_release(names, folder) for names in (GENAI_PRICES, LITELLM)]
    missing = [each for each in found if isinstance(each, Problem)]
    if missing:
        raise InputError(missing)
    first, second = (each for each in found if isinstance(each, Release))
    return first, second


def _release(names: tuple[str, str, str], folder: Path | None) -> Release | Problem:
    return _installed(names) if folder is None else _unpacked(names, folder)


def _installed(names: tuple[str, str, str]) -> Release | Problem:
    name, package, file = names
    spec = util.find_spec(package)
    if spec is None or spec.origin is None:
        fix = "pip install 'costmodel[test]', or name a folder of unpacked wheels with --packages"
        return Problem(f"no package {name}", f"{name} to import prices from", fix)
    path = Path(spec.origin).parent / file
    return _checked(Release(name, metadata.version(name), path))


def _unpacked(names: tuple[str, str, str], folder: Path) -> Release | Problem:
    name, package, file = names
    infos = sorted(folder.glob(f"{package}-*.dist-info"))
    if len(infos) != 1:
        fix = f"pip download --no-deps {name}==VERSION, then unzip the wheel there"
        read = f"{len(infos)} releases of {name} in {folder}"
        return Problem(read, "one unpacked wheel of it", fix, file=str(folder))
    version = infos[0].name.removeprefix(f"{package}-").removesuffix(".dist-info")
    return _checked(Release(name, version, folder / package / file))


def _checked(release: Release) -> Release | Problem:
    if release.file.is_file():
        return release
    fix = "take a release that carries its prices in that file"
    return Problem(f"{release} without {release.file.name}", "its file of prices", fix)
