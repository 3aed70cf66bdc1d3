import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costmodel.foundation.reading import read_yaml_text
from costmodel.scenario.dumping import to_line, to_yaml
from costmodel.scenario.loading import load_scenario, read_scenario

from .scenes import scenarios
from .strategy_scenes import strategies_of
from .texts import DATA, minimal, small


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenarios())
def test_load_of_dump_is_the_scenario(scenario):
    text = scenario.dump()
    found = read_scenario(text)
    assert found == scenario
    assert found.digest == scenario.digest
    assert found.dump() == text


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_strategy_reads_back_as_it_was(data):
    base = small()
    drawn = data.draw(strategies_of(base.features, base.start, base.months, None))
    found = base.with_strategies({"x": drawn})
    assert read_scenario(found.dump(), folder=base.folder).strategies["x"] == drawn
    assert found.strategies["x"] == drawn
    assert (
        found.with_overrides({"strategies.x.description": "words"}).with_overrides(
            {"strategies.x.description": drawn.description}
        )
        == found
    )


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(scenarios())
def test_no_override_is_no_change(scenario):
    assert scenario.with_overrides({}) == scenario


@pytest.mark.parametrize("name", [DATA / "small.yaml", DATA / "child.yaml", "support_chatbot"])
def test_files_read_back_equal(name):
    scenario = load_scenario(name)
    found = read_scenario(scenario.dump(), folder=scenario.folder)
    assert found == scenario
    assert found.digest == scenario.digest
    assert hash(found) == hash(scenario)


def test_defaults_are_not_written():
    assert minimal().dump() == (
        "name: Minimal\n"
        "start: 2026-12\n"
        "months: 2\n"
        "segments:\n"
        "  all: {users: 100}\n"
        "features:\n"
        "  answer:\n"
        "    model: openai/gpt-5\n"
        "    turns_per_user:\n"
        "      all: {mean: 10 per month, cv: 1}\n"
        "    prompt:\n"
        "    - system: {tokens: 1k}\n"
        "    - history\n"
        "    - user: {mean: 90, cv: 1}\n"
        "    output: {mean: 300, cv: 0.8}\n"
    )


def test_the_digest_is_that_of_the_content_and_not_of_the_file():
    scenario = minimal()
    assert scenario.model_copy(update={"file": "elsewhere.yaml"}).digest == scenario.digest
    assert scenario.with_overrides({"months": 3}).digest != scenario.digest
    assert scenario.with_overrides({"months": 3}).with_overrides({"months": 2}) == scenario


def test_a_scenario_is_no_other_thing():
    assert minimal() != "Minimal"
    assert minimal() != small()


@pytest.mark.parametrize(
    "text", ["1e6", "no", "null", "0o17", "2026-12", "a: b", "- x", "true", "~"]
)
def test_texts_that_look_like_something_else_stay_texts(text):
    assert read_yaml_text(to_yaml({"a": text})).data == {"a": text}
    assert read_yaml_text(to_line(text)).data == text


def test_a_line_is_one_line():
    assert to_line({"mean": "8 to 12", "cv": 0.5}) == "{mean: 8 to 12, cv: 0.5}"
    assert to_line("8k to 12k") == "8k to 12k"
