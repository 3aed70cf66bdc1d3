import shutil
import warnings
from pathlib import Path

import pytest

import costmodel as cm
from costmodel import expected, simulate
from costmodel.foundation.beliefs import Fixed, Interval
from costmodel.foundation.errors import CostModelWarning
from costmodel.scenario.loading import load_scenario, read_scenario
from costmodel.tokens import count_tokens

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


SIZED = changed("{tokens: 1000}", "{file: prompts/t.md, placeholders: {name: 2 to 5, firm: 7}}")


@pytest.fixture
def template(folder: Path) -> Path:
    (folder / "prompts" / "t.md").write_text("You help {{name}} of {firm}. Greet {{name}}: {date}")
    return folder


def part_of(scenario):
    return scenario.features["answer"].prompt[0]


def test_placeholders_are_beliefs_and_count_as_often_as_they_stand(template: Path):
    scenario = read_scenario(SIZED, folder=template)
    part = part_of(scenario)
    rest = count_tokens("You help  of . Greet : {date}", "openai/gpt-5").tokens
    assert part.tokens.mean == rest
    assert [(name, times) for name, times, _ in part.filled] == [("name", 2), ("firm", 1)]
    name = scenario.beliefs()["features.answer.prompt.system.placeholders.name"]
    assert part.mean_tokens == pytest.approx(rest + 2 * name.mean + 7)


def test_what_is_billed_is_the_text_with_its_placeholders_filled(template: Path):
    filled = read_scenario(SIZED, folder=template)
    stated = read_scenario(
        changed("{tokens: 1000}", f"{{tokens: {part_of(filled).mean_tokens!r}}}"), folder=template
    )
    assert expected(filled).total == pytest.approx(expected(stated).total, rel=1e-12)
    off = simulate(filled, draws=2, uncertainty=set())
    assert off.total.mean == pytest.approx(expected(filled).total, rel=1e-9)


def test_a_placeholder_without_a_size_counts_as_written_with_a_warning(template: Path):
    words = (
        "prompts/t.md has placeholders whose size is not stated, counted as written: date; add "
        "placeholders: {date: 20}"
    )
    assert words in read_scenario(SIZED, folder=template).warnings


def test_a_placeholder_can_be_changed_and_survives_a_new_model_and_writing(template: Path):
    scenario = read_scenario(SIZED, folder=template)
    path = "features.answer.prompt.system.placeholders.name"
    longer = scenario.with_overrides({path: 50})
    assert part_of(longer).mean_tokens - part_of(scenario).mean_tokens == pytest.approx(
        2 * (50 - scenario.beliefs()[path].mean)
    )
    other = longer.with_overrides({"features.answer.model": "anthropic/claude-opus-5"})
    assert part_of(other).placeholders == part_of(longer).placeholders
    assert part_of(other).tokens.mean > part_of(longer).tokens.mean
    assert read_scenario(scenario.dump(), folder=template) == scenario


def test_another_text_in_the_file_counts_its_own_placeholders(template: Path):
    (template / "prompts" / "u.md").write_text("{name} {name} {name}")
    scenario = read_scenario(SIZED.replace(", firm: 7", ""), folder=template)
    other = scenario.with_overrides({"features.answer.prompt.system.file": "prompts/u.md"})
    assert part_of(other).times == {"name": 3}


@pytest.mark.parametrize(
    ("stated", "part"),
    [
        ("{nam: 3}", "system.placeholders.nam: read 'nam'; expected a placeholder of prompts/t.md"),
        ("{name: -3}", "system.placeholders.name: read -3; expected"),
        ("[name]", "system.placeholders: read a list; expected names with their sizes; fix: {na"),
    ],
)
def test_sizes_that_cannot_be_used_are_refused_with_their_place(template: Path, stated, part):
    assert part in wrong(SIZED.replace("{name: 2 to 5, firm: 7}", stated), template)


def test_a_scenario_built_on_another_folders_template_is_written_without_the_file(
    template: Path, tmp_path: Path
):
    (template / "base.yaml").write_text(SIZED)
    built = read_scenario(f"extends: {template / 'base.yaml'}\nmonths: 2\n", folder=tmp_path)
    again = read_scenario(built.dump(), folder=tmp_path)
    part = part_of(again)
    assert part.file is None
    assert part.times == {"name": 2}
    assert part.mean_tokens == part_of(built).mean_tokens
    assert expected(again).total == pytest.approx(expected(built).total, rel=1e-12)


def test_a_placeholder_is_a_belief_for_sensitivity_and_a_slider():
    path = "features.answer.prompt.system.placeholders.release"
    scenario = cm.load_scenario("rag_docs").with_overrides({path: "50 to 20000"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CostModelWarning)
        effects = cm.sensitivity(cm.simulate(scenario, draws=512))
        sliders = cm.what_if(scenario, draws=256).dials
    assert path in [effect.path for effect in effects]
    assert path in [dial.path for dial in sliders]


def test_an_estimated_prompt_says_so_and_template_code_is_not_counted(folder: Path):
    (folder / "prompts" / "t.j2").write_text("{# a note #}You answer{% if x %} briefly{% endif %}.")
    (folder / "prompts" / "plain.md").write_text("You answer briefly.")
    system = ("features", "answer", "prompt", "system", "file")
    gemini = {"features.answer.model": "google/gemini-3.8-flash"}
    base = read_scenario(WITH_FILE, folder=folder)
    parts = [
        part_of(base.with_overrides({".".join(system): f"prompts/{name}", **gemini}))
        for name in ("t.j2", "plain.md")
    ]
    assert parts[0].tokens.mean == parts[1].tokens.mean
    assert parts[0].tokens.origin.source.startswith("estimated, with the ends of nine in ten, from")
