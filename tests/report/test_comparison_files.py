"""Comparisons as Markdown, CSV and JSON: every figure parses back, no name does harm."""

import csv
import io
import json
import re

import pytest

import costmodel as cm
from costmodel.foundation.errors import InputError
from costmodel.report.amounts import Amounts, usd
from costmodel.report.comparison_files import (
    comparison_csv,
    comparison_format,
    comparison_json,
    comparison_markdown,
    write_comparison,
)
from tests.questions.scenes import BOOK, certain, desk

EURO = "currency: {code: EUR, usd: 1.25, date: 2026-11-20, source: ECB}\n"
ALL = certain()
OWN = certain(scenario=desk(**{"start: 2026-12\n": f"{EURO}start: 2026-12\n"}))
HOSTILE = certain(
    ("today", "both"), desk(**{"name: Desk": 'name: "=1+1 | <b>*x*</b> _y_\\nz [a](b) $q$"'})
)


def rows_of(comparison):
    return list(csv.DictReader(io.StringIO(comparison_csv(comparison))))


def cells_of(markdown):
    """Return the cells of every table row."""
    lines = [line for line in markdown.splitlines() if line.startswith("| ")]
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]


def test_csv_has_a_row_for_each_variant_with_its_figures():
    rows = [row for row in rows_of(ALL) if row["row"] == "variant"]
    assert [row["variant"] for row in rows] == list(desk().variants)
    for saving, row in zip(ALL.savings, rows[1:], strict=True):
        assert float(row["total_mean_usd"]) == saving.projection.total.mean
        assert float(row["saved_p90_usd"]) == saving.total.p90
        assert float(row["saved_chance"]) == saving.chance
        assert float(row["turns_blocked_share"]) == saving.effects.blocked
        assert row["binding"] == "true"
    assert rows[0]["saved_mean_usd"] == rows[0]["binding"] == ""
    by_name = {row["variant"]: row for row in rows}
    stopped = ALL["both"].effects.affected["all"]
    assert float(by_name["both"]["people_affected_all_share"]) == stopped.mean
    assert by_name["cached"]["people_affected_all_share"] == ""
    assert float(by_name["risky"]["wrong_answers_mean_usd"]) == ALL["risky"].effects.wrong.usd.mean
    assert float(by_name["sold"]["overage_mean_usd"]) == ALL["sold"].effects.overage.mean
    assert by_name["capped"]["cap_day"] == "21"


def test_csv_has_a_row_for_each_step_and_they_add_up():
    rows = rows_of(ALL)
    steps = [row for row in rows if row["row"] == "step" and row["variant"] == "both"]
    assert [(row["order"], row["strategy"]) for row in steps] == [("1", "cache"), ("2", "fair")]
    summed = sum(float(row["saved_mean_usd"]) for row in steps)
    assert summed == pytest.approx(ALL["both"].total.mean)
    idle = [row for row in rows if row["row"] == "step" and row["strategy"] == "wide"]
    assert [row["binding"] for row in idle] == ["false"]


def test_every_row_of_the_csv_has_all_columns():
    lines = list(csv.reader(io.StringIO(comparison_csv(OWN))))
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(set(lines[0])) == len(lines[0])


def test_the_scenarios_own_currency_stands_beside_usd():
    row = next(row for row in rows_of(OWN) if row["variant"] == "cached")
    assert float(row["saved_mean_eur"]) == pytest.approx(float(row["saved_mean_usd"]) / 1.25)
    figures = json.loads(comparison_json(OWN))
    own = figures["in_own_currency"]
    assert own["currency"]["code"] == "EUR"
    steps = zip(own["waterfalls"][0]["steps"], figures["waterfalls"][0]["steps"], strict=True)
    for mine, theirs in steps:
        assert mine["alone"]["mean"] == pytest.approx(theirs["alone"]["mean"] / 1.25)
    assert "in_own_currency" not in json.loads(comparison_json(ALL))
    euros = Amounts(OWN.baseline.scenario.shown_in)
    assert f"| {euros(OWN['cached'].total.mean, largest=10.0)} |" in comparison_markdown(OWN)


def test_json_parses_back_to_the_figures():
    figures = json.loads(comparison_json(ALL))
    assert figures == json.loads(json.dumps(ALL.to_dict()))
    assert figures["baseline"] == "today"
    both = figures["variants"][2]
    assert both["saving"]["mean"] == ALL["both"].total.mean
    assert both["beside_the_bill"]["people_affected"]["all"]["month"] in ("2026-12", "2027-01")
    assert figures["waterfalls"][0]["order"].startswith("in this order: cache, fair; ")
    assert figures["provenance"]["command"] == ALL.command


def test_markdown_has_the_tables_with_as_many_cells_in_each_row():
    text = comparison_markdown(ALL)
    assert text.startswith("# Desk: variants, USD\n")
    cells = cells_of(text)
    assert {len(row) for row in cells[: len(cells) // 2]} == {1 + len(desk().variants)}
    assert f" {usd(ALL['both'].total.mean, largest=10.5)} " in {
        cell for row in cells for cell in row
    }
    assert "## What both saves over all 2 months, one strategy after the other, USD" in text
    assert "In this order: cache, fair; another order gives other parts." in text
    assert " not binding " in {cell for row in cells for cell in row}
    assert "\n    cm.compare\\_variants" not in text
    assert f"\n    {ALL.command}\n" in text


def test_to_markdown_and_write_are_these(tmp_path):
    assert ALL.to_markdown() == comparison_markdown(ALL)
    assert ALL.write(tmp_path / "a.CSV").read_text(encoding="utf-8") == comparison_csv(ALL)


def test_names_are_neither_markup_nor_formulas():
    text = comparison_markdown(HOSTILE)
    title = text.splitlines()[0]
    shown = r"# =1+1 \| \<b\>\*x\*\</b\> \_y\_\\nz \[a\](b) \$q\$: variants, USD"
    assert title == shown
    assert {len(row) for row in cells_of(text)} == {3, 5}
    assert all(row["scenario"].startswith("'=1+1 | <b>") for row in rows_of(HOSTILE))


def test_a_comparison_of_any_projections_can_be_written_too(tmp_path):
    two = [cm.simulate(desk(), prices=BOOK, draws=2, seed=1) for _ in range(2)]
    made = cm.compare(*two, names=("-again|",))
    text = made.write(tmp_path / "a.md").read_text(encoding="utf-8")
    assert "| -again\\| |" in text
    assert "The same figures again" not in text
    assert rows_of(made)[1]["variant"] == "'-again|"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.xlsx", r"ends in '.xlsx'; expected a file ending in one of .md, .csv, .json; fix: "),
        ("a", r"which has no ending; .*; fix: write a.md"),
        ("a.html", "fix: write it with --html"),
        ("a.cvs", "fix: did you mean 'csv'?"),
    ],
)
def test_another_ending_is_refused_naming_the_three(name, words, tmp_path):
    with pytest.raises(InputError, match=words):
        comparison_format(tmp_path / name)


def test_a_failed_export_leaves_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "a.json"
    target.write_text("old")
    monkeypatch.setattr("costmodel.report.comparison_files.comparison_figures", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_comparison(ALL, target)
    assert target.read_text() == "old"
