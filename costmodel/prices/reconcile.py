"""Our prices beside those of other sources: who says what, and why they differ.

rows = reconcile(find_snapshot(None, folder), {"openai/gpt-5": {"input": {"x": Reading(1.0)}}})
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from costmodel.prices.figures import MODES, RATES, first_tokens, near
from costmodel.prices.instants import day_start
from costmodel.prices.schema import Table
from costmodel.prices.shelf import Shelf, providers_of, table_of
from costmodel.prices.suspicions import (
    Known,
    stale,
    swapped,
    whole,
    wrong_column,
    wrong_scale,
)

Verdict = Literal["agree", "stale", "swapped", "scaled", "conflict", "only here", "only there"]


@dataclass(frozen=True)
class Reading:
    """A figure as a source states it, and the day it was true there.

    Rates are USD per million tokens, units (``units.web_search``) USD each.
    """

    value: float
    as_of: date | None = None


Figures = Mapping[str, Mapping[str, Mapping[str, Reading]]]
"""By ``provider/id``, by field such as ``cache_read`` or ``batch.input``, by source."""


@dataclass(frozen=True)
class Opinion:
    """What one source says of a figure.

    Parameters
    ----------
    source : str
        Its name.
    reading : Reading or None
        None where it does not have the figure.
    ratio : float or None
        Its value over ours, for values above zero.
    verdict : str
        ``agree``; ``stale``: an earlier value of ours, or one that was
        withdrawn; ``swapped``: it stands in another column; ``scaled``: a
        power of ten away, or twice or half, named in `remark`; ``conflict``;
        ``only here``; ``only there``.
    remark : str
        More about the verdict.
    """

    source: str
    reading: Reading | None
    ratio: float | None
    verdict: Verdict
    remark: str = ""


@dataclass(frozen=True)
class Row:
    """A figure of a model: our value, None where we have none, and what each source says.

    `listed` says whether our table has the model at all.
    """

    model: str
    field: str
    ours: float | None
    opinions: tuple[Opinion, ...]
    listed: bool = True

    @property
    def agrees(self) -> bool:
        """Whether every source that has the figure says the same."""
        return all(each.verdict == "agree" for each in self.opinions)


def reconcile(
    ours: Shelf, figures: Figures, *, at: datetime | None = None, earlier: Sequence[Shelf] = ()
) -> tuple[Row, ...]:
    """Return each figure with the value of each source and a verdict on it.

    Parameters
    ----------
    ours : Snapshot or Table
        What the sources are held against.
    figures : mapping
        What they say: by ``provider/id``, field and source. Models are matched
        by their id exactly.
    at : datetime.datetime, optional
        The date of our prices; the snapshot's day if not given.
    earlier : sequence of Snapshot or Table
        Older knowledge, in which a value may have been right.
    """
    rows: list[Row] = []
    tables: dict[str, tuple[Table | None, list[Table]]] = {}
    for model, fields in figures.items():
        provider = model.partition("/")[0]
        if provider not in tables:
            past = [table_of(each, provider) for each in earlier if provider in providers_of(each)]
            has = provider in providers_of(ours)
            tables[provider] = (table_of(ours, provider) if has else None, past)
        rows += _of_model(model, fields, *tables[provider], at)
    return tuple(rows)


def _of_model(
    model: str,
    fields: Mapping[str, Mapping[str, Reading]],
    table: Table | None,
    past: list[Table],
    at: datetime | None,
) -> Iterator[Row]:
    known = None if table is None else _known(model, table, past, at)
    if known is None:
        for field, readings in fields.items():
            said = tuple(Opinion(s, r, None, "only there") for s, r in readings.items())
            yield Row(model, field, None, said, listed=False)
        return
    sources = list(dict.fromkeys(name for readings in fields.values() for name in readings))
    for field in dict.fromkeys((*fields, *_own_fields(known))):
        readings = fields.get(field, {})
        own = known.now(field)
        told = [_opinion(known, field, name, readings, fields) for name in sources]
        opinions = tuple(each for each in told if each is not None)
        if opinions:
            yield Row(model, field, own, opinions)


def _known(model: str, table: Table, past: list[Table], at: datetime | None) -> Known | None:
    bare = model.partition("/")[2]
    entry = next((each for each in table.models if each.id == bare), None)
    if entry is None:
        return None
    when = day_start(table.snapshot) if at is None else at
    same = [(old, each) for old in past for each in old.models if each.id == bare]
    return Known(table, entry, when, tuple(same))


def _own_fields(known: Known) -> Iterator[str]:
    """Yield the prices our cards have now, tiers and units too, without those of peak hours."""
    for name, price in known.prices.items():
        mode, *parts, last = name.split(".")
        tier = len(parts) == 1 and first_tokens(parts[0]) is not None
        rate = mode in MODES and last in RATES and (not parts or tier)
        if price is not None and (rate or (mode == "units" and not parts)):
            yield name.removeprefix("standard.")


def _opinion(
    known: Known,
    field: str,
    source: str,
    readings: Mapping[str, Reading],
    fields: Mapping[str, Mapping[str, Reading]],
) -> Opinion | None:
    """Return a source's opinion; None where neither it nor we have the figure."""
    own, reading = known.now(field), readings.get(source)
    if reading is None:
        return None if own is None else _only_here(known, field, source, fields)
    ratio = reading.value / own if own and reading.value > 0 else None
    if own is None:
        return _only_there(known, field, source, reading)
    if near(reading.value, own):
        return Opinion(source, reading, ratio, "agree")
    if known.tier_missing(field):
        return Opinion(source, reading, ratio, "conflict", "our table has no such tier")
    exchanged = _exchanged(known, field, source, fields)
    for verdict, remark in (
        ("swapped", exchanged or wrong_column(known, field, reading.value)),
        ("stale", stale(known, field, reading.value, reading.as_of)),
        ("scaled", wrong_scale(known, field, reading.value)),
    ):
        if remark:
            return Opinion(source, reading, ratio, _verdict(verdict), remark)
    coming = known.coming(field, reading.value)
    return Opinion(source, reading, ratio, "conflict", coming)


def _verdict(word: str) -> Verdict:
    words: dict[str, Verdict] = {"swapped": "swapped", "stale": "stale", "scaled": "scaled"}
    return words[word]


def _only_here(
    known: Known, field: str, source: str, fields: Mapping[str, Mapping[str, Reading]]
) -> Opinion | None:
    """Return the opinion of a source that lacks a figure though it speaks of the service mode.

    A tier that it does not have at all is told once, at its input rate. Of
    units a package has some kinds or none, which says nothing of our price.
    """
    if known.tier_missing(field) or not _speaks_of(field, source, fields):
        return None
    tier, _, rate = field.rpartition(".")
    if first_tokens(tier.rpartition(".")[2]) is None:
        return Opinion(source, None, None, "only here")
    if any(source in said for name, said in fields.items() if name.rpartition(".")[0] == tier):
        return Opinion(source, None, None, "only here")
    remark = "it has no such tier"
    return Opinion(source, None, None, "only here", remark) if rate == "input" else None


def _speaks_of(field: str, source: str, fields: Mapping[str, Mapping[str, Reading]]) -> bool:
    """Whether a source that lacks a figure has others of the same service mode."""
    mode = _mode(field)
    return mode != "units" and any(
        source in told for name, told in fields.items() if _mode(name) == mode
    )


def _mode(field: str) -> str:
    """Return the service mode of a rate, ``units`` for a unit."""
    return whole(field).partition(".")[0]


def _only_there(known: Known, field: str, source: str, reading: Reading) -> Opinion:
    """Return the opinion on a figure we do not have; no output and free output are the same."""
    if field.rpartition(".")[2] == "output" and reading.value == 0:
        return Opinion(source, reading, None, "agree", "no output rate and $0 are the same")
    mode, _, rest = whole(field).partition(".")
    standard = known.now(rest) if mode != "standard" else None
    longest = known.longest_prompt(field)
    remark = ""
    if standard and reading.value > 0:
        remark = f"{reading.value / standard:.3g} times our standard rate"
    if longest is not None:
        remark = f"our {_mode(field)} prices end at {longest:,} tokens"
    return Opinion(source, reading, None, "only there", remark)


def _exchanged(
    known: Known, field: str, source: str, fields: Mapping[str, Mapping[str, Reading]]
) -> str:
    mode, _, rate = field.rpartition(".")
    if rate not in ("input", "output"):
        return ""
    lead = f"{mode}." if mode else ""
    both = [fields.get(f"{lead}{name}", {}).get(source) for name in ("input", "output")]
    if both[0] is None or both[1] is None:
        return ""
    ours = (known.now(f"{lead}input"), known.now(f"{lead}output"))
    return swapped((both[0].value, both[1].value), ours)
