"""Cells of the table of variants that are easy to get wrong: signs, small shares, nothing."""

import pytest

from costmodel.report.amounts import DOLLARS
from costmodel.report.variant_tables import NONE, NOTHING, variants_table, waterfall_table
from costmodel.report.variant_words import comparison_headline, comparison_notes
from tests.questions.scenes import certain, desk


def row_of(comparison, label, after=""):
    """Return the cells of the first row so labelled, below a heading."""
    rows = variants_table(comparison).rows
    start = [row[0] for row in rows].index(after) if after else 0
    return next(row[1:] for row in rows[start:] if row[0] == label and len(row) > 1)


def test_what_is_saved_is_a_share_and_an_amount_with_a_sign():
    saved = "Saved over all 2 months"
    dearer = certain(("both", "today", "cached"))
    assert row_of(dearer, "Mean", saved)[1].startswith("-$10.")
    assert row_of(dearer, "Share of the mean bill") == (NOTHING, "-52 %", "-21 %")  # 30 / 19.8
    assert row_of(dearer, "Futures in which it saves") == (NOTHING, "0 %", "0 %")
    assert comparison_headline(dearer) == "No variant saves anything against 'both' in the mean."


def test_a_bill_that_does_not_change_is_zero_without_a_sign():
    # Everyone buys: the bill is the same, give or take rounding, but people are stopped and pay.
    scenario = desk(**{"take_up: 50%": "take_up: 100%"})
    sold = certain(("sold",), scenario)
    mean = row_of(sold, "Mean", "Saved over all 2 months")[1]
    assert mean == "$0.00"
    assert row_of(sold, "Share of the mean bill")[1] == "0 %"
    assert row_of(sold, "Mean saved with these amounts")[1] == DOLLARS(17.56)


def test_small_shares_keep_two_digits():
    risky = certain(("risky",))
    assert row_of(risky, "  share of turns") == (NONE, "0.81 %")  # (0.20 - right) of the turns
    small = desk(**{"hit_rate: 20%}": "hit_rate: 0.3%}"})
    assert row_of(certain(("cached",), small), "Share of the mean bill")[1] == "0.3 %"
    assert row_of(certain(("cached",), small), "Answered without a call")[1] == "0.3 %"


def test_nothing_is_said_where_no_variant_changes_anything():
    scenario = desk(**{"  idle: [cache, wide]": "  idle: [wide]"})
    idle = certain(("idle",), scenario)
    assert comparison_headline(idle) == "No variant changes anything against 'today'."
    assert comparison_notes(idle)[0] == "idle: not binding, changes nothing against today."
    assert row_of(idle, "Turns blocked") == (NONE, NONE)
    assert row_of(idle, "Mean", "Saved over all 2 months")[1] == "not binding"


def test_a_cost_that_is_not_stated_is_not_zero():
    unstated = desk(**{",\n     wrong_answer: $4}": "}"})
    assert row_of(certain(("risky",), unstated), "  mean cost, beside the bill")[1] == "not stated"


def test_a_headline_tells_what_is_paid_and_other_money():
    sold = comparison_headline(certain(("sold",)))
    assert "with 9 % of turns blocked. With overage revenue, its mean saving of $2.63 be" in sold
    risky = comparison_headline(certain(("risky",)))
    assert risky.endswith("With the cost of wrong answers, its mean saving of $6.00 becomes -$317.")
    more = comparison_headline(certain(("sold", "both")))
    assert "with 18 % of turns blocked (9 % in 'sold')." in more
    assert "With overage revenue, its mean saving of $7.58 becomes -$1.20." in more  # 7.58 - 8.78


def test_the_last_row_of_a_waterfall_is_the_whole():
    table = waterfall_table(certain(("both",)).waterfalls[0])
    assert [row[0] for row in (*table.rows, *table.foot)] == ["1 cache", "2 fair", "together"]
    parts = [float(row[1].removeprefix("$")) for row in table.rows]
    assert sum(parts) == pytest.approx(float(table.foot[0][1].removeprefix("$")), abs=0.011)
