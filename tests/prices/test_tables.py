"""Price tables as files: what vouches for them, and what is said of bad ones."""

import hashlib

import pytest

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import CostModelError, InputError
from costmodel.prices import load_prices
from costmodel.prices.snapshots import snapshot_days
from costmodel.prices.tables import read_index
from tests.prices.shelves import shelf

TABLE = """\
schema: costmodel.pricing/1
snapshot: 2026-11-23
provider: acme
currency: USD
unit: usd_per_1m_tokens
usage_convention: input_tokens_is_total
sources:
  s: {name: somewhere, kind: vendor}
models:
  - id: one
    aliases: [uno]
    tokenizer: {family: o200k_base, counting: exact}
    cache: {mode: none}
    retires: 2027-02-15
    then: acme/two
    periods:
      - from: null
        status: effective
        src: [s]
        cards:
          standard: {per_mtok: {input: 1, output: 4}}
      - from: "2026-12-11T00:00:00Z"
        status: announced
        src: [s]
        cards:
          standard: {per_mtok: {input: 2, output: 8}}
  - id: two
    tokenizer: {family: o200k_base, counting: exact}
    cache: {mode: none}
    periods:
      - from: null
        status: effective
        src: [s]
        cards:
          standard:
            per_mtok: {input: 5, output: 9}
            above: [{prompt_tokens_gt: 100, per_mtok: {input: 6, output: 9}}]
"""


def test_every_shipped_file_has_the_sha256_of_the_index():
    folder = data_folder("pricing")
    index = read_index(folder / "index.yaml", shown="pricing/index.yaml")
    for day, files in index.snapshots.items():
        found = {
            file.stem: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in (folder / day.isoformat()).iterdir()
        }
        assert found == files


def test_every_shipped_table_is_valid():
    folder = data_folder("pricing")
    counts = {str(day): len(load_prices(str(day)).models()) for day in snapshot_days(folder)}
    assert counts == {"2026-11-24": 191, "2026-11-23": 52, "2026-08-12": 59, "2026-04-21": 45}


def test_the_data_folder_that_is_missing_is_named():
    with pytest.raises(CostModelError, match="the data folder 'prizes' is missing from this"):
        data_folder("prizes")


def test_the_example_table_loads(tmp_path):
    book = load_prices(folder=shelf(tmp_path, TABLE))
    assert book.models() == ["acme/one", "acme/two"]
    assert book.model("uno").id == "acme/one"


def test_announced_prices_weigh_by_the_days_they_apply(tmp_path):
    # from December 11: 10 of 31 days at 1, 21 at 2
    book = load_prices(folder=shelf(tmp_path, TABLE))
    parts = book.month("acme/one", "standard", 2026, 12).parts
    assert [(weight, card.input) for weight, card in parts] == [
        (pytest.approx(10 / 31), 1.0),
        (pytest.approx(21 / 31), 2.0),
    ]


def test_after_a_retirement_the_named_successor_prices_the_months(tmp_path):
    # gone from 2027-02-15: 14 of 28 days at its own 2, 14 at the successor's 5
    book = load_prices(folder=shelf(tmp_path, TABLE))
    price = book.month("acme/one", "standard", 2027, 2)
    assert [(weight, card.input) for weight, card in price.parts] == [(0.5, 2.0), (0.5, 5.0)]
    assert price.notes == ("acme/one retires on 2027-02-15: acme/two prices it after that",)
    later = book.month("acme/one", "standard", 2027, 3)
    assert [(weight, card.input) for weight, card in later.parts] == [(1.0, 5.0)]


FROM = 'from: "2026-12-11T00:00:00Z"'
CARD = "standard: {per_mtok: {input: 1, output: 4}}"


def opening(start, status):
    """The first lines of the first period."""
    return f"      - from: {start}\n        status: {status}\n"


BAD = [
    (FROM, "from: null", "22:9: models.0.periods.1.from: read null; expected a start, as only"),
    (
        opening("null", "effective"),
        opening("'2026-12-11T00:00:00Z'", "announced"),
        "read 2026-12-11T00:00:00[+]00:00, where the period before it starts as well; expected "
        "periods that do not overlap",
    ),
    (
        opening("null", "effective"),
        opening("'2026-12-12T00:00:00Z'", "announced"),
        "expected periods sorted by their start; fix: put the earlier period first",
    ),
    (FROM, "from: 2026-12-11T00:00:00", "models.0.periods.1.from: read '2026-12-11T00:00:00'; "
     "expected .*timezone"),
    ("status: announced", "status: effective", "expected announced; fix: what starts later was"),
    (
        opening("null", "effective"),
        opening("null", "announced"),
        "read announced, from a day not after the snapshot of 2026-11-23",
    ),
    (
        "status: announced",
        "status: withdrawn",
        "read withdrawn with withdrawn_on missing; expected withdrawn_on exactly",
    ),
    ("aliases: [uno]", "alias: [uno]", "11:5: models.0.alias: read key 'alias'; expected one of "
     "id, aliases, tokenizer.*; fix: did you mean 'aliases'"),
    (CARD, "standard: {per_mtok: {input: 1, output: 4, free: 3}}",
     r"21:54: models.0.periods.0.cards.standard.per_mtok.free: read key 'free'; expected one of "
     r"input, cache_read.*fix: remove it: a key this version does not know is refused"),
    (CARD, "standard: {per_mtok: {input: .nan, output: 4}}",
     "per_mtok.input: read nan; expected a finite number"),
    (CARD, "standard: {per_mtok: {input: -1, output: 4}}",
     "per_mtok.input: read -1; expected greater than or equal to 0"),
    (CARD, "standard: {per_mtok: {input: '1', output: 4}}",
     "per_mtok.input: read '1'; expected a valid number"),
    (CARD, "standard: {per_mtok: {output: 4}}",
     "21:32: .*per_mtok.input: read no 'input'; expected the key 'input'; fix: add it"),
    ("standard: {per_mtok: {input: 1, ", "turbo: {per_mtok: {input: 1, ",
     "read 'turbo'; expected 'standard', 'batch'"),
    ("[{prompt_tokens_gt: 100, per", "[{prompt_tokens_gt: 100, prompt_tokens_gte: 100, per",
     "expected exactly one of prompt_tokens_gt and prompt_tokens_gte"),
    ("output: 9}}]", "output: 9}}, {prompt_tokens_gt: 90, per_mtok: {input: 7, output: 9}}]",
     "above: read 100, 90; expected increasing thresholds"),
    (CARD, "standard: {per_mtok: {input: 1}, windows: {peak: {per_mtok: {input: 2}}}}",
     r"read 'peak'; expected a window of this file \(none\)"),
    ("aliases: [uno]", "aliases: [two]", "read 'two', which is already a name of one"),
    ("aliases: [uno]\n", "aliases: [uno]\n    note: x\n    adjust: [{when: {geo: us}, "
     "multiply: 1.1, src: [nowhere]}]\n", "read source 'nowhere'; expected one of s"),
    ("    retires: 2027-02-15\n", "", "then: read 'acme/two'; expected another model, beside the"),
    ("then: acme/two", "then: acme/one", "then: read 'acme/one'; expected another model"),
    ("provider: acme", "provider: emca", "provider: read emca; expected acme"),
    ("snapshot: 2026-11-23", "snapshot: 2026-11-24", "expected"),
    ("currency: USD", "currency: EUR", "4:1: currency: read 'EUR'; expected 'USD'"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "message"), BAD, ids=range(len(BAD)))
def test_a_bad_table_is_refused_with_the_place_and_the_fix(tmp_path, good, bad, message):
    assert good in TABLE
    folder = shelf(tmp_path, TABLE.replace(good, bad, 1))
    with pytest.raises(InputError, match=message) as caught:
        load_prices(folder=folder).models()
    assert str(caught.value).startswith("pricing/2026-11-23/acme.yaml")


def test_all_problems_of_a_table_are_told_at_once(tmp_path):
    table = TABLE.replace("input: 1", "input: -1").replace("input: 5", "input: .inf")
    with pytest.raises(InputError) as caught:
        load_prices(folder=shelf(tmp_path, table)).models()
    assert len(caught.value.problems) == 2


def test_an_edited_file_is_refused(tmp_path):
    folder = shelf(tmp_path, TABLE, digest="0" * 64)
    with pytest.raises(
        InputError, match=r"acme.yaml: read sha256 .*; expected 000000000000... as in pricing/index"
    ):
        load_prices(folder=folder).models()


def test_a_snapshot_that_is_no_date_is_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"read snapshot 'latest'; expected the day of a snapshot.* 2026-11-23"
    ):
        load_prices("latest")
    with pytest.raises(InputError, match=r"pricing/index.yaml:2:1: default: read 'newest'"):
        load_prices(folder=shelf(tmp_path, TABLE, day="newest"))


def test_a_snapshot_that_is_not_shipped_names_those_there_are():
    with pytest.raises(
        InputError, match=r"read snapshot '2026-11-01'; expected a snapshot that is .* 2026-11-23"
    ):
        load_prices("2026-11-01")
