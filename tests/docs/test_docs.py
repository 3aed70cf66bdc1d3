"""Every block of the documentation runs, and shows what the program says."""

import re

import pytest

import costmodel as cm
from costmodel.scenario.json_schema import scenario_schema
from tests.docs.blocks import FILES, ROOT, anchors_of, links_of
from tests.docs.running import Page, commands, fragment, matches

DOCS = "\n".join(path.read_text() for path in FILES)


def named(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_block_runs_and_shows_what_it_prints(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = Page(path.read_text()).run()
    assert not wrong, f"{named(path)}\n" + "\n".join(wrong)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_links_between_files_lead_somewhere(path):
    for link in links_of(path.read_text()):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{named(path)} links to {link}"
        if anchor:
            assert anchor in anchors_of(target.read_text()), f"{named(path)} links to {link}"


def schema_keys(node):
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for inner in node.values():
            yield from schema_keys(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from schema_keys(inner)


def test_every_key_of_a_scenario_is_in_the_reference():
    text = (ROOT / "docs/scenario.md").read_text()
    missing = [key for key in set(schema_keys(scenario_schema())) if f"`{key}`" not in text]
    assert not missing


def test_the_reference_names_no_key_of_a_scenario_that_does_not_exist():
    text = (ROOT / "docs/scenario.md").read_text()
    rows = re.findall(r"(?m)^\| `([a-z_0-9]+)`", text)
    known = {*schema_keys(scenario_schema()), "history", "off"}
    assert rows
    assert [key for key in rows if key not in known] == []


def test_every_command_and_option_is_documented():
    text = (ROOT / "docs/command_line.md").read_text()
    for name, command in commands().items():
        assert f"costmodel {name}" in text, name
        options = [o for p in command.params for o in p.opts if o.startswith("--")]
        assert [o for o in options if f"`{o}" not in text] == [], name


def test_every_public_name_is_documented():
    text = (ROOT / "docs/python.md").read_text()
    assert [name for name in cm.__all__ if name not in text] == []


def test_the_documentation_speaks_of_no_later_command():
    for name in re.findall(r"costmodel ([a-z]{3,})\b", "\n".join(re.findall(r"`[^`\n]+`", DOCS))):
        assert name in commands(), name


def test_a_line_of_dots_stands_for_any_lines():
    assert matches("a\n...\nd", "a\nb\nc\nd")
    assert matches("a\n...", "a")
    assert not matches("a\n...\nd", "a\nb")
    assert not matches("a", "a\nb")


def test_a_fragment_is_put_where_its_first_key_belongs():
    placed = "extends: b.yaml\nsegments:\n  free:\n    users: 8k"
    assert fragment("users: 8k", "b.yaml") == placed
    assert fragment("mode: batch", "b.yaml").split("\n")[1:3] == ["features:", "  answer:"]
    assert fragment("months: 3", "b.yaml") == "extends: b.yaml\nmonths: 3"
