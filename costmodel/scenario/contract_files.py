"""A scenario's contract: a file beside it, named under ``prices``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from costmodel.foundation.errors import InputError
from costmodel.foundation.marks import MarkedMapping, Raw
from costmodel.foundation.reading import MAX_BYTES
from costmodel.foundation.sample_files import inside

if TYPE_CHECKING:
    from costmodel.scenario.prompt_files import Faults


def find_contract(data: Raw, faults: Faults) -> None:
    """Put the folder of a scenario's contract beside its name, in place.

    What stands in the file is checked when prices are loaded.

    Parameters
    ----------
    data : mapping
        A scenario's marked data, not validated yet.
    faults : list
        Takes path and problem of a file that is not there.
    """
    prices = data.get("prices")
    name = prices.get("contract") if isinstance(prices, MarkedMapping) else None
    if not isinstance(prices, MarkedMapping) or not isinstance(name, str):
        return
    folder = prices.get("folder") or prices.marked("contract").mark.folder
    try:
        inside(folder, name, largest=MAX_BYTES, at="contract")
    except InputError as error:
        faults += [(("prices", "contract"), replace(each, path="")) for each in error.problems]
    prices["folder"] = folder
