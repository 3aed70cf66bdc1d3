"""Making a snapshot of small packages: what is merged, what is refused, what is written."""

from datetime import date

import pytest

from costmodel.foundation.errors import InputError
from costmodel.prices import load_prices
from costmodel.prices.importers import make_snapshot, release_snapshot, source_figures
from costmodel.prices.snapshots import find_snapshot
from tests.prices.wheels import OVERLAY, listed, priced, tables, unpacked

DAY = date(2026, 6, 1)
PLAIN = priced(input_mtok=2, cache_read_mtok="0.2", output_mtok=8)


def entry(**figures):
    return {"litellm_provider": "openai", "mode": "chat", **figures}


SAME = entry(input_cost_per_token=2e-6, output_cost_per_token=8e-6, max_input_tokens=900)


def made(tmp_path, models, entries, *, facts="", day=DAY, when=DAY):
    folder = tables(tmp_path / "pricing", facts)
    packages = unpacked(tmp_path / "packages", models, entries)
    return make_snapshot(day, when, folder=folder, packages=packages)


def only(snapshot):
    (table,) = snapshot.tables
    return {model["id"]: model for model in table.models}


def test_dated_prices_become_periods_and_later_ones_are_announced(tmp_path):
    prices = (
        f"[ConditionalPrice(prices={PLAIN}), ConditionalPrice(constraint=StartDateConstraint("
        f"start_date=datetime.date(2026, 3, 1)), prices={priced(input_mtok=1, output_mtok=4)}), "
        "ConditionalPrice(constraint=StartDateConstraint(start_date=datetime.date(2026, 9, 1)), "
        f"prices={priced(input_mtok=3, output_mtok=4)})]"
    )
    periods = only(made(tmp_path, [listed("one", prices)], {}))["one"]["periods"]
    told = [(p["from"] and str(p["from"].date()), p["status"]) for p in periods]
    assert told == [
        (None, "effective"),
        ("2026-03-01", "effective"),
        ("2026-09-01", "announced"),
    ]


@pytest.mark.parametrize(
    ("start", "key", "tokens"),
    [(272000, "prompt_tokens_gt", 272000), (199999, "prompt_tokens_gte", 200000)],
)
def test_a_threshold_is_the_vendors_own(tmp_path, start, key, tokens):
    # genai-prices compares tokens > start: xAI's "from 200,000" is stored as 199999
    tiered = f"TieredPrices(base=Decimal('2'), tiers=[Tier(start={start}, price=Decimal('4'))])"
    prices = f"ModelPrice(input_mtok={tiered}, output_mtok=Decimal('8'))"
    card = only(made(tmp_path, [listed("one", prices)], {}))["one"]["periods"][0]["cards"]
    (tier,) = card["standard"]["above"]
    assert tier[key] == tokens
    assert (tier["per_mtok"]["input"], tier["per_mtok"]["output"]) == (4, 8)


def test_a_mode_without_long_context_rates_ends_at_the_threshold(tmp_path):
    tiered = "TieredPrices(base=Decimal('2'), tiers=[Tier(start=100, price=Decimal('4'))])"
    variant = f"[PriceVariant(when={{'service_tier': 'priority'}}, prices={priced(input_mtok=3)})]"
    prices = f"ModelPrice(input_mtok={tiered}, output_mtok=Decimal('8'))"
    models = [listed("one", prices, variants=variant)]
    cards = only(made(tmp_path, models, {}))["one"]["periods"][0]["cards"]
    assert cards["priority"]["max_prompt_tokens"] == 100
    assert "above" not in cards["priority"]


def test_a_variant_with_a_later_day_is_verified_from_it_and_keeps_unstated_rates(tmp_path):
    variant = (
        "[PriceVariant(when={'processing': 'batch'}, constraint=StartDateConstraint("
        f"start_date=datetime.date(2026, 5, 1)), prices={priced(input_mtok=1, output_mtok=4)})]"
    )
    models = [listed("one", PLAIN, variants=variant)]
    batch = only(made(tmp_path, models, {}))["one"]["periods"][0]["cards"]["batch"]
    assert batch["verified_from"] == date(2026, 5, 1)
    assert {k: float(v) for k, v in batch["per_mtok"].items()} == {
        "input": 1.0,
        "cache_read": 0.2,
        "output": 4.0,
    }


def test_a_mode_no_source_states_has_no_card(tmp_path):
    cards = only(made(tmp_path, [listed("one", PLAIN)], {"one": SAME}))["one"]["periods"][0][
        "cards"
    ]
    assert list(cards) == ["standard"]


def test_litellm_adds_limits_minima_regions_units_and_modes(tmp_path):
    more = entry(
        input_cost_per_token=2e-6,
        output_cost_per_token=8e-6,
        input_cost_per_token_flex=1e-6,
        output_cost_per_token_flex=4e-6,
        max_input_tokens=900,
        max_output_tokens=90,
        prompt_cache_min_tokens=512,
        regional_processing_uplift_multiplier_us=1.1,
        search_context_cost_per_query={"low": 0.014, "high": 0.014},
        search_free_requests={"count": 5000, "period": "month", "shared_group": "g"},
    )
    facts = "      - {known: 2025-01-01, src: [me], cache: {mode: implicit}}\n"
    model = only(made(tmp_path, [listed("one", PLAIN)], {"one": more}, facts=facts))["one"]
    assert model["limits"] == {"context": 1000, "max_input": 900, "max_output": 90}
    assert model["cache"] == {"mode": "implicit", "min_prefix_tokens": 512, "src": ["me", "ll"]}
    assert [(a["when"], float(a["multiply"])) for a in model["adjust"]] == [({"geo": "us"}, 1.1)]
    period = model["periods"][0]
    assert float(period["cards"]["flex"]["per_mtok"]["output"]) == 4.0
    assert period["cards"]["flex"]["src"] == ["ll"]
    search = period["units"]["web_search"]
    assert (float(search["usd"]), search["per"]) == (14.0, 1000)
    assert search["free"] == {"count": 5000, "period": "month", "shared_group": "g"}


def test_an_announced_token_price_leaves_free_units_and_units_of_litellm_as_they_are(tmp_path):
    prices = (
        "[ConditionalPrice(prices=ModelPrice(input_mtok=Decimal('1'), output_mtok=Decimal('4'), "
        "web_searches_kcount=Decimal('14'))), ConditionalPrice(constraint=StartDateConstraint("
        "start_date=datetime.date(2027, 1, 1)), prices=ModelPrice(input_mtok=Decimal('2'), "
        "output_mtok=Decimal('8'), web_searches_kcount=Decimal('14')))]"
    )
    free = {"count": 5000, "period": "month", "shared_group": "g"}
    more = entry(
        input_cost_per_token=1e-6,
        output_cost_per_token=4e-6,
        search_context_cost_per_query={"low": 0.014},
        search_free_requests=free,
        google_maps_grounding_cost_per_query=0.014,
    )
    now, later = only(made(tmp_path, [listed("one", prices)], {"one": more}))["one"]["periods"]
    assert later["status"] == "announced"
    assert later["units"] == now["units"]
    assert later["units"]["web_search"]["free"] == free
    assert set(later["units"]) == {"web_search", "maps_grounding"}


def test_where_both_state_a_figure_genai_prices_wins_and_the_note_tells_it(tmp_path):
    other = entry(input_cost_per_token=1.9e-6, output_cost_per_token=8e-6)
    snapshot = made(tmp_path, [listed("one", PLAIN)], {"one": other})
    model = only(snapshot)["one"]
    words = "litellm differs in standard: input 1.9 for 2; those of genai-prices stand."
    assert float(model["periods"][0]["cards"]["standard"]["per_mtok"]["input"]) == 2.0
    assert model["note"] == words
    assert snapshot.tables[0].remarks == {"one": [words]}


def test_a_rate_fifty_times_the_standard_one_is_left_out_with_a_note(tmp_path):
    # gpt-5-nano in litellm 1.106.2: priority input 2.50 beside 0.05, and no output rate
    typo = {**SAME, "input_cost_per_token_priority": 100e-6}
    model = only(made(tmp_path, [listed("one", PLAIN)], {"one": typo}))["one"]
    assert list(model["periods"][0]["cards"]) == ["standard"]
    assert model["note"] == (
        "priority left out: its input rate of 100 is 50 times the standard one, without an "
        "output rate."
    )


def test_a_storage_price_in_the_read_column_is_left_out(tmp_path):
    # as gemini-3.1-pro-preview in one aggregator: 4.50 an hour where a cached read costs 0.20
    wrong = {
        **SAME,
        "input_cost_per_token_flex": 1e-6,
        "output_cost_per_token_flex": 4e-6,
        "cache_read_input_token_cost_flex": 4.5e-6,
    }
    model = only(made(tmp_path, [listed("one", PLAIN)], {"one": wrong}))["one"]
    assert "flex" not in model["periods"][0]["cards"]
    assert model["note"].startswith("flex left out: its cache_read rate is above the standard one")


def test_a_tier_with_the_cached_rate_of_another_kind_of_token_is_left_out(tmp_path):
    # gemini-2.0-flash in genai-prices 0.0.57: cached audio at 0.175 as a tier of cached text
    cached = "TieredPrices(base=Decimal('0.025'), tiers=[Tier(start=900, price=Decimal('0.175'))])"
    prices = (
        f"ModelPrice(input_mtok=Decimal('0.1'), cache_read_mtok={cached}, "
        "output_mtok=Decimal('0.4'))"
    )
    model = only(made(tmp_path, [listed("one", prices)], {}))["one"]
    card = model["periods"][0]["cards"]["standard"]
    assert {name: float(usd) for name, usd in card["per_mtok"].items()} == {
        "input": 0.1, "cache_read": 0.025, "output": 0.4,
    }  # fmt: skip
    assert card.keys() == {"per_mtok"}  # no tier, and no longest prompt either
    assert model["note"] == (
        "standard above 900 tokens left out: its cached rate of 0.175 is above its input rate."
    )


def test_the_overlay_s_factor_of_a_region_stands_over_litellm_s(tmp_path):
    more = {
        **SAME,
        "regional_processing_uplift_multiplier_us": 1.1,
        "regional_processing_uplift_multiplier_eu": 1.2,
    }
    facts = "      - {known: 2025-01-01, src: [me], geo: {us: 1.15}}\n"
    model = only(made(tmp_path, [listed("one", PLAIN)], {"one": more}, facts=facts))["one"]
    told = {a["when"]["geo"]: (float(a["multiply"]), a["src"]) for a in model["adjust"]}
    assert told == {"us": (1.15, ["me"]), "eu": (1.2, ["ll"])}


def test_a_dated_id_that_retires_earlier_is_a_model_of_its_own(tmp_path):
    dated = {**SAME, "deprecation_date": "2026-12-11"}
    match = "ClauseOr(or_=[ClauseEquals(equals='one'), ClauseEquals(equals='one-2026-02-03')])"
    models = only(
        made(tmp_path, [listed("one", PLAIN, match=match)], {"one": SAME, "one-2026-02-03": dated})
    )
    assert models["one-2026-02-03"]["retires"] == date(2026, 12, 11)
    assert models["one"]["aliases"] == ["one"]
    assert "retires" not in models["one"]
    assert models["one"]["periods"] == models["one-2026-02-03"]["periods"]


def test_a_dated_id_that_stays_is_an_alias_and_tells_the_launch(tmp_path):
    model = only(made(tmp_path, [listed("one", PLAIN)], {"one": SAME, "one-20260203": SAME}))["one"]
    assert model["aliases"] == ["one", "one-20260203"]
    first = model["periods"][0]
    assert (str(first["from"].date()), first["from_kind"]) == ("2026-02-03", "observed")
    assert first["src"][0] == "id"


def test_moving_names_and_patterns_are_no_aliases(tmp_path):
    match = (
        "ClauseOr(or_=[ClauseEquals(equals='one-latest'), ClauseStartsWith(starts_with='one-'), "
        "ClauseEquals(equals='x/one'), ClauseEquals(equals='somebodys-one')])"
    )
    assert only(made(tmp_path, [listed("one", PLAIN, match=match)], {}))["one"]["aliases"] == [
        "one"
    ]


def test_a_fact_known_later_than_the_snapshots_day_is_not_used(tmp_path):
    facts = "      - {known: 2026-06-02, src: [me], models: [one], note: Later.}\n"
    models = [listed("one", PLAIN)]
    assert "note" not in only(made(tmp_path, models, {}, facts=facts))["one"]
    later = made(
        tmp_path / "b", models, {}, facts=facts, day=date(2026, 6, 2), when=date(2026, 6, 2)
    )
    assert only(later)["one"]["note"] == "Later."


def test_the_overlay_decides_over_both_packages(tmp_path):
    facts = (
        "      - {known: 2026-05-01, src: [me], models: [one], periods: [{from: null, src: [me], "
        "cards: {standard: {per_mtok: {input: 1.5, output: 6}}}}]}\n"
    )
    model = only(made(tmp_path, [listed("one", PLAIN)], {"one": SAME}, facts=facts))["one"]
    assert model["periods"][0]["cards"]["standard"]["per_mtok"] == {"input": 1.5, "output": 6}
    assert model["note"] == (
        "litellm differs in standard: input 2 for 1.5, output 8 for 6; the overlay's figures stand."
    )


def test_a_step_copies_the_period_before_it_and_changes_it(tmp_path):
    facts = (
        "      - {known: 2026-05-01, src: [me], models: [one], "
        'steps: [{from: "2026-11-30T00:00:00Z"'
        ", without: [fast], note: Gone.}]}\n"
    )
    fast = f"[PriceVariant(when={{'speed': 'fast'}}, prices={priced(input_mtok=4)})]"
    models = [listed("one", PLAIN, variants=fast)]
    first, last = only(made(tmp_path, models, {}, facts=facts))["one"]["periods"]
    assert (list(first["cards"]), list(last["cards"])) == (["standard", "fast"], ["standard"])
    assert (last["status"], last["note"]) == ("announced", "Gone.")


def test_an_announcement_called_off_is_withdrawn_only_once_that_is_known(tmp_path):
    facts = (
        "      - {known: 2026-05-01, src: [me], models: [one], add: [{from: "
        '"2026-09-01T00:00:00Z", withdrawn_on: 2026-08-14, src: [me], cards: {standard: '
        "{per_mtok: {input: 3, output: 15}}}}]}\n"
    )
    early = only(made(tmp_path, [listed("one", PLAIN)], {}, facts=facts))["one"]["periods"][1]
    day = date(2026, 8, 20)
    later = made(tmp_path / "b", [listed("one", PLAIN)], {}, facts=facts, day=day, when=day)
    assert early["status"] == "announced"
    assert "withdrawn_on" not in early
    assert only(later)["one"]["periods"][1]["status"] == "withdrawn"


def test_what_is_left_out_is_counted_by_reason(tmp_path):
    models = [
        listed("one", PLAIN),
        listed("ft:one", PLAIN),
        listed("one-latest", PLAIN),
        listed("one-tts", PLAIN),
        listed("three", PLAIN, more=", deprecated=True"),
        listed("four", PLAIN),
    ]
    assert made(tmp_path, models, {}).tables[0].left_out == {
        "a moving or resold name": 1,
        "deprecated": 1,
        "fine-tuned": 1,
        "not chosen": 1,
        "not for text": 1,
    }


def test_a_released_snapshot_loads_and_is_the_default(tmp_path):
    snapshot = made(tmp_path, [listed("one", PLAIN)], {"one": SAME})
    folder = tmp_path / "pricing"
    assert release_snapshot(snapshot, folder) == folder / "2026-06-01"
    book = load_prices(folder=folder)
    assert (book.snapshot, book.models(), book.reconstructed) == ("2026-06-01", ["openai/one"], "")
    sources = book.model("one").sources
    assert sources == (
        "https://example.com/prices (vendor, via genai-prices 1.0.0 and litellm 2.0.0, "
        "retrieved 2026-06-01)",
        "genai-prices 1.0.0 (aggregator, retrieved 2026-06-01)",
        "litellm 2.0.0 (aggregator, retrieved 2026-06-01)",
    )
    assert sorted(file.name for file in folder.iterdir()) == [
        "2026-06-01",
        "index.yaml",
        "overlay.yaml",
    ]


def test_a_snapshot_made_later_than_its_day_says_how_it_was_made(tmp_path):
    snapshot = made(tmp_path, [listed("one", PLAIN)], {}, when=date(2026, 6, 3))
    release_snapshot(snapshot, tmp_path / "pricing")
    book = load_prices(folder=tmp_path / "pricing")
    assert book.reconstructed == (
        "made on 2026-06-03 from genai-prices 1.0.0 and litellm 2.0.0 and the facts of the "
        "overlay known by 2026-06-01"
    )
    assert book.with_card("x/y", book.month("one", "standard", 2026, 6).parts[0][1]).reconstructed


def test_the_table_and_the_index_must_agree_on_how_it_was_made(tmp_path):
    release_snapshot(made(tmp_path, [listed("one", PLAIN)], {}), tmp_path / "pricing")
    index = tmp_path / "pricing" / "index.yaml"
    index.write_text(index.read_text() + 'reconstructed:\n  2026-06-01: "by guessing"\n')
    with pytest.raises(InputError, match="reconstructed: read nothing; expected by guessing"):
        load_prices(folder=tmp_path / "pricing").models()
    index.write_text(index.read_text().replace('  2026-06-01: "by', '  2026-06-02: "by'))
    with pytest.raises(InputError, match="reconstructed: read 2026-06-02; expected days of snap"):
        find_snapshot(None, tmp_path / "pricing")


def test_a_snapshot_that_is_there_is_never_overwritten(tmp_path):
    snapshot = made(tmp_path, [listed("one", PLAIN)], {})
    folder = tmp_path / "pricing"
    release_snapshot(snapshot, folder)
    before = {file: file.read_bytes() for file in folder.rglob("*.yaml")}
    with pytest.raises(
        InputError, match=r"2026-06-01, which is there already.*fix: released tables"
    ):
        release_snapshot(snapshot, folder)
    assert {file: file.read_bytes() for file in folder.rglob("*.yaml")} == before


def test_a_folder_without_an_index_entry_is_not_overwritten_either(tmp_path):
    snapshot = made(tmp_path, [listed("one", PLAIN)], {})
    (tmp_path / "pricing" / "2026-06-01").mkdir()
    with pytest.raises(InputError, match="which is there already"):
        release_snapshot(snapshot, tmp_path / "pricing")


def test_a_release_that_fails_leaves_everything_as_it_was(tmp_path, monkeypatch):
    snapshot = made(tmp_path, [listed("one", PLAIN)], {})
    folder = tmp_path / "pricing"
    before = sorted(folder.rglob("*"))

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("costmodel.prices.importers.snapshot.os.replace", full)
    with pytest.raises(InputError, match="no space left on device; expected a folder to write in"):
        release_snapshot(snapshot, folder)
    assert sorted(folder.rglob("*")) == before


def test_a_day_in_the_future_is_refused(tmp_path):
    with pytest.raises(
        InputError, match="--date: read 2026-06-02; expected a day up to 2026-06-01"
    ):
        made(tmp_path, [listed("one", PLAIN)], {}, day=date(2026, 6, 2))


def test_a_table_that_is_not_valid_is_never_written(tmp_path):
    facts = (
        "      - {known: 2026-05-01, src: [me], models: [one], periods: [{from: null, src: [me], "
        "cards: {standard: {per_mtok: {input: 1.5}, windows: {peak: {per_mtok: {input: 3}}}}}}]}\n"
    )
    with pytest.raises(InputError, match="read 'peak'; expected a window of this file"):
        made(tmp_path, [listed("one", PLAIN)], {}, facts=facts)


def test_a_package_that_is_missing_is_told_with_what_to_install(tmp_path, monkeypatch):
    folder = tables(tmp_path / "pricing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(
        InputError, match=r"0 releases of litellm in .*pip download --no-deps litellm"
    ):
        make_snapshot(DAY, DAY, folder=folder, packages=tmp_path / "empty")
    monkeypatch.setattr("costmodel.prices.importers.packages.util.find_spec", lambda _: None)
    with pytest.raises(
        InputError, match=r"read no package genai-prices;.*pip install 'costmodel\[te"
    ):
        make_snapshot(DAY, DAY, folder=folder)


def test_a_model_without_a_tokenizer_is_an_error(tmp_path):
    overlay = OVERLAY.replace("known: 2025-01-01", "known: 2027-01-01")
    folder = tables(tmp_path / "pricing", overlay=overlay)
    packages = unpacked(tmp_path / "packages", [listed("one", PLAIN)], {})
    with pytest.raises(InputError, match=r"providers\.openai\.facts: read no tokenizer for one"):
        make_snapshot(DAY, DAY, folder=folder, packages=packages)


BAD = [
    ("- {known: 2025-01-01, ", "- {", "overlay.yaml:13:9: .*known: read no 'known'; expected"),
    ("src: [me]", "src: [you]", "13:.* read source 'you'; expected one of od, me, gp, ll, id"),
    ("src: [me], ", "", "read no 'src'; expected the key 'src'; fix: add it"),
    ("tokenizer:", "tokeniser:", "read key 'tokeniser'; .*did you mean 'tokenizer'"),
    ("src: [me]", "src: [me], models: [three]", r"models of this provider in facts.0 \(not three"),
    ("known: 2025-01-01", "known: soon", "known: read 'soon'; expected a day as YYYY-MM-DD"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "message"), BAD, ids=range(len(BAD)))
def test_a_bad_overlay_is_refused_with_line_and_fix(tmp_path, good, bad, message):
    assert good in OVERLAY
    folder = tables(tmp_path / "pricing", overlay=OVERLAY.replace(good, bad, 1))
    packages = unpacked(tmp_path / "packages", [listed("one", PLAIN)], {})
    with pytest.raises(InputError, match=message):
        make_snapshot(DAY, DAY, folder=folder, packages=packages)


def test_code_in_a_package_is_read_and_never_run(tmp_path):
    folder = tables(tmp_path / "pricing")
    packages = unpacked(tmp_path / "packages", ["open('x', 'w').write('y')"], {})
    with pytest.raises(InputError):
        make_snapshot(DAY, DAY, folder=folder, packages=packages)
    packages = unpacked(tmp_path / "p2", [listed("one", "[x for x in ()]")], {})
    with pytest.raises(InputError, match=r"read \[x for x in \(\)\]; expected plain data"):
        make_snapshot(DAY, DAY, folder=folder, packages=packages)


def test_source_figures_are_not_merged(tmp_path):
    folder = tables(tmp_path / "pricing")
    other = entry(input_cost_per_token=1.9e-6, output_cost_per_token=8e-6, max_input_tokens=900)
    packages = unpacked(tmp_path / "packages", [listed("one", PLAIN)], {"one": other})
    figures = source_figures("openai", folder=folder, packages=packages)["one"]
    assert figures["standard.input"] == {"genai-prices 1.0.0": 2.0, "litellm 2.0.0": 1.9}
    assert figures["context"] == {"genai-prices 1.0.0": 1000.0}
    assert figures["max_input"] == {"litellm 2.0.0": 900.0}


def test_source_figures_find_other_names_and_on_demand_every_model(tmp_path):
    folder = tables(tmp_path / "pricing")
    more = entry(input_cost_per_token=3e-6, output_cost_per_token=9e-6)
    entries = {"one": SAME, "one-2026-02-03": more, "strange": more}
    packages = unpacked(tmp_path / "packages", [listed("one", PLAIN)], entries)

    def asked(**how):
        found = source_figures("openai", folder=folder, packages=packages, **how)
        return {name: fields["standard.input"] for name, fields in found.items()}

    both = {"genai-prices 1.0.0": 2.0, "litellm 2.0.0": 2.0}
    assert asked() == {"one": both}
    dated = {"one-2026-02-03": {"litellm 2.0.0": 3.0}}
    assert asked(names=["one-2026-02-03"]) == {"one": both, **dated}
    assert asked(everything=True) == {"one": both, **dated, "strange": {"litellm 2.0.0": 3.0}}


def test_source_figures_of_a_provider_without_a_fact_name_those_there_are(tmp_path):
    folder = tables(tmp_path / "pricing")
    packages = unpacked(tmp_path / "packages", [listed("one", PLAIN)], {})
    with pytest.raises(InputError, match=r"read provider 'opnai'; .*did you mean 'openai'"):
        source_figures("opnai", folder=folder, packages=packages)
