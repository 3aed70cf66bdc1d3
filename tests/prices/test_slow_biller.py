"""The book against a slow biller that shares no code with it, over random tables and requests.

The tables are the shipped ones and made-up ones with everything a table can have; the instants
lie on and beside every edge: periods, ends, windows, midnight, clock changes.
"""

import json
import tempfile
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import CostModelWarning, PriceNotKnownError
from costmodel.prices import HourProfile, Request, bill, bill_rows, load_prices, price_request
from tests.prices import slow_biller as slow
from tests.prices.made_up_tables import CLOCK_CHANGES, ZONES, tables, usages
from tests.prices.shelves import shelf


def edges(table):
    """Every instant of a table, and the starts and ends of its windows around clock changes."""
    found = [*CLOCK_CHANGES]
    for model in table["models"]:
        for period in model["periods"]:
            found += [slow.instant(period[key]) for key in ("from", "until") if period.get(key)]
    for window in (table.get("windows") or {}).values():
        found += [slow.instant(window[key]) for key in ("from", "to") if window.get(key)]
        zone = ZoneInfo(window["tz"])
        near = [
            *CLOCK_CHANGES,
            datetime(2026, 8, 20, tzinfo=UTC),
            datetime(2026, 11, 20, tzinfo=UTC),
        ]
        for at in near:
            for clock_ in {part for hours in window["hours"] for part in hours.split("-")}:
                hour, minute = map(int, clock_.split(":"))
                local = datetime(at.year, at.month, at.day, tzinfo=zone)
                wall = local + timedelta(days=hour // 24, hours=hour % 24, minutes=minute)
                found += [wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)]
    return found


def instants(table):
    near = st.sampled_from(edges(table))
    beside = st.sampled_from([timedelta(microseconds=n) for n in (-1, 0, 1)])
    anywhere = st.datetimes(datetime(2025, 12, 1), datetime(2027, 3, 1), timezones=st.just(UTC))
    return st.one_of(st.builds(lambda at, by: at + by, near, beside), anywhere)


def outcome(work):
    """What is billed, or that there is no price."""
    try:
        return float(work())
    except (PriceNotKnownError, slow.NoPriceError):
        return None


def same(ours, theirs):
    if theirs is None or ours is None:
        return ours is theirs
    return ours == pytest.approx(theirs, rel=1e-12, abs=1e-18)


@pytest.fixture(autouse=True)
def _without_reservations():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CostModelWarning)
        yield


def check_request(book, table, provider, data):
    model = data.draw(st.sampled_from(table["models"]), "model")
    name, at = f"{provider}/{model['id']}", data.draw(instants(table), "at")
    sizes = slow.longest(model) or 10_000
    usage = data.draw(
        usages(data.draw(st.sampled_from([2000, sizes, sizes, int(sizes * 1.1)]))), "usage"
    )
    offered = [mode for period in model["periods"] for mode in period["cards"]]
    mode = data.draw(st.sampled_from([*offered, *offered, "standard", "standard", "flex"]), "mode")
    geos = [None, None, *(adjust["when"]["geo"] for adjust in model.get("adjust") or ())]
    geo = data.draw(st.sampled_from([*geos, *geos, "mars"]), "geo")
    units = data.draw(st.sampled_from([{}, {}, {}, {"web_search": 7}, {"page": 1}]), "units")
    words = {"mode": mode, "at": at, "geo": geo, "units": units}
    ours = outcome(lambda: price_request(book, name, Request(*usage), **words).usd)
    theirs = outcome(lambda: slow.cost(table, model, mode, at, usage, geo, units))
    assert same(ours, theirs), (ours, theirs)


@given(tables(), st.data())
@settings(max_examples=100, deadline=None)
def test_requests_of_made_up_tables_cost_the_same(table, data):
    with tempfile.TemporaryDirectory() as folder:
        book = load_prices(folder=shelf(Path(folder), json.dumps(table)))
        for _ in range(4):
            check_request(book, table, "acme", data)


FILES = sorted((data_folder("pricing") / load_prices().snapshot).glob("*.yaml"))
SHIPPED = {file.stem: slow.read(file) for file in FILES}


@given(st.sampled_from(sorted(SHIPPED)), st.data())
@settings(max_examples=400, deadline=None)
def test_requests_of_the_shipped_tables_cost_the_same(provider, data):
    check_request(load_prices(), SHIPPED[provider], provider, data)


@given(tables(), st.data())
@settings(max_examples=50, deadline=None)
def test_many_requests_at_once_cost_the_same(table, data):
    with tempfile.TemporaryDirectory() as folder:
        book = load_prices(folder=shelf(Path(folder), json.dumps(table)))
        rows, expected = [], []
        for _ in range(6):
            model = data.draw(st.sampled_from(table["models"]))
            at, usage = data.draw(instants(table)), data.draw(usages())
            found = outcome(lambda m=model, a=at, u=usage: bare(table, m, a, u))
            if found is not None:
                offer = book.model(f"acme/{model['id']}").period_at(at).cards["standard"]
                rows.append((offer.at(at), usage))
                expected.append(found)
        assert one_by_one(rows) == pytest.approx(expected, rel=1e-12, abs=1e-18)
        assert together(rows) == pytest.approx(expected, rel=1e-12, abs=1e-18)


def bare(table, model, at, usage):
    """A request's price without its limits, which billing of arrays does not know."""
    return slow.tokens_usd(slow.card_of(table, model, "standard", at)[1], usage)


NAMES = (
    "input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
)


def one_by_one(rows):
    return [float(bill(card, **dict(zip(NAMES, u, strict=True))).total) for card, u in rows]


def together(rows):
    counts = {name: [usage[n] for _, usage in rows] for n, name in enumerate(NAMES)}
    return bill_rows([card for card, _ in rows], range(len(rows)), **counts).total.tolist()


def mean_usd(price, usage):
    """A month's price of a request: its cards by their shares."""
    words = dict(zip(NAMES, usage, strict=True))
    return sum(share * float(bill(card, **words).total) for share, card in price.parts)


@given(
    tables(hours=False),
    usages(),
    st.integers(0, 14),
    st.sampled_from(["standard", "standard", "standard", "batch", "flex"]),
    st.sampled_from([None, "eu", "eu", "us"]),
)
@settings(max_examples=200, deadline=None)
def test_months_cost_the_same_second_by_second(table, usage, month, mode, geo):
    start, end = (slow.month_start(2026, 1 + month + n, UTC) for n in (0, 1))
    with tempfile.TemporaryDirectory() as folder:
        book = load_prices(folder=shelf(Path(folder), json.dumps(table)))
        ours = outcome(
            lambda: mean_usd(book.month("acme/m0", mode, start.year, start.month, geo=geo), usage)
        )
    theirs = outcome(lambda: slow.month_by_seconds(table, "m0", mode, usage, start, end, geo))
    assert same(ours, theirs), (ours, theirs)


@given(tables(), usages(), st.integers(0, 23), st.sampled_from(ZONES))
@settings(max_examples=10, deadline=None)
def test_a_february_costs_the_same_minute_by_minute(table, usage, busy, zone):
    # 28 days are whole weeks, and no clock of these zones changes in them; prices that change
    # within the month are left out, as their part of it is none
    start, end = (slow.month_start(2027, month, UTC) for month in (2, 3))
    model = {**table["models"][0], "retires": None, "then": None}
    table = {**table, "models": [model]}
    shares = tuple(9 / 32 if hour == busy else 1 / 32 for hour in range(24))
    profile = HourProfile(shares, zone)
    with tempfile.TemporaryDirectory() as folder:
        book = load_prices(folder=shelf(Path(folder), json.dumps(table)))
        for hours, weight in ((None, lambda _: 1), (profile, weighting(busy, zone))):
            ours = outcome(
                lambda h=hours: mean_usd(book.month("acme/m0", "standard", 2027, 2, hours=h), usage)
            )
            theirs = outcome(
                lambda w=weight: slow.month_by_minutes(
                    table, model, "standard", usage, start, end, w
                )
            )
            assert same(ours, theirs), (ours, theirs)


def weighting(busy, zone):
    return lambda at: 9 if at.astimezone(ZoneInfo(zone)).hour == busy else 1
