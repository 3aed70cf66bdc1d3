"""The plain case by hand: a turn is 1,000 x $2 / 1M + 100 x $10 / 1M = $0.003."""

import numpy as np
import pytest

import costmodel as cm
from costmodel.foundation.beliefs import Source
from costmodel.report.assumptions import beliefs_table, differences_table, origin_words
from costmodel.report.tables import (
    NOTHING,
    Table,
    months_table,
    parts_of,
    parts_table,
    person_months,
    unit_table,
)


def test_columns_with_nothing_in_them_are_left_out():
    table = Table("t", ("a", "b", "c"), (("1", "", "x"), ("2", "", "")), foot=(("3", "", ""),))
    assert table.filled.head == ("a", "c")
    assert table.filled.rows == (("1", "x"), ("2", ""))
    assert table.filled.foot == (("3", ""),)


def test_months_show_the_projections_own_figures(projection):
    table = months_table(projection)
    assert table.head == (
        "Month", "P10", "P50", "P90", "Mean", "Chance over $1,500", "People", "Mean per person",
    )  # fmt: skip
    third = projection.month(3)
    amounts = [f"${x:,.0f}" for x in (third.p10, third.p50, third.p90, third.mean)]
    chance = f"{100 * third.chance_over(1500):.0f} %"
    people, each = projection.people[2], projection.per_person(3)
    assert table.rows[2] == ("2027-02", *amounts, chance, f"{people:,.0f}", f"${each:.4f}")


def test_the_dearest_month_and_the_total_stand_below_the_months(projection):
    dearest, whole = months_table(projection).foot
    assert dearest[:4] == (
        "Dearest month", *(f"${x:,.0f}" for x in (projection.p10, projection.p50, projection.p90))
    )  # fmt: skip
    assert dearest[5] == f"{100 * projection.chance_over_budget:.0f} %"
    assert whole[0] == "All 12 months"
    assert whole[3] == f"${projection.total.p90:,.0f}"
    assert whole[5:] == ("", "", "")


def test_months_without_people_have_no_cost_per_person(scenario, book):
    empty = scenario.with_overrides({"segments.free.users": 0, "segments.pro.users": 0})
    table = months_table(cm.simulate(empty, prices=book, draws=2))
    assert table.rows[0][-1] == NOTHING


def test_means_of_parts_add_up_to_the_mean_of_the_total(projection):
    for dimension in ("feature", "segment", "model", "meter"):
        parts = parts_of(projection, dimension)
        total = sum(one.mean for one in parts.totals.values())
        assert total == pytest.approx(projection.total.mean)


def test_parts_show_mean_share_and_quantiles(projection):
    parts = parts_of(projection, "feature")
    table = parts_table(projection, [parts])
    assert table.rows[0] == ("By feature",)
    answer, mean = parts.totals["answer"], projection.total.mean
    decimals = 0 if mean >= 100 else 2
    assert table.rows[1][:5] == (
        "answer",
        f"${answer.mean:,.{decimals}f}",
        f"{100 * answer.mean / mean:.0f} %",
        f"${answer.p10:,.{decimals}f}",
        f"${answer.p90:,.{decimals}f}",
    )


def test_unit_costs_are_those_of_hand_arithmetic(plain):
    assert unit_table(plain).rows == (
        ("One turn of ask", *["$0.00300"] * 4),
        ("One conversation of ask", *["$0.00600"] * 4),
        ("One active person of all, a month", *["$0.0150"] * 4),
    )


def test_a_turn_that_is_its_own_conversation_is_not_told_twice(projection):
    labels = [row[0] for row in unit_table(projection).rows]
    assert "One conversation of answer" in labels
    assert "One conversation of search" not in labels
    assert labels[-1] == "One active person of any segment, a month"


def test_people_are_counted_in_every_future_as_the_engine_counts_them(projection):
    for name, active in projection.people_by_segment.items():
        months = person_months(projection, name)
        assert np.broadcast_to(months, 256).mean() == pytest.approx(active.sum())


def test_every_belief_stands_in_the_table_as_written(scenario):
    table = beliefs_table(scenario)
    rows = {row[0]: (*row[1:], said) for row, said in zip(table.rows, table.about, strict=True)}
    assert list(rows) == list(scenario.beliefs())
    assert rows["segments.free.users"] == (
        "8k to 12k", "8,000", "9,798", "12,000", "people",
        "Source: see https://example.com/count?a=1&b=2 <b>now</b> (2026-10). Owner: Dana <d@x>",
    )  # fmt: skip
    assert rows["segments.free.growth"][4:6] == ("growth per month", "Assumption")
    assert rows["segments.pro.revenue"][:5] == (
        "$29 per month", NOTHING, "$29.00", NOTHING, "USD per month",
    )  # fmt: skip
    assert rows["features.answer.failures.malformed"][0] == "27 of 300"
    assert rows["features.search.output.mean"][5] == "No source given"


def test_quantiles_of_a_belief_are_its_law(scenario):
    rows = {row[0]: row for row in beliefs_table(scenario).rows}
    belief = scenario.beliefs()["features.answer.failures.malformed"]
    shares = [f"{100 * belief.quantile(p):.3g} %" for p in (0.05, 0.5, 0.95)]
    assert list(rows["features.answer.failures.malformed"][2:5]) == shares


def test_widths_drift_and_correlations_stand_in_a_table_of_their_own(scenario):
    rows = {row[0]: row for row in differences_table(scenario).rows}
    assert rows["features.answer.turns_per_user.free.top_1_percent"][1] == "23%"
    assert rows["features.answer.prompt.user.cv"][1] == "1.2, max 8,000"
    assert rows["features.answer.conversation.turns.cv"][1] == "1.1"
    assert "segments.free.users, segments.pro.users" in rows["correlations.growth"][2]
    assert rows["drift.half_life"][1] == "6 months"


def test_an_origin_says_source_assumption_date_and_owner():
    words = [
        origin_words(Source()),
        origin_words(Source(assumed=True)),
        origin_words(Source("pilot", assumed=True)),
        origin_words(Source("pilot", owner="Dana", date="2026-10")),
    ]
    assert words == [
        "No source given",
        "Assumption",
        "Assumption: pilot",
        "Source: pilot (2026-10). Owner: Dana",
    ]
