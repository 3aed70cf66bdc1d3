"""Two snapshots compared: news, corrections of the past, and what became of announcements."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costmodel.foundation.errors import InputError
from costmodel.prices.diff import compare_snapshots
from costmodel.prices.figures import billed_price, prices_of
from costmodel.prices.snapshots import find_snapshot
from costmodel.prices.timelines import tenures, timeline
from tests.prices.shelves import FACTS, model, several, since, table

OLD, NEW = "2026-08-21", "2026-11-23"


def compared(folder, old, new):
    """Compare acme's tables of the two days; `old` and `new` are texts after the head."""
    shelf = several(folder, {OLD: {"acme": table(OLD, *old)}, NEW: {"acme": table(NEW, *new)}})
    return compare_snapshots(find_snapshot(OLD, shelf), find_snapshot(NEW, shelf))


def told(found, field="standard.input"):
    """Return the differences of a field: kind, old, new, from, until, outcome."""
    return [
        (d.kind, d.old, d.new, _day(d.since), _day(d.until), d.outcome)
        for d in found.differences
        if d.field == field
    ]


def _day(instant):
    return None if instant is None else f"{instant:%Y-%m-%d}"


def test_a_change_after_the_older_snapshot_is_a_new_period(tmp_path):
    old = model("m", since("null", 4))
    new = model("m", since("null", 4), since("2026-10-20T00:00:00Z", 2))
    found = compared(tmp_path, [old], [new])
    assert told(found) == [("new period", 4, 2, "2026-10-20", None, "")]
    assert found.differences[0].ratio == 0.5


def test_another_price_for_dates_that_were_past_is_a_correction(tmp_path):
    # The 80 % cut of o3 on 2025-06-10, lost in llm-prices since October 2025.
    old = model("o3", since("null", 10))
    new = model("o3", since("null", 10), since("2025-06-10T00:00:00Z", 2))
    found = compared(tmp_path, [old], [new])
    assert told(found) == [("retroactive correction", 10, 2, "2025-06-10", None, "")]


def test_a_change_on_the_older_snapshots_own_day_is_a_correction_and_the_next_day_is_news(tmp_path):
    old = model("m", since("null", 4))
    for day, kind in (("21T00:00:00Z", "retroactive correction"), ("22T00:00:00Z", "new period")):
        new = model("m", since("null", 4), since(f"2026-08-{day}", 2))
        folder = tmp_path / day[:2]
        assert told(compared(folder, [old], [new]))[0][0] == kind


def test_an_announcement_that_was_withdrawn_says_when(tmp_path):
    # claude-sonnet-5 to $3 on 2026-09-01, withdrawn on 2026-08-14; here the
    # older snapshot still announces it.
    old = model("sonnet", since("null", 2), since("2026-09-01T00:00:00Z", 3, "announced"))
    gone = since("2026-09-01T00:00:00Z", 3, "withdrawn", withdrawn_on="2026-08-24")
    found = compared(tmp_path, [old], [model("sonnet", since("null", 2), gone)])
    assert told(found) == [
        ("announcement changed", 3, 2, "2026-09-01", None, "withdrawn on 2026-08-24")
    ]


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (
            [since("2026-12-01T00:00:00Z", 5, "announced")],
            [("announcement changed", 4, 5, "2026-12-01", None, "altered")],
        ),
        (
            [since("2027-01-01T00:00:00Z", 4, "announced")],
            [("announcement changed", 4, 2, "2026-12-01", "2027-01-01", "postponed to 2027-01-01")],
        ),
        (
            [since("2026-11-01T00:00:00Z", 4)],
            [
                ("announcement changed", 2, 4, "2026-11-01", "2026-12-01",
                 "brought forward from 2026-12-01"),
            ],
        ),
        ([], [("announcement changed", 4, 2, "2026-12-01", None, "withdrawn")]),
        ([since("2026-12-01T00:00:00Z", 4, "announced")], []),
    ],
    ids=["altered", "postponed", "brought forward", "withdrawn", "still announced"],
)  # fmt: skip
def test_an_announcement_says_what_became_of_it(tmp_path, new, expected):
    old = model("m", since("null", 2), since("2026-12-01T00:00:00Z", 4, "announced"))
    assert told(compared(tmp_path, [old], [model("m", since("null", 2), *new)])) == expected


def test_an_announcement_that_came_true_is_confirmed(tmp_path):
    old = model("m", since("null", 2), since("2026-10-01T00:00:00Z", 4, "announced"))
    new = model("m", since("null", 2), since("2026-10-01T00:00:00Z", 4))
    found = compared(tmp_path, [old], [new])
    assert told(found) == [("announcement changed", 2, 4, "2026-10-01", None, "confirmed")]


def test_what_is_newly_announced_is_a_new_period_still_to_come(tmp_path):
    new = model("m", since("null", 2), since("2026-12-01T00:00:00Z", 4, "announced"))
    found = compared(tmp_path, [model("m", since("null", 2))], [new])
    assert told(found) == [("new period", 2, 4, "2026-12-01", None, "announced")]


def test_a_period_split_or_merged_at_equal_rates_is_no_difference(tmp_path):
    whole = model("m", since("null", 2))
    split = model("m", since("null", 2), since("2026-05-01T00:00:00Z", 2))
    assert compared(tmp_path / "a", [whole], [split]).differences == ()
    assert compared(tmp_path / "b", [split], [whole]).differences == ()


def test_models_come_and_go_and_a_rename_is_told(tmp_path):
    named = FACTS + "    aliases: [gone]\n"
    found = compared(
        tmp_path,
        [model("gone", since("null", 1)), model("kept", since("null", 1))],
        [model("kept", since("null", 1)), model("new", since("null", 3), facts=named)],
    )
    assert [(d.kind, d.model, d.outcome) for d in found.differences] == [
        ("model removed", "acme/gone", "now a name of acme/new"),
        ("model added", "acme/new", ""),
    ]
    added = found.of("model added")[0]
    assert added.new == "standard input $3.00, output $12.00"


LONG = "above: [{prompt_tokens_gt: 272000, per_mtok: {input: 8, output: 24}}]"


def card(*extra, rates="{input: 4, output: 16}"):
    """Return a period of one standard card with more in it."""
    inner = ", ".join([f"per_mtok: {rates}", *extra])
    return f"from: null, status: effective, src: [s], cards: {{standard: {{{inner}}}}}"


def test_a_tier_learned_later_corrects_long_prompts_only(tmp_path):
    # gpt-5.5 gained its tier above 272k in genai-prices for dates already past.
    found = compared(tmp_path, [model("m", card())], [model("m", card(LONG))])
    assert told(found, "standard.above_272000.input") == [
        ("retroactive correction", 4, 8, None, None, "")
    ]
    assert {d.field for d in found.differences} == {
        "standard.above_272000.input",
        "standard.above_272000.output",
    }


def test_a_threshold_written_the_other_way_round_is_no_difference(tmp_path):
    # "above 272,000" and "from 272,001" are the same prompts.
    other = LONG.replace("prompt_tokens_gt: 272000", "prompt_tokens_gte: 272001")
    found = compared(tmp_path, [model("m", card(LONG))], [model("m", card(other))])
    assert found.differences == ()


def test_a_mode_that_was_not_known_is_news_of_that_mode(tmp_path):
    both = card().replace("cards: {", "cards: {batch: {per_mtok: {input: 2, output: 8}}, ")
    found = compared(tmp_path, [model("m", card())], [model("m", both)])
    assert told(found, "batch.input") == [("retroactive correction", None, 2, None, None, "")]
    assert found.differences[0].ratio is None


PEAK = (
    "windows:\n  peak: {tz: UTC, hours: ['09:00-12:00'], from: '2026-10-01T00:00:00Z', src: [s]}\n"
)


def test_peak_rates_count_from_the_day_their_hours_are_in_force(tmp_path):
    peaks = card("windows: {peak: {per_mtok: {input: 8, output: 32}}}")
    shelf = several(
        tmp_path,
        {
            OLD: {"acme": table(OLD, model("m", card()))},
            NEW: {"acme": table(NEW, model("m", peaks), head=PEAK)},
        },
    )
    found = compare_snapshots(find_snapshot(OLD, shelf), find_snapshot(NEW, shelf))
    assert told(found, "standard.peak.input") == [("new period", None, 8, "2026-10-01", None, "")]
    facts = [(d.kind, d.model, d.field, d.old) for d in found.of("fact changed")]
    assert facts == [("fact changed", "acme", "windows.peak", None)]


def test_facts_are_compared_one_by_one(tmp_path):
    before = FACTS + "    limits: {context: 128000}\n"
    after = (
        "    tokenizer: {family: claude, counting: estimate}\n"
        "    cache: {mode: implicit, min_prefix_tokens: 1024, src: [s]}\n"
        "    limits: {context: 200000, max_output: 8192}\n"
        "    retires: 2027-01-14\n"
        "    adjust: [{when: {geo: us}, multiply: 1.1, src: [s]}]\n"
    )
    found = compared(
        tmp_path,
        [model("m", since("null", 1), facts=before)],
        [model("m", since("null", 1), facts=after)],
    )
    assert {(d.field, d.old, d.new) for d in found.of("fact changed")} == {
        ("tokenizer.family", "o200k_base", "claude"),
        ("tokenizer.counting", "exact", "estimate"),
        ("cache.mode", "none", "implicit"),
        ("cache.min_prefix_tokens", None, 1024),
        ("limits.context", 128000, 200000),
        ("limits.max_output", None, 8192),
        ("retires", None, "2027-01-14"),
        ("geo.us", None, 1.1),
    }


def test_a_unit_priced_by_the_thousand_or_by_the_piece_is_the_same(tmp_path):
    units = [
        f"{card()}, units: {{web_search: {price}}}"
        for price in ("{usd: 10, per: 1000}", "{usd: 0.01}", "{usd: 0.014}")
    ]
    same = compared(tmp_path / "a", [model("m", units[0])], [model("m", units[1])])
    assert same.differences == ()
    dearer = compared(tmp_path / "b", [model("m", units[0])], [model("m", units[2])])
    assert told(dearer, "units.web_search")[0][1:3] == (0.01, 0.014)


def test_a_price_that_ends_earlier_than_was_known_is_told(tmp_path):
    ends = since("null", 2, until="'2026-12-31T00:00:00Z'")
    found = compared(tmp_path, [model("m", since("null", 2))], [model("m", ends)])
    assert told(found) == [("new period", 2, None, "2026-12-31", None, "announced")]


def test_the_older_snapshot_comes_first(tmp_path):
    shelf = several(
        tmp_path, {day: {"acme": table(day, model("m", since("null", 1)))} for day in (OLD, NEW)}
    )
    with pytest.raises(InputError, match="expected the older snapshot first; fix: write 2026-08"):
        compare_snapshots(find_snapshot(NEW, shelf), find_snapshot(OLD, shelf))


def test_a_provider_of_one_snapshot_only_brings_all_its_models(tmp_path):
    one = table(OLD, model("m", since("null", 1)))
    other = table(NEW, model("b", since("null", 1))).replace("provider: acme", "provider: bolt")
    shelf = several(tmp_path, {OLD: {"acme": one}, NEW: {"bolt": other}})
    found = compare_snapshots(find_snapshot(OLD, shelf), find_snapshot(NEW, shelf))
    assert [(d.kind, d.model) for d in found.differences] == [
        ("model removed", "acme/m"),
        ("model added", "bolt/b"),
    ]


DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))
HISTORY = st.lists(st.tuples(DAYS, st.sampled_from([1.0, 2.0, 3.0])), max_size=4).map(
    lambda pairs: sorted(dict(pairs).items())
)


def entry_of(day, history):
    """Return acme's one model with a price from each date of a history."""
    from costmodel.foundation.reading import read_yaml_text
    from costmodel.prices.schema import Table
    from costmodel.prices.tables import checked

    periods = [since("null", 9)] + [
        since(f"{start}T00:00:00Z", rate, "announced" if str(start) > day else "effective")
        for start, rate in history
    ]
    return checked(Table, read_yaml_text(table(day, model("m", *periods))))


@given(HISTORY, HISTORY)
def test_the_differences_turn_the_old_prices_into_the_new_on_every_day(old, new):
    # The oracle looks prices up day by day in the period that applies, as billing does.
    before, after = entry_of(OLD, old), entry_of(NEW, new)
    found = [
        d
        for d in compare_snapshots(before, after).differences
        if d.field == "standard.input" and d.outcome != "confirmed"
    ]
    day = datetime(2025, 12, 31, tzinfo=UTC)
    for _ in range(560):
        was, now = price_on(before, day), price_on(after, day)
        covering = [
            d
            for d in found
            if (d.since is None or d.since <= day) and (d.until is None or day < d.until)
        ]
        assert [(d.old, d.new) for d in covering] == ([] if was == now else [(was, now)])
        day += timedelta(days=1)


def price_on(table_, day):
    """Return the input rate on a day: that of the last period that has begun."""
    begun = [p for p in table_.models[0].periods if p.from_ is None or p.from_ <= day]
    return begun[-1].cards["standard"].per_mtok.input


def test_a_long_prompt_without_a_tier_of_its_own_is_billed_at_the_next_lower_one(tmp_path):
    two = card(LONG.replace("]", ", {prompt_tokens_gte: 500000, per_mtok: {input: 9}}]"))
    shelf = several(tmp_path, {NEW: {"acme": table(NEW, model("m", two))}})
    entry = find_snapshot(NEW, shelf).table("acme").models[0]
    prices = prices_of(entry.periods[0])
    for name, rate in (("above_1000", 4), ("above_272000", 8), ("above_499998", 8),
                       ("from_500000", 9), ("above_900000", 9)):  # fmt: skip
        assert billed_price(prices, f"standard.{name}.input") == rate
    steps = timeline(tenures(entry), "standard.above_1000.input", {}).steps
    assert [step.value for step in steps] == [4]


def test_a_model_that_is_added_shows_its_price_of_the_day_and_not_an_announced_one(tmp_path):
    promo = model("new", since("null", 2), since("2026-12-01T00:00:00Z", 4, "announced"))
    found = compared(
        tmp_path, [model("m", since("null", 1))], [model("m", since("null", 1)), promo]
    )
    assert found.differences[0].new == "standard input $2.00, output $8.00"
