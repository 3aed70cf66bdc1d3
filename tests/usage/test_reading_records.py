"""Reading a usage log back: each wrong line is told with file, line and fix."""

import json

import pytest

from costmodel.evidence import read_records, record
from costmodel.foundation.errors import InputError
from tests.usage import bodies

AT = "2026-11-23T20:00:00Z"


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "usage.jsonl"
    for number in range(3):
        record(bodies.OPENAI_CHAT, feature="f", user=f"u{number}", path=path, at=AT)
    return path


def changed(log, **fields):
    """Change the second line; None removes a key."""
    lines = log.read_text().splitlines()
    data = {**json.loads(lines[1]), **fields}
    lines[1] = json.dumps({name: value for name, value in data.items() if value is not ...})
    log.write_text("\n".join(lines) + "\n")


def test_a_line_cut_off_at_the_end_names_file_line_and_fix(log):
    log.write_bytes(log.read_bytes()[:-40])
    words = (
        r"usage\.jsonl:3: read a line cut off after \d+ bytes \(\.\.\..{30}\); expected a whole "
        r"JSON object; fix: its writer was stopped in the middle: delete the line, or read the "
        r"others with read_records\(path, skip_wrong=True\)"
    )
    with pytest.raises(InputError, match=words):
        read_records(log)


def test_wrong_lines_are_skipped_only_on_request_and_counted(log):
    log.write_bytes(log.read_bytes()[:-40])
    found = read_records(log, skip_wrong=True)
    assert [each.user for each in found] == ["u0", "u1"]
    assert len(found) == 2
    assert [(problem.file, problem.line) for problem in found.skipped] == [(str(log), 3)]


def test_a_last_line_that_only_lacks_its_line_break_is_whole(log):
    log.write_bytes(log.read_bytes()[:-1])
    assert len(read_records(log)) == 3


def test_empty_lines_a_mark_at_the_start_and_windows_line_ends_hold_nothing(log):
    text = "\ufeff" + log.read_text().replace("\n", "\r\n\r\n")
    log.write_bytes(text.encode())
    found = read_records(log)
    assert (len(found), found.skipped) == (3, ())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"input_tokens": -1}, r":2: input_tokens: read -1; expected greater than or equal to 0"),
        ({"input_tokens": 1.5}, r":2: input_tokens: read 1\.5; expected a valid integer"),
        ({"input_tokens": "9"}, r":2: input_tokens: read '9'; expected a valid integer"),
        ({"output_tokens": True}, r":2: output_tokens: read True"),
        ({"output_tokens": ...}, r":2: output_tokens: read no 'output_tokens'"),
        (
            {"cached_input_tokens": 1801},
            r":2: read cached_input_tokens \+ cache_write_tokens 1,801",
        ),
        ({"latency": 3}, r":2: latency: read key 'latency'.*did you mean 'latency_seconds'"),
        ({"colour": 3}, r":2: colour: read key 'colour'.*remove it"),
        ({"schema": "costmodel.usage/2"}, r':2: read schema "costmodel.usage/2".*update costmodel'),
        ({"schema": ...}, r":2: read schema null"),
        ({"at": 0}, r":2: at: read 0; expected an instant as YYYY-MM-DDTHH:MM:SSZ"),
        ({"at": "2026-11-23T10:00:00"}, r":2: at: .*timezone"),
        ({"at": "yesterday"}, r":2: at: read 'yesterday'"),
        ({"user": ""}, r":2: user: read ''"),
        ({"cost_usd": None}, r":2: read a record; expected exactly one of cost_usd and"),
        ({"cost_usd": -0.1}, r":2: cost_usd: read -0.1"),
        ({"cost_usd": float("nan")}, r":2: read no record \(NaN is no number of JSON\)"),
        ({"units": {"web_search": -1}}, r":2: units.web_search: read -1"),
    ],
)
def test_a_wrong_record_names_its_line_and_field(log, fields, message):
    changed(log, **fields)
    with pytest.raises(InputError, match=r"usage\.jsonl" + message):
        read_records(log)
    assert len(read_records(log, skip_wrong=True)) == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"[1, 2]", "read a list; expected a record as a JSON object"),
        (b"null", "read a NoneType"),
        (b"hello", r":4:1: read no JSON \(Expecting value\)"),
        (b'{"a": 1} {"b": 2}', r"read no JSON \(Extra data\)"),
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice"),
        (b'{"a": "\xff"}', "read the byte 0xff; expected UTF-8 text"),
        (b'{"a": ' + b"[" * 100_000, "read a line cut off|read no record"),
        (b'{"a": ' + b"1" * 5000 + b"}", "read no record"),
    ],
)
def test_a_line_that_is_no_record_is_refused(log, line, message):
    with log.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(InputError, match=message) as caught:
        read_records(log)
    assert caught.value.problems[0].line == 4


def test_all_wrong_lines_are_told_and_of_many_their_number(log):
    with log.open("a") as file:
        file.write("wrong\n" * 25)
    with pytest.raises(InputError) as caught:
        read_records(log)
    assert len(caught.value.problems) == 21
    assert "read 5 more wrong lines" in str(caught.value)
    assert len(read_records(log, skip_wrong=True).skipped) == 25


def test_a_log_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"missing\.jsonl: read nothing \(No such file"):
        read_records(tmp_path / "missing.jsonl")
    with pytest.raises(InputError, match="read nothing"):
        read_records(tmp_path)


def test_an_empty_log_has_no_records(tmp_path):
    path = tmp_path / "empty.jsonl"
    path.touch()
    assert len(read_records(path)) == 0
