"""Every fix a message suggests, typed as it stands, gives a file that loads."""

from __future__ import annotations

import pytest

from costmodel.foundation.errors import InputError
from costmodel.scenario.loading import load_scenario, read_scenario

SCENE = """\
name: {name}
start: {start}
months: {months}
{top}
segments:
  free:
    {people}
features:
  answer:
    model: openai/gpt-5
    turns_per_user:
      free: {usage}
    conversation: {conversation}
    prompt: {prompt}
    output: {output}
    {more}
"""
GOOD = {
    "name": "Help",
    "start": "2027-01",
    "months": "3",
    "top": "",
    "people": "users: 100",
    "usage": "{mean: 10 per month, cv: 1}",
    "conversation": "{turns: 2}",
    "prompt": "[system: {tokens: 900}, history, user: {mean: 90, cv: 1}]",
    "output": "{mean: 300, cv: 0.8}",
    "more": "",
}
USERS = ("people", "users: {}")
GROWTH = ("people", "users: 9\n    growth: {}")
REVENUE = ("people", "users: 9\n    revenue: {}")
MALFORMED = ("more", "failures: {{malformed: {}}}")
MEAN_TURNS = ("usage", "{{mean: {}, cv: 1}}")
OUTPUT = ("output", "{}")
COUNT = ("conversation", "{{turns: {}}}")
ITEM = ("prompt", "[{}, history]")
BUDGET = ("top", "budget: {}")
HALF_LIFE = ("top", "drift: {{half_life: {}}}")
TOP = ("top", "{}")
MORE = ("more", "{}")

CASES = [
    # slot, what was written, what the fix says to write instead
    (USERS, "8,000", ["8000", "8k"]),
    (USERS, "8,000 to 12,500", ["8000 to 12500", "8k to 12500"]),
    (USERS, "1,234", ["1234"]),
    (USERS, "1,5k", ["1.5k"]),
    (USERS, "8 to 12k", ["8k to 12k", "8 to 12000"]),
    (USERS, "8k to 12", ["8k to 12k"]),
    (USERS, "8 to 12M", ["8M to 12M"]),
    (USERS, "1 to 1M", ["{low: 1, likely: 400k, high: 1M}"]),
    (USERS, "8m", ["8M"]),
    (USERS, "8k people", ["8k to 12k"]),
    (USERS, "8 people", ["8"]),
    (USERS, "-5", ["8k to 12k"]),
    (USERS, "25%", ["8k to 12k"]),
    (USERS, "[1, 2]", ["8k to 12k"]),
    (USERS, "12k to 8k", ["8k to 12k"]),
    (USERS, "8k to 8k", ["8k"]),
    (USERS, "0 to 5", ["{low: 0, likely: 2, high: 5}"]),
    (USERS, "{mean: 9k}", ["9k"]),
    (USERS, "{mean: 9k, sd: 0}", ["9k"]),
    (USERS, "{low: 8k, high: 12k}", ["8k to 12k"]),
    (USERS, "{middle: 9k}", ["8k to 12k"]),
    (("people", "users: {{{}}}"), "", ["value: 8k to 12k"]),
    (USERS, "{value: {mean: 9k}}", ["8k to 12k"]),
    (GROWTH, "3 to 9% per month", ["3% to 9% per month"]),
    (GROWTH, "3% to 9 per month", ["3% to 9% per month"]),
    (GROWTH, "3 to 9 per month", ["3% to 9% per month"]),
    (GROWTH, "3 to 9%", ["3% to 9% per month"]),
    (GROWTH, "9% to 3% per month", ["3% to 9% per month"]),
    (GROWTH, "5%", ["5% per month"]),
    (GROWTH, "5", ["5% per month"]),
    (GROWTH, "5 percent per month", ["5% per month"]),
    (GROWTH, "5%/month", ["5% per month"]),
    (GROWTH, "5% per year", ["3% to 9% per month"]),
    (GROWTH, "{mean: 4%, per: month}", ["4% per month"]),
    (GROWTH, "{low: 1%, high: 4%, per: month}", ["1% to 4% per month"]),
    (GROWTH, "{low: 1% per month, high: 4%}", ["1% to 4% per month"]),
    (REVENUE, "20 to $30 per month", ["$20 to $30 per month"]),
    (REVENUE, "20 to 30 per month", ["$20 to $30 per month"]),
    (REVENUE, "20 to $30", ["$20 to $30 per month"]),
    (REVENUE, "29 per month", ["$29 per month"]),
    (REVENUE, "29", ["$29 per month"]),
    (REVENUE, "$1,234", ["$1234 per month"]),
    (REVENUE, "$29 USD per month", ["$29 per month"]),
    (REVENUE, "29 € per month", ["$29 per month"]),
    (REVENUE, "$0 to $5 per month", ["{low: $0, likely: $2, high: $5, per: month}"]),
    (REVENUE, "0 to $5", ["{low: $0, likely: $2, high: $5, per: month}"]),
    (BUDGET, "5k per year", ["$5k per year"]),
    (BUDGET, "5000", ["$5k per month"]),
    (BUDGET, "$5k", ["$5k per month"]),
    (BUDGET, "$5k per week", ["$5k per month"]),
    (BUDGET, "$5k/year", ["$5k per year"]),
    (MALFORMED, "3", ["3%"]),
    (MALFORMED, "2 to 6", ["2% to 6%"]),
    (MALFORMED, "30 of 27", ["27 of 30"]),
    (MALFORMED, "0% to 3%", ["{low: 0%, likely: 1%, high: 3%}"]),
    (HALF_LIFE, "9", ["9 months"]),
    (HALF_LIFE, "30 days", ["6 months"]),
    (MEAN_TURNS, "5 to 12", ["5 to 12 per month"]),
    (MEAN_TURNS, "10 turns per week", ["10 per week"]),
    (MEAN_TURNS, "8 to 12k per day", ["8k to 12k per day", "8 to 12000 per day"]),
    (("usage", "{{mean: {{p10: 5, p50: 8, p90: 12, {}}}, cv: 1}}"), "", ["per: month"]),
    (("usage", "{}"), "10 per week", ["{mean: 10 per week, cv: 0.8}"]),
    (("usage", "{}"), "often", ["{mean: 6 to 14 per month, cv: 0.8}"]),
    (OUTPUT, "300", ["{mean: 300, cv: 0.8}"]),
    (OUTPUT, "180 to 320", ["{mean: 180 to 320, cv: 0.8}"]),
    (OUTPUT, "long", ["{mean: 1500, cv: 0.8}"]),
    (COUNT, "3.7", ["{mean: 3.7, cv: 1.1}"]),
    (COUNT, "3 to 5", ["{mean: 3 to 5, cv: 1.1}"]),
    (COUNT, "0", ["4"]),
    (COUNT, "many", ["4"]),
    (ITEM, "system: 1200", ["system: {tokens: 1200}"]),
    (ITEM, "system: 1k to 2k", ["system: {tokens: 1k to 2k}"]),
    (ITEM, "system", ["system: {tokens: 1500}"]),
    (ITEM, "user", ["user: {mean: 90, cv: 1.2}"]),
    (ITEM, "retrieved", ["retrieved: {chunks: 5, tokens_each: 400}"]),
    (ITEM, "5", ["system: {tokens: 1500}"]),
    (("prompt", "[system: {{tokens: 5}}, {}]"), "history: 5", ["history"]),
    (("prompt", "[history, system: {{{}}}]"), "", ["tokens: 1500"]),
    (("prompt", "[history, retrieved: {{chunks: 5, {}}}]"), "", ["tokens_each: 400"]),
    (("top", "prices: {{{}}}"), "snapshot: [2026-11-23]", ["snapshot: 2026-11-23"]),
    (TOP, "prices: 2026-11-23", ["prices: {snapshot: 2026-11-23}"]),
    (TOP, "drift: on", ["drift: off"]),
    (("months", "{}"), "61", ["12"]),
    (("start", "{}"), "January", ["2026-12"]),
    (("more", "from: {}"), "2027-06", ["2027-03"]),
    (MORE, "mode: fast", ["mode: standard"]),
    (("more", "failures: {{{}}}"), "max_attempts: 20", ["max_attempts: 10"]),
]


def scene(slot: tuple[str, str], written: str) -> str:
    key, form = slot
    return SCENE.format(**{**GOOD, key: form.format(written)})


@pytest.mark.parametrize(("slot", "bad", "fixes"), CASES, ids=lambda part: str(part)[:40])
def test_a_fix_followed_to_the_letter_loads(slot, bad, fixes):
    with pytest.raises(InputError) as error:
        read_scenario(scene(slot, bad))
    (problem,) = error.value.problems
    for good in fixes:
        assert good in problem.fix
        read_scenario(scene(slot, good))


def test_a_number_for_a_text_is_fixed_by_quotes():
    with pytest.raises(InputError, match="name: read 12; expected a text; fix: put it in quotes"):
        read_scenario(scene(("name", "{}"), "12"))
    assert read_scenario(scene(("name", "{}"), '"12"')).name == "12"


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("user: 8k", "put it under segments.NAME, as 'users'"),
        ("growth: 5% per month", "put it under segments.NAME"),
        ("model: openai/gpt-5", "put it under features.NAME"),
        ("turns: 3", "put it under features.NAME.conversation"),
        ("segment: {free: {users: 9}}", "did you mean 'segments'?"),
        ("feature: {}", "did you mean 'features'?"),
        ("sorce: our log", "did you mean 'source'?"),
        ("latency: {}", "remove it"),
    ],
)
def test_a_key_out_of_place_is_told_its_place(key, fix):
    with pytest.raises(InputError) as error:
        read_scenario(scene(TOP, key))
    assert [problem.fix for problem in error.value.problems] == [fix]


def test_a_top_key_inside_a_feature_is_told_its_place():
    with pytest.raises(InputError, match=r"fix: put it at the top of the file$"):
        read_scenario(scene(MORE, "budget: $5k per month"))


def test_a_slip_in_a_name_of_a_parent_finds_the_file_beside_it(tmp_path):
    (tmp_path / "support.yaml").write_text(scene(USERS, "100"))
    child = tmp_path / "child.yaml"
    child.write_text("extends: suport.yaml\nmonths: 2\n")
    with pytest.raises(InputError, match=r"extends: read 'suport\.yaml'; .* mean 'support\.yaml'"):
        load_scenario(child)
    child.write_text("extends: support.yaml\nmonths: 2\n")
    assert load_scenario(child).months == 2


def test_a_slip_in_the_path_of_a_scenario_finds_the_file_beside_it(tmp_path):
    path = tmp_path / "support.yaml"
    path.write_text(scene(USERS, "100"))
    with pytest.raises(InputError) as error:
        load_scenario(tmp_path / "suport.yaml")
    assert f"fix: did you mean '{path}'?" in str(error.value)


def test_a_parent_that_is_nowhere_is_told_those_shipped(tmp_path):
    with pytest.raises(InputError, match="or name one of document_extraction, rag_docs, suppo"):
        read_scenario("extends: nothing.yaml\n", folder=tmp_path)
    with pytest.raises(InputError, match="fix: did you mean 'support_chatbot'"):
        read_scenario("extends: suport_chatbot.yaml\n", folder=tmp_path)
