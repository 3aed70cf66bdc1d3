"""Where a figure comes from: the shipped tables' own words are the oracle."""

from datetime import date

import pytest

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import InputError, PriceNotKnownError, UnknownModelError
from costmodel.foundation.reading import read_yaml_text
from costmodel.prices import RateCard, load_prices
from costmodel.prices.figures import RATES, facts_of
from costmodel.prices.origins import why
from costmodel.prices.schema import Table
from costmodel.prices.snapshots import find_snapshot
from costmodel.prices.tables import checked
from tests.prices.shelves import FACTS, model, since, table

SHIPPED = find_snapshot("2026-11-23", data_folder("pricing"))


def own(*models, head=""):
    """Return a table of acme's with the given models."""
    return checked(Table, read_yaml_text(table("2026-11-23", *models, head=head)))


def keys(origin):
    return [each.key for each in origin.vouched.citations]


def test_a_rate_has_its_value_dates_sources_and_history():
    # pricing/2026-11-23/openai.yaml, gpt-5.6-sol: $0.5 until 2026-08-21, $0.4 from then.
    found = why(SHIPPED, "openai/gpt-5.6-sol.cache_read")
    assert (found.model, found.field) == ("openai/gpt-5.6-sol", "standard.cache_read")
    assert (found.value, found.unit) == (0.4, "USD per 1M tokens")
    assert keys(found) == ["od", "gp", "ll"]
    first, now = found.history
    assert (first.since, first.value, first.now) == (None, 0.5, False)
    assert (str(now.since.date()), now.value, now.now) == ("2026-08-21", 0.4, True)
    assert found.beside == {"standard.above_272000.cache_read": 0.8}
    assert any("calls $4/$20 a promotion" in note for note in found.notes)


def test_a_date_before_a_change_has_the_value_of_that_date():
    found = why(SHIPPED, "openai/gpt-5.6-sol.input", at="2026-08-20")
    assert found.value == 5.0
    assert [each.now for each in found.history] == [True, False]


@pytest.mark.parametrize(
    ("name", "model", "value"),
    [
        ("openai/gpt-5.6.input", "openai/gpt-5.6-sol", 4.0),
        ("openai/gpt-5.input", "openai/gpt-5", 1.25),
        ("gpt-5.5.batch.output", "openai/gpt-5.5", 15.0),
        ("openai/gpt-4.1-mini.output", "openai/gpt-4.1-mini", 1.6),
        ("openai/gpt-5.6-sol.standard.above_272000.input", "openai/gpt-5.6-sol", 8.0),
        ("openai/gpt-5.6-sol.above_272000.input", "openai/gpt-5.6-sol", 8.0),
        ("deepseek/deepseek-v4-pro.peak.input", "deepseek/deepseek-v4-pro", 1.32),
        ("openai/gpt-5.units.web_search", "openai/gpt-5", 0.01),
        ("openai/gpt-5.limits.context", "openai/gpt-5", 400_000),
        ("openai/gpt-5.6-sol.cache.min_prefix_tokens", "openai/gpt-5.6-sol", 1024),
        ("google/gemini-2.5-pro.cache.storage", "google/gemini-2.5-pro", 4.5),
        ("anthropic/claude-sonnet-4-5.retires", "anthropic/claude-sonnet-4-5", "2026-11-30"),
        ("openai/gpt-5.6-sol.geo.us", "openai/gpt-5.6-sol", 1.1),
    ],
)
def test_the_model_is_the_longest_name_that_fits(name, model, value):
    found = why(SHIPPED, name)
    assert (found.model, found.value) == (model, value)


def test_names_with_colons_slashes_and_words_of_fields_in_them_are_found():
    names = ("amazon.nova-lite-v1:0", "openai/gpt-oss-120b", "nova.batch")
    tables = own(*(model(f"'{name}'", since("null", 1 + n)) for n, name in enumerate(names)))
    for number, name in enumerate(names):
        assert why(tables, f"acme/{name}.input").value == 1 + number
    assert why(tables, "acme/nova.batch.standard.output").value == 12


def test_a_mode_is_written_in_the_field_or_beside_it_but_not_twice():
    assert why(SHIPPED, "openai/gpt-5.output", mode="batch").value == 5.0
    assert why(SHIPPED, "openai/gpt-5.batch.output", mode="batch").value == 5.0
    with pytest.raises(InputError, match=r"the mode flex beside 'batch.output'; expected one"):
        why(SHIPPED, "openai/gpt-5.batch.output", mode="flex")
    with pytest.raises(InputError, match=r"the mode flex beside 'limits.context', which has none"):
        why(SHIPPED, "openai/gpt-5.limits.context", mode="flex")


@pytest.mark.parametrize(
    ("field", "billed"),
    [
        ("cache_write", "the input rate, $1.00"),
        ("cache_read", "the input rate, $1.00, with a warning"),
        ("cache_write_1h", "the input rate, $1.00"),
    ],
)
def test_a_missing_cache_rate_says_what_is_billed_instead(field, billed):
    found = why(own(model("m", since("null", 1))), f"acme/m.{field}")
    assert (found.value, found.billed) == (None, billed)


def test_the_hour_long_write_is_billed_as_a_usual_write_where_it_has_no_rate():
    rates = "{input: 1, cache_write: 1.25}"
    period = f"from: null, status: effective, src: [s], cards: {{standard: {{per_mtok: {rates}}}}}"
    tables = own(model("embed", period))
    assert why(tables, "acme/embed.cache_write_1h").billed == "the cache_write rate, $1.25"
    assert why(tables, "acme/embed.output").billed.startswith("nothing: the model has no output")
    assert why(tables, "acme/embed.input").billed == ""


@pytest.mark.parametrize("provider", SHIPPED.providers)
def test_every_rate_and_fact_of_the_shipped_tables_says_who_vouches_for_it(provider):
    for entry in SHIPPED.table(provider).models:
        name = f"{provider}/{entry.id}"
        book = load_prices("2026-11-23").model(name)
        card = book.period_at(load_prices("2026-11-23").instant).cards["standard"].card
        for rate in RATES:
            found = why(SHIPPED, f"{name}.{rate}")
            assert found.value == getattr(card, rate)
            assert found.vouched.citations
            assert found.vouched.confidence in ("vendor", "aggregator", "secondary")
        for fact, stated in facts_of(entry).items():
            assert why(SHIPPED, f"{name}.{fact}").value == stated.value


SOURCES = """\
  v: {url: "https://acme.test/prices", kind: vendor}
  a: {name: a list, kind: aggregator}
"""


def confident(name, src, capacity=""):
    facts = (
        FACTS
        + f"    capacity: {{input_tpm_per_unit: 3000, output_weight: 4, src: [a]{capacity}}}\n"
    )
    lines = model("m", since("null", 1).replace("src: [s]", f"src: [{src}]"), facts=facts)
    return why(own(lines, head=SOURCES), f"acme/m.{name}").vouched


def test_confidence_is_the_best_kind_among_the_sources_unless_the_table_states_it():
    assert confident("input", "a").confidence == "aggregator"
    assert confident("input", "a, v").confidence == "vendor"
    derived = confident("capacity.output_weight", "v")
    assert (derived.confidence, derived.stated) == ("aggregator", False)
    stated = confident("capacity.output_weight", "v", ", confidence: memory")
    assert (stated.confidence, stated.stated) == ("memory", True)


def test_a_fact_without_a_source_of_its_own_is_not_called_sure():
    found = why(SHIPPED, "openai/gpt-5.limits.context")
    assert found.vouched.confidence is None
    assert not found.vouched.own
    assert found.notes[0].startswith("it cites no source of its own")


def test_a_fact_the_table_leaves_out_says_so():
    found = why(SHIPPED, "openai/gpt-5.cache.storage")
    assert found.value is None
    assert found.vouched.citations == ()
    assert found.notes[0] == "the table does not state it"


def test_a_withdrawn_announcement_stays_in_the_history():
    found = why(SHIPPED, "anthropic/claude-sonnet-5.input")
    assert [(e.value, e.status, e.withdrawn_on) for e in found.history] == [
        (2.0, "effective", None),
        (3.0, "withdrawn", date(2026, 8, 14)),
    ]


def test_a_card_that_its_source_vouches_for_later_says_so():
    found = why(SHIPPED, "openai/gpt-5.6-sol.batch.input", at="2026-09-01")
    assert found.notes[0] == "its source vouches for it from 2026-10-14 only"
    later = why(SHIPPED, "openai/gpt-5.6-sol.batch.input", at="2026-10-14")
    assert "vouches" not in " ".join(later.notes)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("openai/gpt-5.cach_read", InputError, "read 'cach_read'; expected a figure of "
         "openai/gpt-5; fix: nearest are cache_read"),
        ("openai/gpt-5.6-sol.geo.au", InputError, "read 'geo.au'.*nearest are geo.us, geo.eu"),
        ("openai/gpt-5.6-sool.input", UnknownModelError, "model 'openai/gpt-5.6-sool' has no "
         "price in this table; nearest are openai/gpt-5.6-sol"),
        ("openai/gpt-5", InputError, "expected a model and a field: MODEL.FIELD; fix: add one"),
        ("openai/gpt-4o-mini.fast.input", PriceNotKnownError, "has no 'fast' price.*; modes "
         "there are: standard, batch, priority"),
        ("openai/gpt-6.1-sol.input", None, ""),
    ],
)  # fmt: skip
def test_what_is_not_there_names_what_is(name, error, message):
    if error is None:
        assert why(SHIPPED, name).value == 2.0
        return
    with pytest.raises(error, match=message):
        why(SHIPPED, name)


def test_a_price_of_other_dates_only_says_so():
    # openai.yaml: gpt-5.6-sol has batch rates from 2026-08-21 only.
    with pytest.raises(PriceNotKnownError, match="no 'batch' price; modes there are: standard"):
        why(SHIPPED, "openai/gpt-5.6-sol.batch.input", at="2026-08-01")
    with pytest.raises(PriceNotKnownError, match="has no price for 2026-09-01: its first price"):
        why(SHIPPED, "openai/gpt-6.1-sol.input", at="2026-09-01")


def test_a_bare_alias_of_two_models_is_refused():
    both = own(
        model("a", since("null", 1), facts=FACTS + "    aliases: [x]\n"),
        model("b", since("null", 1)),
    )
    assert why(both, "x.input").model == "acme/a"
    assert why(both, "acme/b.input").model == "acme/b"


def test_a_shipped_book_can_be_asked_and_one_with_cards_of_its_own_cannot():
    book = load_prices("2026-11-23")
    assert why(book, "openai/gpt-5.input").value == 1.25
    with pytest.raises(InputError, match="which is not a shipped snapshot as it stands"):
        why(book.with_card("openai/gpt-5", RateCard(1, output=2)), "openai/gpt-5.input")
