"""Checks of a price table that need more than one of its fields."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from costmodel.foundation.reading import ValuePath
from costmodel.prices.citations import cited
from costmodel.prices.instants import span
from costmodel.prices.schema import Above, Card, ModelEntry, Period, PriceFile, Table, Window

GIVEN = "contract"
"""The source that every contract is by itself."""

Finding = tuple[ValuePath, str, str, str]
"""Path of the value, what was read, what was expected, how to fix it."""


def findings(file: PriceFile) -> Iterator[Finding]:
    """Yield everything inconsistent in a table or contract that is valid field by field."""
    for name, window in file.windows.items():
        yield from _window(window, ("windows", name))
    yield from _names(file)
    yield from _commitments(file)
    for number, model in enumerate(file.models):
        at: ValuePath = ("models", number)
        yield from _periods(file, model, at)
        yield from _regions(model, at)
        for step, period in enumerate(model.periods):
            yield from _cards(file, period, (*at, "periods", step))
    yield from _sources(file)


def _window(window: Window, at: ValuePath) -> Iterator[Finding]:
    if window.days == ():
        yield (*at, "days"), "no day", "at least one day", "name the days, or leave the key out"
    for number, hours in enumerate(window.hours):
        first, last = span(hours)
        if last <= first:
            fix = f"split it at midnight: {hours[:5]}-24:00 and 00:00-{hours[6:]}"
            read, expected = f"'{hours}', which ends before it starts", "hours that run forwards"
            yield (*at, "hours", number), read, expected, fix
    if window.from_ is not None and window.to is not None and window.to <= window.from_:
        read = f"{window.to.isoformat()}, not after {window.from_.isoformat()}"
        yield (*at, "to"), read, "an end after the start", "swap them or leave one out"
    if _zone_known("UTC") and not _zone_known(window.tz):
        expected = "a name of the tz database"
        yield (*at, "tz"), f"'{window.tz}'", expected, "write it like Asia/Shanghai"


def _zone_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _names(file: PriceFile) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for number, model in enumerate(file.models):
        for name in dict.fromkeys((model.id, *model.aliases)):
            if not name.isprintable() or any(character.isspace() for character in name):
                key = "id" if name == model.id else "aliases"
                read, expected = f"{name!a}", "a name without spaces and control characters"
                yield ("models", number, key), read, expected, "write it as the provider does"
            if name in owners:
                yield (
                    ("models", number, "id" if name == model.id else "aliases"),
                    f"'{name}', which is already a name of {owners[name]}",
                    "names that belong to one model",
                    "give each id and alias to one model only",
                )
            owners.setdefault(name, model.id)


def _commitments(file: PriceFile) -> Iterator[Finding]:
    """Check the reserved capacity of a table; a contract's is checked beside the tables."""
    if not isinstance(file, Table):
        return
    ids = [commitment.id for commitment in file.commitments]
    models = [model.id for model in file.models]
    for number, commitment in enumerate(file.commitments):
        at: ValuePath = ("commitments", number)
        if commitment.id in ids[:number]:
            yield (*at, "id"), f"'{commitment.id}' again", "ids that differ", "rename one"
        for name in commitment.models or ():
            if name not in models:
                read, expected = f"model '{name}'", f"ids of this file ({', '.join(models)})"
                yield (*at, "models"), read, expected, "name a model's id, without the provider"


def _periods(file: PriceFile, model: ModelEntry, at: ValuePath) -> Iterator[Finding]:
    live = [(n, p) for n, p in enumerate(model.periods) if p.status != "withdrawn"]
    if not live:
        read = "only withdrawn periods"
        yield (*at, "periods"), read, "a period that applies", "add an effective period"
    for (earlier, before), (number, after) in pairwise(live):
        yield from _order(before, after, (*at, "periods", number, "from"))
        yield from _end(before, after, (*at, "periods", earlier, "until"))
    yield from _successor(file, model, (*at, "then"))
    for number, period in enumerate(model.periods):
        here: ValuePath = (*at, "periods", number)
        yield from _withdrawn(period, (*here, "status"))
        if isinstance(file, Table):
            yield from _status(file, period, (*here, "status"))
        if period.until is not None and period.from_ is not None and period.until <= period.from_:
            read = f"{period.until.isoformat()}, not after {period.from_.isoformat()}"
            yield (*here, "until"), read, "an end after the start", "correct one of the two"


def _regions(model: ModelEntry, at: ValuePath) -> Iterator[Finding]:
    geos = [adjust.when.geo for adjust in model.adjust]
    for number, geo in enumerate(geos):
        if geo in geos[:number]:
            read, expected = f"geo '{geo}' again", "one factor for each region"
            yield (*at, "adjust", number, "when"), read, expected, "remove or rename one"


def _end(before: Period, after: Period, at: ValuePath) -> Iterator[Finding]:
    if before.until is not None and after.from_ is not None and before.until > after.from_:
        read = f"{before.until.isoformat()}, after the next period's {after.from_.isoformat()}"
        yield (
            at,
            read,
            "an end no later than the next start",
            "leave it out: the next start ends it",
        )


def _successor(file: PriceFile, model: ModelEntry, at: ValuePath) -> Iterator[Finding]:
    if model.then is None:
        return
    provider = f"{file.provider}/" if isinstance(file, Table) else ""
    names = [f"{provider}{name}" for each in file.models for name in (each.id, *each.aliases)]
    if model.retires is None or model.then == f"{provider}{model.id}":
        expected = "another model, beside the day this one retires"
        yield at, f"'{model.then}'", expected, "give retires: and a successor"
    elif provider and model.then.startswith(provider) and model.then not in names:
        expected = f"a model of this file or of another provider ({', '.join(names)})"
        yield at, f"'{model.then}'", expected, "name the successor as provider/id"


def _order(before: Period, after: Period, at: ValuePath) -> Iterator[Finding]:
    if after.from_ is None:
        yield at, "null", "a start, as only the first period may lack one", "give the instant"
    elif before.from_ is not None and after.from_ == before.from_:
        read = f"{after.from_.isoformat()}, where the period before it starts as well"
        yield at, read, "periods that do not overlap", "merge the two periods or move one"
    elif before.from_ is not None and after.from_ < before.from_:
        read = f"{after.from_.isoformat()} after {before.from_.isoformat()}"
        yield at, read, "periods sorted by their start", "put the earlier period first"


def _status(table: Table, period: Period, at: ValuePath) -> Iterator[Finding]:
    later = period.from_ is not None and period.from_.date() > table.snapshot
    if period.status == "effective" and later:
        read = f"effective, from a day after the snapshot of {table.snapshot}"
        yield at, read, "announced", "what starts later was only announced then"
    if period.status == "announced" and not later:
        read = f"announced, from a day not after the snapshot of {table.snapshot}"
        yield at, read, "effective or withdrawn", "say what became of it"


def _withdrawn(period: Period, at: ValuePath) -> Iterator[Finding]:
    if (period.status == "withdrawn") != (period.withdrawn_on is not None):
        read = f"{period.status} with withdrawn_on {period.withdrawn_on or 'missing'}"
        expected = "withdrawn_on exactly where the status is withdrawn"
        yield at, read, expected, "add or remove withdrawn_on"


def _cards(file: PriceFile, period: Period, at: ValuePath) -> Iterator[Finding]:
    for mode, card in period.cards.items():
        here: ValuePath = (*at, "cards", mode)
        yield from _thresholds(card, here)
        for name in card.windows:
            if name not in file.windows:
                known = ", ".join(file.windows) or "none"
                expected = f"a window of this file ({known})"
                yield (*here, "windows", name), f"'{name}'", expected, "define it under windows:"


def _thresholds(card: Card, at: ValuePath) -> Iterator[Finding]:
    own = [_threshold_words(card.above)]
    own += [_threshold_words(rates.above) for rates in card.windows.values()]
    thresholds = [above.threshold for above in card.above]
    if any(b <= a for a, b in pairwise(thresholds)):
        read = ", ".join(map(str, thresholds))
        yield (*at, "above"), read, "increasing thresholds", "sort the tiers, one each"
    for name, words in zip(card.windows, own[1:], strict=True):
        if words != own[0]:
            expected = f"the tiers of the card ({own[0]})"
            fix = "state the long-context rates inside the window as well"
            yield (*at, "windows", name), words, expected, fix


def _threshold_words(tiers: tuple[Above, ...]) -> str:
    told = [
        f"prompt_tokens_{'gt' if tier.prompt_tokens_gt is not None else 'gte'} {tier.threshold}"
        for tier in tiers
    ]
    return ", ".join(told) or "no tier"


def _sources(file: PriceFile) -> Iterator[Finding]:
    known = [*file.sources, *([] if isinstance(file, Table) else [GIVEN])]
    for at, keys in cited(file):
        for key in keys:
            if key not in known:
                expected = f"one of {', '.join(known)}"
                yield at, f"source '{key}'", expected, "define it under sources:"
