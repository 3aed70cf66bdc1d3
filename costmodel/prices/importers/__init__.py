"""Importers: snapshots of prices from the packages genai-prices and litellm and the overlay.

Development only: neither package is a dependency, and both are read as files, never imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from costmodel.foundation.lazy import lazy_names

_HOMES = {
    "NewSnapshot": "snapshot",
    "make_snapshot": "snapshot",
    "release_snapshot": "snapshot",
    "source_figures": "figures",
}

__all__ = list(_HOMES)

if TYPE_CHECKING:
    from costmodel.prices.importers.figures import source_figures as source_figures
    from costmodel.prices.importers.snapshot import NewSnapshot as NewSnapshot
    from costmodel.prices.importers.snapshot import make_snapshot as make_snapshot
    from costmodel.prices.importers.snapshot import release_snapshot as release_snapshot


__getattr__, __dir__ = lazy_names(__name__, globals(), _HOMES)
