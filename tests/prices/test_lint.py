"""Slips in price tables that lint finds, those of published lists among them."""

import re

import pytest

from costmodel.foundation.datafiles import data_folder
from costmodel.foundation.errors import InputError
from costmodel.prices import load_prices
from costmodel.prices.lint import lint_file, lint_snapshot
from tests.prices.shelves import FACTS, model, several, shelf, since, table
from tests.prices.test_tables import BAD, TABLE

DAY = "2026-11-23"

EXPECTED = {
    # The vendors' pages were not read themselves: `via` says through what, and those sources
    # have their `retrieved`. What a model's own dated id says was not read anywhere.
    ("sources", "source 'ap'"), ("sources", "source 'id'"), ("sources", "source 'dd'"),
    ("sources", "source 'gd'"), ("sources", "source 'od'"),
    # Quoted in search excerpts and other projects; nobody noted the day.
    ("sources", "source 'gc'"), ("sources", "source 'cg'"),
    # A commit of the package's history, which has the day it was seen in its note.
    ("sources", "source 'gh'"),
}  # fmt: skip
"""Hits on the shipped snapshot that stand, with the reason: released files are never edited."""


def hits_of(folder, text, name="acme"):
    """Return the hits of one table, those on the sources' dates left out."""
    (folder / f"{name}.yaml").write_text(text)
    hits = lint_file(folder / f"{name}.yaml", shown=f"{name}.yaml")
    return [hit for hit in hits if hit.rule != "sources"]


def mutated(folder, provider, find, change):
    """Return the hits of a shipped table in which the pattern `find` is changed once."""
    text = (data_folder("pricing") / DAY / f"{provider}.yaml").read_text()
    changed, count = re.subn(find, change, text, count=1, flags=re.DOTALL)
    assert count == 1
    return hits_of(folder, changed, provider)


def test_the_shipped_snapshot_has_only_the_hits_that_are_known():
    hits = lint_snapshot(DAY)
    assert [str(hit) for hit in hits if hit.level == "error"] == []
    found = {(h.rule, re.sub(" without.*", "", h.problem.read)) for h in hits}
    assert found == EXPECTED


def test_the_published_priority_rate_of_50_times_is_caught(tmp_path):
    # litellm 1.106.2 has gpt-5-nano's priority input at $2.50 beside $0.05, and no output.
    hits = mutated(
        tmp_path,
        "openai",
        r"(- id: gpt-5-nano\n.*?standard: \{per_mtok: \{[^}]*\}\})",
        r"\1\n          priority: {per_mtok: {input: 2.5}}",
    )
    (hit,) = hits
    assert (hit.level, hit.rule) == ("error", "service modes")
    assert "read $2.50 for input in priority, 50 times $0.05" in str(hit)
    assert "expected at most 5 times the standard rate, $0.25" in str(hit)
    assert re.match(r"openai.yaml:\d+:\d+: models\.\d+\.periods\.0\.cards", str(hit.problem))


def test_a_storage_price_in_the_column_of_cached_reads_is_caught(tmp_path):
    # Portkey has gemini-3.1-pro's cached read at 4.50, 22.5 times 0.20.
    hits = mutated(
        tmp_path,
        "google",
        r"(- id: gemini-3.1-pro-preview\n.*?standard:\s*per_mtok: \{input: 2, )cache_read: 0.2,",
        r"\1cache_read: 4.5, cache_write: 0.2,",
    )
    # The tier, and the priority card, are then below the standard rate as well.
    rules = [h.rule for h in hits if h.level == "error"]
    assert rules == ["cached reads", "long-context tiers", "service modes"]
    assert (
        "read $4.50 for a cached read in standard; expected at most the input rate, $2.00"
        in str(hits[0])
    )
    assert [h.rule for h in hits if h.level == "warning"] == ["cache writes"]


def test_input_and_output_exchanged_are_caught(tmp_path):
    # tokencost has command-r7b at .15/.0375, which is .0375/.15.
    period = since("null", 0.15).replace("output: 0.6", "output: 0.0375")
    (hit,) = hits_of(tmp_path, table(DAY, model("command-r7b", period)))
    assert hit.rule == "output to input"
    assert "fix: are input and output exchanged, or a digit lost?" in str(hit)


def test_a_price_ten_times_that_of_the_snapshot_before_needs_a_review(tmp_path):
    # tokencost has titan-embed-v2 at .2, which is .02.
    def embeds(rate, more=""):
        return model(
            "titan-embed-v2",
            f"from: null, status: effective, src: [s]{more}, "
            f"cards: {{standard: {{per_mtok: {{input: {rate}}}}}}}",
        )

    def hits(name, newer):
        folder = several(
            tmp_path / name,
            {
                "2026-08-21": {"acme": table("2026-08-21", embeds(0.02))},
                DAY: {"acme": table(DAY, newer)},
            },
        )
        return [h for h in lint_snapshot(folder=folder) if h.rule != "sources"]

    (hit,) = hits("a", embeds(0.2))
    assert (hit.level, hit.rule) == ("error", "large changes")
    assert "read $0.20 for standard.input, 10 times $0.02 in 2026-08-21" in str(hit)
    assert hit.problem.line == 14
    assert hits("b", embeds(0.2, ", reviewed: 'the vendor page says so, read by two'")) == []
    assert hits("c", embeds(0.06)) == []
    assert [h.rule for h in hits("d", embeds(0.006))] == ["large changes"]


RULES = [
    ("{input: 4, cache_read: 5, output: 16}", "", "cached reads", "error"),
    ("{input: 4, cache_write: 4.8, output: 16}", "", "cache writes", "warning"),
    ("{input: 4, cache_write: 5, cache_write_1h: 7, output: 16}", "", "cache writes", "warning"),
    ("{input: 4, output: 1}", "", "output to input", "error"),
    ("{input: 4, output: 121}", "", "output to input", "error"),
    ("{input: 20000, output: 60000}", "", "size", "error"),
    ("{input: 4, output: 16}", "above: [{prompt_tokens_gt: 9, per_mtok: {input: 3, output: 16}}]",
     "long-context tiers", "error"),
    ("{input: 4, output: 16}", "windows: {peak: {per_mtok: {input: 2, output: 16}}}",
     "peak hours", "error"),
    ("{input: 4, output: 16}", "max_prompt_tokens: 200001", "limits", "error"),
    ("{input: 4, output: 16}",
     "above: [{prompt_tokens_gt: 300000, per_mtok: {input: 8, output: 16}}]", "limits", "warning"),
]  # fmt: skip
HOURS = "windows:\n  peak: {tz: UTC, hours: ['09:00-12:00'], src: [s]}\n"
LIMITED = FACTS + "    limits: {context: 200000}\n"


def carded(card, name="m"):
    period = f"from: null, status: effective, src: [s], cards: {card}"
    return table(DAY, model(name, period, facts=LIMITED), head=HOURS)


@pytest.mark.parametrize(("rates", "more", "rule", "level"), RULES)
def test_each_rule_catches_its_slip_and_nothing_else(tmp_path, rates, more, rule, level):
    extra = f", {more}" if more else ""
    hits = hits_of(tmp_path, carded(f"{{standard: {{per_mtok: {rates}{extra}}}}}"))
    assert {(hit.rule, hit.level) for hit in hits} == {(rule, level)}
    for hit in hits:
        assert hit.problem.line == 17
        assert hit.problem.column > 1
        assert hit.problem.fix


def test_rates_that_keep_the_rules_are_not_hit(tmp_path):
    good = (
        "{standard: {per_mtok: {input: 4, cache_read: 0.4, cache_write: 5, cache_write_1h: 8, "
        "output: 16}, above: [{prompt_tokens_gt: 9000, per_mtok: {input: 8, output: 24}}], "
        "windows: {peak: {per_mtok: {input: 8, output: 32}, "
        "above: [{prompt_tokens_gt: 9000, per_mtok: {input: 16, output: 48}}]}}}, "
        "batch: {per_mtok: {input: 2, output: 8}}, flex: {per_mtok: {input: 4, output: 16}}, "
        "priority: {per_mtok: {input: 20, output: 80}}, fast: {per_mtok: {input: 24, output: 96}}}"
    )
    assert hits_of(tmp_path, carded(good)) == []


@pytest.mark.parametrize(
    ("mode", "rates", "expected"),
    [
        ("batch", "{input: 4.1, output: 8}", "at most the standard rate, $4.00"),
        ("flex", "{input: 2, output: 16.5}", "at most the standard rate, $16.00"),
        ("priority", "{input: 3.9, output: 40}", "at least $4.00, as in standard"),
        ("priority", "{input: 20.1, output: 40}", "at most 5 times the standard rate, $20.00"),
        ("fast", "{input: 3, output: 40}", "at least $4.00, as in standard"),
    ],
)
def test_service_modes_keep_their_order(tmp_path, mode, rates, expected):
    card = f"{{standard: {{per_mtok: {{input: 4, output: 16}}}}, {mode}: {{per_mtok: {rates}}}}}"
    (hit,) = hits_of(tmp_path, carded(card))
    assert (hit.level, hit.rule, hit.problem.expected) == ("error", "service modes", expected)


def test_the_tiers_of_two_modes_are_compared_with_each_other(tmp_path):
    card = (
        "{standard: {per_mtok: {input: 4, output: 16}, "
        "above: [{prompt_tokens_gt: 9000, per_mtok: {input: 8, output: 24}}]}, "
        "batch: {per_mtok: {input: 2, output: 8}, "
        "above: [{prompt_tokens_gt: 9000, per_mtok: {input: 9, output: 12}}]}}"
    )
    (hit,) = hits_of(tmp_path, carded(card))
    assert hit.problem.read.startswith("$9.00 for input in batch above 9,000")


def test_embeddings_have_no_output(tmp_path):
    (hit,) = hits_of(
        tmp_path, carded("{standard: {per_mtok: {input: 4, output: 4}}}", "text-embedding-9")
    )
    assert (hit.rule, hit.problem.fix) == ("embeddings", "leave output out")


def test_cache_facts_without_a_source_are_an_error(tmp_path):
    cached = FACTS.replace("{mode: none}", "{mode: implicit, min_prefix_tokens: 1024}")
    (tmp_path / "acme.yaml").write_text(table(DAY, model("m", since("null", 1), facts=cached)))
    hits = lint_file(tmp_path / "acme.yaml")
    assert [(h.level, h.rule) for h in hits] == [("warning", "sources"), ("error", "sources")]
    assert "read cache facts of m without `src`; expected a source" in str(hits[1])


@pytest.mark.parametrize(("good", "bad", "message"), BAD, ids=range(len(BAD)))
def test_what_the_loader_refuses_is_an_error_of_lint_with_a_line_and_a_fix(
    tmp_path, good, bad, message
):
    (tmp_path / DAY).mkdir()
    folder = shelf(tmp_path / DAY, TABLE.replace(good, bad, 1))
    hits = [h for h in lint_snapshot(folder=folder) if h.level == "error"]
    assert hits
    assert re.search(message, "\n".join(str(hit.problem) for hit in hits)) or "fix" in str(hits[0])
    for hit in hits:
        assert hit.problem.file.endswith("acme.yaml")
        assert hit.problem.fix


FILES = {
    "": r"acme.yaml:1:1: read nothing; expected the keys of a price file.*not cut off",
    "# nothing but a comment\n": "acme.yaml:1:1: read nothing; expected the keys of a price file",
    "prices of acme\n": "acme.yaml:1:1: read 'prices of acme'; expected the keys of a price file",
    "- input: 1\n": r"acme.yaml:1:1: read \[.*expected the keys of a price file",
    "models: [a\n": r"acme.yaml:2:1: read .*; expected YAML; fix: check quotes, brackets",
    TABLE.replace("provider: acme", "provider: acme\nprovider: bolt"):
        r"acme.yaml:4:1: read the key 'provider' again \(first at line 3, column 1\)",
    TABLE.replace("cache: {mode: none}", "cache: [none]", 1):
        r"acme.yaml:13:5: models.0.cache: read \['none'\]; expected keys with values.*not a list",
    TABLE.replace("src: [s]", "src: s", 1):
        r"acme.yaml:19:9: .*src: read 's'; expected a list, as in \[a, b\]; fix: put it in brack",
    TABLE.replace("src: [s]", "src: []", 1): "19:9: .*src: read .*; expected at least one; fix: ",
    TABLE.replace("        src: [s]\n", "", 1): "17:9: .*read no 'src'; expected the key 'src'",
    TABLE.replace("input: 1,", "input: 1e400,"): "21:33: .*read inf; expected a finite number; fix",
    TABLE.replace("input: 1,", f"input: {'9' * 500},"): r"read '9{50,}\.\.\.; expected a valid num",
    TABLE.replace("retires: 2027-02-15", "retires: soon"):
        "14:5: .*read 'soon'; expected a day as YYYY-MM-DD; fix: write it like 2026-11-23",
    TABLE.replace("kind: vendor", "kind: vendro"): "8:24: .*fix: did you mean 'vendor'",
    TABLE.replace("id: one", 'id: "o\\u202Ene"'): "read the character #x202e in a text; expected ",
    TABLE.replace("id: one", "id: o ne"): "read 'o ne'; expected a name without spaces",
}  # fmt: skip


@pytest.mark.parametrize("text", FILES, ids=range(len(FILES)))
def test_a_bad_file_is_told_by_loader_and_lint_with_place_and_fix(tmp_path, text):
    folder = shelf(tmp_path, text)
    with pytest.raises(InputError, match=FILES[text]) as caught:
        load_prices(folder=folder).models()
    assert all(problem.fix for problem in caught.value.problems)
    errors = [h for h in lint_snapshot(folder=folder) if h.level == "error"]
    assert re.search(FILES[text], "\n".join(str(h.problem) for h in errors))


def test_a_name_in_any_script_is_a_name(tmp_path):
    text = TABLE.replace("id: one", "id: 模型-α").replace("aliases: [uno]", "aliases: [ünö]")
    assert load_prices(folder=shelf(tmp_path, text)).model("ünö").id == "acme/模型-α"


def test_lint_goes_on_after_a_file_that_cannot_be_read(tmp_path):
    bad, slip = "models: [", table(DAY, model("m", since("null", 4).replace("16", "1")))
    slip = slip.replace("provider: acme", "provider: bolt")
    folder = several(tmp_path, {DAY: {"acme": bad, "bolt": slip}})
    rules = [h.rule for h in lint_snapshot(folder=folder) if h.level == "error"]
    assert rules == ["readable", "output to input"]


def test_an_edited_or_missing_file_is_an_error_with_its_fix(tmp_path):
    folder = several(tmp_path, {DAY: {"acme": TABLE}})
    (folder / DAY / "acme.yaml").write_text(TABLE + "# edited\n")
    (hit,) = [h for h in lint_snapshot(folder=folder) if h.level == "error"]
    assert hit.rule == "digest"
    assert "fix: released tables are never edited: restore the file" in str(hit)
    (folder / DAY / "acme.yaml").unlink()
    (hit,) = lint_snapshot(folder=folder)
    assert "read nothing (No such file or directory); expected a YAML file; fix: check" in str(hit)
    with pytest.raises(InputError, match=r"the file named in pricing/index.yaml; fix: res"):
        load_prices(folder=folder).models()


def test_folders_and_files_that_the_index_does_not_name_are_told(tmp_path):
    folder = several(tmp_path, {DAY: {"acme": TABLE}})
    for name in ("newest", "2026-12-01"):
        (folder / name).mkdir()
    (folder / DAY / "bolt.yaml").write_text(TABLE)
    told = [(h.problem.read, h.problem.expected) for h in lint_snapshot(folder=folder)
            if h.rule == "folders"]  # fmt: skip
    assert told == [
        ("'2026-12-01'", "a snapshot that index.yaml names"),
        ("'newest'", "the day of a snapshot as YYYY-MM-DD"),
        ("'bolt.yaml'", "a file that index.yaml names"),
    ]


def test_an_index_that_cannot_be_read_is_an_error_with_its_place(tmp_path):
    folder = several(tmp_path, {DAY: {"acme": TABLE}})
    (folder / "index.yaml").write_text("schema: costmodel.pricing-index/1\ndefault: soon\n")
    hits = lint_snapshot(folder=folder)
    assert {h.rule for h in hits} == {"index"}
    assert "index.yaml:2:1: default: read 'soon'; expected a day as YYYY-MM-DD" in str(hits[0])
    (folder / "index.yaml").write_text(
        f"schema: costmodel.pricing-index/1\ndefault: {DAY}\nsnapshots: {{{DAY}: {{acme: abc}}}}\n"
    )
    assert "expected a sha256: 64 digits of 0-9a-f; fix" in str(lint_snapshot(folder=folder)[0])


def test_a_file_says_what_its_name_and_folder_say(tmp_path):
    folder = several(tmp_path, {DAY: {"acme": TABLE.replace("provider: acme", "provider: bolt")}})
    (hit,) = [h for h in lint_snapshot(folder=folder) if h.rule == "names"]
    assert "provider: read bolt; expected acme; fix: the file's name and folder say" in str(hit)


def test_a_file_outside_any_shelf_is_compared_with_the_shipped_snapshots(tmp_path):
    text = (data_folder("pricing") / DAY / "deepseek.yaml").read_text()
    later = text.replace("snapshot: 2026-11-23", "snapshot: 2026-12-24")
    later = later.replace("{input: 0.15, cache_read: 0.003,", "{input: 0.55, cache_read: 0.003,", 1)
    hits = [h for h in hits_of(tmp_path, later, "deepseek") if h.rule == "large changes"]
    (hit,) = hits
    read = "$0.55 for standard.input from 2026-09-10, 3.67 times $0.15 in 2026-"
    assert hit.problem.read.startswith(read)
