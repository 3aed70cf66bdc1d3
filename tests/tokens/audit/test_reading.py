"""Prompt files of each kind."""

import json

import pytest

from costmodel.foundation.errors import InputError
from costmodel.tokens.audit.reading import LARGEST, prompts_in, read_prompt

REQUEST = {
    "system": "Be kind.",
    "tools": [{"name": "search"}],
    "messages": [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": [{"type": "text", "text": "two"}]},
        {"role": "user", "content": "three"},
    ],
}


def parts(path):
    return [(section.kind, section.text) for section in read_prompt(path).sections]


def test_a_request_is_read_as_providers_send_it(tmp_path):
    file = tmp_path / "request.json"
    file.write_text(json.dumps(REQUEST, indent=4))
    assert parts(file) == [
        ("tools", '[{"name":"search"}]\n'),
        ("system", "Be kind.\n"),
        ("history", "one\ntwo\n"),
        ("user", "three\n"),
    ]


def test_messages_may_be_yaml_and_a_bare_list(tmp_path):
    file = tmp_path / "chat.yaml"
    file.write_text("- {role: developer, content: Be kind.}\n- {role: user, content: hi}\n")
    assert parts(file) == [("system", "Be kind.\n"), ("user", "hi\n")]


def test_a_file_named_after_a_section_is_one(tmp_path):
    (tmp_path / "tools.json").write_text('[{"a": 1}]')
    (tmp_path / "examples.md").write_text("Q\nA\n")
    assert parts(tmp_path / "tools.json") == [("tools", '[{"a":1}]\n')]
    assert parts(tmp_path / "examples.md") == [("examples", "Q\nA\n")]


def test_an_empty_file_is_an_empty_prompt(tmp_path):
    for name in ("empty.md", "empty.json"):
        (tmp_path / name).write_text("")
        assert read_prompt(tmp_path / name).text == ""


def test_windows_line_ends_and_a_byte_order_mark_do_not_count(tmp_path):
    (tmp_path / "p.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    assert read_prompt(tmp_path / "p.txt").text == "one\ntwo"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        (
            "p.md",
            b"caf\xe9",
            r"p.md: read byte 0xe9 at position 3; expected text in UTF-8; fix: ic",
        ),
        ("p.json", b'{"a": ', r"p.json:1: read no JSON .*; expected JSON; fix: repair it"),
        ("p.json", b'{"a": 1}', r"read no messages; expected a list of role and content; fix: wri"),
        (
            "p.json",
            b'[{"role": 1}]',
            r"p.json: messages\[0\].role: read role 1; expected one of system",
        ),
        ("p.yaml", b"a: [", r"p.yaml:2:1: read the end of the text"),
        (
            "p.md",
            b"x" * (LARGEST + 1),
            r"read a file of 4,000,001 bytes; expected at most 4,000,00",
        ),
    ],
)
def test_files_that_are_no_prompt_are_refused(tmp_path, name, data, message):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_prompt(tmp_path / name)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"gone.md: read nothing \(No such file or directory\)"):
        read_prompt(tmp_path / "gone.md")
    with pytest.raises(InputError, match=r"read nothing \(Is a directory\)"):
        read_prompt(tmp_path)


def test_the_prompts_of_a_folder_are_found_below_it_too(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("b.md", "a/c.txt", "a/d.json", ".hidden.md", "e.py", "f"):
        (tmp_path / name).write_text("x")
    found = [str(file.relative_to(tmp_path)) for file in prompts_in(tmp_path)]
    assert found == ["a/c.txt", "a/d.json", "b.md"]


def test_a_folder_without_prompts_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"read no prompt; expected files ending in \.md, \.txt"):
        prompts_in(tmp_path)
