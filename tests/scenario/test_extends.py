import math
from pathlib import Path

import pytest

from costmodel.foundation.beliefs import Fixed, Quantiles, Source
from costmodel.foundation.errors import InputError
from costmodel.scenario.loading import load_scenario, read_scenario
from costmodel.scenario.model import DEFAULT
from costmodel.scenario.schema import Drift, Failures

from .texts import DATA, small


@pytest.fixture
def child():
    return load_scenario(DATA / "child.yaml")


def test_a_child_changes_what_it_names_and_keeps_the_rest(child):
    assert (child.name, child.months) == ("Child", 3)
    assert list(child.segments) == ["free", "pro", "team"]
    assert child.segments["free"].growth == small().segments["free"].growth
    assert child.features["digest"] == small().features["digest"]


def test_a_belief_is_replaced_whole(child):
    assert child.segments["free"].users == Quantiles(p10=1000, p50=2000, p90=5000)


def test_a_parents_source_does_not_vouch_for_a_childs_number(child):
    assert child.segments["free"].users.origin == Source()
    assert child.segments["free"].growth.origin == Source(assumed=True)
    assert child.segments["team"].users == Fixed(value=10, origin=Source(source="one contract"))


def test_one_of_two_rivals_takes_the_other_away(child):
    usage = child.features["answer"].turns_per_user["pro"]
    assert usage.spread.p50 is None
    assert usage.spread.stated == ("cv", 1.0)
    assert child.features["answer"].output.stated == ("cv", 0.5)
    assert child.features["answer"].output.mean == small().features["answer"].output.mean


def test_wildcards_reach_what_the_child_adds(child):
    path = "features.answer.turns_per_user.team.mean"
    assert path in child.correlations["usage"].of


def test_the_parents_prompt_file_is_found_beside_the_parent(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(f"extends: {DATA}/small.yaml\nmonths: 5\n")
    scenario = load_scenario(path)
    assert scenario.features["answer"].prompt[0].folder == DATA
    assert scenario.with_overrides({"months": 4}).months == 4
    assert read_scenario(scenario.dump(), folder=tmp_path).months == 5


def test_a_shipped_scenario_can_be_extended():
    scenario = read_scenario("extends: support_chatbot\nmonths: 3\n")
    assert (scenario.name, scenario.months) == ("Support chatbot", 3)


def over_small(text: str):
    return read_scenario(f"extends: small.yaml\n{text}", file="c.yaml", folder=DATA)


def test_null_takes_out_what_the_parent_has():
    text = "budget: null\ndrift: null\nfeatures: {answer: {reasoning: null, failures: null}}\n"
    child = over_small(text)
    answer = child.features["answer"]
    assert (child.budget, answer.reasoning) == (None, None)
    assert answer.failures == Failures(max_attempts=1, origin=DEFAULT)
    assert child.drift == Drift()
    assert answer.output == small().features["answer"].output
    assert read_scenario(child.dump(), folder=DATA) == child


def test_null_takes_out_a_part_by_its_name():
    child = over_small("features: {digest: null}\n")
    assert list(child.features) == ["answer"]
    usage = over_small("features: {answer: {turns_per_user: {pro: null}}}\n")
    assert list(usage.features["answer"].turns_per_user) == ["free"]


def test_null_takes_out_a_cap_or_one_width_for_another():
    child = over_small("features: {answer: {output: {max: null, p95: null, cv: 0.5}}}\n")
    assert child.features["answer"].output.stated == ("cv", 0.5)
    assert child.features["answer"].output.cap == math.inf


def test_null_leaves_the_rivals_of_its_key_alone():
    text = "features: {answer: {prompt: null, output: {mean: null, p50: 200}}}\n"
    with pytest.raises(InputError, match="expected the key 'prompt'"):
        over_small(text)
    child = over_small(text.replace("prompt: null, ", ""))
    assert child.features["answer"].output.p50 == Fixed(value=200)


def test_null_for_a_key_that_must_be_there_is_refused_where_it_stands():
    with pytest.raises(InputError) as error:
        over_small("features:\n  answer:\n    output: null\n")
    assert str(error.value) == (
        "c.yaml:4:13: features.answer.output: read nothing; expected the key 'output';"
        " fix: add output: {mean: 180 to 320, cv: 0.8, max: 2000}"
    )


def test_null_for_a_key_the_parent_lacks_is_refused():
    with pytest.raises(
        InputError, match=r"features\.answer\.reasonning: read the key 'reasonning'"
    ):
        over_small("features: {answer: {reasonning: null}}\n")


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder / f"{next(iter(texts))}.yaml"


def message(path: Path) -> str:
    with pytest.raises(InputError) as error:
        load_scenario(path)
    return str(error.value)


def test_a_circle_is_named(tmp_path: Path):
    path = write(tmp_path, a="extends: b.yaml\n", b="extends: a.yaml\n")
    assert message(path) == (
        f"{tmp_path}/b.yaml:1:10: extends: read a circle: a.yaml -> b.yaml -> a.yaml;"
        " expected a parent that ends; fix: extend another"
    )


def test_a_scenario_cannot_extend_itself(tmp_path: Path):
    assert "read a circle: a.yaml -> a.yaml" in message(write(tmp_path, a="extends: a.yaml\n"))


def test_a_long_chain_is_refused(tmp_path: Path):
    texts = {f"s{n}": f"extends: s{n + 1}.yaml\n" for n in range(12)}
    path = write(tmp_path, **texts, s12="name: x\n")
    assert "read more than 10 parents; expected a short chain" in message(path)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (
            "name: x\nextends: no.yaml\n",
            "a.yaml:2:10: extends: read 'no.yaml'; expected a file that",
        ),
        (
            "extends: suport_chatbot\n",
            "a.yaml:1:10: extends: read 'suport_chatbot'; expected a ship",
        ),
        (
            "extends: [a, b]\n",
            "a.yaml:1:10: extends: read a list; expected the name of one scenario",
        ),
    ],
)
def test_a_parent_that_is_not_there_is_named_with_its_place(tmp_path: Path, text, part):
    assert part in message(write(tmp_path, a=text))


def test_problems_name_the_file_they_stand_in(tmp_path: Path):
    parent = (
        "name: P\nstart: soon\nmonths: 2\nsegments: {all: {users: many, growth: 1% per month}}\n"
    )
    feature = (
        "features: {f: {model: openai/gpt-5, turns_per_user: {all: {mean: 1 per day, cv: 1}},"
        " prompt: [user: {mean: 9, cv: 1}], output: {mean: 9, cv: 1}}}\n"
    )
    child = "extends: b.yaml\nsegments: {all: {users: -3}}\n"
    text = message(write(tmp_path, a=child, b=parent + feature))
    assert text.splitlines() == [
        f"{tmp_path}/a.yaml:2:25: segments.all.users: read -3; expected a number of people, not"
        " negative; fix: write it like 8k to 12k",
        f"{tmp_path}/b.yaml:2:8: start: read 'soon'; expected a month as YYYY-MM;"
        " fix: write it like 2026-12",
    ]


def test_a_parent_that_is_no_yaml_is_reported_as_itself(tmp_path: Path):
    text = message(write(tmp_path, a="extends: b.yaml\n", b="a: [1\n"))
    assert text.startswith(f"{tmp_path}/b.yaml:")
