"""Files that cannot be right: each is refused with its place, what was expected and a fix."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costmodel.evidence import read_records
from costmodel.foundation.errors import CostModelError, InputError, UnknownModelError
from costmodel.prices import load_prices
from costmodel.prices.contract import read_contract
from tests.prices.refusals import ACME, WHOLE, refused, told
from tests.prices.shelves import book_of, model, shelf, since
from tests.prices.test_tables import TABLE

FIRST = "from: null\n        status: effective"
SECOND = 'from: "2026-12-11T00:00:00Z"'
RATE = "input: 1,"
SOURCES = "sources:\n  s: {name: somewhere, kind: vendor}\n"
SRC = "        src: [s]\n"
HOURS = 'windows: {p: {tz: UTC, hours: ["01:00-02:00"], src: [s]}}\nmodels:'
REGION = "{when: {geo: us}, multiply: 1.1, src: [s]}"
BELL = "\\a"


TABLES = [
    # periods
    (FIRST, FIRST.replace("null", "'2026-12-11T00:00:00Z'").replace("effective", "announced"),
     f"{ACME}:22:9: models.0.periods.1.from: read 2026-12-11T00:00:00+00:00, where the period "
     "before it starts as well; expected periods that do not overlap; fix: merge the two"),
    (FIRST, FIRST.replace("null", "'2026-12-12T00:00:00Z'").replace("effective", "announced"),
     f"{ACME}:22:9: models.0.periods.1.from: read 2026-12-11T00:00:00+00:00 after 2026-12-12"),
    (SECOND, "from: null", f"{ACME}:22:9: models.0.periods.1.from: read null; expected a start, as "
     "only the first period may lack one; fix: give the instant"),
    (FIRST, FIRST + "\n        until: '2027-01-01T00:00:00Z'", f"{ACME}:19:9: models.0.periods.0."
     "until: read 2027-01-01T00:00:00+00:00, after the next period's 2026-12-11"),
    (SECOND, "from: 2026-12-11", f"{ACME}:22:9: models.0.periods.1.from: read '2026-12-11'; "
     "expected an instant with its timezone; fix: write it like"),
    (SECOND, "from: 20261211", "periods.1.from: read 20261211; expected an instant with its time"),
    ("retires: 2027-02-15", "retires: 20270215", f"{ACME}:14:5: models.0.retires: read 20270215; "
     "expected a day as YYYY-MM-DD; fix: write it like 2026-11-23"),
    ("retires: 2027-02-15", "retires: soon", "models.0.retires: read 'soon'; expected a day as"),
    (FIRST, FIRST + "\n        promo: yes", f"{ACME}:19:9: models.0.periods.0.promo: read 'yes'; "
     "expected a valid boolean; fix: write true or false"),
    # sources
    (SOURCES, "", f"{ACME}:1:1: sources: read no 'sources'; expected the key 'sources'; fix: add"),
    (SOURCES, "sources: {}\n", f"{ACME}:7:1: sources: read {{}}; expected at least one; fix: add"),
    (SOURCES, "sources:\n", f"{ACME}:7:1: sources: read nothing; expected keys with values"),
    (SRC, "", f"{ACME}:17:9: models.0.periods.0.src: read no 'src'; expected the key 'src'"),
    (SRC, "        src: []\n", f"{ACME}:19:9: models.0.periods.0.src: read []; expected at least"),
    (SRC, "        src: s\n", f"{ACME}:19:9: models.0.periods.0.src: read 's'; expected a list"),
    (SRC, "        src: [t]\n", f"{ACME}:19:9: models.0.periods.0.src: read source 't'; expected "
     "one of s; fix: define it under sources:"),
    # numbers
    (RATE, "input: .nan,", f"{ACME}:21:33: models.0.periods.0.cards.standard.per_mtok.input: read "
     "nan; expected a finite number; fix: write the rate"),
    (RATE, "input: -.inf,", "per_mtok.input: read -inf; expected a finite number; fix: write"),
    (RATE, "input: 1e309,", "per_mtok.input: read inf; expected a finite number; fix: write"),
    (RATE, "input: 1e308,", "per_mtok.input: read 1e+308; expected less than or equal to 1000000"),
    (RATE, "input: -0.5,", "per_mtok.input: read -0.5; expected greater than or equal to 0; fix:"),
    (RATE, "input: '1',", "per_mtok.input: read '1'; expected a valid number; fix: write a number"),
    (RATE, "input: true,", "per_mtok.input: read True; expected a valid number; fix: write"),
    (RATE, "input: null,", "per_mtok.input: read nothing; expected a valid number; fix: write"),
    (RATE, f"input: {'9' * 400},", "per_mtok.input: read 999"),
    ("prompt_tokens_gt: 100", "prompt_tokens_gt: -5", f"{ACME}:37:22: models.1.periods.0.cards."
     "standard.above.0.prompt_tokens_gt: read -5; expected greater than or equal to 0"),
    ("prompt_tokens_gt: 100", f"prompt_tokens_gt: {10**30}", "prompt_tokens_gt: read 1000000000"),
    ("    retires", f"    adjust: [{REGION.replace('1.1', '1e9')}]\n    retires",
     "adjust.0.multiply: read 1000000000.0; expected less than or equal to 100"),
    ("    retires", f"    adjust: [{REGION}, {REGION}]\n    retires", f"{ACME}:14:59: models.0."
     "adjust.1.when: read geo 'us' again; expected one factor for each region; fix: remove or"),
    # hours
    ("models:", HOURS.replace("UTC", "UTC, days: []"), f"{ACME}:9:24: windows.p.days: read no day; "
     "expected at least one day; fix: name the days, or leave the key out"),
    ("models:", HOURS.replace("02:00", "24:30"), f"{ACME}:9:32: windows.p.hours.0: read '01:00-24:"
     "30'; expected hours as HH:MM-HH:MM, 00:00 to 24:00; fix: write them like"),
    # keys and names
    ("currency: USD", "currency: USD\ncurency: USD", f"{ACME}:5:1: curency: read key 'curency'; "
     "expected one of currency, sources"),
    ("currency: USD", "currency: USD\ncurrency: USD", f"{ACME}:5:1: read the key 'currency' again "
     "(first at line 4, column 1); expected each key once; fix: remove or rename one"),
    ("{input: 1, output: 4}", "{input: 1, input: 2, output: 4}", f"{ACME}:21:43: read the key "
     "'input' again (first at line 21, column 33)"),
    ("id: one", "id: 5", f"{ACME}:10:5: models.0.id: read 5; expected a valid string; fix: put it"),
    ("id: one", "id: ''", f"{ACME}:10:5: models.0.id: read ''; expected"),
    ("id: one", "id: 'o ne'", f"{ACME}:10:5: models.0.id: read 'o ne'; expected a name without"),
    ("id: one", 'id: "\\e[31mone"', f"{ACME}:10:5: models.0.id: read the character #x001b "
     "in a text; expected printable text; fix: remove it"),
    ("name: somewhere", f'name: "a{BELL}"', f"{ACME}:8:7: sources.s.name: read the character #x"),
    ("name: somewhere", 'name: "a\\u202eb"', "read the character #x202e in a text; expected"),
    ("name: somewhere", "name: a\u2066b", "read the character #x2066 in a text; expected"),
    ("name: somewhere", 'note: "x", "na\\0me": y', "read the character #x0000 in a text"),
    ("provider: acme", "provider: emca", f"{ACME}: provider: read emca; expected acme; fix: the "
     "file's name"),
    # YAML
    ("  - id: one", "\t- id: one", f"{ACME}:10:1: read a tab; expected spaces as indentation; fix"),
    ("{input: 1, output: 4}", "{input: 1, output: 4", f"{ACME}:22:"),
    ("provider: acme", "provider: !!python/object/apply:os.system [ls]", f"{ACME}:3:11: read the "
     "tag tag:yaml.org,2002:python/object/apply:os.system; expected no tags; fix: remove it"),
    ("models:", "models:\n---\nmodels:", "read a second document (---); expected one document"),
    (TABLE[TABLE.index("models:"):], "models: []\n", f"{ACME}:9:1: models: read []; expected at "
     "least one; fix: add one"),
    (TABLE[TABLE.index("models:"):], "models:\n", f"{ACME}:9:1: models: read nothing; expected a "
     "list"),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "said"), TABLES, ids=range(len(TABLES)))
def test_a_bad_table_is_refused_with_its_place_and_a_fix(tmp_path, good, bad, said):
    assert good in TABLE
    refused(shelf(tmp_path, TABLE.replace(good, bad, 1)), said)


def raw_shelf(folder, raw):
    """A shelf whose one table holds any bytes."""
    import hashlib

    shelf(folder, TABLE, digest=hashlib.sha256(raw).hexdigest())
    (folder / "2026-11-23" / "acme.yaml").write_bytes(raw)
    return folder


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", f"{ACME}:1:1: read nothing; expected {WHOLE}"),
        (b"# nothing but a comment\n", f"{ACME}:1:1: read nothing; expected {WHOLE}"),
        (b"- a\n- b\n", f"{ACME}:1:1: read ['a', 'b']; expected {WHOLE}"),
        (b"hello", f"{ACME}:1:1: read 'hello'; expected {WHOLE}"),
        (b"{a: [1, 2\nmodels: }", f"{ACME}:2:7: read 'models: "),
        (bytes(range(256)), f"{ACME}: read a binary file; expected a YAML text; fix: name a .yaml"),
        (TABLE.encode("utf-16"), f"{ACME}: read UTF-16 text; expected UTF-8 text; fix: save it as"),
        (b"name: caf\xe9", f"{ACME}:1:10: read the byte 0xe9; expected UTF-8 text; fix: save it"),
        (b"a: o\x07ne", f"{ACME}:1:5: read the character #x0007; expected printable text; fix"),
        (b"[" * 10_000_000, f"{ACME}: read a file of 10.0 MB; expected at most 2 MB; fix: is it"),
        (b"[" * 1_000_000, f"{ACME}:1:41: read more than 40 levels of nesting; expected a flat"),
        (b"{a: " * 400_000, f"{ACME}:1:161: read more than 40 levels of nesting; expected a flat"),
        (b"a: 1\n" * 2, f"{ACME}:2:1: read the key 'a' again (first at line 1, column 1)"),
        (TABLE.encode()[:-40], ACME),
    ],
    ids=range(14),
)
def test_what_is_no_table_at_all_is_refused(tmp_path, raw, said):
    refused(raw_shelf(tmp_path, raw), said)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cut=st.integers(0, len(TABLE)), noise=st.binary(max_size=4))
def test_whatever_stands_in_a_table_it_is_a_book_or_an_input_error(tmp_path_factory, cut, noise):
    raw = TABLE.encode()[:cut] + noise + TABLE.encode()[cut + len(noise) :]
    folder = raw_shelf(tmp_path_factory.mktemp("shelf"), raw)
    try:
        load_prices(folder=folder).models()
    except InputError as error:
        told(error, "")


def test_names_are_shown_so_that_no_terminal_obeys_them():
    with pytest.raises(InputError, match=r"snapshot '\\x1b\[31m'"):
        load_prices("\x1b[31m")
    with pytest.raises(UnknownModelError, match=r"model 'gpt\\x1b\[2J\\n' has no price"):
        load_prices().model("gpt\x1b[2J\n")


def test_a_name_in_any_script_is_a_name(tmp_path):
    book = book_of(tmp_path, model("模型-é", since("null", 1)))
    assert book.model("acme/模型-é").id == "acme/模型-é"


def test_an_id_may_have_slashes_of_its_own(tmp_path):
    # as Groq's meta-llama/llama-4-scout-17b-16e-instruct
    book = book_of(
        tmp_path, model("meta-llama/scout", since("null", 1), more="    aliases: [a/b]\n")
    )
    for name in ("acme/meta-llama/scout", "acme/a/b"):
        assert book.model(name).id == "acme/meta-llama/scout"
    for name in ("a/b", "scout", "other/meta-llama/scout", "acme/scout", "meta-llama"):
        with pytest.raises(UnknownModelError):
            book.model(name)


CONTRACT = """\
schema: costmodel.contract/1
name: Example
currency: USD
discounts:
  - {provider: openai, multiply: 0.9, from: 2026-12-01}
"""


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("0.9", ".nan", "discounts.0.multiply: read nan"),
        ("0.9", "-1", "discounts.0.multiply: read -1; expected greater than 0"),
        ("2026-12-01", "20261201", "discounts.0.from: read 20261201; expected an instant"),
        ("Example", '"Exam\\u202eple"', ":2:1: name: read the character #x202e in a text"),
        ("currency: USD", "currency: USD\ncurrency: USD", ":4:1: read the key 'currency' again"),
        (CONTRACT, "", ":1:1: read nothing; expected the keys of a price file"),
    ],
)
def test_a_bad_contract_is_refused_like_a_table(tmp_path, good, bad, said):
    file = tmp_path / "contract.yaml"
    file.write_text(CONTRACT.replace(good, bad, 1))
    with pytest.raises(InputError) as caught:
        read_contract(file)
    told(caught.value, said)


def test_a_contract_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"read nothing \(No such file"):
        read_contract(tmp_path / "contract.yaml")


def test_a_truncated_line_of_a_log_names_file_line_and_fix(tmp_path):
    log = tmp_path / "usage.jsonl"
    log.write_text(json.dumps({"schema": "costmodel.usage/1"})[:-4])
    with pytest.raises(InputError) as caught:
        read_records(log)
    told(caught.value, f"{log}:1: read a line cut off after")


COMMANDS = (
    ["prices", "show", "openai/gpt-5", "--snapshot", "2026-11-23"],
    ["run", "support_chatbot", "--draws", "64"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=["show", "run"])
def test_the_command_line_shows_the_message_and_no_traceback(tmp_path, command):
    root = Path(__file__).parents[2]
    shutil.copytree(root / "costmodel", tmp_path / "costmodel")
    for name in ("pricing", "scenarios"):
        shutil.copytree(root / name, tmp_path / "costmodel" / "data" / name)
    table = tmp_path / "costmodel" / "data" / "pricing" / "2026-11-23" / "openai.yaml"
    table.write_text(table.read_text().replace("input: 10,", "input: 11,", 1))
    script = "from costmodel.cli.main import main; main()"
    found = subprocess.run(
        [sys.executable, "-c", script, *command], cwd=tmp_path, capture_output=True, text=True
    )
    assert found.returncode == 2, found
    assert found.stdout == ""
    assert "openai.yaml: read sha256" in found.stderr
    assert "Traceback" not in found.stderr


def test_all_errors_of_files_are_errors_of_costmodel(tmp_path):
    with pytest.raises(CostModelError):
        load_prices(folder=tmp_path)
