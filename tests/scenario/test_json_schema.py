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


def test_it_names_no_field_that_a_file_cannot_have():
    text = schema_text()
    for field in ("file_sha256", "overrides", "half_life_months", "from_month", '"folder"'):
        assert field not in text
