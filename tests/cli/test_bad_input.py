"""Bad input through the command line: every problem in words, exit code 2, never a traceback."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import SCENARIO

MANY = "\n".join(
    ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    + [
        f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
)
"""An alias bomb: nine levels of ten aliases, a billion values."""


def changed(old: str, new: str) -> str:
    assert old in SCENARIO
    return SCENARIO.replace(old, new)


CASES = {
    "an empty file": ("", "desk.yaml:1:1: read an empty file; expected a scenario"),
    "a list at the top": (
        "- a\n- b\n",
        "desk.yaml:1:1: read a list at the top; expected a scenario",
    ),
    "a tab": (
        changed("  free: {users", "\tfree: {users"),
        "desk.yaml:7:1: read a tab; expected spaces as indentation",
    ),
    "an unknown key": (
        changed("growth:", "grwth:"),
        "segments.free.grwth: read the key 'grwth'; expected one of users, growth, revenue;"
        " fix: did you mean 'growth'?",
    ),
    "a number in words": (
        changed("8k to 12k", "ten thousand"),
        "desk.yaml:7:17: segments.free.users: read 'ten thousand'; expected a number of people",
    ),
    "low above high": (
        changed("8k to 12k", "12k to 8k"),
        "segments.free.users: read '12k to 8k'; expected low to high, the low end first;"
        " fix: write 8k to 12k",
    ),
    "an interval from 0": (
        changed("chunks: 5", "chunks: 0 to 5"),
        "read '0 to 5'; expected a low end above 0",
    ),
    "a comma in a number": (
        changed("8k to 12k", "8,000"),
        "read 'users: 8,000'; expected a number without commas",
    ),
    "negative users": (
        changed("8k to 12k", "-5"),
        "segments.free.users: read -5; expected a number of people, not negative",
    ),
    "a number beyond all people": (
        changed("8k to 12k", "1e308"),
        "segments.free.users: read 1e+308; expected a number of people, at most 10B",
    ),
    "not a number": (
        changed("8k to 12k", ".nan"),
        "segments.free.users: read nan; expected a number of people, finite",
    ),
    "a key twice": (SCENARIO + "name: again\n", "read the key 'name' again"),
    "a model that does not exist": (
        changed("google/gemini-3.8-flash", "openai/gpt-5.6-tera"),
        "model 'openai/gpt-5.6-tera' has no price in this table; nearest are openai/gpt-5.6-terra,",
    ),
    "a date before launch": (
        changed("start: 2026-12", "start: 2021-01").replace("3.8-flash", "3.6-flash"),
        "google/gemini-3.6-flash has no price for 2021-01",
    ),
    "a mode that is not offered": (
        changed("google/gemini-3.8-flash", "openai/gpt-5.6-terra\n    mode: priority"),
        "mode",
    ),
    "ten megabytes": (SCENARIO + "#" * 10_000_000, "read a file of 10.0 MB; expected at most 2 MB"),
    "an alias bomb": (MANY, "read more than 200,000 values"),
    "a prompt file that is missing": (
        changed("{tokens: 1500}", "{file: nope.md}"),
        "features.answer.prompt.system.file: read 'nope.md'; expected a file that exists",
    ),
    "a prompt file outside the folder": (
        changed("{tokens: 1500}", "{file: ../../etc/passwd}"),
        "read '../../etc/passwd'; expected a file inside the scenario's folder",
    ),
    "bytes that are no UTF-8": (b"name: \xe9\n", "read the byte 0xe9; expected UTF-8 text"),
}


@pytest.mark.parametrize("command", ["run", "check", "explain"])
@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told_in_words_with_exit_code_2(costmodel, tmp_path, command, case):
    text, message = CASES[case]
    path = tmp_path / "desk.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    result = costmodel(command, path)
    assert result.exit_code == 2
    assert message in result.stderr
    assert all(line.startswith("error: ") for line in result.stderr.splitlines())
    assert result.stdout == ""


def test_all_problems_are_told_at_once_one_a_line(costmodel, tmp_path):
    path = tmp_path / "desk.yaml"
    text = (
        changed("8k to 12k", "ten").replace("400 to 700", "-3").replace("months: 3", "months: 99")
    )
    path.write_text(text, encoding="utf-8")
    lines = costmodel("check", path).stderr.splitlines()
    assert len(lines) == 3
    assert f"{path}:3:9: months: read 99; expected a whole number from 1 to 60" in lines[0]
    assert f"{path}:7:17: segments.free.users: read 'ten'" in lines[1]
    assert f"{path}:8:16: segments.pro.users: read -3" in lines[2]


def test_problems_are_data_with_json(costmodel, tmp_path):
    path = tmp_path / "desk.yaml"
    path.write_text(changed("8k to 12k", "ten"), encoding="utf-8")
    result = costmodel("check", path, "--json")
    error = json.loads(result.stdout)["error"]
    assert error["type"] == "InputError"
    assert error["problems"] == [
        {
            "read": "'ten'",
            "expected": "a number of people",
            "fix": "write it like 8k to 12k",
            "path": "segments.free.users",
            "file": str(path),
            "line": 7,
            "column": 17,
        }
    ]
    assert result.exit_code == 2


def test_a_missing_scenario_file_is_told(costmodel, tmp_path):
    result = costmodel("run", tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert "none.yaml: read nothing (No such file or directory)" in result.stderr


def test_an_unknown_scenario_name_is_told_with_the_shipped_ones(costmodel):
    result = costmodel("run", "suport_chatbot")
    assert result.exit_code == 2
    assert (
        "expected a shipped scenario (document_extraction, rag_docs, support_chatbot"
        in result.stderr
    )
    assert "did you mean 'support_chatbot'?" in result.stderr


def test_control_characters_in_a_message_are_written_out(costmodel, tmp_path):
    path = tmp_path / "desk.yaml"
    path.write_text(changed("8k to 12k", r'"\e[31mten"'), encoding="utf-8")
    result = costmodel("run", path)
    assert "\x1b" not in result.stderr
    assert r"\x1b[31mten" in result.stderr
