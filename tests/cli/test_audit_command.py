"""`costmodel audit`: one prompt, several, two versions, and a git revision."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from costmodel.tokens import count_tokens

RULES = "".join(f"Rule {n}: keep the answer to case {n} short and kind.\n" for n in range(150))
PROMPT = f"You help {{{{user_name}}}}.\n{RULES}\n## Context\n{{context}}\nQuestion: {{question}}\n"
MODEL = ("-m", "openai/gpt-5")


@pytest.fixture
def prompt(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # so that no path is wider than the terminal
    path = Path("support.md")
    path.write_text(PROMPT, encoding="utf-8")
    return path


def words(result):
    return " ".join(result.stdout.split())


def test_one_prompt_shows_sections_cache_savings_and_what_to_look_at(costmodel, prompt):
    result = costmodel("audit", prompt, *MODEL, "--turns-per-month", 100_000, "--size",
                       "context=2,000", "--size", "user_name=3")  # fmt: skip
    text = words(result)
    assert result.exit_code == 0
    assert "support.md for openai/gpt-5:" in text
    assert "retrieved 153" in text
    assert "at $1.25 per 1M input tokens (2026" in text
    assert "the placeholder '{{user_name}}' in line 1 is the first that changes" in text
    assert "nothing is cached: a prefix of 3 tokens is shorter than the 1,024 tokens" in text
    assert "tokens a call, up to $" in text
    assert "placeholders counted as written, for want of a size: question" in text
    assert "nothing says what to do when the answer is not in the input." in text


def test_json_has_everything_in_figures(costmodel, prompt):
    (audit,) = json.loads(costmodel("audit", prompt, *MODEL, "--json").stdout)
    assert audit["filled"] == count_tokens(PROMPT, "openai/gpt-5").tokens
    assert audit["prefix"]["broken_by"]["line"] == 1
    assert audit["usd_per_month"] is None
    assert {saving["kind"] for saving in audit["savings"]} == {"order"}


def test_two_files_are_two_versions(costmodel, prompt):
    new = Path("new.md")
    new.write_text(PROMPT.replace("You help {{user_name}}.\n", "If unsure, say so.\n"))
    text = words(costmodel("audit", prompt, new, *MODEL, "--turns-per-month", 1000))
    assert "support.md ->" in text
    assert "system" in text
    assert "put right: nothing says what to do when the answer is not in the input" in text
    figures = json.loads(costmodel("audit", prompt, new, *MODEL, "--json").stdout)
    assert figures["compared"][0]["new"]["prefix"]["kept"] > 1024


@pytest.mark.usefixtures("prompt")
def test_a_folder_is_an_overview(costmodel, tmp_path):
    (tmp_path / "other.md").write_text("Be kind.\n")
    text = words(costmodel("audit", tmp_path, *MODEL))
    assert "2 prompts for openai/gpt-5" in text
    assert "together" in text


def git(folder, *words):
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path, prompt, monkeypatch):
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "a")
        monkeypatch.setenv(f"{name}_EMAIL", "a@b.c")
    (tmp_path / "gone.md").write_text("Old.\n")
    (tmp_path / "same.md").write_text("Same.\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "one")
    prompt.write_text(PROMPT.replace("You help {{user_name}}.\n", ""))
    (tmp_path / "gone.md").unlink()
    (tmp_path / "fresh.md").write_text("Fresh.\n")
    return tmp_path


def test_a_git_revision_is_compared_with_what_is_there(costmodel, repository):
    result = costmodel("audit", "--git", "HEAD", repository, *MODEL)
    text = words(result)
    assert f"HEAD:{repository}/support.md ->".replace(" ", "") in text.replace(" ", "")
    assert "new file" in text
    assert "file gone" in text
    assert "1 prompt unchanged" in text
    figures = json.loads(costmodel("audit", "--git", "HEAD", repository, *MODEL, "--json").stdout)
    assert [len(figures[key]) for key in ("compared", "added", "removed")] == [2, 1, 1]


@pytest.mark.usefixtures("repository")
def test_one_file_of_a_revision_too(costmodel, prompt):
    figures = json.loads(costmodel("audit", "--git", "HEAD", prompt, *MODEL, "--json").stdout)
    assert figures["compared"][0]["tokens"] < 0


def test_a_revision_or_repository_that_is_not_there_is_named(costmodel, repository):
    result = costmodel("audit", "--git", "v9", repository, *MODEL)
    assert result.exit_code == 2
    assert "read revision 'v9' (" in result.stderr
    result = costmodel("audit", "--git", "--output=x", repository, *MODEL)
    assert result.exit_code == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--size", "context"), "--size: read 'context'; expected NAME=TOKENS"),
        (("--size", "contxt=3"), "read 'contxt'; expected a placeholder of the prompt"),
        (("--turns-per-month", "nan"), "turns_per_month: read nan"),
        (("--at", "yesterday"), "--at"),
        (("--snapshot", "latest"), "read snapshot 'latest'"),
    ],
)
def test_bad_options_are_told(costmodel, prompt, options, message):
    result = costmodel("audit", prompt, *MODEL, *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_an_unknown_model_names_those_near_it(costmodel, prompt):
    result = costmodel("audit", prompt, "-m", "openai/gpt-5.6-tera")
    assert result.exit_code == 2
    assert "openai/gpt-5.6-terra" in result.stderr
