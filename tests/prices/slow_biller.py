"""A second biller, slow and plain: straight from the YAML, in exact fractions, rule by rule.

It shares no code with costmodel.prices. The rules are those of pricing/README.md.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import yaml

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class NoPriceError(Exception):
    """There is no price: never $0, never another price."""


def read(path):
    """Return a table as plain data."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def instant(text):
    """Return an instant of a table; None stays None."""
    return None if text is None else datetime.fromisoformat(str(text))


def exact(number):
    """Return the decimal number that was written, not its nearest double."""
    return Fraction(Decimal(str(number)))


def live(model):
    return [period for period in model["periods"] if period["status"] != "withdrawn"]


def period_of(model, at):
    """Return the period an instant lies in."""
    begun = [p for p in live(model) if p["from"] is None or instant(p["from"]) <= at]
    if not begun:
        raise NoPriceError("before the first price")
    ends = instant(begun[-1].get("until"))
    if ends is not None and at >= ends:
        raise NoPriceError("after the end of the price")
    return begun[-1]


def inside(window, at):
    """Whether an instant lies in a window, told by the clock on the wall of its zone."""
    starts, ends = instant(window.get("from")), instant(window.get("to"))
    if (starts is not None and at < starts) or (ends is not None and at >= ends):
        return False
    wall = at.astimezone(ZoneInfo(window["tz"]))
    clock = wall.strftime("%H:%M")
    spans = [hours.split("-") for hours in window["hours"]]
    days = window.get("days") or DAYS
    return DAYS[wall.weekday()] in days and any(a <= clock < b for a, b in spans)


def card_of(table, model, mode, at):
    """Return the card of a mode at an instant, and the rates that hold in that very minute."""
    cards = period_of(model, at)["cards"]
    if mode not in cards:
        raise NoPriceError(f"no {mode}")
    for name, rates in (cards[mode].get("windows") or {}).items():
        if inside(table["windows"][name], at):
            return cards[mode], rates
    return cards[mode], cards[mode]


def rates_for(rates, prompt):
    """Return the rates of the highest tier that a prompt reaches."""
    found, reached = rates["per_mtok"], -1
    for tier in rates.get("above") or ():
        over = prompt > tier.get("prompt_tokens_gt", prompt)
        from_ = prompt >= tier.get("prompt_tokens_gte", prompt + 1)
        size = tier.get("prompt_tokens_gt", tier.get("prompt_tokens_gte"))
        if (over or from_) and size > reached:
            found, reached = tier["per_mtok"], size
    return found


def tokens_usd(rates, usage):
    """Return USD of one request: each token at its own rate, those without one at its parent's."""
    prompt, read_, written, hour, output = usage
    now = rates_for(rates, prompt)
    if output and now.get("output") is None:
        raise NoPriceError("no output rate")
    write = now.get("cache_write", now["input"])
    usd = (
        (prompt - read_ - written) * exact(now["input"])
        + read_ * exact(now.get("cache_read", now["input"]))
        + (written - hour) * exact(write)
        + hour * exact(now.get("cache_write_1h", write))
        + output * exact(now.get("output", 0))
    )
    return usd / 1_000_000


def factor(model, geo):
    """Return the factor of a region; 1 where none is asked for."""
    if geo is None:
        return Fraction(1)
    found = [exact(a["multiply"]) for a in model.get("adjust") or () if a["when"]["geo"] == geo]
    if not found:
        raise NoPriceError(f"no {geo}")
    return found[-1]


def longest(model):
    limits = model.get("limits") or {}
    return limits.get("max_input", limits.get("context"))


def cost(table, model, mode, at, usage, geo=None, units=None):
    """Return USD of one request at an instant.

    `usage` is (input, cached, written, of which for one hour, output).
    """
    card, rates = card_of(table, model, mode, at)
    for limit in (longest(model), card.get("max_prompt_tokens")):
        if limit is not None and usage[0] > limit:
            raise NoPriceError("too long")
    usd = tokens_usd(rates, usage) * factor(model, geo)
    listed = period_of(model, at).get("units") or {}
    for name, count in (units or {}).items():
        if name not in listed:
            raise NoPriceError(f"no {name}")
        usd += count * exact(listed[name]["usd"]) / listed[name].get("per", 1)
    return usd


def month_start(year, month, zone):
    return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=zone)


def tenures(models, name, start, end):
    """Yield (model, since, until): the model until it retires, then its successors."""
    while True:
        model = models[name]
        leaves = instant(model.get("retires") and f"{model['retires']}T00:00:00+00:00")
        if leaves is None or leaves >= end or not model.get("then"):
            yield model, start, end
            return
        yield model, start, max(start, leaves)
        start, name = max(start, leaves), model["then"].split("/")[1]


def month_by_seconds(table, name, mode, usage, start, end, geo=None):
    """Return the mean USD of a request over a month of a model without hours of its own.

    The month in which a model starts counts whole at its first price.
    """
    models = {model["id"]: model for model in table["models"]}
    usd = Fraction(0)
    for model, since, until in tenures(models, name, start, end):
        if since >= until:
            continue
        first = instant(live(model)[0]["from"])
        if first is not None and first >= until:
            raise NoPriceError("before the first price")
        edges = sorted({since, until, *_edges(model, since, until)})
        for left, right in pairwise(edges):
            at = left if first is None else max(left, first)
            rates = card_of(table, model, mode, at)[0]
            ends = instant(period_of(model, at).get("until"))
            if ends is not None and ends < right:
                raise NoPriceError("after the end of the price")
            usd += (
                exact((right - left).total_seconds())
                * tokens_usd(rates, usage)
                * factor(model, geo)
            )
    return usd / exact((end - start).total_seconds())


def _edges(model, since, until):
    # the first start is no edge: the month of the start counts whole
    starts = [instant(period["from"]) for period in live(model)[1:]]
    return [start for start in starts if start is not None and since < start < until]


def month_by_minutes(table, model, mode, usage, start, end, weight):
    """Return the mean USD of a request over a month, minute by minute of the real calendar."""
    usd, total, at, known = Fraction(0), Fraction(0), start, {}
    while at < end:
        rates = card_of(table, model, mode, at)[1]
        if id(rates) not in known:
            known[id(rates)] = tokens_usd(rates, usage)
        usd += weight(at) * known[id(rates)]
        total += weight(at)
        at += timedelta(minutes=1)
    return usd / total
