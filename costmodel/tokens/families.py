"""Which tokenizer a model has: data/families.json, read once.

Names and aliases are matched exactly, with or without ``provider/``; nothing is guessed from a
prefix, because a new model may have a new tokenizer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from costmodel.foundation.errors import TokenizerUnavailable, nearest_names

_FILE = Path(__file__).parent / "data" / "families.json"

UNMEASURED = "unmeasured"
"""What a price table calls the family of a vocabulary that nobody measured."""
NEAR = 0.6
"""Share of letters in common from which a name is worth suggesting: difflib's own default."""
SHORTEST_PART = 3
"""Letters from which a part of a name, such as ``opus``, is near to it; an assumption."""


@dataclass(frozen=True)
class Ratio:
    """Tokens of a family per token of o200k_base, over documents.

    Parameters
    ----------
    median, p05, p95 : float
        Median and 5-95 % quantiles of the ratio from one document to another.
    """

    median: float
    p05: float
    p95: float


@dataclass(frozen=True)
class Family:
    """Models that share a tokenizer.

    Parameters
    ----------
    name : str
        Name of the family, such as ``o200k_base`` or ``claude_v47``.
    encoding : str
        The shipped vocabulary to count with: the family's own, or o200k_base where there is a
        ratio.
    ratio : Ratio or None
        Tokens per token of `encoding`; None where the count of `encoding` is the family's own.
    source : str
        Where the ratio, or the assignment of the model to the family, comes from.
    assignment : str
        Where the assignment of the model to the family comes from, alone.
    """

    name: str
    encoding: str
    ratio: Ratio | None
    source: str
    assignment: str = ""


def model_family(model: str) -> Family:
    """Return the tokenizer family of a model.

    Parameters
    ----------
    model : str
        ``provider/id``, bare ``id`` or an alias, exactly.

    Raises
    ------
    TokenizerUnavailable
        For a name that is not in the data; the message names up to three that are near it, or how
        to list the models there are.
    """
    family = _families().get(model) or _priced_family(model)
    if family is None:
        raise TokenizerUnavailable(_unknown(model))
    return family


def known_models() -> list[str]:
    """Return the models that can be counted, as ``provider/id``, without their aliases."""
    return [name for group in _document()["models"] for name in group["names"]]


def near_models(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three of the known models that `name` may have meant, best first.

    Names are compared without their provider, which would make any two models of it alike.
    """
    return [model for model in nearest_names(name, known) if _near(_bare(name), _bare(model))]


def _bare(name: str) -> str:
    return name.rpartition("/")[2].lower()


def _near(name: str, model: str) -> bool:
    from difflib import SequenceMatcher

    if len(name) >= SHORTEST_PART and name in model:
        return True
    return SequenceMatcher(None, name, model).ratio() >= NEAR


def _unknown(model: str) -> str:
    near = ", ".join(near_models(str(model), known_models()))
    hint = f"nearest: {near}" if near else "costmodel prices list shows the models there are"
    return f"no tokenizer is known for model {model!r}; {hint}"


@cache
def _priced_family(model: str) -> Family | None:
    """Return the family that the newest price table with the model states, None if none has it."""
    from costmodel.foundation.datafiles import data_folder
    from costmodel.foundation.errors import UnknownModelError
    from costmodel.prices.book import load_prices
    from costmodel.prices.snapshots import snapshot_days

    for day in snapshot_days(data_folder("pricing")):
        try:
            prices = load_prices(str(day)).model(str(model))
        except UnknownModelError:
            continue
        return _families().get(prices.id) or _table_family(prices.id, prices.tokenizer)
    return None


@cache
def _table_family(model: str, name: str) -> Family | None:
    if name == UNMEASURED:
        return _unmeasured()
    known = _document()["families"]
    group = {"family": name, "source": f"the price table of {model} says so"}
    return _family(group, known[name]) if name in known else None


@cache
def _unmeasured() -> Family:
    """Return the family of models whose vocabulary nobody measured: the middle of the others."""
    ratios = [entry["ratio"] for entry in _document()["families"].values() if "ratio" in entry]
    middle = Ratio(
        median=median(ratio["median"] for ratio in ratios),
        p05=min(ratio["p05"] for ratio in ratios),
        p95=max(ratio["p95"] for ratio in ratios),
    )
    source = (
        "an assumption: nobody measured this vocabulary; the median of the measured families' "
        "medians, and a band that holds all of theirs"
    )
    return Family(UNMEASURED, "o200k_base", middle, source)


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return document


@cache
def _families() -> Mapping[str, Family]:
    by_name: dict[str, Family] = {}
    for group in _document()["models"]:
        family = _family(group, _document()["families"][group["family"]])
        for name in group["names"] + group.get("aliases", []):
            by_name[name] = by_name[name.partition("/")[2]] = family
    return by_name


def _family(group: dict[str, Any], entry: dict[str, Any]) -> Family:
    ratio = Ratio(**entry["ratio"]) if "ratio" in entry else None
    encoding = entry.get("encoding", "o200k_base")
    source = f"{group['source']}; {entry['source']}"
    return Family(group["family"], encoding, ratio, source, group["source"])
