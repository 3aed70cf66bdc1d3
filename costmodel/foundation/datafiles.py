"""Where the data that comes with the package lies."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from costmodel.foundation.errors import CostModelError

PACKAGE = Path(__file__).resolve().parents[1]


@lru_cache(maxsize=8)
def data_folder(name: str) -> Path:
    """Return the folder of data called `name`, such as ``pricing`` or ``scenarios``.

    An installed package carries it as ``costmodel/data/<name>``; in a checkout it
    stands beside ``pyproject.toml``. The working directory plays no part.

    Raises
    ------
    CostModelError
        If the installation has no such folder.
    """
    packaged = PACKAGE / "data" / name
    checkout = PACKAGE.parent
    if packaged.is_dir():
        return packaged
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    raise CostModelError(
        f"the data folder '{name}' is missing from this installation (looked in {packaged} and "
        f"{checkout / name}); reinstall costmodel"
    )
