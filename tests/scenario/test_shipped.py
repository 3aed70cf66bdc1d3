import pytest

from costmodel import compare, load_prices, simulate
from costmodel.foundation.datafiles import data_folder
from costmodel.scenario.layers import shipped_names
from costmodel.scenario.loading import load_scenario, read_scenario
from costmodel.scenario.sources import origins, unsourced

from .texts import MINIMAL, minimal, small

NAMES = shipped_names()


def test_the_support_chatbot_is_shipped():
    assert "support_chatbot" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_shipped_scenario_is_sourced_or_assumed(name):
    scenario = load_scenario(name)
    assert unsourced(scenario) == []
    assert len(list(origins(scenario))) > 10


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_has_no_warnings_and_a_description(name):
    scenario = load_scenario(name)
    assert scenario.warnings == ()
    assert len(scenario.description) > 40


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_points_editors_at_the_schema(name):
    text = (data_folder("scenarios") / f"{name}.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=../costmodel/scenario/schema.json\n")


def test_the_support_prompt_has_about_1500_tokens():
    tokens = load_scenario("support_chatbot").beliefs()["features.answer.prompt.system.tokens"]
    assert tokens.certain
    assert 1400 <= tokens.mean <= 1600


def test_unsourced_names_every_number_without_a_source():
    assert unsourced(minimal()) == [
        "segments.all.users",
        "features.answer.turns_per_user.all.mean",
        "features.answer.prompt.system.tokens",
        "features.answer.prompt.user.mean",
        "features.answer.output.mean",
        "features.answer.turns_per_user.all.cv",
        "features.answer.prompt.user.cv",
        "features.answer.output.cv",
    ]


def test_widths_caps_groups_and_drift_need_a_source_too():
    text = MINIMAL.replace("cv: 0.8}", "cv: 0.8, max: 2000}")
    text += "    conversation: {turns: {mean: 3, cv: 1}}\n    failures: {malformed_shape: 0.5}\n"
    text += "    reasoning: {mean: 300, cv: 1}\n"
    text += "drift: {volume: 20%}\ncorrelations: {g: {of: [segments.all.users], strength: 0.5}}\n"
    assert {
        "correlations.g.strength",
        "drift",
        "features.answer.output.max",
        "features.answer.reasoning.cv",
        "features.answer.conversation.turns.cv",
        "features.answer.failures.malformed_shape",
    } <= set(unsourced(read_scenario(text)))


def test_a_source_at_the_top_covers_everything():
    assert unsourced(read_scenario(MINIMAL + "source: a plan\n")) == []


def test_a_fully_sourced_scenario_has_nothing_to_name():
    assert unsourced(small()) == []


def test_drift_that_is_off_claims_nothing():
    assert "drift" not in dict(origins(read_scenario(MINIMAL + "drift: off\n")))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_scenario_asks_a_question_that_is_open(name):
    chance = simulate(load_scenario(name), draws=1024).chance_over_budget
    assert 0.10 <= chance <= 0.70


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_strategy_of_a_shipped_scenario_changes_something_alone(name):
    scenario = load_scenario(name)
    base = simulate(scenario, draws=1024)
    for strategy in scenario.strategies:
        alone = scenario.with_strategies(strategy, variant="that_alone")
        saving = compare(base, simulate(alone, draws=1024, variant="that_alone")).savings[0]
        assert saving.binding
        assert abs(saving.share) > 0.01


def test_the_shipped_prompts_stand_under_the_minimum_their_scenarios_speak_of():
    for name, least in (("rag_docs", 4096), ("document_extraction", 1024)):
        scenario = load_scenario(name)
        (feature,) = scenario.features.values()
        facts = load_prices(scenario.prices.snapshot).model(feature.model).cache
        assert facts.min_prefix_tokens == least
        assert feature.prompt[0].mean_tokens < least
