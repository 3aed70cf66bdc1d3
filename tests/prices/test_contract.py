"""A user's own contract over the shipped tables: net prices, own models, commitments."""

import hashlib
from datetime import date

import pytest

from costmodel.engine.simulate import simulate
from costmodel.foundation.errors import InputError, PriceNotKnownError
from costmodel.prices import cost, load_prices, reserve
from costmodel.scenario.loading import load_scenario
from tests.prices.shelves import inputs, model, since

LISTED = "2026-11-23"
"""The snapshot whose figures are quoted here; it has no azure of its own."""
HEAD = """\
schema: costmodel.contract/1
name: Example Ltd
currency: USD
"""
DISCOUNTS = """\
discounts:
  - {provider: openai, multiply: 0.9}
  - {model: openai/gpt-5.4, multiply: 0.8, from: 2026-12-11, until: 2027-02-01}
  - {model: openai/gpt-5.4, mode: batch, multiply: 0.5, from: 2026-12-01}
"""
OWN = """\
windows:
  night: {tz: UTC, hours: ["00:00-06:00"], src: [contract]}
models:
  - id: own/llama
    aliases: [llama]
    tokenizer: {family: o200k_base, counting: estimate}
    limits: {context: 131072}
    periods:
      - cards:
          standard:
            per_mtok: {input: 0.4, output: 0.8}
            windows: {night: {per_mtok: {input: 0.1, output: 0.2}}}
        until: 2027-07-01
      - {from: 2027-07-01, cards: {standard: {per_mtok: {input: 0.3, output: 0.6}}}}
  - id: azure/gpt-4.1
    tokenizer: {family: o200k_base, counting: exact}
    cache: {mode: implicit}
    capacity: {input_tpm_per_unit: 3000, output_weight: 4}
    periods: [{cards: {standard: {per_mtok: {input: 2, cache_read: 0.5, output: 8}}}}]
commitments:
  - {provider: azure, id: ptu, unit: PTU, min_units: 15, increment: 5, price: {month: {usd: 200}}}
"""


def file(folder, text):
    path = folder / "contract.yaml"
    path.write_text(HEAD + text)
    return path


def net(folder, text):
    return load_prices(LISTED, contract=file(folder, text))


def test_a_discount_on_a_provider_multiplies_every_token_price_of_it(tmp_path):
    book, at_list = net(tmp_path, DISCOUNTS), load_prices(LISTED)
    for name in ("openai/gpt-5", "openai/gpt-5.5"):
        for mode in ("standard", "batch"):
            listed = at_list.month(name, mode, 2026, 11).parts[0][1]
            assert inputs(book.month(name, mode, 2026, 11)) == [(1.0, listed.input * 0.9)]
            assert book.month(name, mode, 2026, 11).parts[0][1] == listed.scaled(0.9)
    for name in ("google/gemini-2.5-pro", "deepseek/deepseek-v4-pro"):
        words = (name, "standard", 2026, 12)
        assert book.month(*words) == at_list.month(*words)


def test_the_most_specific_discount_applies_alone_from_its_day_until_its_day(tmp_path):
    # gpt-5.4 lists at 2.50; 10 of 31 days at 0.9, 21 at 0.8, then 0.9 again from February
    book = net(tmp_path, DISCOUNTS)
    assert inputs(book.month("openai/gpt-5.4", "standard", 2026, 12)) == [
        (pytest.approx(10 / 31), 2.25),
        (pytest.approx(21 / 31), 2.0),
    ]
    assert inputs(book.month("openai/gpt-5.4", "standard", 2027, 1)) == [(1.0, 2.0)]
    assert inputs(book.month("openai/gpt-5.4", "standard", 2027, 2)) == [(1.0, 2.25)]
    # the one for the model in batch wins over the one for the model
    assert inputs(book.month("openai/gpt-5.4", "batch", 2026, 11)) == [(1.0, 1.125)]
    assert inputs(book.month("openai/gpt-5.4", "batch", 2027, 1)) == [(1.0, 0.625)]
    assert inputs(book.month("openai/gpt-5.4", "flex", 2027, 1)) == [(1.0, 1.0)]


def test_discounts_reach_tiers_cached_rates_peak_hours_and_regions(tmp_path):
    text = "discounts: [{provider: deepseek, multiply: 0.5}, {provider: openai, multiply: 0.9}]"
    book = net(tmp_path, text)
    # deepseek-v4-pro at peak lists at 1.32, cached 0.044
    words = {"input_tokens": 1_000_000, "cached_input_tokens": 500_000, "output_tokens": 0}
    path = tmp_path / "contract.yaml"
    found = cost("deepseek/deepseek-v4-pro", **words, at="2026-11-20T02:00:00Z", contract=path)
    assert found.usd == pytest.approx(0.5 * (0.5 * 1.32 + 0.5 * 0.044))
    # gpt-5.4 above 272,000 tokens lists at 5; in the US a tenth more
    long = {"input_tokens": 300_000, "output_tokens": 0, "geo": "us"}
    found = cost("openai/gpt-5.4", **long, contract=path)
    assert found.usd == pytest.approx(0.3 * 5 * 1.1 * 0.9)
    # searches are no tokens: $10 per 1,000 as listed
    unit = cost(
        "openai/gpt-5", input_tokens=0, output_tokens=0, units={"web_search": 3}, contract=path
    )
    assert unit.usd == pytest.approx(0.03)
    assert book.model("deepseek/deepseek-v4-pro").periods[0].cards["standard"].card.input == 0.2175


def test_a_discount_over_a_change_of_the_list_price_applies_before_and_after_it(tmp_path):
    # gemini-3.8-flash goes from 0.75 to 1.50 on 2027-01-01
    text = "discounts: [{model: google/gemini-3.8-flash, multiply: 0.8, from: 2026-12-16}]"
    book = net(tmp_path, text)
    assert inputs(book.month("google/gemini-3.8-flash", "standard", 2026, 12)) == [
        (pytest.approx(15 / 31), 0.75),
        (pytest.approx(16 / 31), pytest.approx(0.6)),
    ]
    assert inputs(book.month("google/gemini-3.8-flash", "standard", 2027, 1)) == [
        (1.0, pytest.approx(1.2))
    ]
    changes = book.changes(
        "google/gemini-3.8-flash", "standard", date(2026, 12, 1), date(2027, 12, 1)
    )
    assert [(change.date, change.status) for change in changes] == [
        (date(2026, 12, 16), "contract"),
        (date(2027, 1, 1), "announced"),
    ]
    assert changes[0].text == "input $0.75 -> $0.60, output $3.75 -> $3.00 per 1M tokens"


def test_a_discount_before_the_launch_brings_no_price_forward(tmp_path):
    book = net(tmp_path, "discounts: [{model: openai/gpt-5, multiply: 0.5, from: 2025-01-01}]")
    with pytest.raises(PriceNotKnownError, match="first price is known from 2025-08-07"):
        book.month("openai/gpt-5", "standard", 2025, 7)
    unknown = net(tmp_path, "discounts: [{provider: openai, multiply: 0.5, from: 2026-01-01}]")
    assert any(
        "does not say when openai/gpt-6-sol was launched" in note
        for note in unknown.month("openai/gpt-6-sol", "standard", 2026, 10).notes
    )


def test_models_of_ones_own_are_priced_beside_the_listed_ones(tmp_path):
    book = net(tmp_path, OWN)
    assert book.models()[-2:] == ["own/llama", "azure/gpt-4.1"]
    assert book.model("llama").context == 131_072
    # six of 24 hours at 0.1
    assert inputs(book.month("own/llama", "standard", 2027, 6)) == [(0.25, 0.1), (0.75, 0.4)]
    assert inputs(book.month("own/llama", "standard", 2027, 7)) == [(1.0, 0.3)]
    with pytest.raises(PriceNotKnownError, match="own/llama has no 'batch' price"):
        book.month("own/llama", "batch", 2027, 6)
    assert book.model("own/llama").sources == ("contract Example Ltd",)


def test_an_own_model_of_a_listed_provider_stands_with_the_others(tmp_path):
    text = """\
models:
  - id: openai/gpt-5.4-private
    tokenizer: {family: o200k_base, counting: exact}
    periods: [{cards: {standard: {per_mtok: {input: 1, output: 2}}}}]
discounts: [{provider: openai, multiply: 0.9}]
"""
    book = net(tmp_path, text)
    assert book.model("openai/gpt-5.4-private").periods[0].cards["standard"].card.input == 1.0
    assert len(book.models()) == len(load_prices(LISTED).models()) + 1


def test_commitments_have_the_contracts_price(tmp_path):
    # 242,400 weighted tokens a minute fill 80.8 PTU, 85 are sold, $200 each
    found = reserve(net(tmp_path, OWN).model("azure/gpt-4.1"), 242_400)
    assert float(found.usd_per_month["month"]) == pytest.approx(85 * 200)


def test_the_book_says_which_contract_it_is_under(tmp_path):
    path = file(tmp_path, DISCOUNTS)
    book, at_list = load_prices(LISTED, contract=path), load_prices(LISTED)
    assert (book.snapshot, at_list.contract) == (at_list.snapshot, None)
    assert book.digest != at_list.digest
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    assert str(book.contract) == f"Example Ltd ({path}, sha256 {sha})"
    assert "openai; contract 'Example Ltd'; sha256 " in repr(book)
    assert load_prices(LISTED, contract=str(path)).digest == book.digest
    words = book.model("openai/gpt-5.4").sources[-1]
    assert words == (
        "contract Example Ltd: openai x 0.9; openai/gpt-5.4 x 0.8 from 2026-12-11 until "
        "2027-02-01; openai/gpt-5.4 in batch x 0.5 from 2026-12-01"
    )
    text = cost("openai/gpt-5", input_tokens=1, output_tokens=1, contract=path).explain()
    assert f"prices as known on 2026-11-24, Example Ltd ({path}" in text.splitlines()[0]


def test_another_contract_is_another_digest_and_the_file_is_read_anew(tmp_path):
    first = net(tmp_path, DISCOUNTS)
    second = net(tmp_path, DISCOUNTS.replace("0.9", "0.8"))
    assert first.digest != second.digest
    assert second.month("openai/gpt-5", "standard", 2026, 11).parts[0][1].input == 1.0
    assert load_prices(LISTED).month("openai/gpt-5", "standard", 2026, 11).parts[0][1].input == 1.25


def test_a_projection_says_which_contract_priced_it(tmp_path):
    scenario = load_scenario("support_chatbot")
    provider = next(iter(scenario.features.values())).steps[0][1].model.split("/")[0]
    book = net(tmp_path, f"discounts: [{{provider: {provider}, multiply: 0.5}}]")
    listed = simulate(scenario, draws=64)
    half = simulate(scenario, prices=book, draws=64)
    assert half.provenance.contract == str(book.contract)
    said = f"--contract {tmp_path / 'contract.yaml'} --snapshot 2026-11-23"
    assert said in half.provenance.command
    assert any("under your contract" in words for words in half.warnings)
    assert listed.provenance.contract == ""
    assert listed.provenance.command.startswith("costmodel run support_chatbot ")
    assert half.month(12).mean == pytest.approx(0.5 * listed.month(12).mean)


def test_the_contract_stays_with_a_changed_copy(tmp_path):
    book = net(tmp_path, DISCOUNTS)
    card = book.month("openai/gpt-5", "standard", 2026, 11).parts[0][1]
    assert book.with_card("x/y", card).contract is book.contract


BAD = [
    (DISCOUNTS, "provider: openai", "provider: opneai",
     r":5:6: discounts.0.provider: read 'opneai'; expected a provider of the tables \(anthropic.*"
     "did you mean 'openai'"),
    (DISCOUNTS, "model: openai/gpt-5.4,", "model: openai/gpt-5.44,",
     ":6:6: discounts.1.model: read 'openai/gpt-5.44'; expected a model of the tables; fix: nearest"
     " are openai/gpt-5.4"),
    (DISCOUNTS, "model: openai/gpt-5.4,", "model: gpt-5.4,",
     ":6:6: discounts.1.model: read 'gpt-5.4'"),
    (DISCOUNTS, "provider: openai", "provider: openai, model: openai/o3",
     "discounts.0: read .*; expected exactly one of provider and model"),
    (DISCOUNTS, "0.9", "15", "discounts.0.multiply: read 15; expected less than or equal to 1"),
    (DISCOUNTS, "until: 2027-02-01", "until: 2026-02-01", "expected an until: after from:"),
    (DISCOUNTS, "from: 2026-12-11", "from: soon", "discounts.1.from: read 'soon'; expected"),
    (DISCOUNTS, "mode: batch", "mode: fast", ":7:29: discounts.2.mode: read mode 'fast', which"
     " openai/gpt-5.4 does not offer; expected one of batch, flex, priority, standard"),
    (DISCOUNTS, "mode: batch, ", "", ":7:5: discounts.2: read a second discount on openai/gpt-5.4"
     " for the same time; expected one discount at a time; fix: end the first one where"),
    (DISCOUNTS, "multiply: 0.9", "discount: 0.9", "discounts.0.discount: read key 'discount'; "
     "expected one of provider, model, mode, multiply"),
    (DISCOUNTS, "0.9}", "0.9, src: [msa]}", "discounts.0.src: read source 'msa'; expected one of "
     "contract; fix: define it under sources:"),
    (OWN, "own/llama", "llama", "models.0.id: read 'llama'; expected"),
    (OWN, "own/llama", "openai/gpt-5", "models.0.id: read 'openai/gpt-5', a name of the tables; "
     "expected a new name; fix: call it own/gpt-5, or give a discount on the listed model"),
    (OWN, "input: 0.4", "input: -0.4", "read -0.4; expected greater than or equal to 0"),
    (OWN, "provider: azure", "provider: azuer", ":24:6: commitments.0.provider: read 'azuer'; "
     "expected a provider of the tables or of own models .*did you mean 'azure'"),
    (OWN, "unit: PTU", "unit: PTU, models: [gpt-4]", "commitments.0.models: read model 'gpt-4'; "
     "expected a model of azure; fix: nearest are gpt-4.1"),
    (OWN, "- {provider: azure", "- {provider: azure, id: ptu, unit: x, price: {month: {usd: 1}}}\n"
     "  - {provider: azure", "commitments.1.id: read 'ptu' of azure again; expected ids that"),
    (OWN, "windows: {night", "windows: {day",
     r"read 'day'; expected a window of this file \(night\)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "good", "bad", "message"), BAD, ids=range(len(BAD)))
def test_a_contract_that_cannot_be_is_refused_with_file_line_and_fix(
    tmp_path, text, good, bad, message
):
    assert good in text
    with pytest.raises(InputError, match=message) as caught:
        net(tmp_path, text.replace(good, bad, 1))
    assert str(caught.value).startswith(f"{tmp_path / 'contract.yaml'}:")


def test_all_faults_of_a_contract_are_told_at_once(tmp_path):
    text = DISCOUNTS.replace("provider: openai", "provider: opneai").replace("batch", "fast")
    with pytest.raises(InputError) as caught:
        net(tmp_path, text)
    assert len(caught.value.problems) == 2


def test_a_contract_that_is_not_there_or_is_a_price_table_is_refused(tmp_path):
    with pytest.raises(InputError, match="expected a YAML file; fix: check the path"):
        load_prices(LISTED, contract=tmp_path / "none.yaml")
    path = file(tmp_path, "")
    path.write_text(path.read_text().replace("contract/1", "pricing/1"))
    with pytest.raises(
        InputError, match=r"1:1: schema: read 'costmodel.pricing/1'; expected 'costm"
    ):
        load_prices(LISTED, contract=path)


def test_a_list_of_models_is_written_like_those_of_a_table(tmp_path):
    # what stands in a table's periods may stand in a contract's
    entry = model("own/one", since("null", 1, promo="true", until="'2027-01-01T00:00:00Z'"))
    text = "sources: {s: {name: x, kind: contract}}\nmodels:\n" + entry
    with pytest.raises(PriceNotKnownError, match="no price from 2027-01-01: its promotional"):
        net(tmp_path, text).month("own/one", "standard", 2027, 1)
