import math
from pathlib import Path

import pytest

from costmodel.foundation.errors import InputError
from costmodel.foundation.reading import read_yaml, read_yaml_text

from .reader import refusal


def read(text: str):
    return read_yaml_text(text, file="f.yaml")


def wrong(text: str) -> str:
    return refusal(read, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e6", 1_000_000.0),
        ("1e-9", 1e-9),
        ("no", "no"),
        ("off", "off"),
        ("yes", "yes"),
        ("true", True),
        ("False", False),
        ("0o17", 15),
        ("017", 17),
        ("0x1f", 31),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("~", None),
        ("null", None),
        ("2026-12", "2026-12"),
        ("2026-11-23", "2026-11-23"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("30%", "30%"),
        ("+.5", 0.5),
        ("1.", 1.0),
        ("'5'", "5"),
        ('"1e6"', "1e6"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text, value):
    assert read(f"a: {text}").data == {"a": value}


def test_nan_is_recognised():
    assert math.isnan(read("a: .nan").data["a"])


def test_every_value_and_key_knows_its_line_and_column():
    document = read("a:\n  b: {c: 1, d: [x, y]}\n")
    assert document.position(("a", "b", "c")) == (2, 10)
    assert document.key_position(("a", "b", "c")) == (2, 7)
    assert document.position(("a", "b", "d", 1)) == (2, 20)


def test_a_path_that_is_not_there_gets_the_place_of_what_encloses_it():
    document = read("a:\n  b: {c: 1}\n")
    assert document.position(("a", "b", "nothing", "here")) == document.position(("a", "b"))
    assert read("").position(("a",)) == (1, 1)


def test_an_empty_text_is_nothing_and_a_list_is_a_list():
    assert read("").data is None
    assert read("# a comment\n").data is None
    assert read("- 1\n").data == [1]


def test_duplicate_keys_are_all_reported_with_both_lines():
    text = wrong("a: 1\na: 2\nb: {c: 1, c: 2}")
    assert text == (
        "f.yaml:2:1: read the key 'a' again (first at line 1, column 1); expected each key once;"
        " fix: remove or rename one\n"
        "f.yaml:3:11: read the key 'c' again (first at line 3, column 5); expected each key once;"
        " fix: remove or rename one"
    )


def test_a_tab_is_named():
    assert wrong("a:\n\tb: 1\n") == (
        "f.yaml:2:1: read a tab; expected spaces as indentation; fix: replace each tab by 2 spaces"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: {users: 8,000, x: 1}",
            "f.yaml:1:12: read 'users: 8,000'; expected a number without commas;"
            " fix: a comma splits a YAML mapping: write 8000 or 8k",
        ),
        (
            "a: {users: 8,000 to 12,500}",
            "f.yaml:1:12: read 'users: 8,000 to 12,500'; expected a number without commas;"
            " fix: a comma splits a YAML mapping: write 8000 to 12500 or 8k to 12500",
        ),
        (
            "a: {users: 1,234}",
            "f.yaml:1:12: read 'users: 1,234'; expected a number without commas;"
            " fix: a comma splits a YAML mapping: write 1234",
        ),
    ],
)
def test_a_comma_that_splits_a_number_inside_braces_is_caught(text, message):
    assert wrong(text) == message


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("x: &a [*a]", "1:8: read the alias *a; expected an anchor that stands; fix: define &a"),
        ("a: *b", "1:4: read the alias *b; expected an anchor that stands"),
        ("<<: {a: 1}", "1:1: read a merge key (<<); expected YAML 1.2, which has none;"),
        ("a: !!python/name:os.system x", "1:4: read the tag tag:yaml.org,2002:python/name"),
        ("a: !mine {b: 1}", "1:4: read the tag !mine; expected no tags; fix: remove it"),
        ("a: 1\n---\nb: 2", "2:1: read a second document (---); expected one document"),
        ("a: 'x", "1:6: read 'a: 'x' (found unexpected end of stream); expected YAML"),
        ("a: [1, 2", "2:1: read the end of the text (did not find expected ',' or ']')"),
        ("a: b: c", "1:5: read 'a: b: c' (mapping values are not allowed in this context)"),
        ("x: \x07", "1:4: read the character #x0007; expected printable text; fix: remove it"),
        ("? [a]\n: b", "1:3: read a key that is no text; expected a name; fix: write `name:"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_with_its_place(text, part):
    assert wrong(text).startswith(f"f.yaml:{part}")


def test_aliases_are_followed_within_limits():
    assert read("a: &x {b: 1}\nc: *x").data == {"a": {"b": 1}, "c": {"b": 1}}
    many = "a: &x 1\nb: [" + ", ".join(["*x"] * 101) + "]"
    assert "read more than 100 aliases (*name); expected a few aliases" in wrong(many)


def test_an_alias_bomb_is_stopped_before_it_grows():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for parent, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{parent}'] * 9)}]")
    text = wrong("\n".join(lines))
    assert "read more than 200,000 values; expected a scenario; fix: is it the right file?" in text


def test_deep_nesting_is_stopped():
    text = wrong("[" * 100_000)
    assert "read more than 40 levels of nesting; expected a flat file" in text


def test_a_file_of_ten_megabytes_is_refused_by_its_size(tmp_path: Path):
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: 1\n" * 2_000_000)
    text = refusal(read_yaml, path)
    assert text.endswith(
        "read a file of 10.0 MB; expected at most 2 MB; fix: is it the right file?"
    )


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        (b"a: 1\nb: caf\xe9\n", ":2:7: read the byte 0xe9; expected UTF-8 text; fix: save it as"),
        ("a: 1".encode("utf-16"), "read UTF-16 text; expected UTF-8 text; fix: save it as UTF-8"),
        (b"PK\x03\x04\x00\x00", "read a binary file; expected a YAML text; fix: name a .yaml"),
    ],
)
def test_bytes_that_are_no_utf_8_are_refused(tmp_path: Path, raw, part):
    path = tmp_path / "f.yaml"
    path.write_bytes(raw)
    assert part in refusal(read_yaml, path)


def test_a_byte_order_mark_of_utf_8_is_no_text(tmp_path: Path):
    path = tmp_path / "f.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1")
    assert read_yaml(path).data == {"a": 1}


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path):
    missing = tmp_path / "nothing.yaml"
    assert refusal(read_yaml, missing) == (
        f"{missing}: read nothing (No such file or directory); expected a YAML file;"
        " fix: check the path"
    )
    assert refusal(read_yaml, tmp_path).endswith(
        "read a folder; expected a YAML file; fix: name the file inside"
    )


def test_the_python_loader_gives_the_same_data(monkeypatch):
    import yaml

    text = "a: &x {b: 1e6, c: [no, 'x']}\nd: *x\ne: |\n  two\n  lines\n"
    fast = read(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = read(text)
    assert fast.data == slow.data
    assert fast.places == slow.places


def test_numbers_of_absurd_length_stay_text():
    assert read("a: " + "9" * 500).data == {"a": "9" * 500}


def test_hostile_texts_are_refused_without_hanging():
    with pytest.raises(InputError):
        read("a: " + "&x " * 50_000)
    with pytest.raises(InputError):
        read("{" * 50_000)
