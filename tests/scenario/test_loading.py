from pathlib import Path

import pytest

from costmodel.foundation.beliefs import Counted, Fixed, Interval, Source
from costmodel.foundation.errors import InputError
from costmodel.foundation.months import Month
from costmodel.scenario import explaining
from costmodel.scenario.explaining import keys_of
from costmodel.scenario.loading import NO_KEYS, load_scenario
from costmodel.scenario.model import DEFAULT
from costmodel.scenario.schema import Budget, Drift, Failures, HistoryPart, Scenario
from costmodel.scenario.strategies import STRATEGIES

from .texts import DATA, MINIMAL, changed, minimal, small, wrong


def test_the_parts_of_a_scenario_are_read():
    s = small()
    assert (s.name, s.start, s.months) == ("Small", Month(2026, 12), 3)
    assert s.budget == Budget(usd=500.0, period="month")
    assert s.prices.snapshot == "2026-11-23"
    assert list(s.segments) == ["free", "pro"]
    assumed = Source(assumed=True)
    assert s.segments["free"].users == Interval(low=900, high=1100, origin=assumed)
    assert s.segments["pro"].users == Fixed(value=50.0, origin=Source(source="contracts"))
    assert s.drift == Drift(
        volume=0.1, tokens=0.02, half_life_months=12.0, origin=Source(source="our log")
    )
    assert [part.kind for part in s.features["answer"].prompt] == [
        "system",
        "tools",
        "history",
        "retrieved",
        "user",
    ]
    assert isinstance(s.features["answer"].prompt[2], HistoryPart)
    assert s.features["answer"].failures.malformed == Counted(
        successes=27, trials=900, origin=assumed
    )
    assert s.features["digest"].from_month == Month(2027, 1)
    assert s.features["digest"].mode == "batch"


def test_rates_keep_their_period():
    usage = small().features["answer"].turns_per_user
    assert (usage["free"].period, usage["pro"].period) == ("month", "day")
    assert small().features["digest"].turns_per_user["pro"].period == "week"


def test_what_is_left_out_is_the_documented_default():
    feature = minimal().features["answer"]
    assert feature.conversation.turns.mean == Fixed(value=1.0, origin=DEFAULT)
    assert feature.conversation.history == "resend"
    assert feature.mode == "standard"
    assert feature.reasoning is None
    assert feature.failures == Failures(max_attempts=1, origin=DEFAULT)
    assert feature.implicit_cache.written.mean == 0.0
    assert minimal().drift == Drift()
    assert minimal().budget is None
    assert minimal().segments["all"].growth.mean == 0.0


def test_stated_failures_are_tried_three_times_unless_said():
    text = MINIMAL + "    failures: {malformed: 5%}\n"
    from costmodel.scenario.loading import read_scenario

    assert read_scenario(text).features["answer"].failures.max_attempts == 3


def test_drift_can_be_off():
    from costmodel.scenario.loading import read_scenario

    drift = read_scenario(MINIMAL + "drift: off\n").drift
    assert (drift.volume, drift.tokens) == (0.0, 0.0)


def test_a_feature_is_a_list_of_one_step_today():
    feature = minimal().features["answer"]
    assert feature.steps == (("call", feature),)


def test_beliefs_are_named_by_their_paths_in_order():
    assert list(small().beliefs()) == [
        "segments.free.users",
        "segments.free.growth",
        "segments.free.revenue",
        "segments.pro.users",
        "segments.pro.growth",
        "segments.pro.revenue",
        "features.answer.turns_per_user.free.mean",
        "features.answer.turns_per_user.free.active_days",
        "features.answer.turns_per_user.pro.p50",
        "features.answer.conversation.turns.mean",
        "features.answer.prompt.system.tokens",
        "features.answer.prompt.tools.tokens",
        "features.answer.prompt.retrieved.chunks",
        "features.answer.prompt.retrieved.tokens_each",
        "features.answer.prompt.user.mean",
        "features.answer.output.mean",
        "features.answer.reasoning.mean",
        "features.answer.failures.malformed",
        "features.answer.failures.transport",
        "features.answer.implicit_cache.cached",
        "features.answer.implicit_cache.written",
        "features.digest.turns_per_user.pro.mean",
        "features.digest.prompt.examples.tokens",
        "features.digest.prompt.user.mean",
        "features.digest.output.p50",
    ]


def test_a_scenario_shows_itself_in_one_line():
    shown = repr(small())
    assert shown == str(small())
    assert shown == (
        "<Scenario 'Small': 3 months from 2026-12; segments free, pro; features answer, digest;"
        f" file {DATA / 'small.yaml'}>"
    )
    assert repr(minimal()) == (
        "<Scenario 'Minimal': 2 months from 2026-12; segments all; features answer>"
    )


def test_every_field_that_is_no_key_is_looked_for_before_validation():
    # What explains a fault is loaded only where one of these names stands in the file.
    top = {f".{name}" for name in set(Scenario.model_fields) - set(keys_of(Scenario))}
    parts = [*explaining._MODELS.values(), *explaining._PART_MODELS.values()]
    parts += STRATEGIES.values()
    inner = {
        name
        for model in parts
        if model is not Scenario
        for name in set(model.model_fields) - set(keys_of(model))
    }
    assert top | inner == NO_KEYS


def test_a_scenario_cannot_be_changed_in_place():
    from pydantic import ValidationError

    with pytest.raises(ValidationError, match="frozen"):
        small().months = 5


def test_all_problems_of_a_file_come_at_once_in_file_order():
    with pytest.raises(InputError) as error:
        load_scenario(DATA / "wrong.yaml")
    f = DATA / "wrong.yaml"
    assert str(error.value).splitlines() == [
        f"{f}:1:7: name: read 5; expected a text; fix: put it in quotes",
        f"{f}:2:8: start: read 'December'; expected a month as YYYY-MM; fix: write it like 2026-12",
        f"{f}:3:9: months: read 61; expected a whole number from 1 to 60; fix: months: 12",
        f"{f}:4:9: budget: read '$5k'; expected an amount in USD per month or year; every rate"
        " states its period; fix: add 'per year' or 'per month': $5k per month",
        f"{f}:6:17: segments.free.users: read 'ten thousand'; expected a number of people;"
        " fix: write it like 8k to 12k",
        f"{f}:6:39: segments.free.growth: read '5%'; expected a growth rate per month; every rate"
        " states its period; fix: add 'per month': 5% per month",
        f"{f}:6:43: segments.free.revenu: read the key 'revenu'; expected one of users, growth,"
        " revenue; fix: did you mean 'revenue'?",
        f"{f}:7:16: segments.pro.users: read -5; expected a number of people, not negative;"
        " fix: write it like 8k to 12k",
        f"{f}:12:7: features.answer.turns_per_user.fre: read the segment 'fre'; expected one of"
        " free, pro; fix: did you mean 'free'?",
        f"{f}:14:26: features.answer.prompt.system.tokens: read '0 to 5'; expected a low end above"
        " 0 (the P5 of a lognormal law); fix: give the most likely value:"
        " {low: 0, likely: 2, high: 5}",
        f"{f}:15:9: features.answer.prompt[1]: read 'histry'; expected one of system, tools,"
        " examples, history, retrieved, user; fix: did you mean 'history'?",
        f"{f}:16:32: features.answer.prompt.user.p95: read p95 1200, 4.00 times the mean; expected"
        " p95 at most 3.87 times the mean (no lognormal has more); fix: p95 up to 1160, or state"
        " p50 and p95",
        f"{f}:17:20: features.answer.output.mean: read '12 to 8'; expected low to high, the low"
        " end first; fix: write 8 to 12",
        f"{f}:18:27: features.answer.failures.malformed: read 30; expected a share between 0% and"
        " 100%; fix: write 30%",
        f"{f}:19:5: features.answer.latency: read the key 'latency'; expected one of model, mode,"
        " prompt, output, reasoning, failures, implicit_cache, units, description, turns_per_user,"
        " conversation, from; fix: remove it",
    ]


SEGMENT = "  all: {users: 100}"

WRONG = [
    ("", "f.yaml:1:1: read an empty file; expected a scenario (a mapping); fix: start with name:"),
    ("- a\n- b\n", "f.yaml:1:1: read a list at the top; expected a scenario (a mapping)"),
    ("5", "f.yaml:1:1: read 5 at the top; expected a scenario (a mapping)"),
    ("a:\n\tb: 1", "f.yaml:2:1: read a tab; expected spaces as indentation"),
    (changed("name: Minimal\n", ""), "name: read nothing; expected the key 'name'; fix: add name:"),
    (changed("months: 2", "months: 2.5"), "months: read 2.5; expected a whole number"),
    (changed("months: 2", "months: true"), "months: read true; expected a whole number"),
    (changed("months: 2", "months: 0"), "months: read 0; expected a whole number from 1 to 60"),
    (
        changed("months: 2", "monts: 2"),
        "monts: read the key 'monts'; expected one of extends, name,",
    ),
    (changed("months: 2", "monts: 2"), "fix: did you mean 'months'?"),
    (
        changed("users: 100", "users: 8,000"),
        "f.yaml:5:16: read 'users: 8,000'; expected a number wi",
    ),
    (
        changed("users: 100", "growth: 0"),
        "segments.all.users: read nothing; expected the key 'users'",
    ),
    (changed("users: 100", "growth: 0"), "fix: add users: 8k to 12k"),
    (
        changed("users: 100", "users: 1e308"),
        "f.yaml:5:16: segments.all.users: read 1e+308; expected",
    ),
    (
        changed("users: 100", "users: .nan"),
        "segments.all.users: read nan; expected a number of people",
    ),
    (
        changed("users: 100", "users: 0 to 5"),
        "fix: give the most likely value: {low: 0, likely: 2,",
    ),
    (changed(SEGMENT, "  all: 100"), "segments.all: read 100; expected a mapping (key: value)"),
    (changed(SEGMENT, "  1st group: {users: 1}"), "expected a name of letters, digits, _ and -"),
    (
        changed(SEGMENT, "  all: {users: 100, source: 5}"),
        "segments.all.source: read 5; expected text",
    ),
    (
        changed(SEGMENT, "  all: {users: {mean: 5, sd: 1, date: May}}"),
        "users.date: read 'May'; expe",
    ),
    (
        changed("segments:\n" + SEGMENT, "segments: {}"),
        "segments: read a mapping; expected at least",
    ),
    (
        changed("openai/gpt-5", "5"),
        "features.answer.model: read 5; expected a text; fix: put it in",
    ),
    (changed("openai/gpt-5", "''"), "model: read nothing; expected a text that is not empty"),
    (
        changed("mean: 10 per", "mena: 10 per"),
        "turns_per_user.all.mena: read the key 'mena'; expected",
    ),
    (changed("mean: 10 per", "mena: 10 per"), "fix: did you mean 'mean'?"),
    (
        changed("mean: 10 per month", "mean: 10"),
        "turns_per_user.all.mean: read 10; expected a number",
    ),
    (
        changed("{mean: 10 per month, cv: 1}", "10 per month"),
        "all: read '10 per month'; expected a sp",
    ),
    (
        changed("      - history\n", "      - history: 5\n      - tols: {}\n"),
        "prompt[2]: read 'tols'",
    ),
    (changed("system: {tokens: 1000}", "system: 1000"), "fix: system: {tokens: 1000}"),
    (
        changed("system: {tokens: 1000}", "system: {}"),
        "prompt.system.tokens: read nothing; expected",
    ),
    (
        changed("system: {tokens: 1000}", "system: {name: x, tokens: 1}"),
        "read the key 'name'; expecte",
    ),
    (
        changed("system: {tokens: 1000}", "system: {tokens: 1, folder: /, file_sha256: x}"),
        "features.answer.prompt.system.folder: read the key 'folder'; expected one of tokens, file",
    ),
    (
        changed("- history\n", "- system: {}\n        user: {}\n"),
        "expected one part in each item; fix: start each with",
    ),
    (
        changed("output: {mean: 300", "output: {mean: -1"),
        "output.mean: read -1; expected a number of",
    ),
    (
        MINIMAL + "    mode: flex\n",
        "mode: read 'flex'; expected standard or batch; fix: mode: standard",
    ),
    (MINIMAL + "    mode: btach\n", "fix: did you mean 'batch'?"),
    (
        MINIMAL + "    from: soon\n",
        "features.answer.from: read 'soon'; expected a month as YYYY-MM",
    ),
    (MINIMAL + "    from: 2027-02\n", "from: read '2027-02'; expected a month up to 2027-01"),
    (
        MINIMAL + "    failures: {max_attempts: 11}\n",
        "read 11; expected a whole number from 1 to 10",
    ),
    (
        MINIMAL + "    failures: {then: give_up}\n",
        "then: read 'give_up'; expected fail or fallback; fix: then: fai",
    ),
    (
        MINIMAL + "    prices: {}\n",
        "features.answer.prices: read the key 'prices'; expected one of",
    ),
    (MINIMAL + "prices: {at: 2026-12}\n", "prices.at: read the key 'at'; expected one of snapshot"),
    (
        MINIMAL + "budget: 5000\n",
        "f.yaml:16:9: budget: read 5000; expected an amount in USD per month",
    ),
    (MINIMAL + "budget: $0\n", "budget: read $0; expected a budget above $0; fix: leave out"),
    (
        MINIMAL + "drift: false\n",
        "drift: read false; expected a mapping (key: value); fix: drift: off",
    ),
    (MINIMAL + "drift: {half_life: 6}\n", "drift.half_life: read 6; expected a duration in months"),
    (
        MINIMAL + "drift: {volume: 15}\n",
        "drift.volume: read 15; expected a share between 0% and 100%",
    ),
    (
        MINIMAL + "latency: {}\n",
        "latency: read the key 'latency'; expected one of extends,",
    ),
    (MINIMAL + "file: x\n", "file: read the key 'file'; expected one of extends,"),
    (MINIMAL + "overrides: []\n", "overrides: read the key 'overrides'; expected one of extends,"),
]


@pytest.mark.parametrize(("text", "part"), WRONG)
def test_bad_input_is_refused_with_its_place_and_a_fix(text, part):
    assert part in wrong(text)


def test_a_list_for_a_prompt_and_text_for_a_list():
    text = (
        MINIMAL[: MINIMAL.index("    prompt:")]
        + "    prompt: system\n    output: {p50: 1, cv: 1}\n"
    )
    assert "prompt: read 'system'; expected a list; fix: start each item on its own line" in wrong(
        text
    )


def test_kept_in_history_is_true_or_false():
    text = changed(
        "      - history\n",
        "      - history\n      - retrieved: {chunks: 5, tokens_each: 9, kept_in_history: maybe}\n",
    )
    assert "kept_in_history: read 'maybe'; expected true or false" in wrong(text)


def test_an_unknown_name_lists_the_shipped_ones():
    with pytest.raises(InputError) as error:
        load_scenario("suport_chatbot")
    assert "expected a shipped scenario (document_extraction, rag_docs, support_chatbot)" in str(
        error.value
    )
    assert "fix: did you mean 'support_chatbot'?" in str(error.value)


def test_a_missing_path_is_named():
    with pytest.raises(InputError, match=r"nothing\.yaml: read nothing \(No such file"):
        load_scenario("nothing.yaml")


def test_a_file_of_ten_megabytes_is_refused(tmp_path: Path):
    path = tmp_path / "big.yaml"
    path.write_bytes(b"# comment\n" * 1_000_000)
    with pytest.raises(InputError, match=r"read a file of 10\.0 MB; expected at most 2 MB"):
        load_scenario(path)


def test_the_file_is_kept_as_it_was_given():
    assert small().file == str(DATA / "small.yaml")
    assert load_scenario("support_chatbot").file == "support_chatbot"
