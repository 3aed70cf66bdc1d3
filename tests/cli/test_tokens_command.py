"""`costmodel tokens`: counts of files and of stdin, exact or with a band."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from costmodel.cli.tokens import _stdin, default_models
from costmodel.foundation.errors import InputError
from costmodel.prices.book import load_prices
from costmodel.report.amounts import usd
from costmodel.tokens import count_tokens, model_family

TEXT = "How many tokens are these words? 你好"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "prompt.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_file_is_counted_for_each_model_asked_for(costmodel, file):
    result = costmodel("tokens", file, "-m", "openai/gpt-5", "--model", "anthropic/claude-opus-5")
    text = " ".join(result.stdout.split())
    exact, estimate = (count_tokens(TEXT, m) for m in ("openai/gpt-5", "anthropic/claude-opus-5"))
    # $1.25 and $5 per million input tokens (pricing/2026-11-23)
    dearest = 5e-6 * estimate.tokens
    assert (
        f"openai/gpt-5 {exact.tokens} exact {usd(1.25e-6 * exact.tokens, largest=dearest)}" in text
    )
    band = f"{estimate.low} to {estimate.high} {usd(dearest)} {estimate.method}"
    assert f"anthropic/claude-opus-5 {estimate.tokens} {band}" in text
    assert str(file) in result.stdout
    assert result.stderr == (
        "as fresh input at the standard price of 2026-11-24, nothing added around the text\n"
    )


def test_json_holds_the_counts(costmodel, file):
    (row,) = json.loads(costmodel("tokens", file, "-m", "openai/gpt-5", "--json").stdout)
    count = count_tokens(TEXT, "openai/gpt-5")
    told = {"file": str(file), "model": "openai/gpt-5", **vars(count)}
    assert row == told | {"input_usd": pytest.approx(1.25e-6 * count.tokens)}


def test_a_folder_is_told(costmodel, tmp_path):
    result = costmodel("tokens", tmp_path)
    assert result.exit_code == 2
    assert f"{tmp_path}: read a folder; expected a text file; fix: name the files" in result.stderr


def test_without_a_file_what_is_piped_in_is_read(costmodel):
    result = costmodel("tokens", "-m", "openai/gpt-5", text=TEXT)
    assert result.stdout.startswith("stdin\n")
    assert str(count_tokens(TEXT, "openai/gpt-5").tokens) in result.stdout


def test_without_a_file_a_terminal_is_not_read(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    with pytest.raises(InputError, match=r"^FILE: read no file; .*fix: name a file, or pipe a tex"):
        _stdin()


def test_several_files_are_added_up(costmodel, file, tmp_path):
    other = tmp_path / "other.md"
    other.write_text("hello " * 500, encoding="utf-8")
    models = ("openai/gpt-5", "google/gemini-2.5-pro")
    result = costmodel("tokens", file, other, "-m", models[0], "-m", models[1])
    total = " ".join(result.stdout.partition("total of 2 files")[2].split())
    for model in models:
        counts = [count_tokens(text, model) for text in (TEXT, "hello " * 500)]
        assert f"{model} {sum(count.tokens for count in counts):,}" in total
    low, high = (sum(getattr(count, end) for count in counts) for end in ("low", "high"))
    assert f"{low:,} to {high:,}" in total


def test_a_prompt_longer_than_the_model_accepts_has_no_price(costmodel, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("word " * 300_000, encoding="utf-8")
    result = costmodel("tokens", path, "-m", "openai/gpt-4o")  # takes 128,000
    assert "300,001" in result.stdout
    assert "not known" in result.stdout


def test_an_empty_file_is_counted(costmodel, tmp_path):
    (tmp_path / "empty.txt").touch()
    (row,) = json.loads(
        costmodel("tokens", tmp_path / "empty.txt", "-m", "openai/gpt-5", "--json").stdout
    )
    assert (row["tokens"], row["input_usd"]) == (0, 0)


def test_prices_of_another_snapshot_must_exist(costmodel, file):
    result = costmodel("tokens", file, "--snapshot", "2020-01-01")
    assert result.exit_code == 2
    assert "2020-01-01" in result.stderr


def test_a_dash_reads_stdin(costmodel):
    result = costmodel("tokens", "-", "-m", "openai/gpt-5", "--json", text=TEXT)
    assert json.loads(result.stdout)[0]["tokens"] == count_tokens(TEXT, "openai/gpt-5").tokens


def test_the_default_models_are_priced_and_have_one_tokenizer_each():
    models = default_models()
    families = [model_family(model).name for model in models]
    assert len(set(families)) == len(families) > 3
    assert set(models) <= set(load_prices().models())


def test_several_files_have_a_table_each(costmodel, file, tmp_path, monkeypatch):
    (tmp_path / "other.md").write_text("hello", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = costmodel("tokens", file.name, "other.md")
    assert result.stdout.count("5-95 % band") == 3  # one each and the totals
    assert max(len(line.rstrip()) for line in result.stdout.splitlines()) <= 80


def test_a_missing_file_is_told(costmodel, tmp_path):
    result = costmodel("tokens", tmp_path / "none.md")
    assert result.exit_code == 2
    assert result.stderr == (
        f"error: {tmp_path / 'none.md'}: read nothing (No such file or directory); "
        "expected a text file; fix: check the path\n"
    )


def test_a_file_that_is_no_text_is_told(costmodel, tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG")
    result = costmodel("tokens", path, "-m", "openai/gpt-5")
    assert result.exit_code == 2
    assert "read byte 0x89 at position 0; expected text in UTF-8" in result.stderr


def test_an_unknown_model_is_told_with_the_nearest(costmodel, file):
    result = costmodel("tokens", file, "-m", "openai/gp-5")
    assert result.exit_code == 2
    assert "nearest: openai/gpt-5" in result.stderr


def test_a_model_like_no_other_is_told_with_how_to_list_them(costmodel, file):
    result = costmodel("tokens", file, "-m", "foo")
    where = "costmodel prices list shows the models there are"
    assert result.stderr == f"error: no tokenizer is known for model 'foo'; {where}\n"


def test_a_byte_order_mark_is_no_text(costmodel, tmp_path):
    path = tmp_path / "bom.txt"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    (row,) = json.loads(costmodel("tokens", path, "-m", "openai/gpt-5", "--json").stdout)
    assert row["tokens"] == count_tokens(TEXT, "openai/gpt-5").tokens
