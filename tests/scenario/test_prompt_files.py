import shutil
from pathlib import Path

import pytest

from costmodel.foundation.beliefs import Fixed, Interval
from costmodel.scenario.loading import load_scenario, read_scenario

from .texts import DATA, changed, small, wrong

WITH_FILE = changed("{tokens: 1000}", "{file: prompts/p.md}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenario" / "prompts").mkdir(parents=True)
    (tmp_path / "secret.md").write_text("outside")
    inside = tmp_path / "scenario"
    (inside / "prompts" / "p.md").write_text("You are a helpful assistant.\n")
    (inside / "prompts" / "link.md").symlink_to(tmp_path / "secret.md")
    (inside / "prompts" / "latin.md").write_bytes(b"caf\xe9")
    (inside / "prompts" / "big.md").write_bytes(b"word " * 500_000)
    return inside


def test_a_prompt_is_counted_with_the_models_own_vocabulary():
    part = small().features["answer"].prompt[0]
    # You| are| a| helpful| assistant|.<line break>
    assert isinstance(part.tokens, Fixed)
    assert part.tokens.value == 6
    assert part.tokens.origin.source.startswith("counted from prompts/short.md with o200k_base")


def test_other_families_get_an_interval(folder: Path):
    text = WITH_FILE.replace("openai/gpt-5", "anthropic/claude-opus-5")
    tokens = read_scenario(text, folder=folder).features["answer"].prompt[0].tokens
    assert isinstance(tokens, Interval)
    assert tokens.low < tokens.high


def test_line_ends_do_not_change_the_count(folder: Path):
    unix = read_scenario(WITH_FILE, folder=folder)
    (folder / "prompts" / "p.md").write_bytes(b"\xef\xbb\xbfYou are a helpful assistant.\r\n")
    assert read_scenario(WITH_FILE, folder=folder).digest == unix.digest


def test_the_digest_covers_the_prompts_text(folder: Path):
    before = read_scenario(WITH_FILE, folder=folder).digest
    (folder / "prompts" / "p.md").write_text("You are a helpful assistent.\n")
    assert read_scenario(WITH_FILE, folder=folder).digest != before


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("prompts/q.md", "f.yaml:12:24: features.answer.prompt.system.file: read 'prompts/q.md';"),
        ("prompts/q.md", "expected a file that exists in"),
        ("prompts/pp.md", "fix: did you mean 'p.md'?"),
        ("../secret.md", "read '../secret.md'; expected a file inside the scenario's folder"),
        ("../secret.md", "fix: copy it beside the scenario"),
        ("prompts/link.md", "expected a file inside the scenario's folder"),
        ("/etc/passwd", "expected a file inside the scenario's folder"),
        ("prompts", "expected a file that exists in"),
        ("prompts/latin.md", "read 'prompts/latin.md'; expected a text in UTF-8; fix: save it as"),
        ("prompts/big.md", "read 'prompts/big.md' of 2.5 MB; expected at most 2 MB; fix: shorten"),
        ("5", "read 5; expected the name of a file"),
    ],
)
def test_a_prompt_that_cannot_be_used_is_refused(folder: Path, name, part):
    assert part in wrong(changed("{tokens: 1000}", f"{{file: {name}}}"), folder)


def test_a_prompt_has_a_file_or_tokens(folder: Path):
    text = wrong(changed("{tokens: 1000}", "{tokens: 5, file: prompts/p.md}"), folder)
    assert (
        "system.tokens: read tokens and file; expected one of them; fix: leave out tokens" in text
    )


def test_a_text_without_a_folder_has_no_files():
    assert "expected a scenario with a folder to look in" in wrong(WITH_FILE)


def test_a_model_that_cannot_be_counted_is_named_at_its_place(folder: Path):
    text = wrong(WITH_FILE.replace("openai/gpt-5", "openai/gpt-5.6-tera"), folder)
    assert text.startswith("f.yaml:8:12: features.answer.model: read 'openai/gpt-5.6-tera' (no tok")
    assert "nearest: openai/gpt-5.6-terra" in text
    assert text.endswith("fix: correct the model, or give tokens: instead of file:")


def test_paths_are_relative_to_the_scenario_and_not_to_the_working_directory(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert load_scenario(DATA / "small.yaml").features["answer"].prompt[0].tokens.mean == 6


def test_the_same_files_elsewhere_are_the_same_scenario(folder: Path, tmp_path: Path):
    (folder / "s.yaml").write_text(WITH_FILE)
    moved = tmp_path / "moved"
    shutil.copytree(folder, moved)
    assert load_scenario(moved / "s.yaml") == load_scenario(folder / "s.yaml")
    assert load_scenario(moved / "s.yaml").digest == load_scenario(folder / "s.yaml").digest
