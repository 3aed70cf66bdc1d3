from pathlib import Path

import pytest

from costmodel.foundation.beliefs import Fixed, Interval, Source
from costmodel.foundation.errors import InputError
from costmodel.scenario.loading import load_scenario
from costmodel.scenario.overriding import parse_setting, setting

from .texts import DATA, minimal, refused, small


def test_a_bare_number_fixes_a_belief_and_the_log_says_so():
    changed = small().with_overrides({"segments.free.users": "9k"})
    assert changed.segments["free"].users == Fixed(value=9000, origin=Source(source="override"))
    assert [str(o) for o in changed.overrides] == ["segments.free.users: 900 to 1100 -> 9k"]


def test_parts_that_no_change_reaches_are_kept_as_they_are():
    scenario = small()
    changed = scenario.with_overrides({"features.answer.output.mean": 200})
    assert changed.features["digest"] is scenario.features["digest"]
    assert changed.segments["free"] is scenario.segments["free"]
    assert changed.features["answer"] is not scenario.features["answer"]


def test_parts_that_no_change_reaches_are_checked_against_those_that_changed():
    text = refused(small(), {"segments": {"free": {"users": 9}}})
    assert "turns_per_user.pro: read the segment 'pro'; expected one of free" in text
    path = "features.digest.turns_per_user.pro.mean"
    lost = refused(small(), {"features.digest.turns_per_user.pro": {"p50": "9 per day", "cv": 1}})
    assert f"correlations.usage.of: read '{path}'; expected the path of a belief" in lost


def test_the_original_stays_as_it_was():
    scenario = small()
    scenario.with_overrides({"segments.free.users": "9k"})
    assert scenario == small()
    assert scenario.overrides == ()


def test_overrides_of_overrides_are_all_logged():
    once = small().with_overrides({"months": 6})
    twice = once.with_overrides({"months": 12, "budget": "$1k per month"})
    assert [str(o) for o in twice.overrides] == [
        "months: 3 -> 6",
        "months: 6 -> 12",
        "budget: $500 per month -> $1k per month",
    ]


def test_a_belief_moves_with_its_interval():
    scenario = small()
    belief = scenario.beliefs()["segments.free.users"]
    moved = scenario.with_overrides({"segments.free.users": belief.with_median(2000)})
    found = moved.segments["free"].users
    assert isinstance(found, Interval)
    assert found.median == pytest.approx(2000)
    assert found.high / found.low == pytest.approx(1100 / 900)


@pytest.mark.parametrize("path", list(small().beliefs()))
def test_the_set_line_of_any_belief_reads_back(path):
    scenario = small()
    belief = scenario.beliefs()[path]
    name, value = parse_setting(setting(scenario, path, belief))
    found = scenario.with_overrides({name: value}).beliefs()[path]
    assert found.mean == belief.mean
    assert type(found) is type(belief)


@pytest.mark.parametrize("path", [p for p in small().beliefs() if not p.endswith("system.tokens")])
def test_putting_a_belief_back_changes_nothing(path):
    scenario = small()
    assert scenario.with_overrides({path: scenario.beliefs()[path]}) == scenario


def test_giving_the_median_takes_the_mean_away():
    changed = small().with_overrides({"features.answer.output.p50": 200})
    output = changed.features["answer"].output
    assert output.mean is None
    assert output.p50.mean == 200
    assert str(changed.overrides[0]) == "features.answer.output.p50: mean: 180 to 320 -> 200"


def test_giving_a_cv_takes_the_p95_away():
    output = small().with_overrides({"features.answer.output.cv": 0.5}).features["answer"].output
    assert output.stated == ("cv", 0.5)
    assert output.origin == Source(source="override")
    assert output.centre.origin == Source(assumed=True)


def test_a_cap_can_be_added_where_there_was_none():
    changed = small().with_overrides({"features.answer.reasoning.max": 5000})
    assert changed.features["answer"].reasoning.cap == 5000


def test_what_was_left_out_can_be_set():
    changes = {
        "features.answer.reasoning": {"mean": 300, "cv": 1},
        "features.answer.failures.malformed": "5%",
        "segments.all.growth": "2% per month",
        "budget": "$100 per month",
        "drift.volume": "20%",
        "features.answer.from": "2027-01",
        "features.answer.implicit_cache.cached": "10%",
        "prices.snapshot": "2026-11-23",
    }
    changed = minimal().with_overrides(changes)
    feature = changed.features["answer"]
    assert feature.reasoning.mean.mean == 300
    assert feature.failures.malformed.mean == 0.05
    assert changed.segments["all"].growth.mean == 0.02
    assert (changed.drift.volume, changed.drift.origin.source) == (0.2, "override")
    assert len(changed.overrides) == len(changes)


def test_a_key_inside_something_that_was_left_out_is_judged_by_the_schema():
    text = refused(minimal(), {"features.answer.reasoning.mean": 300})
    assert "features.answer.reasoning: read no cv, p95 or top_1_percent" in text


def test_a_files_tokens_can_be_stated_instead():
    changed = small().with_overrides({"features.answer.prompt.system.tokens": "1500"})
    part = changed.features["answer"].prompt[0]
    assert (part.file, part.tokens.mean) == (None, 1500)


def test_another_model_counts_the_prompt_again():
    changed = small().with_overrides({"features.answer.model": "anthropic/claude-opus-5"})
    tokens = changed.features["answer"].prompt[0].tokens
    assert isinstance(tokens, Interval)
    assert tokens.low >= small().features["answer"].prompt[0].tokens.mean


def test_a_lost_prompt_file_is_not_missed_as_long_as_the_model_stays(tmp_path: Path):
    (tmp_path / "prompts").mkdir()
    prompt = tmp_path / "prompts" / "short.md"
    prompt.write_text("Hello there.")
    path = tmp_path / "s.yaml"
    path.write_text((DATA / "small.yaml").read_text())
    scenario = load_scenario(path)
    prompt.unlink()
    assert scenario.with_overrides({"months": 4}).months == 4
    text = refused(scenario, {"features.answer.model": "openai/gpt-4o"})
    assert "read 'prompts/short.md'; expected a file that exists" in text


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        (
            {"segments.fre.users": 1},
            "read the path 'segments.fre.users'; expected a value of this scenario;"
            " fix: did you mean 'segments.free.users'?",
        ),
        ({"segments.free.user": 1}, "fix: did you mean 'segments.free.users'?"),
        (
            {"features.answer.prompt.sytem.tokens": 1},
            "did you mean 'features.answer.prompt.system.",
        ),
        ({"features.answer.output.mean.x": 1}, "read the path 'features.answer.output.mean.x'"),
        ({"": 1}, "read the path ''; expected a value of this scenario"),
        ({"months.x": 1}, "read the path 'months.x'; expected a value of this scenario"),
        ({"segments.free.users": -5}, "segments.free.users: read -5; expected a number of people"),
        ({"segments.free.users": "8,000"}, "without commas; fix: write 8000 or 8k"),
        ({"segments.free.growth": "5%"}, "fix: add 'per month': 5% per month"),
        ({"features.answer.turns_per_user.free.mean": 8}, "every rate states its period"),
        ({"months": 100}, "months: read 100; expected a whole number from 1 to 60"),
        ({"segments": 5}, "segments: read 5; expected a mapping (key: value)"),
        ({"segments.free.users": {"source": 5, "value": 1}}, "read 5; expected text"),
        ({"features.answer.conversation.history": "none"}, "fix: remove '- history', or set histo"),
    ],
)
def test_changes_that_do_not_fit_are_refused(changes, part):
    assert part in refused(small(), changes)


def test_all_unknown_paths_are_named_at_once():
    assert len(refused(small(), {"x": 1, "y": 2}).splitlines()) == 2


def test_an_unknown_model_names_the_nearest():
    text = refused(small(), {"features.answer.model": "openai/gpt-5.6-tera"})
    assert text.startswith("features.answer.model: read 'openai/gpt-5.6-tera'")
    assert "nearest: openai/gpt-5.6-terra" in text


def test_settings_are_a_path_and_yaml():
    assert parse_setting("a.b=8k to 9k") == ("a.b", "8k to 9k")
    assert parse_setting("a.b = {mean: 1e3, cv: 1}") == ("a.b", {"mean": 1000.0, "cv": 1})
    assert parse_setting("a=b=c") == ("a", "b=c")


@pytest.mark.parametrize("text", ["a.b", "=5", ""])
def test_a_setting_needs_a_path_and_a_value(text):
    with pytest.raises(
        InputError, match=r"expected path=value; fix: --set segments\.free\.users=8k"
    ):
        parse_setting(text)


def test_a_setting_of_no_belief_is_refused():
    with pytest.raises(InputError, match=r"read the path 'segments\.free\.user'"):
        setting(small(), "segments.free.user", Fixed(value=1.0))


def test_loading_takes_overrides():
    scenario = load_scenario(DATA / "small.yaml", {"months": 2})
    assert (scenario.months, len(scenario.overrides)) == (2, 1)
