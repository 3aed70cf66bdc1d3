import pytest

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.reading import read_yaml
from costmodel.scenario.json_schema import SHIPPED, scenario_schema, schema_text

from .texts import DATA

jsonschema = pytest.importorskip("jsonschema")


def errors(path) -> list[str]:
    validator = jsonschema.Draft202012Validator(scenario_schema())
    return [error.message for error in validator.iter_errors(read_yaml(path).data)]


def test_the_shipped_schema_is_the_generated_one():
    assert SHIPPED.read_text() == schema_text()


def test_it_is_a_json_schema():
    jsonschema.Draft202012Validator.check_schema(scenario_schema())


@pytest.mark.parametrize(
    "path",
    [*sorted(data_folder("scenarios").glob("*.yaml")), DATA / "small.yaml", DATA / "child.yaml"],
    ids=lambda path: path.stem,
)
def test_scenarios_that_load_pass_it(path):
    assert errors(path) == []


def test_it_finds_misspelt_keys():
    found = errors(DATA / "wrong.yaml")
    assert any("'revenu' was unexpected" in message for message in found)
    assert any("'latency' was unexpected" in message for message in found)


STRATEGY = {
    "response_cache": {"feature": "answer", "ttl": "24h", "questions": "2k", "lookup": "$0.01"},
    "prompt_cache": {"feature": "answer", "ttl": "5m", "breakpoints": ["system"]},
    "quota": {"segment": ["a", "b"], "limit": "30 turns per month", "churn": "2% per month"},
    "budget": {"limit": "$6k per month", "from": "2027-01"},
}


@pytest.mark.parametrize("kind", STRATEGY)
def test_each_kind_of_strategy_has_its_own_keys(kind):
    validator = jsonschema.Draft202012Validator(scenario_schema())

    def passes(body) -> bool:
        return validator.is_valid({"extends": "x.yaml", "strategies": {"x": body}})

    assert passes({"kind": kind, **STRATEGY[kind]})
    assert passes(STRATEGY[kind])  # the kind may stand in the scenario it extends
    for other in STRATEGY.keys() - {kind, "quota"}:  # a quota may have all keys of a budget
        assert not passes({"kind": other, **STRATEGY[kind]})
    assert not passes({"kind": kind, **STRATEGY[kind], "strange": 1})
    assert not passes({"kind": kind, "limit": 30})


def test_variants_are_lists_of_names():
    validator = jsonschema.Draft202012Validator(scenario_schema())
    assert validator.is_valid({"extends": "x.yaml", "variants": {"today": [], "v": ["a"]}})
    assert not validator.is_valid({"extends": "x.yaml", "variants": {"v": "a"}})


def test_it_names_no_field_that_a_file_cannot_have():
    text = schema_text()
    for field in (
        "file_sha256",
        "overrides",
        "half_life_months",
        "from_month",
        "_seconds",
        '"folder"',
    ):
        assert field not in text
